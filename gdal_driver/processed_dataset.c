/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Function wsnet_unmix of VRTProcessedDataset (GDAL >= 3.9): all bands in, all output bands out, in one call. Arguments
 * as the pixel function's but for `band`; the XML declares the output bands. Input values that are nodata or not finite
 * make every output of their pixel NaN. */
#include "register.h"

#include <gdal.h>

#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 9, 0)
#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model_io.h"
#include "request.h"
#include "sentence.h"
#include "unmixer.h"

static const char metadata[] =
    "<ProcessedDatasetFunctionArgumentsList>"
    "<Argument name='model' description='Path of the model' type='string' required='true'/>"
    "<Argument name='bands' description='Kinds of bands' type='string'/>"
    "<Argument name='method' description='wsnet, fcls, nnls or ucls' type='string'/>"
    "<Argument name='weak_bias' description='Positive leans on weak materials' type='double'/>"
    "<Argument name='detection_level' description='Detected means a lower bound above this' type='double'/>"
    "<Argument name='least_confidence' description='Less sure entries are NaN' type='double'/>"
    "</ProcessedDatasetFunctionArgumentsList>";

/* What init hands to process; process may be called by several threads, so each call makes its own unmixer. */
typedef struct working {
    request asked;
} working;

static CPLErr init(const char *name, void *user, CSLConstList arguments, int n_in, GDALDataType in_type,
                   double *in_nodata, int *n_out, GDALDataType *out_type, double **out_nodata, const char *folder,
                   VRTPDWorkingDataPtr *into) {
    (void)user;
    (void)in_type;
    (void)in_nodata;
    (void)folder;
    char error[SENTENCE_SIZE] = "memory is out";
    working *made = calloc(1, sizeof *made);
    *into = NULL;
    if (made && request_parse(&made->asked, arguments, false, error) &&
        request_open(&made->asked, n_in > 0 ? (size_t)n_in : 0, error)) {
        *n_out = (int)made->asked.plan.n_bands;
        *out_type = GDT_Float32;
        *out_nodata = CPLRealloc(*out_nodata, (size_t)*n_out * sizeof **out_nodata);
        for (int b = 0; b < *n_out; b++) (*out_nodata)[b] = NAN;
        *into = made;
        return CE_None;
    }
    if (made) request_close(&made->asked);
    free(made);
    CPLError(CE_Failure, CPLE_AppDefined, "%s: %s", name, error);
    return CE_Failure;
}

static void finish(const char *name, void *user, VRTPDWorkingDataPtr given) {
    (void)name;
    (void)user;
    working *made = given;
    if (!made) return;
    request_close(&made->asked);
    free(made);
}

/* @param in [N,n_in]  @param pixels [N,B]  @param mask [N] */
static void take_bands(const request *asked, size_t n, size_t n_in, const float *in, const double *nodata,
                       float *pixels, uint8_t *mask) {
    const size_t n_bands = wsnet_model_n_bands(model_get(asked->shared));
    for (size_t i = 0; i < n; i++) {
        unsigned bad = 0;
        for (size_t b = 0; b < n_bands; b++) {
            const size_t k = request_source(asked, b);
            const float value = in[i * n_in + k];
            bad |= (unsigned)!isfinite(value) | (unsigned)(nodata && value == (float)nodata[k]);
            pixels[i * n_bands + b] = value;
        }
        mask[i] = !bad;
    }
}

static bool unmix(const request *asked, size_t n, size_t n_in, const float *in, const double *nodata, float *out,
                  char error[1024]) {
    const size_t n_bands = wsnet_model_n_bands(model_get(asked->shared)), n_out = asked->plan.n_bands;
    unmixer *worker = request_unmixer(asked, error);
    float *pixels = malloc(n * n_bands * sizeof *pixels);
    uint8_t *mask = malloc(n);
    bool good = worker != NULL;
    if (good && (!pixels || !mask)) good = sentence(error, "memory is out");
    if (good) {
        take_bands(asked, n, n_in, in, nodata, pixels, mask);
        good = unmixer_run(worker, n, pixels, mask, error);
    }
    for (size_t k = 0; good && k < n_out; k++) {
        size_t stride;
        const float *from = unmixer_band(worker, k, &stride);
        for (size_t i = 0; i < n; i++) out[i * n_out + k] = from[i * stride];
    }
    free(pixels);
    free(mask);
    unmixer_destroy(worker);
    return good;
}

/* The buffers' sizes are checked: GDAL hands over what the XML declares, not what init has said. */
static CPLErr process(const char *name, void *user, VRTPDWorkingDataPtr given, CSLConstList arguments, int width,
                      int height, const void *in, size_t in_size, GDALDataType in_type, int n_in,
                      const double *in_nodata, void *out, size_t out_size, GDALDataType out_type, int n_out,
                      const double *out_nodata, double x, double y, double x_size, double y_size,
                      const double transform[], const char *folder, CSLConstList extra) {
    (void)user;
    (void)arguments;
    (void)out_nodata;
    (void)x;
    (void)y;
    (void)x_size;
    (void)y_size;
    (void)transform;
    (void)folder;
    (void)extra;
    const working *made = given;
    char error[SENTENCE_SIZE] = "";
    const size_t n = width > 0 && height > 0 ? (size_t)width * (size_t)height : 0;
    bool good = made && n_in > 0 && (size_t)n_in == made->asked.n_sources &&
                (size_t)n_out == made->asked.plan.n_bands && in_type == GDT_Float32 && out_type == GDT_Float32 &&
                in_size / sizeof(float) / (size_t)n_in >= n && out_size / sizeof(float) / (size_t)n_out >= n;
    if (!good) sentence(error, "the VRT does not declare the bands that the model has, as Float32");
    good = good && unmix(&made->asked, n, (size_t)n_in, in, in_nodata, out, error);
    if (good) return CE_None;
    CPLError(CE_Failure, CPLE_AppDefined, "%s: %s", name, error);
    return CE_Failure;
}

void wsnet_register_processed_dataset(void) {
    const GDALDataType types[] = {GDT_Float32};
    GDALVRTRegisterProcessedDatasetFunc("wsnet_unmix", NULL, metadata, GDT_Float32, types, 1, NULL, 0, init, finish,
                                        process, NULL);
}

#else

void wsnet_register_processed_dataset(void) {}

#endif
