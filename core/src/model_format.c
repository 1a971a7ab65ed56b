/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model_format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIZE_KEY(key, letter, smallest, largest)                                                                       \
    { key, offsetof(network_dims, letter), smallest, largest }
const model_size_key model_size_keys[MODEL_N_SIZE_KEYS] = {
    SIZE_KEY("n_bands", B, 1, WSNET_MAX_BANDS),
    SIZE_KEY("n_endmembers", P, 1, WSNET_MAX_ENDMEMBERS),
    SIZE_KEY("wavelet_levels", levels, 0, 6),
    SIZE_KEY("n_channels", D, 1, 256),
    SIZE_KEY("n_states", S, 1, 64),
    SIZE_KEY("delta_rank", R, 1, 64),
    SIZE_KEY("n_taps", K, 1, 16),
    SIZE_KEY("n_heads", H, 1, 16),
    SIZE_KEY("n_hidden", J, 1, 1024),
};

static const char *const other_keys[] = {"format",   "format_version", "mixing",    "without",
                                         "coverage", "n_source_bands", "n_members", "endmember_names"};

bool model_key_is_reserved(const char *key) {
    for (size_t i = 0; i < MODEL_N_SIZE_KEYS; i++)
        if (strcmp(key, model_size_keys[i].key) == 0) return true;
    for (size_t i = 0; i < sizeof other_keys / sizeof *other_keys; i++)
        if (strcmp(key, other_keys[i]) == 0) return true;
    return false;
}

/* The tensors besides the weights; pairs that not all models have at the end. Their shapes follow in fixed_shape(). */
enum { FIXED_COUNT = 15, ALWAYS_COUNT = 9, PAIR = 2, N_PAIRS = (FIXED_COUNT - ALWAYS_COUNT) / PAIR };
static const struct fixed_tensor {
    const char *name;
    model_number number;
    size_t member;
} fixed_tensors[FIXED_COUNT] = {
    {"wavelength_nm", MODEL_F64, offsetof(struct wsnet_model, wavelength_nm)},
    {"fwhm_nm", MODEL_F64, offsetof(struct wsnet_model, fwhm_nm)},
    {"band_index", MODEL_U32, offsetof(struct wsnet_model, band_index)},
    {"lod", MODEL_F32, offsetof(struct wsnet_model, lod)},
    {"misfit", MODEL_F32, offsetof(struct wsnet_model, misfit)},
    {"fit", MODEL_F32, offsetof(struct wsnet_model, fit)},
    {"conformal", MODEL_F32, offsetof(struct wsnet_model, conformal)},
    {"start", MODEL_F32, offsetof(struct wsnet_model, start)},
    {"pinv", MODEL_F32, offsetof(struct wsnet_model, pinv)},
    {"own_gain", MODEL_F32, offsetof(struct wsnet_model, own_gain)},
    {"own_offset", MODEL_F32, offsetof(struct wsnet_model, own_offset)},
    {"gain", MODEL_F32, offsetof(struct wsnet_model, gain)},
    {"offset", MODEL_F32, offsetof(struct wsnet_model, offset)},
    {"misfit_direction", MODEL_F32, offsetof(struct wsnet_model, direction)},
    {"misfit_along", MODEL_F32, offsetof(struct wsnet_model, along)},
};

static void fixed_shape(const network_dims *dims, size_t index, size_t *n_shape, size_t shape[2]) {
    const size_t B = dims->B, P = dims->P, D = model_n_directions(B);
    const size_t shapes[FIXED_COUNT][2] = {{B, 0}, {B, 0}, {B, 0}, {P, 0}, {2, 0}, {MODEL_FIT_KNOTS, 0},
                                           {2, P}, {P, B}, {B, P}, {B, 0}, {B, 0}, {B, 0},
                                           {B, 0}, {D, B}, {D, 2}};
    memcpy(shape, shapes[index], sizeof shapes[index]);
    *n_shape = shape[1] ? 2 : 1;
}

static size_t n_weights_rows(const network_dims *dims) {
    weight_info info;
    size_t n = 0;
    while (weights_info(dims, n, &info)) n++;
    return n;
}

model_shape model_shape_of(const wsnet_model *model) {
    return (model_shape){model->dims, model->n_members, model->referenced, model->adapted, model->n_directions > 0};
}

/* Where the table has the fixed tensor that is number index of this model's. */
static size_t fixed_row(const model_shape *shape, size_t index) {
    const bool has[N_PAIRS] = {shape->referenced, shape->adapted, shape->directed};
    size_t row = index;
    for (size_t pair = 0; pair < N_PAIRS; pair++)
        if (!has[pair] && row >= ALWAYS_COUNT + pair * PAIR) row += PAIR;
    return row;
}

bool model_tensor_at(const model_shape *shape, size_t index, model_tensor *tensor) {
    const network_dims *dims = &shape->dims;
    const size_t n_pairs = (size_t)shape->referenced + (size_t)shape->adapted + (size_t)shape->directed;
    const size_t n_fixed = ALWAYS_COUNT + PAIR * n_pairs;
    memset(tensor, 0, sizeof *tensor);
    if (index < n_fixed) {
        const size_t row = fixed_row(shape, index);
        const struct fixed_tensor *fixed = &fixed_tensors[row];
        snprintf(tensor->name, sizeof tensor->name, "%s", fixed->name);
        tensor->number = fixed->number;
        tensor->member = fixed->member;
        fixed_shape(dims, row, &tensor->n_shape, tensor->shape);
        tensor->count = tensor->shape[0] * (tensor->n_shape == 2 ? tensor->shape[1] : 1);
        return true;
    }
    const size_t n_rows = n_weights_rows(dims), network = (index - n_fixed) / n_rows;
    weight_info info;
    if (network >= shape->n_members || !weights_info(dims, (index - n_fixed) % n_rows, &info)) return false;
    if (network)
        snprintf(tensor->name, sizeof tensor->name, "member%zu/%s", network, info.name);
    else
        snprintf(tensor->name, sizeof tensor->name, "%s", info.name);
    tensor->number = MODEL_F32;
    tensor->n_shape = 2;
    tensor->shape[0] = info.rows;
    tensor->shape[1] = info.columns;
    tensor->count = info.rows * info.columns;
    tensor->member = offsetof(struct wsnet_model, weights);
    tensor->first = network * weights_count(dims) + info.offset;
    return true;
}

size_t model_number_size(model_number number) { return number == MODEL_F64 ? 8 : 4; }

const char *model_number_name(model_number number) {
    return number == MODEL_F64 ? "F64" : number == MODEL_U32 ? "U32" : "F32";
}

void *model_tensor_data(const wsnet_model *model, const model_tensor *tensor) {
    char *array;
    memcpy(&array, (const char *)model + tensor->member, sizeof array);
    return array + tensor->first * model_number_size(tensor->number);
}

wsnet_status model_check_dims(wsnet_context *context, network_dims *dims, size_t n_members) {
    for (size_t i = 0; i < MODEL_N_SIZE_KEYS; i++) {
        const model_size_key *key = &model_size_keys[i];
        size_t value;
        memcpy(&value, (const char *)dims + key->offset, sizeof value);
        if (value < key->smallest || value > key->largest)
            return context_fail(context, WSNET_E_FORMAT, "the model's %s is %zu: %zu to %zu are possible", key->key,
                                value, key->smallest, key->largest);
    }
    if (dims->D % dims->H)
        return context_fail(context, WSNET_E_FORMAT, "the model's %zu channels do not divide into %zu heads", dims->D,
                            dims->H);
    if (n_members < 1 || n_members > MODEL_MAX_MEMBERS)
        return context_fail(context, WSNET_E_FORMAT, "the model has %zu members: 1 to %d are possible", n_members,
                            MODEL_MAX_MEMBERS);
    dims->Q = (size_t)1 << dims->levels;
    dims->T = (dims->B + dims->Q - 1) / dims->Q;
    return WSNET_OK;
}

static bool all_finite(const wsnet_model *model, const model_tensor *tensor) {
    const void *data = model_tensor_data(model, tensor);
    for (size_t i = 0; i < tensor->count; i++) {
        if (tensor->number == MODEL_F64 && !isfinite(((const double *)data)[i])) return false;
        if (tensor->number == MODEL_F32 && !isfinite(((const float *)data)[i])) return false;
    }
    return true;
}

/* Every used band lies in the cube, none is used twice. */
static wsnet_status check_bands(wsnet_context *context, const wsnet_model *model) {
    unsigned char seen[MODEL_MAX_SOURCE_BANDS / 8] = {0};
    if (model->n_source_bands < 1 || model->n_source_bands > MODEL_MAX_SOURCE_BANDS)
        return context_fail(context, WSNET_E_FORMAT, "the model's n_source_bands is %zu: 1 to %d are possible",
                            model->n_source_bands, MODEL_MAX_SOURCE_BANDS);
    for (size_t b = 0; b < model->dims.B; b++) {
        const uint32_t index = model->band_index[b];
        if (index >= model->n_source_bands)
            return context_fail(context, WSNET_E_FORMAT, "the model uses band %zu of a cube with %zu bands",
                                (size_t)index + 1, model->n_source_bands);
        if (seen[index / 8] >> (index % 8) & 1)
            return context_fail(context, WSNET_E_FORMAT, "the model uses band %zu twice", (size_t)index + 1);
        seen[index / 8] |= (unsigned char)(1u << (index % 8));
    }
    return WSNET_OK;
}

static wsnet_status check_gain(wsnet_context *context, const wsnet_model *model, const float *gain) {
    for (size_t b = 0; b < model->dims.B; b++)
        if (!(gain[b] >= MODEL_LEAST_GAIN && gain[b] <= 1 / MODEL_LEAST_GAIN))
            return context_fail(context, WSNET_E_FORMAT, "the model's gain of band %zu is %g: %g to %g are possible",
                                b + 1, (double)gain[b], (double)MODEL_LEAST_GAIN, (double)(1 / MODEL_LEAST_GAIN));
    return WSNET_OK;
}

wsnet_status model_check_values(wsnet_context *context, const wsnet_model *model) {
    const model_shape shape = model_shape_of(model);
    model_tensor tensor;
    for (size_t i = 0; model_tensor_at(&shape, i, &tensor); i++)
        if (!all_finite(model, &tensor))
            return context_fail(context, WSNET_E_FORMAT, "the model's tensor '%s' holds a value that is not finite",
                                tensor.name);
    for (size_t b = 0; b < model->dims.B; b++)
        if (model->wavelength_nm[b] < 0 || model->fwhm_nm[b] < 0)
            return context_fail(context, WSNET_E_FORMAT, "the model's band %zu has a negative wavelength or width",
                                b + 1);
    if (!(model->misfit[0] >= 0 && model->misfit[1] >= 0 && model->misfit[0] + model->misfit[1] > 0))
        return context_fail(context, WSNET_E_FORMAT, "the model's expected misfits are not positive");
    for (size_t d = 0; d < model->n_directions; d++) {
        const float *along = model->along + 2 * d;
        if (!(along[0] >= 0 && along[1] >= 0 && along[0] + along[1] > 0))
            return context_fail(context, WSNET_E_FORMAT,
                                "the model's expected misfits along direction %zu are not positive", d + 1);
    }
    for (size_t i = 0; i < MODEL_FIT_KNOTS; i++)
        if (model->fit[i] < 0 || (i && model->fit[i] > model->fit[i - 1]))
            return context_fail(context, WSNET_E_FORMAT, "the model's misfits do not fall at %zu of %d", i + 1,
                                MODEL_FIT_KNOTS);
    for (size_t k = 0; k < model->dims.P; k++)
        if (!model->names[k][0])
            return context_fail(context, WSNET_E_FORMAT, "the model's endmember %zu has no name", k + 1);
    if (!wsnet_mixing_name(model->mixing))
        return context_fail(context, WSNET_E_FORMAT, "the model's mixing %d is unknown", (int)model->mixing);
    if (!(model->coverage > 0.5 && model->coverage <= 0.999))
        return context_fail(context, WSNET_E_FORMAT, "the model's coverage %g is not in (0.5, 0.999]", model->coverage);
    wsnet_status status = check_gain(context, model, model->gain);
    if (!status) status = check_gain(context, model, model->own_gain);
    return status ? status : check_bands(context, model);
}
