/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VRT pixel function wsnet_unmix: sources are the bands of one cube, the answer is one output band. Arguments:
 *   model      path of the model, absolute (a relative one is seen from the working folder)
 *   band       one-based number of the output band among those of `bands`
 *   bands      kinds of bands, default "abundance,confidence,fit"
 *   method     wsnet (default), fcls, nnls, ucls
 *   weak_bias, detection_level, least_confidence  default 0
 */
#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cache_limit.h"
#include "model_io.h"
#include "pass_cache.h"
#include "register.h"
#include "request.h"
#include "sentence.h"

enum { CHUNK_BYTES = 8 << 20, TRANSPOSE = 64 };

static const char metadata[] =
    "<PixelFunctionArgumentsList>"
    "<Argument name='model' description='Path of the model' type='string' mandatory='1'/>"
    "<Argument name='band' description='One-based number of the output band' type='integer' mandatory='1'/>"
    "<Argument name='bands' description='Kinds of bands' type='string' default='abundance,confidence,fit'/>"
    "<Argument name='method' description='wsnet, fcls, nnls or ucls' type='string' default='wsnet'/>"
    "<Argument name='weak_bias' description='Positive leans on weak materials' type='double' default='0'/>"
    "<Argument name='detection_level' description='Detected means a lower bound above this' type='double' default='0'/>"
    "<Argument name='least_confidence' description='Less sure entries are NaN' type='double' default='0'/>"
    "</PixelFunctionArgumentsList>";

typedef struct window {
    request asked;
    void **sources; /**< [n_sources] planes of n_pixels */
    size_t n_pixels;
    GDALDataType source_type;
} window;

/* ---- one pass ------------------------------------------------------------------------------------------- */

/* Planes to spectra. @param pixels [n,B] */
static void gather(const window *at, size_t first, size_t n, size_t n_bands, float *pixels) {
    const int size = GDALGetDataTypeSizeBytes(at->source_type);
    for (size_t begin = 0; begin < n; begin += TRANSPOSE) {
        const size_t count = n - begin < TRANSPOSE ? n - begin : TRANSPOSE;
        for (size_t b = 0; b < n_bands; b++) {
            const char *plane = at->sources[request_source(&at->asked, b)];
            GDALCopyWords(plane + (first + begin) * (size_t)size, at->source_type, size, pixels + begin * n_bands + b,
                          GDT_Float32, (int)(n_bands * sizeof(float)), (int)count);
        }
    }
}

static void find_valid(size_t n, size_t n_bands, const float *pixels, uint8_t *mask) {
    for (size_t i = 0; i < n; i++) {
        unsigned bad = 0;
        for (size_t b = 0; b < n_bands; b++) bad |= (unsigned)!isfinite(pixels[i * n_bands + b]);
        mask[i] = !bad;
    }
}

static bool run_chunks(const window *at, unmixer *worker, size_t chunk, float *pixels, uint8_t *mask, float *values,
                       char error[1024]) {
    const size_t n_bands = wsnet_model_n_bands(model_get(at->asked.shared));
    for (size_t first = 0; first < at->n_pixels; first += chunk) {
        const size_t n = at->n_pixels - first < chunk ? at->n_pixels - first : chunk;
        gather(at, first, n, n_bands, pixels);
        find_valid(n, n_bands, pixels, mask);
        if (!unmixer_run(worker, n, pixels, mask, error)) return false;
        for (size_t k = 0; k < at->asked.plan.n_bands; k++) {
            size_t stride;
            const float *from = unmixer_band(worker, k, &stride);
            float *into = values + k * at->n_pixels + first;
            for (size_t i = 0; i < n; i++) into[i] = from[i * stride];
        }
    }
    return true;
}

/* All output bands of the window. @param values [bands, n_pixels] */
static bool compute(void *user, float *values, char error[1024]) {
    const window *at = user;
    const size_t n_bands = wsnet_model_n_bands(model_get(at->asked.shared));
    const size_t fit = CHUNK_BYTES / (n_bands * sizeof(float)) + 1;
    CPLDebug("WSNET", "network pass: %zu pixels", at->n_pixels);
    cache_limit((double)at->n_pixels * (double)at->asked.n_sources * GDALGetDataTypeSizeBytes(at->source_type));
    const size_t chunk = fit < at->n_pixels ? fit : at->n_pixels;
    unmixer *worker = request_unmixer(&at->asked, error);
    float *pixels = malloc(chunk * n_bands * sizeof *pixels);
    uint8_t *mask = malloc(chunk);
    bool good = worker != NULL;
    if (good && (!pixels || !mask)) good = sentence(error, "memory is out");
    good = good && run_chunks(at, worker, chunk, pixels, mask, values, error);
    free(pixels);
    free(mask);
    unmixer_destroy(worker);
    return good;
}

static pass_key key_of(const window *at) {
    pass_key key = {{0, 0}};
    const char *digest = wsnet_model_sha256(model_get(at->asked.shared));
    pass_key_add(&key, digest, strlen(digest));
    pass_key_add(&key, &at->asked.method, sizeof at->asked.method);
    pass_key_add(&key, &at->asked.bands, sizeof at->asked.bands);
    pass_key_add(&key, &at->asked.knobs, sizeof at->asked.knobs);
    pass_key_add(&key, &at->source_type, sizeof at->source_type);
    const size_t n_bytes = at->n_pixels * (size_t)GDALGetDataTypeSizeBytes(at->source_type);
    for (size_t b = 0; b < at->asked.n_sources; b++) pass_key_add(&key, at->sources[b], n_bytes);
    return key;
}

/* ---- GDAL's side ---------------------------------------------------------------------------------------- */

static void deliver(const float *values, void *data, int width, int height, GDALDataType type, int pixel_space,
                    int line_space) {
    for (int line = 0; line < height; line++)
        GDALCopyWords(values + (size_t)line * (size_t)width, GDT_Float32, (int)sizeof(float),
                      (char *)data + (GPtrDiff_t)line * line_space, type, pixel_space, width);
}

static CPLErr unmix(void **sources, int n_sources, void *data, int width, int height, GDALDataType source_type,
                    GDALDataType buffer_type, int pixel_space, int line_space, CSLConstList arguments) {
    window at = {.sources = sources, .n_pixels = (size_t)width * (size_t)height, .source_type = source_type};
    request *asked = &at.asked;
    char error[SENTENCE_SIZE] = "";
    pass *answers = NULL;
    if (request_parse(asked, arguments, true, error) &&
        request_open(asked, n_sources > 0 ? (size_t)n_sources : 0, error))
        answers = pass_acquire(key_of(&at), asked->plan.n_bands * at.n_pixels, compute, &at, error);
    if (answers) {
        deliver(pass_values(answers) + (size_t)(asked->band - 1) * at.n_pixels, data, width, height, buffer_type,
                pixel_space, line_space);
        pass_release(answers);
    } else {
        CPLError(CE_Failure, CPLE_AppDefined, "wsnet_unmix: %s", error);
    }
    request_close(asked);
    return answers ? CE_None : CE_Failure;
}

void wsnet_register_pixel_function(void) { GDALAddDerivedBandPixelFuncWithArgs("wsnet_unmix", unmix, metadata); }

void wsnet_pixel_function_clear(void) { pass_cache_clear(); }
