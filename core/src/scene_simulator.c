/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up scenes whose truth is known: spectra, maps, and pixels
 *   y = s [sum_k a_k v_k + sum_{i<j} g_ij a_i a_j v_i v_j] + n,   v_k = e_k (1 + c_k),
 * s log-normal, half of it smooth over the map; c_k a smooth deviation, drawn for each pixel and material; g_ij uniform in
 * [0, bilinear] (generalised bilinear model, Halimi et al. 2011); n coloured noise. */
#include "scene_simulator.h"

#include <math.h>
#include <string.h>

enum { N_SHAPES = 5, MAX_SIDE = 65536 };
/* Noise: correlation from band to band, and how much stronger it is at the ends of the range than in the middle. */
static const double noise_correlation = 0.5, noise_at_ends = 2;

void wsnet_scene_options_init(wsnet_scene_options *options) {
    const wsnet_scene_options defaults = {.width = 100,
                                          .height = 100,
                                          .n_bands = 120,
                                          .n_endmembers = 5,
                                          .snr_db = 20,
                                          .illumination_sd = 0.15,
                                          .variability_sd = 0.05,
                                          .bilinear = 0,
                                          .max_fraction = 1,
                                          .dark = 1,
                                          .rare = 1,
                                          .seed = 0};
    *options = defaults;
}

/** The scene while it is drawn. */
typedef struct scene {
    const wsnet_scene_options *options;
    size_t N, B, P;
    const float *endmembers, *abundances;
    float *pixels;
    const float *brightness; /**< [N] smooth field */
    float *shapes;           /**< [N_SHAPES,B] unit mean square */
    float *noise_sd;         /**< [B] unit mean square */
    float *varied;           /**< [workers,P,B] */
    double *row_power;       /**< [H] sums of squares */
    double sigma;
} scene;

static void normalise_square(size_t n, float *values) {
    double sum = 0;
    for (size_t b = 0; b < n; b++) sum += (double)values[b] * values[b] / (double)n;
    for (size_t b = 0; b < n; b++) values[b] = sum > 0 ? (float)(values[b] / sqrt(sum)) : 0;
}

/* Offset, slope and curvature, and two that no such polynomial follows: moisture in its two bands, and a ripple. */
static void make_shapes(const scene *made, const double *wavelength_nm) {
    const size_t B = made->B;
    random_state random = random_create(made->options->seed, SCENE_STREAM_MAPS - 1);
    const double phase = 6.283185307179586 * random_uniform(&random);
    for (size_t b = 0; b < B; b++) {
        const double w = wavelength_nm[b], t = 2 * (w - 400) / 2050 - 1;
        const double z1 = (w - 1450) / 60, z2 = (w - 1940) / 80;
        made->shapes[b] = 1;
        made->shapes[B + b] = (float)t;
        made->shapes[2 * B + b] = (float)(t * t - 1.0 / 3);
        made->shapes[3 * B + b] = (float)(exp(-0.5 * z1 * z1) + 1.3 * exp(-0.5 * z2 * z2));
        made->shapes[4 * B + b] = (float)sin(7.85 * t + phase);
        made->noise_sd[b] = (float)(1 + (noise_at_ends - 1) * pow(t, 4));
    }
    for (size_t j = 0; j < N_SHAPES; j++) normalise_square(B, made->shapes + j * B);
    normalise_square(B, made->noise_sd);
}

/* One material as this pixel has it. The deviation's mean square over bands is variability_sd^2. */
static void vary(const scene *made, size_t k, random_state *random, float *varied) {
    const size_t B = made->B;
    const double sd = made->options->variability_sd / sqrt(N_SHAPES);
    const float *spectrum = made->endmembers + k * B, *shapes = made->shapes;
    float c[N_SHAPES];
    for (size_t j = 0; j < N_SHAPES; j++) c[j] = (float)(sd * random_normal(random));
    for (size_t b = 0; b < B; b++) {
        float factor = 1;
        for (size_t j = 0; j < N_SHAPES; j++) factor += c[j] * shapes[j * B + b];
        varied[b] = spectrum[b] * fmaxf(factor, 0);
    }
}

static void add_bilinear(const scene *made, const float *a, const float *varied, random_state *random, float *pixel) {
    for (size_t i = 0; i < made->P; i++)
        for (size_t j = i + 1; j < made->P; j++) {
            if (a[i] <= 0 || a[j] <= 0) continue;
            const float weight = (float)(made->options->bilinear * random_uniform(random)) * a[i] * a[j];
            const float *first = varied + i * made->B, *second = varied + j * made->B;
            for (size_t b = 0; b < made->B; b++) pixel[b] += weight * first[b] * second[b];
        }
}

static void draw_pixel(const scene *made, size_t i, float *varied) {
    const size_t B = made->B;
    const float *a = made->abundances + i * made->P;
    float *pixel = made->pixels + i * B;
    random_state random = random_create(made->options->seed, SCENE_STREAM_PIXELS + i);
    const double z = (made->brightness[i] + random_normal(&random)) / sqrt(2);
    const float brightness = (float)exp(made->options->illumination_sd * z);
    memset(pixel, 0, B * sizeof *pixel);
    for (size_t k = 0; k < made->P; k++) {
        if (a[k] <= 0) continue;
        vary(made, k, &random, varied + k * B);
        for (size_t b = 0; b < B; b++) pixel[b] += a[k] * varied[k * B + b];
    }
    if (made->options->bilinear > 0) add_bilinear(made, a, varied, &random, pixel);
    for (size_t b = 0; b < B; b++) pixel[b] *= brightness;
}

static void draw_row(void *work, size_t row, size_t worker) {
    const scene *made = work;
    const size_t W = made->options->width;
    double power = 0;
    for (size_t i = row * W; i < (row + 1) * W; i++) {
        draw_pixel(made, i, made->varied + worker * made->P * made->B);
        for (size_t b = 0; b < made->B; b++)
            power += (double)made->pixels[i * made->B + b] * made->pixels[i * made->B + b];
    }
    made->row_power[row] = power;
}

static void add_noise_to_row(void *work, size_t row, size_t worker) {
    (void)worker;
    const scene *made = work;
    const size_t W = made->options->width;
    for (size_t i = row * W; i < (row + 1) * W; i++) {
        random_state random = random_create(made->options->seed, SCENE_STREAM_PIXELS + made->N + i);
        double noise = random_normal(&random);
        for (size_t b = 0; b < made->B; b++) {
            made->pixels[i * made->B + b] += (float)(made->sigma * made->noise_sd[b] * noise);
            noise =
                noise_correlation * noise + sqrt(1 - noise_correlation * noise_correlation) * random_normal(&random);
        }
    }
}

static bool within(double value, double low, double high) { return value >= low && value <= high; }

static wsnet_status check_options(wsnet_context *context, const wsnet_scene_options *o) {
    if (o->width < 1 || o->width > MAX_SIDE || o->height < 1 || o->height > MAX_SIDE ||
        o->width * o->height > UINT32_MAX / 2)
        return context_fail(context, WSNET_E_SHAPE, "a scene of %zu x %zu pixels cannot be made", o->width, o->height);
    if (o->n_endmembers < 2 || o->n_endmembers > SCENE_MAX_ENDMEMBERS || o->n_bands < o->n_endmembers ||
        o->n_bands < 4 || o->n_bands > WSNET_MAX_BANDS)
        return context_fail(
            context, WSNET_E_SHAPE,
            "a scene of %zu materials in %zu bands cannot be made: 2 to %d materials, and from 4 bands or "
            "as many as materials to %d, are possible",
            o->n_endmembers, o->n_bands, SCENE_MAX_ENDMEMBERS, WSNET_MAX_BANDS);
    if (!within(o->snr_db, -20, INFINITY))
        return context_fail(context, WSNET_E_ARGUMENT, "a signal-to-noise ratio of %g dB: -20 or more is possible",
                            o->snr_db);
    if (!within(o->illumination_sd, 0, 2) || !within(o->variability_sd, 0, 1) || !within(o->bilinear, 0, 1))
        return context_fail(context, WSNET_E_ARGUMENT,
                            "illumination %g, variability %g, bilinear %g: 0 to 2, 0 to 1, 0 to 1 are possible",
                            o->illumination_sd, o->variability_sd, o->bilinear);
    if (!(o->max_fraction > 0 && o->max_fraction <= 1))
        return context_fail(context, WSNET_E_ARGUMENT, "a largest fraction of %g is not in (0, 1]", o->max_fraction);
    return WSNET_OK;
}

static size_t lay_out(scene *made, scene_scratch *scratch, size_t n_workers, void *base) {
    arena block = {base, 0, false};
    const size_t W = made->options->width, H = made->options->height;
    scratch->field = arena_take(&block, made->N, sizeof(float));
    scratch->line = arena_take(&block, W > H ? W : H, sizeof(float));
    scratch->ranked = arena_take(&block, made->N, sizeof(ranked));
    made->shapes = arena_take(&block, N_SHAPES * made->B, sizeof(float));
    made->noise_sd = arena_take(&block, made->B, sizeof(float));
    made->varied = arena_take(&block, n_workers * made->P * made->B, sizeof(float));
    made->row_power = arena_take(&block, H, sizeof(double));
    return block.used;
}

/* Draws every pixel, then adds noise whose power, over all bands and pixels, is that of the signal by snr_db less. */
static void draw_pixels(wsnet_context *context, scene *made) {
    double power = 0;
    parallel_for(context, made->options->height, draw_row, made);
    for (size_t row = 0; row < made->options->height; row++) power += made->row_power[row];
    power /= (double)made->N * (double)made->B;
    made->sigma = sqrt(power * pow(10, -made->options->snr_db / 10));
    if (made->sigma > 0) parallel_for(context, made->options->height, add_noise_to_row, made);
}

wsnet_status wsnet_scene_simulate(wsnet_context *context, const wsnet_scene_options *options, double *wavelength_nm,
                                  float *endmembers, char (*names)[WSNET_MAX_NAME], float *abundances, float *pixels) {
    CONTEXT_REQUIRE(context, options);
    CONTEXT_REQUIRE(context, wavelength_nm);
    CONTEXT_REQUIRE(context, endmembers);
    CONTEXT_REQUIRE(context, names);
    CONTEXT_REQUIRE(context, abundances);
    CONTEXT_REQUIRE(context, pixels);
    const wsnet_status status = check_options(context, options);
    if (status) return status;
    scene made = {.options = options,
                  .N = options->width * options->height,
                  .B = options->n_bands,
                  .P = options->n_endmembers,
                  .endmembers = endmembers,
                  .abundances = abundances,
                  .pixels = pixels};
    scene_scratch scratch;
    const size_t n_workers = context_n_threads(context);
    void *memory = context_allocate(context, lay_out(&made, &scratch, n_workers, NULL), 1);
    if (!memory) return WSNET_E_MEMORY;
    lay_out(&made, &scratch, n_workers, memory);
    for (size_t b = 0; b < made.B; b++) wavelength_nm[b] = 400 + 2050 * (double)b / (double)(made.B - 1);
    scene_draw_spectra(options, wavelength_nm, endmembers, names);
    scene_draw_maps(options, &scratch, abundances);
    make_shapes(&made, wavelength_nm);
    scene_draw_field(options, SCENE_MAX_ENDMEMBERS + 2, 1, scratch.line, scratch.field);
    made.brightness = scratch.field;
    draw_pixels(context, &made);
    context_release(context, memory);
    return WSNET_OK;
}
