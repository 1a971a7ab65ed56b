/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model_header.h"

#include <string.h>

#include "text.h"

uint64_t model_little_endian(const unsigned char *from, size_t size) {
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static wsnet_status check_frame(model_reader *r) {
    if (r->n_bytes < 8)
        return context_fail(r->context, WSNET_E_FORMAT, "this is not a WS-Net model: it has %zu bytes", r->n_bytes);
    const uint64_t length = model_little_endian(r->bytes, 8);
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

static wsnet_status parse_header(model_reader *r) {
    const char *text = (const char *)r->bytes + 8;
    size_t length = r->data_begin - 8;
    while (length && text[length - 1] == ' ') length--;
    if (!text_is_clean(text, length, true))
        return context_fail(r->context, WSNET_E_FORMAT, "the model's header is not clean UTF-8 text");
    json_tokener *tokener = json_tokener_new_ex(8);
    if (!tokener) return context_fail(r->context, WSNET_E_MEMORY, "memory is out while reading the model's header");
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    r->header = json_tokener_parse_ex(tokener, text, (int)length);
    const enum json_tokener_error error = json_tokener_get_error(tokener);
    const size_t end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (!json_object_is_type(r->header, json_type_object) || end != length)
        return context_fail(r->context, WSNET_E_FORMAT, "the model's header is not JSON: %s at byte %zu",
                            error == json_tokener_success ? "something else" : json_tokener_error_desc(error), end);
    if (!json_object_object_get_ex(r->header, "__metadata__", &r->metadata) ||
        !json_object_is_type(r->metadata, json_type_object))
        return context_fail(r->context, WSNET_E_FORMAT,
                            "this is not a WS-Net model: its safetensors header has no __metadata__");
    return WSNET_OK;
}

const char *model_json_string(json_object *value) {
    if (!json_object_is_type(value, json_type_string)) return NULL;
    const char *text = json_object_get_string(value);
    return text && strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

wsnet_status model_header_string(const model_reader *r, const char *key, const char **value) {
    json_object *found = NULL;
    json_object_object_get_ex(r->metadata, key, &found);
    *value = model_json_string(found);
    if (*value) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT, "the model's header has no metadata string '%s'", key);
}

wsnet_status model_header_size(const model_reader *r, const char *key, size_t *value) {
    const char *text;
    const wsnet_status status = model_header_string(r, key, &text);
    if (status) return status;
    if (text_to_size(text, strlen(text), UINT32_MAX, value)) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT, "the model's metadata string '%s' is not a number", key);
}

static wsnet_status check_format(const model_reader *r) {
    const char *format, *version;
    if (model_header_string(r, "format", &format) || strcmp(format, "wsnet") != 0)
        return context_fail(r->context, WSNET_E_FORMAT,
                            "this is not a WS-Net model: its safetensors header does not name the format wsnet");
    const wsnet_status status = model_header_string(r, "format_version", &version);
    if (status) return status;
    if (strcmp(version, MODEL_FORMAT_VERSION) == 0) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT,
                        "the model has format version '%.20s'; this library reads version %s", version,
                        MODEL_FORMAT_VERSION);
}

wsnet_status model_header_dims(const model_reader *r, network_dims *dims, size_t *n_members) {
    wsnet_status status = model_header_size(r, "n_members", n_members);
    memset(dims, 0, sizeof *dims);
    for (size_t i = 0; !status && i < MODEL_N_SIZE_KEYS; i++) {
        size_t value = 0;
        status = model_header_size(r, model_size_keys[i].key, &value);
        memcpy((char *)dims + model_size_keys[i].offset, &value, sizeof value);
    }
    return status ? status : model_check_dims(r->context, dims, *n_members);
}

wsnet_status model_header_open(model_reader *r) {
    wsnet_status status = check_frame(r);
    if (!status) status = parse_header(r);
    return status ? status : check_format(r);
}

void model_header_close(model_reader *r) { json_object_put(r->header); }
