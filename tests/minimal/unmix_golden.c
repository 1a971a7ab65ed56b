/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unmixes made-up pixels with a model and compares the answers with those of another machine.
 *   unmix_golden MODEL EXPECTED           exit code 1 where they differ by more than 1e-5
 *   unmix_golden MODEL EXPECTED write     writes them
 * Prints the most memory that the library held, for one block of pixels. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wsnet.h"

enum { N_PIXELS = 37, N_ARRAYS = 7 };
static const double TOLERANCE = 1e-5;

/* ---- memory ---------------------------------------------------------------------------------------------- */

typedef struct memory_count {
    size_t now, most;
} memory_count;

/* The size is kept in front: 64 bytes, so that what follows stays aligned. */
static void *allocate(size_t size, void *user) {
    memory_count *count = user;
    unsigned char *memory = aligned_alloc(64, (size + 64 + 63) / 64 * 64);
    if (!memory) return NULL;
    memcpy(memory, &size, sizeof size);
    count->now += size;
    if (count->now > count->most) count->most = count->now;
    return memory + 64;
}

static void release(void *memory, void *user) {
    memory_count *count = user;
    size_t size;
    memcpy(&size, (unsigned char *)memory - 64, sizeof size);
    count->now -= size;
    free((unsigned char *)memory - 64);
}

/* ---- unmixing -------------------------------------------------------------------------------------------- */

static void *read_file(const char *path, size_t *n_bytes) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    unsigned char *bytes = malloc((size_t)1 << 22);
    *n_bytes = bytes ? fread(bytes, 1, (size_t)1 << 22, file) : 0;
    fclose(file);
    return bytes;
}

/* Mixtures of the model's endmembers with a ripple; the third pixel is not finite, the fourth zero. */
static void fill_pixels(const wsnet_model *model, float *pixels) {
    const size_t B = wsnet_model_n_bands(model), P = wsnet_model_n_endmembers(model);
    const float *endmembers = wsnet_model_endmembers(model);
    for (size_t i = 0; i < N_PIXELS; i++) {
        for (size_t b = 0; b < B; b++) {
            float value = 0.002f * (float)((i * 31 + b * 17) % 13);
            for (size_t k = 0; k < P; k++)
                value += (float)((i * (k + 3) + k) % 7) / (3.0f * (float)P) * endmembers[k * B + b];
            pixels[i * B + b] = i == 3 ? 0 : value;
        }
    }
    pixels[2 * B + 1] = NAN;
}

static size_t unmix(wsnet_context *context, const wsnet_model *model, float *values) {
    const size_t P = wsnet_model_n_endmembers(model), n = N_PIXELS * P;
    float *pixels = calloc(N_PIXELS * wsnet_model_n_bands(model), sizeof *pixels);
    if (!pixels) return 0;
    fill_pixels(model, pixels);
    const wsnet_outputs outputs = {values,         values + n,     values + 2 * n,           values + 3 * n,
                                   values + 4 * n, values + 5 * n, values + 5 * n + N_PIXELS};
    wsnet_session *session = NULL;
    size_t n_values = 0;
    if (!wsnet_session_create(context, model, NULL, &session) &&
        !wsnet_session_unmix(session, N_PIXELS, pixels, NULL, &outputs))
        n_values = 5 * n + 2 * N_PIXELS;
    wsnet_session_destroy(session);
    free(pixels);
    return n_values;
}

static int compare(size_t n, const float *values, const char *path) {
    size_t n_bytes;
    float *expected = read_file(path, &n_bytes);
    if (!expected || n_bytes != n * sizeof *expected) {
        fprintf(stderr, "%s does not hold %zu numbers\n", path, n);
        return 1;
    }
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]) && isnan(expected[i])) continue;
        const double off = fabs((double)values[i] - (double)expected[i]);
        if (!(off <= worst)) worst = off;
    }
    free(expected);
    printf("largest difference from the golden answers: %.2e\n", worst);
    return worst <= TOLERANCE ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    memory_count count = {0, 0};
    const wsnet_allocator allocator = {allocate, release, &count};
    wsnet_context *context = wsnet_context_create(&allocator);
    size_t n_bytes = 0;
    void *bytes = read_file(argv[1], &n_bytes);
    wsnet_model *model = NULL;
    if (!context || !bytes || wsnet_model_load(context, bytes, n_bytes, &model)) {
        fprintf(stderr, "%s: %s\n", argv[1], wsnet_context_error(context));
        return 1;
    }
    float *values = calloc(N_ARRAYS * N_PIXELS * wsnet_model_n_endmembers(model), sizeof *values);
    const size_t n = values ? unmix(context, model, values) : 0;
    if (n == 0) {
        fprintf(stderr, "%s\n", wsnet_context_error(context));
        return 1;
    }
    printf("model: %zu bands, %zu endmembers, %zu bytes; most memory the library held: %zu bytes\n",
           wsnet_model_n_bands(model), wsnet_model_n_endmembers(model), n_bytes, count.most);
    int code = 0;
    if (argc > 3) {
        FILE *file = fopen(argv[2], "wb");
        code = file && fwrite(values, sizeof *values, n, file) == n && fclose(file) == 0 ? 0 : 1;
    } else {
        code = compare(n, values, argv[2]);
    }
    free(values);
    free(bytes);
    wsnet_model_destroy(model);
    wsnet_context_destroy(context);
    return code;
}
