/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "trainer.h"

/* A checkpoint: this header, then weights, mean and square as floats, then the SHA-256 of all before it. Bytes are in the
 * machine's order: a checkpoint is for going on where it was made. */
static const char MAGIC[16] = "wsnet training 1";

typedef struct checkpoint_header {
    char magic[16];
    char arguments[64]; /* digest of what the trainer was made with */
    uint64_t n_weights, n_done;
} checkpoint_header;

enum { DIGEST = 64, ARRAYS = 3 };

static size_t checkpoint_size(const wsnet_trainer *trainer) {
    return sizeof(checkpoint_header) + ARRAYS * trainer->n_weights * sizeof(float) + DIGEST;
}

static void add_number(wsnet_sha256_state *state, double value) { wsnet_sha256_add(state, &value, sizeof value); }

/* Digest of everything that decides how training goes on, apart from its state. */
static void digest_arguments(const wsnet_trainer *trainer, char digest[65]) {
    const wsnet_train_options *o = &trainer->options;
    const network_dims *dims = &trainer->dims;
    const simulator_scene scene = simulator_describe(trainer->scene);
    const double numbers[] = {(double)o->mixing,
                              o->coverage,
                              (double)o->n_steps,
                              (double)o->batch,
                              (double)o->real_batch,
                              o->learning_rate,
                              (double)o->without,
                              o->weak_share,
                              o->illumination_sd,
                              o->variability_sd,
                              (double)dims->B,
                              (double)dims->P,
                              (double)scene.n_pixels,
                              o->band_weight != NULL,
                              o->endmember_weight != NULL};
    wsnet_sha256_state state;
    wsnet_sha256_begin(&state);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) add_number(&state, numbers[i]);
    wsnet_sha256_add(&state, &o->seed, sizeof o->seed);
    if (o->band_weight) wsnet_sha256_add(&state, o->band_weight, dims->B * sizeof(float));
    if (o->endmember_weight) wsnet_sha256_add(&state, o->endmember_weight, dims->P * sizeof(float));
    wsnet_sha256_add(&state, trainer->start, dims->P * dims->B * sizeof(float));
    wsnet_sha256_add(&state, scene.pixels, scene.n_pixels * dims->B * sizeof(float));
    wsnet_sha256_end(&state, digest);
}

wsnet_status wsnet_trainer_checkpoint(wsnet_trainer *trainer, void **bytes, size_t *n_bytes) {
    if (!trainer) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(trainer->context, bytes);
    CONTEXT_REQUIRE(trainer->context, n_bytes);
    const size_t size = checkpoint_size(trainer), part = trainer->n_weights * sizeof(float);
    char *made = context_allocate(trainer->context, size, 1);
    if (!made) return WSNET_E_MEMORY;
    checkpoint_header header = {.n_weights = trainer->n_weights, .n_done = trainer->n_done};
    memcpy(header.magic, MAGIC, sizeof MAGIC);
    char digest[65];
    digest_arguments(trainer, digest);
    memcpy(header.arguments, digest, sizeof header.arguments);
    memcpy(made, &header, sizeof header);
    const float *arrays[ARRAYS] = {trainer->weights, trainer->mean, trainer->square};
    for (size_t i = 0; i < ARRAYS; i++) memcpy(made + sizeof header + i * part, arrays[i], part);
    wsnet_sha256(made, size - DIGEST, digest);
    memcpy(made + size - DIGEST, digest, DIGEST);
    *bytes = made;
    *n_bytes = size;
    return WSNET_OK;
}

/* Weights and moments that a sum of squares can have been made of. */
static bool are_usable(size_t n_weights, const char *values) {
    for (size_t i = 0; i < ARRAYS * n_weights; i++) {
        float value;
        memcpy(&value, values + i * sizeof value, sizeof value);
        if (!isfinite(value) || (i >= 2 * n_weights && value < 0)) return false;
    }
    return true;
}

wsnet_status wsnet_trainer_resume(wsnet_trainer *trainer, const void *bytes, size_t n_bytes) {
    if (!trainer) return WSNET_E_ARGUMENT;
    wsnet_context *context = trainer->context;
    CONTEXT_REQUIRE(context, bytes);
    checkpoint_header header;
    if (n_bytes < sizeof header || memcmp(bytes, MAGIC, sizeof MAGIC) != 0)
        return context_fail(context, WSNET_E_FORMAT, "these bytes are not a checkpoint of a training");
    memcpy(&header, bytes, sizeof header);
    char digest[65];
    digest_arguments(trainer, digest);
    if (memcmp(header.arguments, digest, sizeof header.arguments) != 0 || header.n_weights != trainer->n_weights)
        return context_fail(
            context, WSNET_E_FORMAT,
            "the checkpoint belongs to a training with another cube, other endmembers or other options");
    const size_t size = checkpoint_size(trainer), part = trainer->n_weights * sizeof(float);
    if (n_bytes != size)
        return context_fail(context, WSNET_E_FORMAT, "the checkpoint has %zu bytes, it should have %zu", n_bytes, size);
    const char *data = bytes;
    wsnet_sha256(data, size - DIGEST, digest);
    if (memcmp(data + size - DIGEST, digest, DIGEST) != 0 || header.n_done > trainer->options.n_steps ||
        !are_usable(trainer->n_weights, data + sizeof header))
        return context_fail(context, WSNET_E_FORMAT, "the checkpoint is damaged");
    float *arrays[ARRAYS] = {trainer->weights, trainer->mean, trainer->square};
    for (size_t i = 0; i < ARRAYS; i++) memcpy(arrays[i], data + sizeof header + i * part, part);
    trainer->n_done = (size_t)header.n_done;
    return WSNET_OK;
}
