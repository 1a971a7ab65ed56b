/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation_fit.c  Whether the fit layer tells pixels that hold a material which the model does not know. */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation_scene.h"

enum { N_UNSEEN = 4 };
static const float unseen_share = 0.2f;
/* Far from the seeds of every scene that is evaluated. */
static const uint64_t unseen_seed = 1000000;

static int by_value(const void *first, const void *second) {
    const float a = *(const float *)first, b = *(const float *)second;
    return (a > b) - (a < b);
}

/* Share of pairs in which low is below high, ties count half. Sorts both. */
static double area_under_curve(size_t n, float *low, float *high) {
    qsort(low, n, sizeof *low, by_value);
    qsort(high, n, sizeof *high, by_value);
    double below = 0;
    for (size_t i = 0, under = 0, upto = 0; i < n; i++) {
        while (under < n && low[under] < high[i]) under++;
        while (upto < n && low[upto] <= high[i]) upto++;
        below += ((double)under + (double)upto) / 2;
    }
    return below / ((double)n * (double)n);
}

static bool read_fit(evaluation *all, const evaluation_task *scene, const wsnet_model *model, const float *pixels,
                     float *fit) {
    wsnet_session *session = NULL;
    const wsnet_outputs outputs = {.fit = fit};
    const bool done = wsnet_session_create(all->run->context, model, NULL, &session) == WSNET_OK &&
                      wsnet_session_unmix(session, scene->n_pixels, pixels, NULL, &outputs) == WSNET_OK;
    wsnet_session_destroy(session);
    if (!done) cli_fail_core(all->run);
    return done;
}

/* As bright as the scene's ordinary materials are on average. */
static void scale_to_scene(const evaluation_scene *made, float *spectrum) {
    const size_t B = made->n_bands, n = made->n_endmembers < N_UNSEEN ? made->n_endmembers : N_UNSEEN;
    double own = 0, level = 0;
    for (size_t b = 0; b < B; b++) own += (double)spectrum[b] * spectrum[b];
    for (size_t k = 0; k < n; k++) {
        double square = 0;
        for (size_t b = 0; b < B; b++) square += (double)made->endmembers[k * B + b] * made->endmembers[k * B + b];
        level += sqrt(square) / (double)n;
    }
    for (size_t b = 0; b < B; b++) spectrum[b] = (float)(spectrum[b] * level / sqrt(own));
}

/* Every pixel loses a fifth of itself to the spectrum; the noise stays what it was, with what another pixel adds. */
static void mix_in(const evaluation_scene *made, const float *clean, const float *spectrum, float *mixed) {
    const size_t N = made->n_pixels, B = made->n_bands;
    const float kept = 1 - unseen_share, more_noise = sqrtf(1 - kept * kept);
    for (size_t i = 0; i < N; i++) {
        const size_t other = (i + N / 2) % N;
        for (size_t b = 0; b < B; b++)
            mixed[i * B + b] = kept * made->pixels[i * B + b] + unseen_share * spectrum[b] +
                               more_noise * (made->pixels[other * B + b] - clean[other * B + b]);
    }
}

static bool measure(evaluation *all, const evaluation_scene *made, const evaluation_scene *clean,
                    const evaluation_scene *others, const wsnet_model *model, float *scratch, double *median) {
    const size_t N = made->n_pixels, B = made->n_bands;
    const evaluation_task task = evaluation_scene_task(made, 0);
    float *mixed = scratch, *plain = mixed + N * B, *asked = plain + N;
    double areas[N_UNSEEN];
    for (size_t k = 0; k < N_UNSEEN; k++) {
        float *spectrum = others->endmembers + k * B;
        scale_to_scene(made, spectrum);
        mix_in(made, clean->pixels, spectrum, mixed);
        if (!read_fit(all, &task, model, made->pixels, plain) || !read_fit(all, &task, model, mixed, asked))
            return false;
        areas[k] = area_under_curve(N, asked, plain);
    }
    *median = evaluation_median(N_UNSEEN, areas);
    return true;
}

bool evaluation_fit_area(evaluation *all, const evaluation_case *wanted, uint64_t seed, const evaluation_scene *made,
                         const wsnet_model *model, double *median) {
    evaluation_case noiseless = *wanted, other = *wanted;
    evaluation_scene clean = {0}, others = {0};
    noiseless.scene.snr_db = INFINITY;
    other.scene.width = other.scene.height = 8;
    other.scene.n_endmembers = N_UNSEEN + 2;
    float *scratch = VSIMalloc3(made->n_pixels, made->n_bands + 2, sizeof *scratch);
    if (!scratch) return cli_fail(all->run, "memory is out"), false;
    const bool done = evaluation_scene_make(all, &noiseless, seed, &clean) &&
                      evaluation_scene_make(all, &other, seed + unseen_seed, &others) &&
                      measure(all, made, &clean, &others, model, scratch, median);
    VSIFree(scratch);
    evaluation_scene_free(&clean);
    evaluation_scene_free(&others);
    return done;
}
