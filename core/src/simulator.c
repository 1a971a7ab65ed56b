/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "simulator_scene.h"
#include "variability.h"

enum { MAX_SCENE_PIXELS = 65536, SOLVE_CHUNK = 256 };
/* The noise keeps at least this much of the residuals' energy, however much the variability seems to explain. */
static const double NOISE_LEAST = 0.1;
/* Share of the pixels whose abundances are drawn as they occur in the scene: its own materials, together as there. */
static const double SCENE_SHARE = 0.9;
/* A residual's sign changes after about so many bands. With one sign it would stay orthogonal to the endmembers, as
 * least squares left it, and move no abundance. */
enum { NOISE_RUN = 12 };

/* Lays the object out in one block; called twice (see arena). */
static simulator *carve(arena *block, size_t n_pixels, size_t n_bands, size_t n_endmembers) {
    simulator layout = {0}, *made = arena_take(block, 1, sizeof *made);
    layout.pixels = arena_take(block, n_pixels * n_bands, sizeof(float));
    layout.endmembers = arena_take(block, n_endmembers * n_bands, sizeof(float));
    layout.nnls = arena_take(block, n_pixels * n_endmembers, sizeof(float));
    layout.darkness = arena_take(block, n_endmembers, sizeof(float));
    layout.shapes = arena_take(block, VARIABILITY_SHAPES * n_bands, sizeof(float));
    layout.prior.shares = arena_take(block, PRIOR_CANDIDATES * n_endmembers, sizeof(float));
    layout.prior.cumulative = arena_take(block, PRIOR_CANDIDATES, sizeof(float));
    if (made) *made = layout;
    return made;
}

typedef struct solve_work {
    const least_squares *prepared;
    simulator *made;
} solve_work;

static void solve_chunk(void *work_, size_t chunk, size_t worker) {
    (void)worker;
    const solve_work *work = work_;
    simulator *made = work->made;
    const size_t first = chunk * SOLVE_CHUNK, left = made->n_pixels - first;
    least_squares_solve(work->prepared, WSNET_METHOD_NNLS, left < SOLVE_CHUNK ? left : SOLVE_CHUNK,
                        made->pixels + first * made->n_bands, made->nnls + first * made->n_endmembers);
}

static void fill_shapes(simulator *made, double sd) {
    double weight[VARIABILITY_SHAPES];
    variability_weights(weight);
    for (size_t j = 0; j < VARIABILITY_SHAPES; j++)
        for (size_t b = 0; b < made->n_bands; b++)
            made->shapes[j * made->n_bands + b] = (float)(sd * weight[j] * variability_shape(j, b, made->n_bands));
}

void simulator_destroy(wsnet_context *context, simulator *made) { context_release(context, made); }

simulator_scene simulator_describe(const simulator *made) {
    return (simulator_scene){made->n_pixels,         made->pixels,     made->options.variability_sd,
                             made->noise_sd,         made->brightness, made->options.illumination_sd,
                             made->illumination_seen};
}

/* c_j is standard normal. */
void simulator_add_endmember(const simulator *made, random_state *random, const float *endmember, double amount,
                             float *restrict pixel) {
    enum { TILE = 64 };
    const size_t n_bands = made->n_bands;
    float c[VARIABILITY_SHAPES], curve[TILE];
    for (size_t j = 0; j < VARIABILITY_SHAPES; j++) c[j] = (float)random_normal(random);
    for (size_t first = 0; first < n_bands; first += TILE) {
        const size_t n = n_bands - first < TILE ? n_bands - first : TILE;
        for (size_t b = 0; b < n; b++) curve[b] = 1;
        for (size_t j = 0; j < VARIABILITY_SHAPES; j++)
            for (size_t b = 0; b < n; b++) curve[b] += c[j] * made->shapes[j * n_bands + first + b];
        for (size_t b = 0; b < n; b++) pixel[first + b] += (float)amount * endmember[first + b] * curve[b];
    }
}

/* As coloured as over NOISE_RUN bands. */
void simulator_add_noise(const simulator *made, random_state *random, size_t source, float *pixel) {
    const size_t n_bands = made->n_bands;
    const float *scene = made->pixels + source * n_bands, *nnls = made->nnls + source * made->n_endmembers;
    for (size_t first = 0, end; first < n_bands; first = end) {
        const float gain = (float)(random_uniform(random) < 0.5 ? -made->noise_gain : made->noise_gain);
        end = first + NOISE_RUN / 2 + random_index(random, NOISE_RUN + 1);
        if (end > n_bands) end = n_bands;
        for (size_t b = first; b < end; b++) pixel[b] += gain * scene[b];
        for (size_t k = 0; k < made->n_endmembers; k++) {
            const float share = gain * nnls[k], *endmember = made->endmembers + k * n_bands;
            if (share == 0) continue;
            for (size_t b = first; b < end; b++) pixel[b] -= share * endmember[b];
        }
    }
}

/* The residuals hold the variability too. What the simulated variability will leave is taken out of their energy, so
 * that simulated pixels have the residual energy of the scene's. */
static wsnet_status learn_scene(wsnet_context *context, simulator *made, const least_squares *prepared) {
    solve_work work = {prepared, made};
    parallel_for(context, (made->n_pixels + SOLVE_CHUNK - 1) / SOLVE_CHUNK, solve_chunk, &work);
    wsnet_status status = simulator_learn_brightness(context, made);
    if (status != WSNET_OK) return status;
    variability_estimate found;
    status = variability_learn(context, prepared, made->n_pixels, made->n_bands, made->pixels, made->n_endmembers,
                               made->endmembers, made->nnls, &found);
    if (status != WSNET_OK) return status;
    if (made->options.variability_sd < 0) made->options.variability_sd = found.sd;
    const double sd = made->options.variability_sd;
    fill_shapes(made, sd);
    double share = 1;
    if (found.residual_energy > 0) share = 1 - sd * sd * found.unit_energy / found.residual_energy;
    share = fmax(share, NOISE_LEAST);
    const double n_bands = (double)made->n_bands, freedom = fmax(n_bands - (double)made->n_endmembers, 1);
    made->noise_gain = sqrt(share * n_bands / freedom);
    made->noise_sd = sqrt(share * found.residual_energy / freedom);
    return simulator_learn_illumination(context, made, prepared);
}

wsnet_status simulator_create(wsnet_context *context, const simulator_options *options, size_t n_pixels, size_t n_bands,
                              const float *pixels, size_t n_endmembers, const float *endmembers, simulator **made_out) {
    const size_t n_kept = n_pixels < MAX_SCENE_PIXELS ? n_pixels : MAX_SCENE_PIXELS;
    least_squares *prepared;
    wsnet_status status = least_squares_create(context, n_bands, n_endmembers, endmembers, &prepared);
    if (status != WSNET_OK) return status;
    arena block = {0};
    carve(&block, n_kept, n_bands, n_endmembers);
    block = (arena){.base = context_allocate(context, block.used, 1)};
    if (!block.base) {
        least_squares_destroy(context, prepared);
        return WSNET_E_MEMORY;
    }
    simulator *made = carve(&block, n_kept, n_bands, n_endmembers);
    made->options = *options;
    made->n_pixels = n_kept;
    made->n_bands = n_bands;
    made->n_endmembers = n_endmembers;
    memcpy(made->endmembers, endmembers, n_endmembers * n_bands * sizeof *endmembers);
    for (size_t i = 0; i < n_kept; i++) {
        const size_t pixel = random_spread(i, n_kept, n_pixels);
        memcpy(made->pixels + i * n_bands, pixels + pixel * n_bands, n_bands * sizeof *pixels);
    }
    status = learn_scene(context, made, prepared);
    if (status == WSNET_OK) status = simulator_learn_prior(context, made, prepared);
    least_squares_destroy(context, prepared);
    if (status == WSNET_OK) *made_out = made;
    if (status != WSNET_OK) simulator_destroy(context, made);
    return status;
}

/* Abundances as the scene has them: of areas in the prior, of brightness where endmembers are at unit peak.
 * @param a [P] */
static void draw_scene(const simulator *made, random_state *random, double *a) {
    double sum = 0;
    prior_draw_scene(&made->prior, random, a);
    for (size_t k = 0; k < made->n_endmembers; k++) sum += a[k] /= (double)made->darkness[k];
    for (size_t k = 0; k < made->n_endmembers; k++) a[k] /= sum;
}

static void draw_abundances(const simulator *made, random_state *random, float *abundances) {
    double a[WSNET_MAX_ENDMEMBERS];
    if (random_uniform(random) < SCENE_SHARE)
        draw_scene(made, random, a);
    else
        prior_draw_any(random, made->n_endmembers, a);
    if (random_uniform(random) < made->options.weak_share) prior_inject_weak(random, made->n_endmembers, a);
    for (size_t k = 0; k < made->n_endmembers; k++) abundances[k] = (float)a[k];
}

static void mix_pixel(const simulator *made, const float *endmembers, random_state *random, const float *abundances,
                      float *pixel) {
    const size_t source = random_index(random, made->n_pixels);
    double dark = 0;
    for (size_t k = 0; k < made->n_endmembers; k++) dark += (double)(abundances[k] * made->darkness[k]);
    const double scale = made->options.mixing == WSNET_MIXING_SCALED
                             ? (double)simulator_sum(made, source) / dark
                             : made->level * exp(made->options.illumination_sd * random_normal(random));
    memset(pixel, 0, made->n_bands * sizeof *pixel);
    for (size_t k = 0; k < made->n_endmembers; k++)
        if (abundances[k] > 0)
            simulator_add_endmember(made, random, endmembers + k * made->n_bands, scale * (double)abundances[k], pixel);
    simulator_add_noise(made, random, source, pixel);
}

void simulator_draw_alike(const simulator *made, const float *endmembers, uint64_t seed, size_t n, float *pixels) {
    const size_t n_endmembers = made->n_endmembers;
    double a[WSNET_MAX_ENDMEMBERS];
    float shares[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < n; i++) {
        random_state random = random_create(seed, i);
        draw_scene(made, &random, a);
        for (size_t k = 0; k < n_endmembers; k++) shares[k] = (float)a[k];
        mix_pixel(made, endmembers, &random, shares, pixels + i * made->n_bands);
    }
}

void simulator_draw(const simulator *made, const float *endmembers, uint64_t seed, uint64_t first_stream, size_t n,
                    float *pixels, float *abundances) {
    for (size_t i = 0; i < n; i++) {
        random_state random = random_create(seed, first_stream + i);
        draw_abundances(made, &random, abundances + i * made->n_endmembers);
        mix_pixel(made, endmembers, &random, abundances + i * made->n_endmembers, pixels + i * made->n_bands);
    }
}
