/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A STAC item beside the raster: x.stac.json for x.tif. Wavelengths are micrometres there (STAC eo extension). */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cube_internal.h"
#include "file_bytes.h"
#include "sentence.h"
#include "wavelength_unit.h"

enum { STAC_LIMIT = 8 << 20, STAC_DEPTH = 32 };

static json_object *parse(const char *path) {
    uint64_t size;
    int64_t modified;
    size_t n_bytes;
    char error[SENTENCE_SIZE];
    if (!file_stat(path, &size, &modified) || size > STAC_LIMIT) return NULL;
    char *text = file_read(path, "STAC item", STAC_LIMIT, &n_bytes, error);
    struct json_tokener *tokener = text ? json_tokener_new_ex(STAC_DEPTH) : NULL;
    json_object *item = tokener ? json_tokener_parse_ex(tokener, text, (int)n_bytes) : NULL;
    if (tokener) json_tokener_free(tokener);
    VSIFree(text);
    return item;
}

static json_object *member(json_object *object, const char *key) {
    json_object *value = NULL;
    if (json_object_is_type(object, json_type_object)) json_object_object_get_ex(object, key, &value);
    return value;
}

/* The list of bands in an item's properties or in an asset. */
static json_object *band_list(json_object *object) {
    json_object *list = member(object, "eo:bands");
    if (!list) list = member(object, "bands");
    return json_object_is_type(list, json_type_array) ? list : NULL;
}

/* The asset whose link names the raster. */
static json_object *asset_bands(json_object *item, const char *raster) {
    json_object *assets = member(item, "assets");
    if (!json_object_is_type(assets, json_type_object)) return NULL;
    json_object_object_foreach(assets, key, asset) {
        (void)key;
        json_object *link = member(asset, "href");
        if (!json_object_is_type(link, json_type_string)) continue;
        if (strcmp(CPLGetFilename(json_object_get_string(link)), CPLGetFilename(raster)) == 0 && band_list(asset))
            return band_list(asset);
    }
    return NULL;
}

static double number(json_object *band, const char *first, const char *second) {
    json_object *value = member(band, first);
    if (!value) value = member(band, second);
    return value ? json_object_get_double(value) : 0;
}

static bool take_bands(cube *opened, json_object *list) {
    if (!list || json_object_array_length(list) != (size_t)opened->n_bands) return false;
    for (int b = 0; b < opened->n_bands; b++) {
        json_object *band = json_object_array_get_idx(list, (size_t)b);
        const double centre = number(band, "eo:center_wavelength", "center_wavelength");
        const double width = number(band, "eo:full_width_half_max", "full_width_half_max");
        opened->wavelength_nm[b] = wavelength_to_nm(centre, UNIT_MICROMETRE);
        opened->fwhm_nm[b] = wavelength_to_nm(width, UNIT_MICROMETRE);
    }
    for (int b = 0; b < opened->n_bands; b++)
        if (!(opened->wavelength_nm[b] > 0)) return false;
    return true;
}

bool cube_describe_stac(cube *opened) {
    const char *raster = GDALGetDescription(opened->dataset);
    const size_t size = strlen(raster) + 16;
    char *path = CPLMalloc(size);
    snprintf(path, size, "%s.stac.json", raster);
    json_object *item = parse(path);
    if (!item) {
        const char *extension = strrchr(CPLGetFilename(raster), '.');
        const int stem = (int)(extension ? (size_t)(extension - raster) : strlen(raster));
        snprintf(path, size, "%.*s.stac.json", stem, raster);
        item = parse(path);
    }
    CPLFree(path);
    if (!item) return false;
    const bool found = take_bands(opened, asset_bands(item, raster)) ||
                       take_bands(opened, band_list(member(item, "properties"))) || take_bands(opened, band_list(item));
    json_object_put(item);
    return found;
}
