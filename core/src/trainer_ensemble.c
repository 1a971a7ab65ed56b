/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks of other seeds that become members of one model (method page, confidence). */
#include <string.h>

#include "model_format.h"
#include "trainer.h"

/* Members share the simulator of the first, and its calibration: only their seeds may differ. */
static wsnet_status check(const wsnet_trainer *trainer, const wsnet_trainer *other) {
    wsnet_context *context = trainer->context;
    const wsnet_train_options *a = &trainer->options, *b = &other->options;
    if (trainer->n_joined + 1 == MODEL_MAX_MEMBERS)
        return context_fail(context, WSNET_E_ARGUMENT, "an ensemble has at most %d networks", MODEL_MAX_MEMBERS);
    if (memcmp(&trainer->dims, &other->dims, sizeof trainer->dims) != 0)
        return context_fail(context, WSNET_E_SHAPE, "the networks of an ensemble must have the same sizes");
    if (a->mixing != b->mixing || a->without != b->without || a->coverage != b->coverage ||
        memcmp(trainer->start, other->start, trainer->dims.P * trainer->dims.B * sizeof(float)) != 0)
        return context_fail(context, WSNET_E_ARGUMENT,
                            "the networks of an ensemble must have the same endmembers and options, seeds aside");
    return WSNET_OK;
}

wsnet_status wsnet_trainer_join(wsnet_trainer *trainer, wsnet_trainer *other) {
    if (!trainer) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(trainer->context, other);
    const wsnet_status status = check(trainer, other);
    if (status != WSNET_OK) return status;
    const size_t n = trainer->n_weights;
    float *joined = context_allocate(trainer->context, (trainer->n_joined + 1) * n, sizeof *joined);
    if (!joined) return WSNET_E_MEMORY;
    if (trainer->joined) memcpy(joined, trainer->joined, trainer->n_joined * n * sizeof *joined);
    trainer_update_positive(other);
    trainer_copy_weights(other, joined + trainer->n_joined * n);
    context_release(trainer->context, trainer->joined);
    trainer->joined = joined;
    trainer->n_joined++;
    return WSNET_OK;
}

void trainer_copy_weights(const wsnet_trainer *trainer, float *weights) {
    weight_info row;
    memcpy(weights, trainer->weights, trainer->n_weights * sizeof *weights);
    for (size_t i = 0; weights_info(&trainer->dims, i, &row); i++)
        if (row.slow) memcpy(weights + row.offset, trainer->positive, row.rows * row.columns * sizeof *weights);
}

/* The decoder's endmembers are the mean of the members'. */
static void share_endmembers(const wsnet_trainer *trainer, size_t n_members, float *weights) {
    const size_t n = trainer->n_weights;
    weight_info row;
    for (size_t i = 0; weights_info(&trainer->dims, i, &row); i++)
        for (size_t j = row.offset; row.slow && j < row.offset + row.rows * row.columns; j++) {
            double mean = 0;
            for (size_t m = 0; m < n_members; m++) mean += (double)weights[m * n + j] / (double)n_members;
            for (size_t m = 0; m < n_members; m++) weights[m * n + j] = (float)mean;
        }
}

void trainer_copy_members(const wsnet_trainer *trainer, float *weights) {
    trainer_copy_weights(trainer, weights);
    if (trainer->n_joined == 0) return;
    memcpy(weights + trainer->n_weights, trainer->joined, trainer->n_joined * trainer->n_weights * sizeof *weights);
    share_endmembers(trainer, trainer->n_joined + 1, weights);
}
