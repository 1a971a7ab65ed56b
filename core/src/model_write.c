/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the container of a model: the same model gives the same bytes. */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "model_format.h"
#include "text.h"

/* ,"key":"value" */
static void put_pair(json_writer *writer, const char *key, const char *value) {
    json_put(writer, ",");
    json_put_string(writer, key);
    json_put(writer, ":");
    json_put_string(writer, value);
}

static void put_size_pair(json_writer *writer, const char *key, size_t value) {
    char text[TEXT_NUMBER_SIZE];
    snprintf(text, sizeof text, "%zu", value);
    put_pair(writer, key, text);
}

/* The endmember names as the text of a JSON array. */
static void put_names(json_writer *writer, const wsnet_model *model) {
    for (size_t k = 0; k < model->dims.P; k++) {
        json_put(writer, k ? "," : "[");
        json_put_string(writer, model->names[k]);
    }
    json_put(writer, "]");
}

static void put_parts(json_writer *writer, unsigned without) {
    char text[128] = "";
    for (unsigned bit = 1; bit && bit <= without; bit <<= 1) {
        const char *name = without & bit ? wsnet_part_name(bit) : NULL;
        if (!name) continue;
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", used ? "," : "", name);
    }
    put_pair(writer, "without", text);
}

/* @param names  the text of put_names() */
static void put_metadata(json_writer *writer, const wsnet_model *model, const char *names) {
    char coverage[TEXT_NUMBER_SIZE];
    text_from_double(model->coverage, 17, coverage);
    json_put(writer, "{\"__metadata__\":{\"format\":\"wsnet\"");
    put_pair(writer, "format_version", MODEL_FORMAT_VERSION);
    put_pair(writer, "endmember_names", names);
    put_pair(writer, "mixing", wsnet_mixing_name(model->mixing));
    put_parts(writer, model->without);
    put_pair(writer, "coverage", coverage);
    put_size_pair(writer, "n_source_bands", model->n_source_bands);
    put_size_pair(writer, "n_members", model->n_members);
    for (size_t i = 0; i < MODEL_N_SIZE_KEYS; i++) {
        size_t value;
        memcpy(&value, (const char *)&model->dims + model_size_keys[i].offset, sizeof value);
        put_size_pair(writer, model_size_keys[i].key, value);
    }
    for (size_t i = 0; i < model->n_metadata; i++) put_pair(writer, model->metadata_keys[i], model->metadata_values[i]);
    json_put(writer, "}");
}

static void put_sizes(json_writer *writer, size_t n, const size_t *values) {
    for (size_t i = 0; i < n; i++) {
        json_put(writer, i ? "," : "[");
        json_put_size(writer, values[i]);
    }
    json_put(writer, "]");
}

/* ,"lod":{"dtype":"F32","shape":[3,156],"data_offsets":[0,1872]} */
static void put_tensor_entry(json_writer *writer, const model_tensor *tensor, size_t begin, size_t end) {
    json_put(writer, ",");
    json_put_string(writer, tensor->name);
    json_put(writer, ":{\"dtype\":");
    json_put_string(writer, model_number_name(tensor->number));
    json_put(writer, ",\"shape\":");
    put_sizes(writer, tensor->n_shape, tensor->shape);
    json_put(writer, ",\"data_offsets\":");
    put_sizes(writer, 2, (const size_t[]){begin, end});
    json_put(writer, "}");
}

/* The header, and the size of the data that follows it. */
static void put_header(json_writer *writer, const wsnet_model *model, const char *names, size_t *n_data) {
    put_metadata(writer, model, names);
    const model_shape shape = model_shape_of(model);
    model_tensor tensor;
    size_t end = 0;
    for (size_t i = 0; model_tensor_at(&shape, i, &tensor); i++) {
        const size_t begin = end;
        end += tensor.count * model_number_size(tensor.number);
        put_tensor_entry(writer, &tensor, begin, end);
    }
    json_put(writer, "}");
    *n_data = end;
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

static wsnet_status write_container(wsnet_context *context, const wsnet_model *model, const char *names,
                                    unsigned char **bytes, size_t *n_bytes) {
    json_writer header = {0};
    size_t n_data;
    put_header(&header, model, names, &n_data);
    const size_t head = 8 + header.used, padded = (head + MODEL_ALIGNMENT - 1) / MODEL_ALIGNMENT * MODEL_ALIGNMENT;
    if (padded - 8 > MODEL_MAX_HEADER)
        return context_fail(context, WSNET_E_FORMAT,
                            "the model's metadata are too long: its header has %zu bytes, %d are possible", padded - 8,
                            MODEL_MAX_HEADER);
    unsigned char *to = context_allocate(context, padded + n_data, 1);
    if (!to) return WSNET_E_MEMORY;
    put_little_endian(to, padded - 8, 8);
    const bool failed = header.failed;
    header = (json_writer){.to = (char *)to + 8};
    put_header(&header, model, names, &n_data);
    if (failed || header.failed) {
        context_release(context, to);
        return context_fail(context, WSNET_E_MEMORY, "memory is out");
    }
    memset(to + head, ' ', padded - head);
    *bytes = to;
    *n_bytes = padded + n_data;
    to += padded;
    const model_shape shape = model_shape_of(model);
    model_tensor tensor;
    for (size_t i = 0; model_tensor_at(&shape, i, &tensor); i++) {
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
    json_writer names = {0};
    put_names(&names, model);
    names.to = context_allocate_zero(context, names.used + 1, 1);
    if (!names.to) return WSNET_E_MEMORY;
    names.used = 0;
    put_names(&names, model);
    unsigned char *made = NULL;
    size_t size = 0;
    status = write_container(context, model, names.to, &made, &size);
    context_release(context, names.to);
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
