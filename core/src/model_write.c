/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the container of a model: the same model gives the same bytes. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "model_format.h"
#include "text.h"

/* Adds a string; json-c returns NULL or a negative number where its memory is out. */
static bool add_string(json_object *object, const char *key, const char *value) {
    json_object *string = json_object_new_string(value);
    if (string && json_object_object_add(object, key, string) == 0) return true;
    json_object_put(string);
    return false;
}

static bool add_size(json_object *object, const char *key, size_t value) {
    char text[TEXT_NUMBER_SIZE];
    snprintf(text, sizeof text, "%zu", value);
    return add_string(object, key, text);
}

static bool add_array_size(json_object *array, size_t value) {
    json_object *number = json_object_new_uint64(value);
    if (number && json_object_array_add(array, number) == 0) return true;
    json_object_put(number);
    return false;
}

/* The endmember names as the text of a JSON array. */
static bool add_names(json_object *object, const wsnet_model *model) {
    json_object *array = json_object_new_array_ext((int)model->dims.P);
    bool good = array != NULL;
    for (size_t k = 0; good && k < model->dims.P; k++) {
        json_object *name = json_object_new_string(model->names[k]);
        good = name && json_object_array_add(array, name) == 0;
        if (!good) json_object_put(name);
    }
    const char *text =
        good ? json_object_to_json_string_ext(array, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : NULL;
    good = text && add_string(object, "endmember_names", text);
    json_object_put(array);
    return good;
}

static bool add_parts(json_object *object, unsigned without) {
    char text[128] = "";
    for (unsigned bit = 1; bit && bit <= without; bit <<= 1) {
        const char *name = without & bit ? wsnet_part_name(bit) : NULL;
        if (!name) continue;
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", used ? "," : "", name);
    }
    return add_string(object, "without", text);
}

static json_object *make_metadata(const wsnet_model *model) {
    char coverage[TEXT_NUMBER_SIZE];
    json_object *object = json_object_new_object();
    if (!object) return NULL;
    text_from_double(model->coverage, 17, coverage);
    bool good = add_string(object, "format", "wsnet") && add_string(object, "format_version", MODEL_FORMAT_VERSION) &&
                add_names(object, model) && add_string(object, "mixing", wsnet_mixing_name(model->mixing)) &&
                add_parts(object, model->without) && add_string(object, "coverage", coverage) &&
                add_size(object, "n_source_bands", model->n_source_bands) &&
                add_size(object, "n_members", model->n_members);
    for (size_t i = 0; good && i < MODEL_N_SIZE_KEYS; i++) {
        size_t value;
        memcpy(&value, (const char *)&model->dims + model_size_keys[i].offset, sizeof value);
        good = add_size(object, model_size_keys[i].key, value);
    }
    for (size_t i = 0; good && i < model->n_metadata; i++)
        good = add_string(object, model->metadata_keys[i], model->metadata_values[i]);
    if (good) return object;
    json_object_put(object);
    return NULL;
}

/* {"dtype":"F32","shape":[3,156],"data_offsets":[0,1872]} */
static json_object *make_tensor(const model_tensor *tensor, size_t begin, size_t end) {
    json_object *object = json_object_new_object(), *shape = json_object_new_array_ext(2),
                *offsets = json_object_new_array_ext(2);
    bool good = object && shape && offsets && add_string(object, "dtype", model_number_name(tensor->number));
    for (size_t i = 0; good && i < tensor->n_shape; i++) good = add_array_size(shape, tensor->shape[i]);
    good = good && add_array_size(offsets, begin) && add_array_size(offsets, end);
    good = good && json_object_object_add(object, "shape", shape) == 0;
    if (good) shape = NULL;
    good = good && json_object_object_add(object, "data_offsets", offsets) == 0;
    if (good) return object;
    json_object_put(shape);
    json_object_put(offsets);
    json_object_put(object);
    return NULL;
}

/* The header as JSON, and the size of the data that follows it. NULL when memory is out. */
static json_object *make_header(const wsnet_model *model, size_t *n_data) {
    json_object *header = json_object_new_object(), *metadata = make_metadata(model);
    bool good = header && metadata && json_object_object_add(header, "__metadata__", metadata) == 0;
    if (!good) json_object_put(metadata);
    model_tensor tensor;
    size_t end = 0;
    for (size_t i = 0; good && model_tensor_at(&model->dims, model->n_members, i, &tensor); i++) {
        const size_t begin = end;
        end += tensor.count * model_number_size(tensor.number);
        json_object *entry = make_tensor(&tensor, begin, end);
        good = entry && json_object_object_add(header, tensor.name, entry) == 0;
        if (!good) json_object_put(entry);
    }
    *n_data = end;
    if (good) return header;
    json_object_put(header);
    return NULL;
}

static void put_little_endian(unsigned char *to, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) to[i] = (unsigned char)(value >> (8 * i));
}

static void put_tensor(unsigned char *to, const void *data, model_number number, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (number == MODEL_F64) {
            uint64_t bits;
            memcpy(&bits, (const double *)data + i, sizeof bits);
            put_little_endian(to + 8 * i, bits, 8);
        } else {
            uint32_t bits;
            memcpy(&bits, (const char *)data + 4 * i, sizeof bits);
            put_little_endian(to + 4 * i, bits, 4);
        }
    }
}

static wsnet_status write_container(wsnet_context *context, const wsnet_model *model, const char *text, size_t n_data,
                                    unsigned char **bytes, size_t *n_bytes) {
    const size_t length = strlen(text), head = 8 + length;
    const size_t padded = (head + MODEL_ALIGNMENT - 1) / MODEL_ALIGNMENT * MODEL_ALIGNMENT;
    if (padded - 8 > MODEL_MAX_HEADER)
        return context_fail(context, WSNET_E_FORMAT,
                            "the model's metadata are too long: its header has %zu bytes, %d are possible", padded - 8,
                            MODEL_MAX_HEADER);
    unsigned char *to = context_allocate(context, padded + n_data, 1);
    if (!to) return WSNET_E_MEMORY;
    put_little_endian(to, padded - 8, 8);
    memcpy(to + 8, text, length);
    memset(to + head, ' ', padded - head);
    *bytes = to;
    *n_bytes = padded + n_data;
    to += padded;
    model_tensor tensor;
    for (size_t i = 0; model_tensor_at(&model->dims, model->n_members, i, &tensor); i++) {
        put_tensor(to, model_tensor_data(model, &tensor), tensor.number, tensor.count);
        to += tensor.count * model_number_size(tensor.number);
    }
    return WSNET_OK;
}

wsnet_status wsnet_model_save(wsnet_context *context, const wsnet_model *model, void **bytes, size_t *n_bytes) {
    CONTEXT_REQUIRE(context, model);
    CONTEXT_REQUIRE(context, bytes);
    CONTEXT_REQUIRE(context, n_bytes);
    wsnet_status status = model_check_values(context, model);
    if (status) return status;
    size_t n_data = 0, size = 0;
    unsigned char *made = NULL;
    json_object *header = make_header(model, &n_data);
    const char *text =
        header ? json_object_to_json_string_ext(header, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : NULL;
    status = text ? write_container(context, model, text, n_data, &made, &size)
                  : context_fail(context, WSNET_E_MEMORY, "memory is out while writing the model's header");
    json_object_put(header);
    if (status) return status;
    *bytes = made;
    *n_bytes = size;
    return WSNET_OK;
}

wsnet_status model_seal(wsnet_context *context, wsnet_model *model) {
    void *bytes;
    size_t n_bytes;
    const wsnet_status status = wsnet_model_save(context, model, &bytes, &n_bytes);
    if (status) return status;
    wsnet_sha256(bytes, n_bytes, model->sha256);
    wsnet_release(context, bytes);
    return WSNET_OK;
}
