/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file model_format.h  The container of a model: safetensors (8 bytes of header length, little-endian; a JSON header;
 *  the tensors' bytes, little-endian). What its reader and its writer share. */
#ifndef WSNET_MODEL_FORMAT_H
#define WSNET_MODEL_FORMAT_H

#include "model.h"

#define MODEL_FORMAT_VERSION "1"
/** The first bytes of the data are this well aligned in the file: the header is padded with spaces. */
enum { MODEL_ALIGNMENT = 64, MODEL_MAX_HEADER = 1 << 20, MODEL_TENSOR_NAME = 96 };
/** Gains are at least this, and at most its inverse. */
#define MODEL_LEAST_GAIN 0.01f
enum { MODEL_MAX_MEMBERS = 16, MODEL_MAX_SOURCE_BANDS = 65536, MODEL_MAX_METADATA = 256 };

typedef enum model_number { MODEL_F64, MODEL_U32, MODEL_F32 } model_number;

/** One tensor of the container and where its numbers live in the model. */
typedef struct model_tensor {
    char name[MODEL_TENSOR_NAME];
    model_number number;
    size_t n_shape, shape[2];
    size_t count;  /**< numbers in it */
    size_t member; /**< offsetof the array's pointer in wsnet_model */
    size_t first;  /**< index of the tensor's first number in that array */
} model_tensor;

/** What decides which tensors a container has. */
typedef struct model_shape {
    network_dims dims;
    size_t n_members;
    bool referenced; /**< own_gain and own_offset are among them */
    bool adapted;    /**< gain and offset are among them */
    bool directed;   /**< misfit_direction and misfit_along are among them */
} model_shape;
model_shape model_shape_of(const wsnet_model *model);

/** The table of all tensors, in the order of their bytes: doubles first, so that everything is aligned; then the
 *  weights of member 0 under their own names, of member m under "member<m>/".
 *  @return false when index is past the end */
bool model_tensor_at(const model_shape *shape, size_t index, model_tensor *tensor);
size_t model_number_size(model_number number);
const char *model_number_name(model_number number); /**< as safetensors writes it */
/** @return the tensor's numbers in a model */
void *model_tensor_data(const wsnet_model *model, const model_tensor *tensor);

/** The sizes that the header states, as strings. */
typedef struct model_size_key {
    const char *key;
    size_t offset; /**< in network_dims */
    size_t smallest, largest;
} model_size_key;
enum { MODEL_N_SIZE_KEYS = 9 };
extern const model_size_key model_size_keys[MODEL_N_SIZE_KEYS];
/** @return whether the container itself uses this metadata key */
bool model_key_is_reserved(const char *key);

/** Checks sizes against their limits and fills Q and T. */
wsnet_status model_check_dims(wsnet_context *context, network_dims *dims, size_t n_members);
/** Checks every number and name of a model that is otherwise complete. */
wsnet_status model_check_values(wsnet_context *context, const wsnet_model *model);

#endif
