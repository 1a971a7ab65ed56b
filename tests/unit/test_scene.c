/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include <math.h>

typedef struct made_scene {
    wsnet_scene_options options;
    size_t N, B, P;
    double *wavelength_nm;
    float *endmembers, *abundances, *pixels;
    char (*names)[WSNET_MAX_NAME];
} made_scene;

static made_scene simulate(const wsnet_scene_options *options, size_t n_threads) {
    made_scene s = {
        .options = *options, .N = options->width * options->height, .B = options->n_bands, .P = options->n_endmembers};
    s.wavelength_nm = malloc(s.B * sizeof(double));
    s.endmembers = malloc(s.P * s.B * sizeof(float));
    s.abundances = malloc(s.N * s.P * sizeof(float));
    s.pixels = malloc(s.N * s.B * sizeof(float));
    s.names = malloc(s.P * sizeof *s.names);
    wsnet_context *context = wsnet_context_create(NULL);
    assert_int_equal(wsnet_context_set_threads(context, n_threads), WSNET_OK);
    assert_works(context, wsnet_scene_simulate(context, options, s.wavelength_nm, s.endmembers, s.names, s.abundances,
                                               s.pixels));
    wsnet_context_destroy(context);
    return s;
}

static void release(made_scene *s) {
    free(s->wavelength_nm);
    free(s->endmembers);
    free(s->abundances);
    free(s->pixels);
    free(s->names);
}

/* A scene without noise, brightness and variability unless the test asks for them. */
static wsnet_scene_options plain(void) {
    wsnet_scene_options options;
    wsnet_scene_options_init(&options);
    options.snr_db = INFINITY;
    options.illumination_sd = options.variability_sd = 0;
    return options;
}

static double norm(size_t n, const float *x) {
    double sum = 0;
    for (size_t b = 0; b < n; b++) sum += (double)x[b] * x[b];
    return sqrt(sum);
}

static void defaults(void **state) {
    (void)state;
    wsnet_scene_options o;
    wsnet_scene_options_init(&o);
    assert_true(o.width == 100 && o.height == 100 && o.n_bands == 120 && o.n_endmembers == 5);
    assert_true(o.snr_db == 20 && o.illumination_sd == 0.15 && o.variability_sd == 0.05 && o.bilinear == 0);
    assert_true(o.max_fraction == 1 && o.dark == 1 && o.rare == 1);
}

static void spectra_are_distinct_reflectances(void **state) {
    (void)state;
    static const size_t counts[] = {2, 3, 8, 20};
    for (uint64_t seed = 0; seed < 40; seed++)
        for (size_t c = 0; c < 4; c++) {
            wsnet_scene_options options = plain();
            options.width = options.height = 2;
            options.n_bands = seed % 2 ? 50 : 224;
            options.n_endmembers = counts[c];
            options.dark = seed % 3 != 0;
            options.rare = seed % 5 != 0;
            options.seed = seed * 1000003;
            made_scene s = simulate(&options, 1);
            assert_true(s.wavelength_nm[0] == 400 && fabs(s.wavelength_nm[s.B - 1] - 2450) < 1e-9);
            for (size_t k = 0; k < s.P; k++) {
                for (size_t b = 0; b < s.B; b++)
                    assert_true(s.endmembers[k * s.B + b] > 0 && s.endmembers[k * s.B + b] <= 1);
                for (size_t j = 0; j < k; j++) {
                    const double angle =
                        wsnet_spectral_angle_rad(s.B, s.endmembers + j * s.B, s.endmembers + k * s.B) * 180 / acos(-1);
                    if (!(angle > 6)) fail_msg("%s and %s are %.2f degrees apart", s.names[j], s.names[k], angle);
                    assert_string_not_equal(s.names[j], s.names[k]);
                }
            }
            release(&s);
        }
}

static void the_dark_one_is_a_tenth_and_named(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        wsnet_scene_options options = plain();
        options.seed = seed;
        made_scene s = simulate(&options, 1);
        double others = 0;
        for (size_t k = 0; k < s.P; k++)
            if (k != 3) others += norm(s.B, s.endmembers + k * s.B) / 4;
        assert_true(fabs(norm(s.B, s.endmembers + 3 * s.B) / others - 0.1) < 1e-4);
        assert_string_equal(s.names[3], "dark water");
        assert_memory_equal(s.names[4], "rare ", 5);
        release(&s);
    }
}

static double neighbour_correlation(const made_scene *s, size_t k) {
    double xx = 0, xy = 0, mean = 0;
    for (size_t i = 0; i < s->N; i++) mean += (double)s->abundances[i * s->P + k] / (double)s->N;
    for (size_t i = 0; i + 1 < s->N; i++) {
        if ((i + 1) % s->options.width == 0) continue;
        const double x = s->abundances[i * s->P + k] - mean, y = s->abundances[(i + 1) * s->P + k] - mean;
        xx += x * x;
        xy += x * y;
    }
    return xy / xx;
}

static void maps_are_smooth_with_pure_places(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        wsnet_scene_options options = plain();
        options.seed = seed;
        options.n_endmembers = seed % 2 ? 5 : 12;
        options.n_bands = 20;
        options.width = 90;
        options.rare = seed % 3 != 0;
        made_scene s = simulate(&options, 1);
        for (size_t i = 0; i < s.N; i++) {
            double sum = 0;
            for (size_t k = 0; k < s.P; k++) {
                assert_true(s.abundances[i * s.P + k] >= 0);
                sum += (double)s.abundances[i * s.P + k];
            }
            assert_true(fabs(sum - 1) < 1e-6);
        }
        const size_t n_ordinary = s.P - (options.rare ? 1 : 0);
        for (size_t k = 0; k < s.P; k++) {
            float highest = 0;
            size_t n_absent = 0;
            for (size_t i = 0; i < s.N; i++) {
                highest = fmaxf(highest, s.abundances[i * s.P + k]);
                n_absent += s.abundances[i * s.P + k] == 0;
            }
            if (k < n_ordinary && !(highest > 0.95f)) fail_msg("seed %zu material %zu: %g", (size_t)seed, k, highest);
            assert_true(n_absent > s.N / 5);
            assert_true(neighbour_correlation(&s, k) > 0.85);
        }
        release(&s);
    }
}

static void the_rare_one_is_rare(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        wsnet_scene_options options = plain();
        options.n_bands = 20;
        options.seed = seed;
        options.max_fraction = seed % 2 ? 0.35 : 1;
        made_scene s = simulate(&options, 1);
        size_t n_present = 0;
        float highest = 0;
        for (size_t i = 0; i < s.N; i++) {
            n_present += s.abundances[i * s.P + s.P - 1] > 0;
            highest = fmaxf(highest, s.abundances[i * s.P + s.P - 1]);
        }
        assert_true(n_present >= s.N * 2 / 100 && n_present <= s.N * 4 / 100);
        assert_true(highest == (float)options.max_fraction);
        release(&s);
    }
}

static void without_extras_pixels_are_linear(void **state) {
    (void)state;
    const wsnet_scene_options options = plain();
    made_scene s = simulate(&options, 1);
    for (size_t i = 0; i < s.N; i++)
        for (size_t b = 0; b < s.B; b++) {
            double y = 0;
            for (size_t k = 0; k < s.P; k++) y += (double)s.abundances[i * s.P + k] * s.endmembers[k * s.B + b];
            assert_true(fabs(s.pixels[i * s.B + b] - y) < 1e-6);
        }
    release(&s);
}

static void same_seed_same_scene_on_any_threads(void **state) {
    (void)state;
    wsnet_scene_options options;
    wsnet_scene_options_init(&options);
    options.bilinear = 0.5;
    options.width = 37;
    made_scene one = simulate(&options, 1), three = simulate(&options, 3);
    assert_memory_equal(one.pixels, three.pixels, one.N * one.B * sizeof(float));
    assert_memory_equal(one.abundances, three.abundances, one.N * one.P * sizeof(float));
    assert_memory_equal(one.endmembers, three.endmembers, one.P * one.B * sizeof(float));
    release(&three);
    options.seed = 1;
    made_scene other = simulate(&options, 1);
    assert_true(memcmp(one.abundances, other.abundances, one.N * one.P * sizeof(float)) != 0);
    assert_true(memcmp(one.endmembers, other.endmembers, one.P * one.B * sizeof(float)) != 0);
    release(&other);
    release(&one);
}

static void noise_has_its_power_and_colour(void **state) {
    (void)state;
    for (int db = 10; db <= 40; db += 15) {
        wsnet_scene_options options;
        wsnet_scene_options_init(&options);
        options.snr_db = INFINITY;
        made_scene clean = simulate(&options, 1);
        options.snr_db = db;
        made_scene noisy = simulate(&options, 1);
        double signal = 0, noise = 0, beside = 0;
        for (size_t j = 0; j < clean.N * clean.B; j++) {
            const double n = (double)noisy.pixels[j] - clean.pixels[j];
            signal += (double)clean.pixels[j] * clean.pixels[j];
            noise += n * n;
            if ((j + 1) % clean.B) beside += n * ((double)noisy.pixels[j + 1] - clean.pixels[j + 1]);
        }
        assert_true(fabs(10 * log10(signal / noise) - db) < 0.05);
        assert_true(fabs(beside / noise - 0.5) < 0.03);
        release(&clean);
        release(&noisy);
    }
}

static void brightness_is_log_normal(void **state) {
    (void)state;
    wsnet_scene_options options = plain();
    made_scene dull = simulate(&options, 1);
    options.illumination_sd = 0.15;
    made_scene bright = simulate(&options, 1);
    double mean = 0, square = 0;
    for (size_t i = 0; i < dull.N; i++) {
        const double ratio = log(norm(dull.B, bright.pixels + i * dull.B) / norm(dull.B, dull.pixels + i * dull.B));
        mean += ratio / (double)dull.N;
        square += ratio * ratio / (double)dull.N;
    }
    assert_true(fabs(mean) < 0.01);
    assert_true(fabs(sqrt(square - mean * mean) - 0.15) < 0.01);
    release(&dull);
    release(&bright);
}

/* Part of x that is no combination of 1, t and t^2, in squares. */
static double beyond_polynomial(size_t n, const double *x) {
    double basis[3][512], rest = 0;
    double left[512];
    memcpy(left, x, n * sizeof *x);
    for (size_t j = 0; j < 3; j++) {
        for (size_t b = 0; b < n; b++) basis[j][b] = pow(2 * (double)b / (double)(n - 1) - 1, (double)j);
        for (size_t i = 0; i <= j; i++) {
            double dot = 0;
            for (size_t b = 0; b < n; b++) dot += i < j ? basis[j][b] * basis[i][b] : basis[j][b] * basis[j][b];
            for (size_t b = 0; b < n; b++)
                basis[j][b] = i < j ? basis[j][b] - dot * basis[i][b] : basis[j][b] / sqrt(dot);
        }
        double dot = 0;
        for (size_t b = 0; b < n; b++) dot += left[b] * basis[j][b];
        for (size_t b = 0; b < n; b++) left[b] -= dot * basis[j][b];
    }
    for (size_t b = 0; b < n; b++) rest += left[b] * left[b];
    return rest;
}

static void variability_has_its_size_and_shape(void **state) {
    (void)state;
    wsnet_scene_options options = plain();
    options.variability_sd = 0.05;
    options.rare = 0;
    made_scene s = simulate(&options, 1);
    double square = 0, beyond = 0, rough = 0;
    size_t n = 0;
    for (size_t i = 0; i < s.N; i++)
        for (size_t k = 0; k < s.P; k++) {
            if (s.abundances[i * s.P + k] < 1) continue;
            double deviation[512];
            for (size_t b = 0; b < s.B; b++)
                deviation[b] = (double)s.pixels[i * s.B + b] / s.endmembers[k * s.B + b] - 1;
            for (size_t b = 0; b < s.B; b++) square += deviation[b] * deviation[b];
            for (size_t b = 1; b < s.B; b++) rough += pow(deviation[b] - deviation[b - 1], 2);
            beyond += beyond_polynomial(s.B, deviation);
            n++;
        }
    assert_true(n > 500);
    assert_true(fabs(sqrt(square / (double)(n * s.B)) - 0.05) < 0.003);
    assert_true(beyond / square > 0.2 && beyond / square < 0.5);
    assert_true(rough / square < 0.05);
    release(&s);
}

static void bilinear_light_is_added(void **state) {
    (void)state;
    wsnet_scene_options options = plain();
    options.n_endmembers = 3;
    options.rare = 0;
    made_scene linear = simulate(&options, 1);
    options.bilinear = 1;
    made_scene mixed = simulate(&options, 1);
    double share = 0;
    size_t n = 0;
    for (size_t i = 0; i < linear.N; i++) {
        double most = 0, got = 0;
        for (size_t b = 0; b < linear.B; b++) {
            got += (double)mixed.pixels[i * linear.B + b] - linear.pixels[i * linear.B + b];
            for (size_t k = 0; k < 3; k++)
                for (size_t j = 0; j < k; j++)
                    most += (double)linear.abundances[i * 3 + j] * linear.abundances[i * 3 + k] *
                            linear.endmembers[j * linear.B + b] * linear.endmembers[k * linear.B + b];
        }
        assert_true(got > -1e-4 && got < most + 1e-4);
        if (most < 0.1) continue;
        share += got / most;
        n++;
    }
    assert_true(n > 500 && fabs(share / (double)n - 0.5) < 0.05);
    release(&linear);
    release(&mixed);
}

static void wrong_options_are_refused(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    double wave[8] = {42};
    float values[64] = {42};
    char names[8][WSNET_MAX_NAME] = {"untouched"};
#define REFUSED(change, status, words)                                                                                 \
    do {                                                                                                               \
        wsnet_scene_options o = plain();                                                                               \
        change;                                                                                                        \
        assert_fails(context, wsnet_scene_simulate(context, &o, wave, values, names, values, values), status, words);  \
    } while (0)
    REFUSED(o.width = 0, WSNET_E_SHAPE, "0 x 100 pixels");
    REFUSED(o.width = o.height = 60000, WSNET_E_SHAPE, "60000 x 60000");
    REFUSED(o.n_endmembers = 1, WSNET_E_SHAPE, "1 materials in 120 bands");
    REFUSED(o.n_endmembers = 21, WSNET_E_SHAPE, "2 to 20 materials");
    REFUSED(o.n_bands = 4, WSNET_E_SHAPE, "5 materials in 4 bands");
    REFUSED(o.n_bands = 5000, WSNET_E_SHAPE, "5000 bands");
    REFUSED(o.snr_db = NAN, WSNET_E_ARGUMENT, "dB");
    REFUSED(o.illumination_sd = -1, WSNET_E_ARGUMENT, "illumination -1");
    REFUSED(o.variability_sd = 2, WSNET_E_ARGUMENT, "variability 2");
    REFUSED(o.bilinear = NAN, WSNET_E_ARGUMENT, "bilinear");
    REFUSED(o.max_fraction = 0, WSNET_E_ARGUMENT, "largest fraction of 0");
    assert_true(wave[0] == 42 && values[0] == 42);
    assert_string_equal(names[0], "untouched");
    wsnet_context_destroy(context);
}

static void odd_sizes_work(void **state) {
    (void)state;
    static const size_t sizes[][2] = {{1, 1}, {1, 50}, {200, 1}, {3, 2}};
    for (size_t i = 0; i < 4; i++) {
        wsnet_scene_options options;
        wsnet_scene_options_init(&options);
        options.width = sizes[i][0];
        options.height = sizes[i][1];
        options.n_endmembers = 2;
        options.n_bands = 4;
        made_scene s = simulate(&options, 2);
        for (size_t j = 0; j < s.N * s.B; j++) assert_true(isfinite(s.pixels[j]));
        release(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(spectra_are_distinct_reflectances),
        cmocka_unit_test(the_dark_one_is_a_tenth_and_named),
        cmocka_unit_test(maps_are_smooth_with_pure_places),
        cmocka_unit_test(the_rare_one_is_rare),
        cmocka_unit_test(without_extras_pixels_are_linear),
        cmocka_unit_test(same_seed_same_scene_on_any_threads),
        cmocka_unit_test(noise_has_its_power_and_colour),
        cmocka_unit_test(brightness_is_log_normal),
        cmocka_unit_test(variability_has_its_size_and_shape),
        cmocka_unit_test(bilinear_light_is_added),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(odd_sizes_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
