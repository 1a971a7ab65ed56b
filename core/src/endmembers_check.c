/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"
#include "least_squares.h"

static const double one_material_rad = 2 * 3.14159265358979323846 / 180; /* 2 degrees */
static const double ill_conditioned = 1000, shade_part = 0.02, other_scale = 10;

/** Names in sentences; "endmember 3" where there are none. */
typedef struct naming {
    char text[WSNET_MAX_NAME];
} naming;

static naming name_of(const char *const *names, size_t k) {
    naming name;
    if (names && names[k] && names[k][0])
        snprintf(name.text, sizeof name.text, "%s", names[k]);
    else
        snprintf(name.text, sizeof name.text, "endmember %zu", k + 1);
    return name;
}

static double root_mean_square(size_t n, const float *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sqrt(sum / (double)n);
}

/* ---- the endmembers alone ------------------------------------------------------------------------------- */

static void check_angles(wsnet_context *context, size_t n_bands, size_t P, const float *E, const char *const *names,
                         wsnet_endmember_check *check) {
    check->min_angle_rad = INFINITY;
    for (size_t i = 0; i < P; i++)
        for (size_t j = i + 1; j < P; j++) {
            const double angle = wsnet_spectral_angle_rad(n_bands, E + i * n_bands, E + j * n_bands);
            if (!(angle < check->min_angle_rad)) continue;
            check->min_angle_rad = angle;
            check->closest[0] = i;
            check->closest[1] = j;
        }
    if (check->min_angle_rad < one_material_rad)
        context_log(context, WSNET_LOG_WARNING,
                    "%s and %s are only %.1f degrees apart: they act as one material, and its share splits between "
                    "them at random",
                    name_of(names, check->closest[0]).text, name_of(names, check->closest[1]).text,
                    check->min_angle_rad * 180 / 3.14159265358979323846);
}

/* The ratio of the singular values of E. */
static wsnet_status check_condition(wsnet_context *context, size_t n_bands, size_t P, const float *E,
                                    wsnet_endmember_check *check) {
    double *moments = context_allocate(context, P * P + P, sizeof *moments);
    if (!moments) return WSNET_E_MEMORY;
    double *values = moments + P * P;
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++) {
            double sum = 0;
            for (size_t b = 0; b < n_bands; b++) sum += (double)E[i * n_bands + b] * (double)E[j * n_bands + b];
            moments[i * P + j] = sum;
        }
    const wsnet_status status = algebra_eigen(context, P, moments, values);
    const double smallest = values[0] > 1e-15 * values[P - 1] ? values[0] : 0;
    if (status == WSNET_OK) check->condition = smallest > 0 ? sqrt(values[P - 1] / smallest) : INFINITY;
    context_release(context, moments);
    if (status == WSNET_OK && check->condition > ill_conditioned)
        context_log(context, WSNET_LOG_WARNING,
                    "the endmembers nearly depend on each other (condition number %.3g): noise is amplified as much",
                    check->condition);
    return status;
}

static void check_shade(wsnet_context *context, size_t n_bands, size_t P, const float *E, const char *const *names,
                        wsnet_endmember_check *check) {
    double largest = 0;
    check->shade = SIZE_MAX;
    for (size_t k = 0; k < P; k++) largest = fmax(largest, root_mean_square(n_bands, E + k * n_bands));
    for (size_t k = P; k-- > 0;)
        if (root_mean_square(n_bands, E + k * n_bands) <= shade_part * largest) check->shade = k;
    if (check->shade != SIZE_MAX)
        context_log(context, WSNET_LOG_WARNING,
                    "%s is nearly zero: it stands for shade, and its abundance is darkness rather than area",
                    name_of(names, check->shade).text);
}

/* ---- the endmembers against the pixels ------------------------------------------------------------------ */

/* Levels are root mean squares; pixels without light or with a value that is not finite do not count. */
static wsnet_status check_scale(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels, size_t P,
                                const float *E, wsnet_endmember_check *check) {
    double *levels = context_allocate(context, n_pixels + P, sizeof *levels);
    if (!levels) return WSNET_E_MEMORY;
    double *own = levels + n_pixels;
    size_t n = 0;
    for (size_t i = 0; i < n_pixels; i++) {
        const double level = root_mean_square(n_bands, pixels + i * n_bands);
        if (isfinite(level) && level > 0) levels[n++] = level;
    }
    for (size_t k = 0; k < P; k++) own[k] = root_mean_square(n_bands, E + k * n_bands);
    const double level = algebra_select(P, own, P / 2);
    check->scale_ratio = n > 0 && level > 0 ? algebra_select(n, levels, n / 2) / level : NAN;
    context_release(context, levels);
    if (check->scale_ratio > other_scale || check->scale_ratio < 1 / other_scale)
        context_log(
            context, WSNET_LOG_WARNING,
            "the pixels are %.3g times as bright as the endmembers: they seem to be in other units (reflectance "
            "0..1, per cent, 0..10000)",
            check->scale_ratio);
    return WSNET_OK;
}

wsnet_status wsnet_endmembers_check(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                                    size_t n_endmembers, const float *endmembers, const char *const *names,
                                    wsnet_endmember_check *check) {
    if (!context) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(context, pixels);
    CONTEXT_REQUIRE(context, check);
    least_squares *probe;
    wsnet_status status = least_squares_create(context, n_bands, n_endmembers, endmembers, &probe);
    if (status != WSNET_OK) return status;
    least_squares_destroy(context, probe);
    wsnet_endmember_check found = {0};
    check_angles(context, n_bands, n_endmembers, endmembers, names, &found);
    check_shade(context, n_bands, n_endmembers, endmembers, names, &found);
    status = check_condition(context, n_bands, n_endmembers, endmembers, &found);
    if (status == WSNET_OK) status = check_scale(context, n_pixels, n_bands, pixels, n_endmembers, endmembers, &found);
    if (status == WSNET_OK)
        status = endmembers_check_residuals(context, n_pixels, n_bands, pixels, n_endmembers, endmembers, &found);
    if (status == WSNET_OK) *check = found;
    return status;
}
