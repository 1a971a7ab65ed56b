/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file model_header.h  The frame and the JSON header of a model's container, for its reader. */
#ifndef WSNET_MODEL_HEADER_H
#define WSNET_MODEL_HEADER_H

#include <json-c/json.h>

#include "model_format.h"

/** A container being read. Bytes are the caller's; header is owned, metadata is part of it. */
typedef struct model_reader {
    wsnet_context *context;
    const unsigned char *bytes;
    size_t n_bytes, data_begin;
    json_object *header, *metadata;
} model_reader;

/** Parses the header of r->bytes and checks that it is a WS-Net model's. Close also after a failure. */
wsnet_status model_header_open(model_reader *r);
void model_header_close(model_reader *r);
/** @return the value's text without a NUL inside, or NULL when it is no such string */
const char *model_json_string(json_object *value);
/** Metadata by key; the text belongs to the header. */
wsnet_status model_header_string(const model_reader *r, const char *key, const char **value);
wsnet_status model_header_size(const model_reader *r, const char *key, size_t *value);
/** The network's sizes, within their limits. */
wsnet_status model_header_dims(const model_reader *r, network_dims *dims, size_t *n_members);
uint64_t model_little_endian(const unsigned char *from, size_t size);

#endif
