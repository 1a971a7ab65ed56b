/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "atomic_file.h"
#include "file_bytes.h"
#include "scene_path.h"
#include "sentence.h"

enum { SCENE_LIMIT = 1 << 20, SCENE_DEPTH = 8, SCENE_VERSION = 1 };

static const char *const kind_names[] = {"abundance", "confidence", "interval", "detected", "fit", "rmse"};
enum { N_KINDS = sizeof kind_names / sizeof *kind_names };

unsigned scene_parse_bands(const char *list, char error[1024]) {
    unsigned bands = 0;
    char **words = CSLTokenizeString2(list, ",", CSLT_STRIPLEADSPACES | CSLT_STRIPENDSPACES);
    for (int i = 0; words && words[i]; i++) {
        unsigned bit = 0;
        for (unsigned k = 0; k < N_KINDS; k++)
            if (EQUAL(words[i], kind_names[k])) bit = 1u << k;
        if (!bit) {
            sentence(error,
                     "'%.40s' is not a kind of band; there are abundance, confidence, interval, detected, fit, rmse",
                     words[i]);
            CSLDestroy(words);
            return 0;
        }
        bands |= bit;
    }
    CSLDestroy(words);
    if (!bands) sentence(error, "no bands are chosen");
    return bands;
}

void scene_format_bands(unsigned bands, char list[128]) {
    list[0] = '\0';
    for (unsigned k = 0; k < N_KINDS; k++) {
        if (!(bands & (1u << k))) continue;
        if (list[0]) strcat(list, ",");
        strcat(list, kind_names[k]);
    }
}

void scene_destroy(scene *described) {
    if (!described) return;
    free(described->model);
    free(described->cube);
    free(described);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

static const char *string_member(json_object *object, const char *key) {
    json_object *value;
    if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, json_type_string)) return NULL;
    const char *text = json_object_get_string(value);
    /* an embedded NUL would hide the rest of the path from the checks */
    return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

static bool read_knobs(json_object *root, knobs *into, char error[1024]) {
    json_object *value;
    for (size_t i = 0; i < N_KNOBS; i++) {
        if (!json_object_object_get_ex(root, knob_table[i].name, &value)) continue;
        const bool number = json_object_is_type(value, json_type_double) || json_object_is_type(value, json_type_int);
        if (!knob_set(&knob_table[i], "the scene's ", number ? json_object_get_double(value) : NAN, into, error))
            return false;
    }
    return true;
}

static bool read_options(json_object *root, scene *into, char error[1024]) {
    json_object *value;
    into->method = WSNET_METHOD_WSNET;
    into->bands = SCENE_DEFAULT_BANDS;
    if (json_object_object_get_ex(root, "method", &value)) {
        const char *name = string_member(root, "method");
        const int method = name ? wsnet_method_from_name(name) : -1;
        if (method < 0) return sentence(error, "the scene's method is not wsnet, fcls, nnls or ucls");
        into->method = (wsnet_method)method;
    }
    if (json_object_object_get_ex(root, "bands", &value)) {
        const char *list = string_member(root, "bands");
        if (!list) return sentence(error, "the scene's bands are not a text such as \"abundance,fit\"");
        into->bands = scene_parse_bands(list, error);
        if (!into->bands) return false;
    }
    return read_knobs(root, &into->knobs, error);
}

static bool read_root(json_object *root, const char *path, scene *into, char error[1024]) {
    const char *type = json_object_is_type(root, json_type_object) ? string_member(root, "type") : NULL;
    if (!type || strcmp(type, "wsnet-scene") != 0) return sentence(error, "'%s' is not a WS-Net scene", path);
    json_object *version;
    if (json_object_object_get_ex(root, "version", &version) && json_object_get_int(version) > SCENE_VERSION)
        return sentence(error, "the scene '%s' was written by a newer version", path);
    const char *model = string_member(root, "model"), *cube = string_member(root, "cube");
    if (!model || !model[0]) return sentence(error, "the scene '%s' names no model", path);
    if (!cube || !cube[0]) return sentence(error, "the scene '%s' names no cube", path);
    if (scene_path_climbs(model) || scene_path_climbs(cube))
        return sentence(error, "the scene '%s' names a path with '..'; that is not allowed", path);
    into->model = scene_path_resolve(path, model);
    into->cube = scene_path_resolve(path, cube);
    if (!into->model || !into->cube) return sentence(error, "memory is out");
    return read_options(root, into, error);
}

scene *scene_read(const char *path, char error[1024]) {
    size_t n_bytes;
    char *text = file_read(path, "scene", SCENE_LIMIT, &n_bytes, error);
    if (!text) return NULL;
    struct json_tokener *tokener = json_tokener_new_ex(SCENE_DEPTH);
    json_object *root = tokener ? json_tokener_parse_ex(tokener, text, (int)n_bytes) : NULL;
    if (tokener) json_tokener_free(tokener);
    VSIFree(text);
    scene *described = calloc(1, sizeof *described);
    bool good = root && described;
    if (!good) sentence(error, "'%s' is not a WS-Net scene", path);
    good = good && read_root(root, path, described, error);
    json_object_put(root);
    if (good) return described;
    scene_destroy(described);
    return NULL;
}

/* ---- prefix --------------------------------------------------------------------------------------------- */

/* The colon between model and cube: the longest model that is a file; failing that, the one after ".wsn". */
static const char *find_split(const char *rest) {
    const char *split = NULL;
    for (const char *at = strchr(rest, ':'); at; at = strchr(at + 1, ':')) {
        if (at == rest || !at[1]) continue;
        char *model = CPLStrdup(rest);
        model[at - rest] = '\0';
        uint64_t size;
        int64_t modified;
        if (file_stat(model, &size, &modified)) split = at;
        CPLFree(model);
    }
    for (const char *at = rest; !split && (at = strchr(at, ':')); at++)
        if (at - rest > 4 && EQUALN(at - 4, ".wsn", 4) && at[1]) split = at;
    return split;
}

static char *copy_part(const char *begin, size_t length) {
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    memcpy(copy, begin, length);
    copy[length] = '\0';
    return copy;
}

scene *scene_parse_prefix(const char *name, char error[1024]) {
    const char *rest = STARTS_WITH_CI(name, "WSNET:") ? name + 6 : name;
    const char *split = find_split(rest);
    if (!split) {
        sentence(error, "'%s' does not name a model file and a cube: write WSNET:model.wsn:cube", name);
        return NULL;
    }
    scene *described = calloc(1, sizeof *described);
    if (described) {
        described->model = copy_part(rest, (size_t)(split - rest));
        described->cube = copy_part(split + 1, strlen(split + 1));
        described->method = WSNET_METHOD_WSNET;
        described->bands = SCENE_DEFAULT_BANDS;
        if (described->model && described->cube) return described;
    }
    sentence(error, "memory is out");
    scene_destroy(described);
    return NULL;
}

/* ---- writing -------------------------------------------------------------------------------------------- */

static void add_string(json_object *root, const char *key, const char *text) {
    json_object_object_add(root, key, json_object_new_string(text));
}

bool scene_write(const char *path, const scene *described, char error[1024]) {
    char list[128];
    scene_format_bands(described->bands, list);
    json_object *root = json_object_new_object();
    char *model = scene_path_relate(path, described->model), *cube = scene_path_relate(path, described->cube);
    bool good = root && model && cube;
    if (!good) sentence(error, "memory is out");
    if (good) {
        add_string(root, "type", "wsnet-scene");
        json_object_object_add(root, "version", json_object_new_int(SCENE_VERSION));
        add_string(root, "model", model);
        add_string(root, "cube", cube);
        add_string(root, "method", wsnet_method_name(described->method));
        for (size_t i = 0; i < N_KNOBS; i++)
            json_object_object_add(root, knob_table[i].name,
                                   json_object_new_double(knob_get(&knob_table[i], &described->knobs)));
        add_string(root, "bands", list);
        const char *text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                                    JSON_C_TO_STRING_NOSLASHESCAPE);
        good = text ? atomic_write(path, text, strlen(text), error) : sentence(error, "memory is out");
    }
    json_object_put(root);
    free(model);
    free(cube);
    return good;
}
