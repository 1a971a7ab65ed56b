/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"

/* Vertex component analysis (Nascimento and Dias 2005). */

static vca_view *carve(const extraction *scene, arena *block) {
    const size_t P = scene->n_endmembers, B = scene->n_bands, N = scene->n_pixels;
    vca_view measured, *made = arena_take(block, 1, sizeof *made), *view = made ? made : &measured;
    *view = (vca_view){.n_pixels = N, .n_bands = B, .n_endmembers = P, .n_directions = P};
    view->basis = arena_take(block, P * B, sizeof(double));
    view->mean = arena_take(block, B, sizeof(double));
    view->reduced = arena_take(block, N * P, sizeof(double));
    view->projected = arena_take(block, N * P, sizeof(double));
    return made;
}

/* reduced = basis (y - mean) */
static void reduce(const extraction *scene, vca_view *view) {
    const size_t P = view->n_endmembers, B = view->n_bands;
    for (size_t i = 0; i < view->n_pixels; i++)
        for (size_t k = 0; k < P; k++) {
            double sum = 0;
            const double *direction = view->basis + k * B;
            for (size_t b = 0; b < B; b++) sum += direction[b] * ((double)scene->pixels[i * B + b] - view->mean[b]);
            view->reduced[i * P + k] = sum;
        }
}

/* The share of the power inside the leading P principal components, less the noise's part of it. */
static double estimate_snr_db(const extraction *scene, const vca_view *view) {
    const double P = (double)view->n_endmembers, B = (double)view->n_bands, N = (double)view->n_pixels;
    double power = 0, inside = 0;
    for (size_t i = 0; i < view->n_pixels; i++) power += scene->norms[i] * scene->norms[i] / N;
    inside = algebra_dot(view->n_pixels * view->n_endmembers, view->reduced, view->reduced) / N +
             algebra_dot(view->n_bands, view->mean, view->mean);
    const double signal = inside - P / B * power, noise = power - inside;
    return noise > 0 && signal > 0 ? 10 * log10(signal / noise) : (signal > 0 ? 100 : -100);
}

/* High ratio: onto the hyperplane that the mean is normal to. A pixel that would flip is left at the origin. */
static void project_by_perspective(vca_view *view) {
    const size_t P = view->n_endmembers, N = view->n_pixels;
    double mean[WSNET_MAX_ENDMEMBERS] = {0};
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < P; k++) mean[k] += view->reduced[i * P + k] / (double)N;
    const double length2 = algebra_dot(P, mean, mean);
    for (size_t i = 0; i < N; i++) {
        const double along = algebra_dot(P, view->reduced + i * P, mean);
        for (size_t k = 0; k < P; k++)
            view->projected[i * P + k] = along > 1e-3 * length2 ? view->reduced[i * P + k] / along : 0;
    }
}

/* Low ratio: P - 1 principal components and the farthest pixel's distance as a constant. */
static void project_by_components(vca_view *view) {
    const size_t P = view->n_endmembers, N = view->n_pixels;
    double farthest = 0;
    view->n_directions = P - 1;
    for (size_t i = 0; i < N; i++) {
        view->reduced[i * P + P - 1] = 0;
        farthest = fmax(farthest, algebra_dot(P, view->reduced + i * P, view->reduced + i * P));
    }
    for (size_t i = 0; i < N; i++) {
        memcpy(view->projected + i * P, view->reduced + i * P, P * sizeof(double));
        view->projected[i * P + P - 1] = sqrt(farthest);
    }
}

static wsnet_status fill(const extraction *scene, vca_view *view, double *moments) {
    const size_t P = view->n_endmembers, B = view->n_bands, N = view->n_pixels;
    algebra_moments(scene->context, N, B, scene->pixels, NULL, moments);
    algebra_mean(N, B, scene->pixels, NULL, view->mean);
    for (size_t i = 0; i < B; i++)
        for (size_t j = 0; j < B; j++) moments[i * B + j] -= (double)N * view->mean[i] * view->mean[j];
    wsnet_status status = algebra_leading(scene->context, B, moments, P, view->basis, NULL);
    if (status != WSNET_OK) return status;
    reduce(scene, view);
    view->snr_db = estimate_snr_db(scene, view);
    view->projective = view->snr_db > 15 + 10 * log10((double)P);
    if (!view->projective && P > 1) {
        project_by_components(view);
        return WSNET_OK;
    }
    for (size_t i = 0; i < B; i++)
        for (size_t j = 0; j < B; j++) moments[i * B + j] += (double)N * view->mean[i] * view->mean[j];
    status = algebra_leading(scene->context, B, moments, P, view->basis, NULL);
    memset(view->mean, 0, B * sizeof(double));
    reduce(scene, view);
    project_by_perspective(view);
    return status;
}

wsnet_status vca_view_create(const extraction *scene, vca_view **made) {
    wsnet_context *context = scene->context;
    arena block = {0};
    carve(scene, &block);
    double *moments = context_allocate(context, scene->n_bands * scene->n_bands, sizeof *moments);
    void *memory = moments ? context_allocate(context, block.used, 1) : NULL;
    wsnet_status status = WSNET_E_MEMORY;
    if (memory) {
        block = (arena){.base = memory};
        vca_view *view = carve(scene, &block);
        status = fill(scene, view, moments);
        if (status == WSNET_OK)
            *made = view;
        else
            context_release(context, memory);
    }
    context_release(context, moments);
    return status;
}

void vca_view_destroy(wsnet_context *context, vca_view *view) { context_release(context, view); }

/* Spectra of picked pixels without what lies outside the basis. */
static void denoised(const vca_view *view, const size_t *picks, float *spectra) {
    const size_t P = view->n_endmembers, B = view->n_bands;
    for (size_t k = 0; k < P; k++)
        for (size_t b = 0; b < B; b++) {
            double sum = view->mean[b];
            for (size_t r = 0; r < view->n_directions; r++)
                sum += view->reduced[picks[k] * P + r] * view->basis[r * B + b];
            spectra[k * B + b] = (float)sum;
        }
}

void vca_run(const vca_view *view, uint64_t seed, uint64_t stream, float *spectra, size_t *picks) {
    const size_t P = view->n_endmembers;
    double span[WSNET_MAX_ENDMEMBERS * WSNET_MAX_ENDMEMBERS], direction[WSNET_MAX_ENDMEMBERS];
    random_state random = random_create(seed, stream);
    for (size_t n = 0; n < P; n++) {
        for (size_t k = 0; k < P; k++) direction[k] = random_normal(&random);
        for (size_t k = 0; k < n; k++) {
            const double along = algebra_dot(P, span + k * P, direction);
            for (size_t j = 0; j < P; j++) direction[j] -= along * span[k * P + j];
        }
        double farthest = -1;
        for (size_t i = 0; i < view->n_pixels; i++) {
            const double reach = fabs(algebra_dot(P, view->projected + i * P, direction));
            if (reach > farthest) {
                farthest = reach;
                picks[n] = i;
            }
        }
        double *unit = span + n * P;
        memcpy(unit, view->projected + picks[n] * P, P * sizeof *unit);
        for (int pass = 0; pass < 2; pass++)
            for (size_t k = 0; k < n; k++) {
                const double along = algebra_dot(P, span + k * P, unit);
                for (size_t j = 0; j < P; j++) unit[j] -= along * span[k * P + j];
            }
        algebra_normalise(P, unit);
    }
    denoised(view, picks, spectra);
}

/* ---- N-FINDR -------------------------------------------------------------------------------------------- */

/* The vector that is normal to all picks but one: the volume is linear in that pick along it. */
static void normal_of_others(const vca_view *view, const size_t *picks, size_t skip, double *normal) {
    const size_t P = view->n_endmembers;
    double span[WSNET_MAX_ENDMEMBERS * WSNET_MAX_ENDMEMBERS];
    size_t n = 0;
    for (size_t k = 0; k <= P; k++) {
        if (k == skip) continue;
        double *v = k < P ? span + n * P : normal;
        memcpy(v, view->projected + picks[k < P ? k : skip] * P, P * sizeof *v);
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < n; i++) {
                const double along = algebra_dot(P, span + i * P, v);
                for (size_t j = 0; j < P; j++) v[j] -= along * span[i * P + j];
            }
        algebra_normalise(P, v);
        n++;
    }
}

/* N-FINDR (Winter 1999): exchange one pixel for another as long as the simplex grows. */
void nfindr_run(const vca_view *view, size_t *picks, float *spectra) {
    const size_t P = view->n_endmembers;
    double normal[WSNET_MAX_ENDMEMBERS];
    bool grows = P > 1;
    for (int sweep = 0; sweep < 50 && grows; sweep++) {
        grows = false;
        for (size_t k = 0; k < P; k++) {
            normal_of_others(view, picks, k, normal);
            double farthest = fabs(algebra_dot(P, view->projected + picks[k] * P, normal));
            for (size_t i = 0; i < view->n_pixels; i++) {
                const double reach = fabs(algebra_dot(P, view->projected + i * P, normal));
                if (reach > farthest * (1 + 1e-9)) {
                    farthest = reach;
                    picks[k] = i;
                    grows = true;
                }
            }
        }
    }
    denoised(view, picks, spectra);
}

/* ---- the methods ---------------------------------------------------------------------------------------- */

wsnet_status extract_vca(const extraction *scene, float *spectra) {
    vca_view *view;
    size_t picks[WSNET_MAX_ENDMEMBERS];
    const wsnet_status status = vca_view_create(scene, &view);
    if (status != WSNET_OK) return status;
    vca_run(view, scene->options->seed, 0, spectra, picks);
    context_log(scene->context, WSNET_LOG_INFO, "vertex component analysis at an estimated %.0f dB, %s", view->snr_db,
                view->projective ? "on perspective projections" : "on principal components");
    vca_view_destroy(scene->context, view);
    return WSNET_OK;
}

wsnet_status extract_nfindr(const extraction *scene, float *spectra) {
    vca_view *view;
    size_t picks[WSNET_MAX_ENDMEMBERS];
    wsnet_status status = atgp_picks(scene, picks);
    if (status == WSNET_OK) status = vca_view_create(scene, &view);
    if (status != WSNET_OK) return status;
    nfindr_run(view, picks, spectra);
    context_log(scene->context, WSNET_LOG_INFO, "largest simplex from the pixels of orthogonal projections");
    vca_view_destroy(scene->context, view);
    return WSNET_OK;
}

wsnet_status atgp_picks(const extraction *scene, size_t *picks) {
    const size_t P = scene->n_endmembers, B = scene->n_bands, N = scene->n_pixels;
    double *rest = context_allocate(scene->context, N + P * B, sizeof *rest);
    if (!rest) return WSNET_E_MEMORY;
    double *span = rest + N;
    for (size_t i = 0; i < N; i++) rest[i] = scene->norms[i] * scene->norms[i];
    for (size_t n = 0; n < P; n++) {
        picks[n] = 0;
        for (size_t i = 1; i < N; i++)
            if (rest[i] > rest[picks[n]]) picks[n] = i;
        double *unit = span + n * B;
        for (size_t b = 0; b < B; b++) unit[b] = (double)scene->pixels[picks[n] * B + b];
        for (int pass = 0; pass < 2; pass++)
            for (size_t k = 0; k < n; k++) {
                const double along = algebra_dot(B, span + k * B, unit);
                for (size_t b = 0; b < B; b++) unit[b] -= along * span[k * B + b];
            }
        algebra_normalise(B, unit);
        for (size_t i = 0; i < N; i++) {
            double along = 0;
            for (size_t b = 0; b < B; b++) along += unit[b] * (double)scene->pixels[i * B + b];
            rest[i] -= along * along;
        }
        rest[picks[n]] = -INFINITY;
    }
    context_release(scene->context, rest);
    return WSNET_OK;
}

/* Automatic target generation process (Ren and Chang 2003). */
wsnet_status extract_atgp(const extraction *scene, float *spectra) {
    size_t picks[WSNET_MAX_ENDMEMBERS];
    const wsnet_status status = atgp_picks(scene, picks);
    if (status != WSNET_OK) return status;
    for (size_t k = 0; k < scene->n_endmembers; k++)
        memcpy(spectra + k * scene->n_bands, scene->pixels + picks[k] * scene->n_bands,
               scene->n_bands * sizeof *spectra);
    context_log(scene->context, WSNET_LOG_INFO, "pixels of successive orthogonal projections");
    return WSNET_OK;
}
