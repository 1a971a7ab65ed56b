/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include <string.h>

#include "model_format.h"
#include "text.h"

/* Lays the arrays of a model out in one block. */
static wsnet_model *lay_out(arena *block, const network_dims *dims, size_t n_members) {
    wsnet_model layout;
    memset(&layout, 0, sizeof layout);
    wsnet_model *model = arena_take(block, 1, sizeof *model);
    layout.weights = arena_take(block, n_members * weights_count(dims), sizeof *layout.weights);
    layout.start = arena_take(block, dims->P * dims->B, sizeof *layout.start);
    layout.pinv = arena_take(block, dims->B * dims->P, sizeof *layout.pinv);
    layout.conformal = arena_take(block, 2 * dims->P, sizeof *layout.conformal);
    layout.lod = arena_take(block, dims->P, sizeof *layout.lod);
    layout.misfit = arena_take(block, 2, sizeof *layout.misfit);
    layout.direction = arena_take(block, MODEL_COSINES * dims->B, sizeof *layout.direction);
    layout.along = arena_take(block, (size_t)2 * MODEL_COSINES, sizeof *layout.along);
    layout.fit = arena_take(block, MODEL_FIT_KNOTS, sizeof *layout.fit);
    layout.wavelength_nm = arena_take(block, dims->B, sizeof *layout.wavelength_nm);
    layout.fwhm_nm = arena_take(block, dims->B, sizeof *layout.fwhm_nm);
    layout.band_index = arena_take(block, dims->B, sizeof *layout.band_index);
    layout.own_gain = arena_take(block, dims->B, sizeof *layout.own_gain);
    layout.own_offset = arena_take(block, dims->B, sizeof *layout.own_offset);
    layout.gain = arena_take(block, dims->B, sizeof *layout.gain);
    layout.offset = arena_take(block, dims->B, sizeof *layout.offset);
    layout.names = arena_take(block, dims->P, sizeof *layout.names);
    if (model) *model = layout;
    return model;
}

size_t model_n_directions(size_t n_bands) { return n_bands < MODEL_DIRECTIONS ? n_bands : MODEL_DIRECTIONS; }

wsnet_status model_create(wsnet_context *context, const network_dims *dims, size_t n_members, wsnet_model **model) {
    network_dims checked = *dims;
    wsnet_status status = model_check_dims(context, &checked, n_members);
    if (status) return status;
    arena block = {NULL, 0, false};
    lay_out(&block, &checked, n_members);
    if (block.overflow) return context_fail(context, WSNET_E_MEMORY, "the model is too large");
    const size_t size = block.used;
    block = (arena){context_allocate_zero(context, size, 1), 0, false};
    if (!block.base) return WSNET_E_MEMORY;
    wsnet_model *made = lay_out(&block, &checked, n_members);
    made->allocator = *context_allocator(context);
    made->dims = checked;
    made->n_members = n_members;
    for (size_t b = 0; b < checked.B; b++) made->gain[b] = made->own_gain[b] = 1;
    status = model_set_metadata(context, made, "wsnet_version", wsnet_version());
    if (status) {
        wsnet_model_destroy(made);
        return status;
    }
    *model = made;
    return WSNET_OK;
}

static void release(const wsnet_model *model, void *memory) {
    if (memory) model->allocator.release(memory, model->allocator.user);
}

void wsnet_model_destroy(wsnet_model *model) {
    if (!model) return;
    for (size_t i = 0; i < model->n_metadata; i++) {
        release(model, model->metadata_keys[i]);
        release(model, model->metadata_values[i]);
    }
    release(model, model->metadata_keys);
    release(model, model->metadata_values);
    release(model, model);
}

wsnet_status model_set_name(wsnet_context *context, wsnet_model *model, size_t endmember, const char *name) {
    const size_t length = strlen(name);
    if (length == 0 || length >= WSNET_MAX_NAME || !text_is_clean(name, length, false))
        return context_fail(context, WSNET_E_ARGUMENT,
                            "the name of endmember %zu is not 1 to %d bytes of UTF-8 without control characters",
                            endmember + 1, WSNET_MAX_NAME - 1);
    memset(model->names[endmember], 0, WSNET_MAX_NAME);
    memcpy(model->names[endmember], name, length);
    model->sha256[0] = '\0';
    return WSNET_OK;
}

/* ---- metadata ------------------------------------------------------------------------------------------- */

/* Where a key is, or where it belongs. */
static size_t find_key(const wsnet_model *model, const char *key, bool *found) {
    for (size_t i = 0; i < model->n_metadata; i++) {
        const int order = strcmp(key, model->metadata_keys[i]);
        *found = order == 0;
        if (order <= 0) return i;
    }
    *found = false;
    return model->n_metadata;
}

static char *copy_string(wsnet_context *context, const char *text) {
    const size_t size = strlen(text) + 1;
    char *copy = context_allocate(context, size, 1);
    if (copy) memcpy(copy, text, size);
    return copy;
}

/* Takes over key and value, which go in at place. */
static wsnet_status insert(wsnet_context *context, wsnet_model *model, size_t place, char *key, char *value) {
    const size_t n = model->n_metadata;
    char **keys = context_allocate(context, n + 1, sizeof *keys);
    char **values = context_allocate(context, n + 1, sizeof *values);
    if (!keys || !values) {
        context_release(context, keys);
        context_release(context, values);
        return WSNET_E_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        keys[i + (i >= place)] = model->metadata_keys[i];
        values[i + (i >= place)] = model->metadata_values[i];
    }
    keys[place] = key;
    values[place] = value;
    release(model, model->metadata_keys);
    release(model, model->metadata_values);
    model->metadata_keys = keys;
    model->metadata_values = values;
    model->n_metadata = n + 1;
    return WSNET_OK;
}

wsnet_status model_set_metadata(wsnet_context *context, wsnet_model *model, const char *key, const char *value) {
    if (!key[0] || !text_is_clean(key, strlen(key), false) || !text_is_clean(value, strlen(value), true))
        return context_fail(context, WSNET_E_ARGUMENT, "a metadata key or value is empty or not clean UTF-8 text");
    if (model_key_is_reserved(key))
        return context_fail(context, WSNET_E_ARGUMENT, "the metadata key '%s' is used by the model itself", key);
    bool found;
    const size_t place = find_key(model, key, &found);
    if (!found && model->n_metadata == MODEL_MAX_METADATA)
        return context_fail(context, WSNET_E_ARGUMENT, "a model holds at most %d metadata strings", MODEL_MAX_METADATA);
    char *new_value = copy_string(context, value);
    if (!new_value) return WSNET_E_MEMORY;
    if (found) {
        release(model, model->metadata_values[place]);
        model->metadata_values[place] = new_value;
    } else {
        char *new_key = copy_string(context, key);
        if (!new_key || insert(context, model, place, new_key, new_value) != WSNET_OK) {
            context_release(context, new_key);
            context_release(context, new_value);
            return WSNET_E_MEMORY;
        }
    }
    model->sha256[0] = '\0';
    return WSNET_OK;
}

static wsnet_status copy_strings(wsnet_context *context, const wsnet_model *model, wsnet_model *copy) {
    wsnet_status status = WSNET_OK;
    for (size_t k = 0; !status && k < model->dims.P; k++) status = model_set_name(context, copy, k, model->names[k]);
    for (size_t i = 0; !status && i < model->n_metadata; i++)
        status = model_set_metadata(context, copy, model->metadata_keys[i], model->metadata_values[i]);
    return status;
}

wsnet_status model_copy(wsnet_context *context, const wsnet_model *model, wsnet_model **copy) {
    wsnet_model *made;
    const wsnet_status status = model_create(context, &model->dims, model->n_members, &made);
    if (status) return status;
    made->mixing = model->mixing;
    made->without = model->without;
    made->coverage = model->coverage;
    made->n_source_bands = model->n_source_bands;
    made->adapted = model->adapted;
    made->referenced = model->referenced;
    made->n_directions = model->n_directions;
    const model_shape shape = model_shape_of(model);
    model_tensor tensor;
    for (size_t i = 0; model_tensor_at(&shape, i, &tensor); i++)
        memcpy(model_tensor_data(made, &tensor), model_tensor_data(model, &tensor),
               tensor.count * model_number_size(tensor.number));
    const wsnet_status copied = copy_strings(context, model, made);
    if (copied) wsnet_model_destroy(made);
    if (!copied) *copy = made;
    return copied;
}

/* ---- what a model says about itself --------------------------------------------------------------------- */

size_t wsnet_model_n_bands(const wsnet_model *model) { return model->dims.B; }
size_t wsnet_model_n_source_bands(const wsnet_model *model) { return model->n_source_bands; }
const uint32_t *wsnet_model_band_index(const wsnet_model *model) { return model->band_index; }
size_t wsnet_model_n_endmembers(const wsnet_model *model) { return model->dims.P; }
size_t wsnet_model_n_members(const wsnet_model *model) { return model->n_members; }

const char *wsnet_model_name(const wsnet_model *model, size_t endmember) {
    return endmember < model->dims.P ? model->names[endmember] : NULL;
}

const float *wsnet_model_endmembers(const wsnet_model *model) {
    weight_info info;
    for (size_t i = 0; weights_info(&model->dims, i, &info); i++)
        if (strcmp(info.name, "endmembers") == 0) return model->weights + info.offset;
    return NULL;
}

const double *wsnet_model_wavelength_nm(const wsnet_model *model) { return model->wavelength_nm; }
const double *wsnet_model_fwhm_nm(const wsnet_model *model) { return model->fwhm_nm; }
const float *wsnet_model_gain(const wsnet_model *model) { return model->gain; }
const float *wsnet_model_offset(const wsnet_model *model) { return model->offset; }
const float *wsnet_model_lod(const wsnet_model *model) { return model->lod; }
wsnet_mixing wsnet_model_mixing(const wsnet_model *model) { return model->mixing; }
double wsnet_model_coverage(const wsnet_model *model) { return model->coverage; }
unsigned wsnet_model_without(const wsnet_model *model) { return model->without; }

const char *wsnet_model_metadata(const wsnet_model *model, const char *key) {
    if (!key) return NULL;
    bool found;
    const size_t place = find_key(model, key, &found);
    return found ? model->metadata_values[place] : NULL;
}

wsnet_status model_check_bands(wsnet_context *context, const wsnet_model *model, size_t n_bands) {
    if (n_bands == model->dims.B) return WSNET_OK;
    return context_fail(context, WSNET_E_SHAPE, "the pixels have %zu bands and the model uses %zu", n_bands,
                        model->dims.B);
}

double model_metadata_number(const wsnet_model *model, const char *key, double otherwise) {
    const char *text = wsnet_model_metadata(model, key);
    double value;
    return text && text_to_double(text, strlen(text), &value) && value >= 0 && value <= 1 ? value : otherwise;
}

size_t wsnet_model_n_metadata(const wsnet_model *model) { return model->n_metadata; }

const char *wsnet_model_metadata_key(const wsnet_model *model, size_t index) {
    return index < model->n_metadata ? model->metadata_keys[index] : NULL;
}

const char *wsnet_model_sha256(const wsnet_model *model) { return model->sha256; }
