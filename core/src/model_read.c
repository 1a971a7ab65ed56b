/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the container of a model. No number in it is trusted: everything is checked before a model is allocated. */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "model_format.h"
#include "text.h"

typedef struct reader {
    wsnet_context *context;
    const unsigned char *bytes;
    size_t n_bytes, data_begin;
    json_value *header;
    const json_value *metadata;
} reader;

/* Where a tensor's bytes lie in the data. */
typedef struct extent {
    size_t begin, end;
} extent;

static uint64_t get_little_endian(const unsigned char *from, size_t size) {
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

/* ---- header --------------------------------------------------------------------------------------------- */

static wsnet_status check_frame(reader *r) {
    if (r->n_bytes < 8)
        return context_fail(r->context, WSNET_E_FORMAT, "this is not a WS-Net model: it has %zu bytes", r->n_bytes);
    const uint64_t length = get_little_endian(r->bytes, 8);
    if (length < 2 || length > MODEL_MAX_HEADER || (r->n_bytes > 8 && r->bytes[8] != '{'))
        return context_fail(r->context, WSNET_E_FORMAT,
                            "this is not a WS-Net model: it does not begin with a safetensors header");
    if (length > r->n_bytes - 8)
        return context_fail(r->context, WSNET_E_FORMAT,
                            "the model is truncated: its header alone has %zu bytes, the file has %zu",
                            (size_t)length + 8, r->n_bytes);
    r->data_begin = 8 + (size_t)length;
    return WSNET_OK;
}

static wsnet_status parse_header(reader *r) {
    const char *text = (const char *)r->bytes + 8;
    size_t length = r->data_begin - 8;
    while (length && text[length - 1] == ' ') length--;
    if (!text_is_clean(text, length, true))
        return context_fail(r->context, WSNET_E_FORMAT, "the model's header is not clean UTF-8 text");
    size_t error_at = 0;
    const wsnet_status status = json_read(r->context, text, length, &r->header, &error_at);
    if (status == WSNET_E_MEMORY) return status;
    if (status || r->header->kind != JSON_OBJECT)
        return context_fail(r->context, WSNET_E_FORMAT, "the model's header is not JSON at byte %zu", error_at);
    r->metadata = json_find(r->header, "__metadata__");
    if (r->metadata && r->metadata->kind == JSON_OBJECT) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT,
                        "this is not a WS-Net model: its safetensors header has no __metadata__");
}

static wsnet_status get_string(const reader *r, const char *key, const char **value) {
    *value = json_string(json_find(r->metadata, key));
    if (*value) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT, "the model's header has no metadata string '%s'", key);
}

static wsnet_status get_size(const reader *r, const char *key, size_t *value) {
    const char *text;
    const wsnet_status status = get_string(r, key, &text);
    if (status) return status;
    if (text_to_size(text, strlen(text), UINT32_MAX, value)) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT, "the model's metadata string '%s' is not a number", key);
}

static wsnet_status check_format(const reader *r) {
    const char *format, *version;
    if (get_string(r, "format", &format) || strcmp(format, "wsnet") != 0)
        return context_fail(r->context, WSNET_E_FORMAT,
                            "this is not a WS-Net model: its safetensors header does not name the format wsnet");
    const wsnet_status status = get_string(r, "format_version", &version);
    if (status) return status;
    if (strcmp(version, MODEL_FORMAT_VERSION) == 0) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT,
                        "the model has format version '%.20s'; this library reads version %s", version,
                        MODEL_FORMAT_VERSION);
}

static wsnet_status read_shape(const reader *r, model_shape *shape) {
    memset(shape, 0, sizeof *shape);
    wsnet_status status = get_size(r, "n_members", &shape->n_members);
    for (size_t i = 0; !status && i < MODEL_N_SIZE_KEYS; i++) {
        size_t value = 0;
        status = get_size(r, model_size_keys[i].key, &value);
        memcpy((char *)&shape->dims + model_size_keys[i].offset, &value, sizeof value);
    }
    shape->referenced = json_find(r->header, "own_gain") || json_find(r->header, "own_offset");
    shape->adapted = json_find(r->header, "gain") || json_find(r->header, "offset");
    shape->directed = json_find(r->header, "misfit_direction") || json_find(r->header, "misfit_along");
    return status ? status : model_check_dims(r->context, &shape->dims, shape->n_members);
}

/* ---- tensors -------------------------------------------------------------------------------------------- */

/* Reads an array of exactly n whole numbers. */
static bool read_sizes(const json_value *value, size_t n, size_t *numbers) {
    if (!value || value->kind != JSON_ARRAY || value->n_children != n) return false;
    const json_value *item = json_first(value);
    for (size_t i = 0; i < n; i++, item = json_next(item))
        if (!json_size(item, INT64_MAX / 2, &numbers[i])) return false;
    return true;
}

/* Reads data_offsets; they are within the size of an address, nothing else is known of them yet. */
static bool read_offsets(const json_value *value, extent *place) {
    size_t ends[2];
    if (!read_sizes(value, 2, ends)) return false;
    *place = (extent){ends[0], ends[1]};
    return ends[0] <= ends[1];
}

static wsnet_status read_extent(const reader *r, const model_tensor *tensor, extent *place) {
    const json_value *entry = json_find(r->header, tensor->name);
    if (!entry || entry->kind != JSON_OBJECT)
        return context_fail(r->context, WSNET_E_FORMAT, "the model has no tensor '%s'", tensor->name);
    const char *type = json_string(json_find(entry, "dtype"));
    if (!type || strcmp(type, model_number_name(tensor->number)) != 0)
        return context_fail(r->context, WSNET_E_FORMAT, "the model's tensor '%s' is not of type %s", tensor->name,
                            model_number_name(tensor->number));
    size_t shape[2];
    if (!read_sizes(json_find(entry, "shape"), tensor->n_shape, shape) ||
        memcmp(shape, tensor->shape, tensor->n_shape * sizeof *shape) != 0)
        return context_fail(r->context, WSNET_E_FORMAT, "the model's tensor '%s' does not have the shape %zu%s%zu",
                            tensor->name, tensor->shape[0], tensor->n_shape == 2 ? " x " : ", rank 1: ",
                            tensor->n_shape == 2 ? tensor->shape[1] : tensor->shape[0]);
    const size_t size = model_number_size(tensor->number);
    if (!read_offsets(json_find(entry, "data_offsets"), place) || place->begin % size ||
        place->end - place->begin != tensor->count * size)
        return context_fail(r->context, WSNET_E_FORMAT, "the model's tensor '%s' has wrong offsets", tensor->name);
    return WSNET_OK;
}

static int compare_extents(const void *first, const void *second) {
    const extent *a = first, *b = second;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

/* The tensors must fill the data exactly: no gap, no overlap, nothing behind. */
static wsnet_status check_extents(const reader *r, size_t n, const extent *sorted) {
    for (size_t i = 0; i < n; i++) {
        const size_t before = i ? sorted[i - 1].end : 0;
        if (sorted[i].begin != before)
            return context_fail(r->context, WSNET_E_FORMAT, "the model's tensors %s at byte %zu of its data",
                                sorted[i].begin < before ? "overlap" : "leave a gap", sorted[i].begin);
    }
    const size_t promised = r->data_begin + sorted[n - 1].end;
    if (promised > r->n_bytes)
        return context_fail(r->context, WSNET_E_FORMAT,
                            "the model is truncated: its header promises %zu bytes, the file has %zu", promised,
                            r->n_bytes);
    if (promised < r->n_bytes)
        return context_fail(r->context, WSNET_E_FORMAT, "the model has %zu bytes too many behind its last tensor",
                            r->n_bytes - promised);
    return WSNET_OK;
}

static wsnet_status check_tensors(const reader *r, const model_shape *shape) {
    const size_t n_named = r->header->n_children - 1;
    model_tensor tensor;
    size_t n = 0;
    while (model_tensor_at(shape, n, &tensor)) n++;
    extent *places = context_allocate(r->context, n, sizeof *places);
    if (!places) return WSNET_E_MEMORY;
    wsnet_status status = WSNET_OK;
    for (size_t i = 0; !status && model_tensor_at(shape, i, &tensor); i++) status = read_extent(r, &tensor, &places[i]);
    if (!status && n_named != n)
        status = context_fail(r->context, WSNET_E_FORMAT, "the model has %zu tensors where %zu are known", n_named, n);
    if (!status) {
        qsort(places, n, sizeof *places, compare_extents);
        status = check_extents(r, n, places);
    }
    context_release(r->context, places);
    return status;
}

static void get_tensor(void *data, const unsigned char *from, model_number number, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (number == MODEL_F64) {
            const uint64_t bits = get_little_endian(from + 8 * i, 8);
            memcpy((double *)data + i, &bits, sizeof bits);
        } else {
            const uint32_t bits = (uint32_t)get_little_endian(from + 4 * i, 4);
            memcpy((char *)data + 4 * i, &bits, sizeof bits);
        }
    }
}

static wsnet_status read_tensors(const reader *r, wsnet_model *model) {
    const model_shape shape = model_shape_of(model);
    model_tensor tensor;
    for (size_t i = 0; model_tensor_at(&shape, i, &tensor); i++) {
        extent place;
        const wsnet_status status = read_extent(r, &tensor, &place);
        if (status) return status;
        get_tensor(model_tensor_data(model, &tensor), r->bytes + r->data_begin + place.begin, tensor.number,
                   tensor.count);
    }
    return WSNET_OK;
}

/* ---- metadata ------------------------------------------------------------------------------------------- */

static wsnet_status read_names(const reader *r, wsnet_model *model) {
    const char *text;
    wsnet_status status = get_string(r, "endmember_names", &text);
    if (status) return status;
    json_value *array = NULL;
    size_t error_at;
    status = json_read(r->context, text, strlen(text), &array, &error_at);
    if (status == WSNET_E_MEMORY) return status;
    if (status || array->kind != JSON_ARRAY || array->n_children != model->dims.P)
        status = context_fail(r->context, WSNET_E_FORMAT, "the model's endmember_names are not an array of %zu strings",
                              model->dims.P);
    const json_value *item = json_first(array);
    for (size_t k = 0; !status && k < model->dims.P; k++, item = json_next(item)) {
        const char *name = json_string(item);
        if (!name || model_set_name(r->context, model, k, name))
            status = context_fail(r->context, WSNET_E_FORMAT,
                                  "the model's name of endmember %zu is not 1 to %d bytes of clean UTF-8 text", k + 1,
                                  WSNET_MAX_NAME - 1);
    }
    context_release(r->context, array);
    return status;
}

/* "wavelet,ssm" to bits. */
static wsnet_status read_parts(const reader *r, wsnet_model *model) {
    const char *text;
    const wsnet_status status = get_string(r, "without", &text);
    if (status) return status;
    while (*text) {
        char name[16];
        const size_t length = strcspn(text, ",");
        int part = -1;
        if (length < sizeof name) {
            memcpy(name, text, length);
            name[length] = '\0';
            part = wsnet_part_from_name(name);
        }
        if (part < 0)
            return context_fail(r->context, WSNET_E_FORMAT,
                                "the model leaves out an unknown part of the network: '%.40s'", text);
        model->without |= (unsigned)part;
        text += length + (text[length] == ',');
    }
    return WSNET_OK;
}

static wsnet_status read_choices(const reader *r, wsnet_model *model) {
    const char *mixing, *coverage;
    wsnet_status status = get_string(r, "mixing", &mixing);
    if (!status) status = get_string(r, "coverage", &coverage);
    if (!status) status = get_size(r, "n_source_bands", &model->n_source_bands);
    if (status) return status;
    const int value = wsnet_mixing_from_name(mixing);
    if (value < 0) return context_fail(r->context, WSNET_E_FORMAT, "the model's mixing '%.40s' is unknown", mixing);
    model->mixing = (wsnet_mixing)value;
    if (!text_to_double(coverage, strlen(coverage), &model->coverage))
        return context_fail(r->context, WSNET_E_FORMAT, "the model's coverage '%.40s' is not a number", coverage);
    return WSNET_OK;
}

static wsnet_status read_metadata(const reader *r, wsnet_model *model) {
    const json_value *name = json_first(r->metadata);
    for (size_t i = 0; i < r->metadata->n_children; i++, name = json_next(name + 1)) {
        const char *key = name->text, *value = json_string(name + 1);
        if (!value) return context_fail(r->context, WSNET_E_FORMAT, "the model's metadata are not all strings");
        if (model_key_is_reserved(key)) continue;
        const wsnet_status status = model_set_metadata(r->context, model, key, value);
        if (status == WSNET_E_MEMORY) return status;
        if (status)
            return context_fail(r->context, WSNET_E_FORMAT,
                                "the model's metadata are more than %d strings, or not clean UTF-8 text",
                                MODEL_MAX_METADATA);
    }
    return WSNET_OK;
}

static wsnet_status load(reader *r, wsnet_model **model) {
    model_shape shape;
    wsnet_status status = check_frame(r);
    if (!status) status = parse_header(r);
    if (!status) status = check_format(r);
    if (!status) status = read_shape(r, &shape);
    if (!status) status = check_tensors(r, &shape);
    if (!status) status = model_create(r->context, &shape.dims, shape.n_members, model);
    if (!status) (*model)->adapted = shape.adapted;
    if (!status) (*model)->referenced = shape.referenced;
    if (!status && shape.directed) (*model)->n_directions = model_n_directions(shape.dims.B);
    if (!status) status = read_choices(r, *model);
    if (!status) status = read_parts(r, *model);
    if (!status) status = read_names(r, *model);
    if (!status) status = read_metadata(r, *model);
    if (!status) status = read_tensors(r, *model);
    if (!status) status = model_check_values(r->context, *model);
    return status;
}

wsnet_status wsnet_model_load(wsnet_context *context, const void *bytes, size_t n_bytes, wsnet_model **model) {
    CONTEXT_REQUIRE(context, bytes);
    CONTEXT_REQUIRE(context, model);
    reader r = {context, bytes, n_bytes, 0, NULL, NULL};
    wsnet_model *made = NULL;
    const wsnet_status status = load(&r, &made);
    context_release(context, r.header);
    if (status) {
        wsnet_model_destroy(made);
        return status;
    }
    wsnet_sha256(bytes, n_bytes, made->sha256);
    *model = made;
    return WSNET_OK;
}
