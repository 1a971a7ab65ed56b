/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "least_squares.h"
#include "model.h"

/* Limit of detection at 5 % false positives and 5 % misses: 1.645 standard deviations each (Currie 1968). */
static const double DETECTION_SPANS = 3.29;

wsnet_status wsnet_model_detection_limits(wsnet_context *context, const wsnet_model *model, double noise_sd,
                                          float *limits) {
    if (!context) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(context, model);
    CONTEXT_REQUIRE(context, limits);
    if (!(noise_sd >= 0 && isfinite(noise_sd)))
        return context_fail(context, WSNET_E_ARGUMENT, "a noise of %g is not a standard deviation", noise_sd);
    double variance[WSNET_MAX_ENDMEMBERS];
    least_squares *prepared;
    const wsnet_status status = least_squares_create(context, model->dims.B, model->dims.P, model->weights, &prepared);
    if (status != WSNET_OK) return status;
    least_squares_sum_to_one_variance(prepared, variance);
    least_squares_destroy(context, prepared);
    for (size_t k = 0; k < model->dims.P; k++) limits[k] = (float)(DETECTION_SPANS * noise_sd * sqrt(variance[k]));
    return WSNET_OK;
}

/* Products with weights and states, two operations a multiply-add; activations and norms by what they evaluate. */
double wsnet_model_operations(const wsnet_model *model) {
    const network_dims *dims = &model->dims;
    const double B = (double)dims->B, P = (double)dims->P, Q = (double)dims->Q, T = (double)dims->T;
    const double D = (double)dims->D, S = (double)dims->S, R = (double)dims->R, K = (double)dims->K;
    const double H = (double)dims->H, J = (double)dims->J;
    const double embed = 2 * T * Q + T * Q + 2 * T * Q * D + 2 * T * D, norms = 2 * 8 * T * D;
    const double state_space = 4 * T * D * D + 2 * T * D * K + 2 * T * D * (R + 2 * S) + 2 * T * R * D + 7 * T * D * S +
                               2 * T * D * D + 20 * T * D;
    const double attention = 6 * T * D * D + 4 * T * T * D + 6 * T * T * H + 2 * T * D * D;
    const double gate = 4 * T * D * D + 8 * T * D;
    const double head = 2 * T * D * J + 2 * B * P + 2 * J * (J + 2 * P + 1) + 2 * J * P + 4 * J * P;
    const double decoder = 2 * B * P + 8 * B;
    double sum = embed + norms + head + decoder;
    if (!(model->without & WSNET_WITHOUT_SSM)) sum += state_space;
    if (!(model->without & WSNET_WITHOUT_WSA)) sum += attention;
    if (!(model->without & WSNET_WITHOUT_GATE)) sum += gate;
    return sum * (double)model->n_members;
}
