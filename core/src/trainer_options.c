/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trainer_options.h"

#include <math.h>

enum { MAX_STEPS = 1000000, MAX_BATCH = 65536 };

void wsnet_train_options_init(wsnet_train_options *options) {
    if (!options) return;
    *options = (wsnet_train_options){.mixing = WSNET_MIXING_LINEAR,
                                     .coverage = 0.9,
                                     .n_steps = 1000,
                                     .batch = 512,
                                     .real_batch = 256,
                                     .learning_rate = 5e-3,
                                     .weak_share = 0.1,
                                     .illumination_sd = -1,
                                     .variability_sd = -1};
}

/* A number that an option must lie within. */
typedef struct number_range {
    const char *name;
    double value, least, most;
} number_range;

static wsnet_status check_ranges(wsnet_context *context, size_t n, const number_range *ranges) {
    for (size_t i = 0; i < n; i++)
        if (!(ranges[i].value >= ranges[i].least && ranges[i].value <= ranges[i].most))
            return context_fail(context, WSNET_E_ARGUMENT, "%s is %g: it must lie within %g and %g", ranges[i].name,
                                ranges[i].value, ranges[i].least, ranges[i].most);
    return WSNET_OK;
}

static wsnet_status check_weights(wsnet_context *context, const char *what, size_t n, const float *weights) {
    double sum = 0;
    for (size_t i = 0; weights && i < n; i++) {
        if (!(weights[i] >= 0 && weights[i] <= 1e6f))
            return context_fail(context, WSNET_E_ARGUMENT, "the weight of %s %zu is %g: it must lie within 0 and 1e6",
                                what, i + 1, (double)weights[i]);
        sum += (double)weights[i];
    }
    if (weights && !(sum > 0)) return context_fail(context, WSNET_E_ARGUMENT, "the weight of every %s is 0", what);
    return WSNET_OK;
}

static wsnet_status check_sizes(wsnet_context *context, size_t n_pixels, size_t n_bands, size_t n_endmembers) {
    if (n_pixels == 0) return context_fail(context, WSNET_E_SHAPE, "there are no pixels to train on");
    if (n_bands < 2 || n_bands > WSNET_MAX_BANDS)
        return context_fail(context, WSNET_E_SHAPE, "the pixels have %zu bands: 2 to %d are possible", n_bands,
                            WSNET_MAX_BANDS);
    if (n_endmembers < 2 || n_endmembers > WSNET_MAX_ENDMEMBERS)
        return context_fail(context, WSNET_E_SHAPE, "%zu endmembers: 2 to %d are possible", n_endmembers,
                            WSNET_MAX_ENDMEMBERS);
    if (n_endmembers > n_bands)
        return context_fail(context, WSNET_E_SHAPE, "%zu endmembers cannot be told apart with %zu bands", n_endmembers,
                            n_bands);
    return WSNET_OK;
}

wsnet_status trainer_options_check(wsnet_context *context, const wsnet_train_options *options, size_t n_pixels,
                                   size_t n_bands, size_t n_endmembers) {
    const unsigned all_parts = 2 * WSNET_WITHOUT_CLASSICAL - 1;
    const number_range ranges[] = {
        {"the coverage of the intervals", options->coverage, 0.5, 0.999},
        {"the number of steps", (double)options->n_steps, 1, MAX_STEPS},
        {"the number of simulated pixels a step", (double)options->batch, 1, MAX_BATCH},
        {"the number of real pixels a step", (double)options->real_batch, 1, MAX_BATCH},
        {"the learning rate", options->learning_rate, 1e-8, 1},
        {"the share of weak injections", options->weak_share, 0, 1},
        {"the standard deviation of illumination", options->illumination_sd < 0 ? 0 : options->illumination_sd, 0, 1},
        {"the standard deviation of variability", options->variability_sd < 0 ? 0 : options->variability_sd, 0, 1},
    };
    wsnet_status status = check_sizes(context, n_pixels, n_bands, n_endmembers);
    if (status == WSNET_OK) status = check_ranges(context, sizeof ranges / sizeof *ranges, ranges);
    if (status == WSNET_OK) status = check_weights(context, "band", n_bands, options->band_weight);
    if (status == WSNET_OK) status = check_weights(context, "endmember", n_endmembers, options->endmember_weight);
    if (status == WSNET_OK && !wsnet_mixing_name(options->mixing))
        status = context_fail(context, WSNET_E_ARGUMENT, "there is no mixing model number %d", (int)options->mixing);
    if (status == WSNET_OK && (options->without & ~all_parts))
        status = context_fail(context, WSNET_E_ARGUMENT, "there is no part of the network behind bits %#x",
                              options->without & ~all_parts);
    return status;
}

wsnet_status trainer_numbers_check(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                                   size_t n_endmembers, const float *endmembers) {
    for (size_t i = 0; i < n_pixels * n_bands; i++)
        if (!isfinite(pixels[i]))
            return context_fail(context, WSNET_E_ARGUMENT, "pixel %zu has a value in band %zu that is not finite",
                                i / n_bands + 1, i % n_bands + 1);
    for (size_t k = 0; k < n_endmembers; k++) {
        float most = 0;
        for (size_t b = 0; b < n_bands; b++) {
            const float value = endmembers[k * n_bands + b];
            if (!isfinite(value))
                return context_fail(context, WSNET_E_ARGUMENT,
                                    "endmember %zu has a value in band %zu that is not finite", k + 1, b + 1);
            most = fmaxf(most, value);
        }
        if (!(most > 0)) return context_fail(context, WSNET_E_ARGUMENT, "endmember %zu has no value above zero", k + 1);
    }
    return WSNET_OK;
}
