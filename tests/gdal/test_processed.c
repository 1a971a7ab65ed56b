/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_processed MODEL CUBE: the processed-dataset function, called as GDAL calls it, gives the driver's bits; wrong
 * arguments and buffers that are too small are refused. */
#include "processed_shim.h"

#include "../../gdal_driver/processed_dataset.c"

#include "cube.h"
#include "view.h"

static GDALVRTProcessedDatasetFuncInit called_init;
static GDALVRTProcessedDatasetFuncFree called_free;
static GDALVRTProcessedDatasetFuncProcess called_process;

#ifdef WSNET_SHIMMED
CPLErr GDALVRTRegisterProcessedDatasetFunc(const char *name, void *user, const char *xml, GDALDataType type,
                                           const GDALDataType *types, size_t n_types, const int *counts,
                                           size_t n_counts, GDALVRTProcessedDatasetFuncInit at_init,
                                           GDALVRTProcessedDatasetFuncFree at_free,
                                           GDALVRTProcessedDatasetFuncProcess at_process, CSLConstList options) {
    (void)user, (void)xml, (void)types, (void)n_types, (void)counts, (void)n_counts, (void)options;
    called_init = at_init;
    called_free = at_free;
    called_process = at_process;
    return strcmp(name, "wsnet_unmix") == 0 && type == GDT_Float32 ? CE_None : CE_Failure;
}
#endif

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "line %d: %s; %s\n", __LINE__, #condition, CPLGetLastErrorMsg());                          \
            return 1;                                                                                                  \
        }                                                                                                              \
    } while (0)

static CPLErr start(CSLConstList arguments, int n_in, int *n_out, double **nodata, void **into) {
    GDALDataType type = GDT_Unknown;
    return called_init("wsnet_unmix", NULL, arguments, n_in, GDT_Float32, NULL, n_out, &type, nodata, "", into);
}

static CPLErr run(void *data, int width, int height, const float *in, size_t in_size, int n_in, float *out,
                  size_t out_size, int n_out) {
    const double transform[6] = {0, 1, 0, 0, 0, 1};
    return called_process("wsnet_unmix", NULL, data, NULL, width, height, in, in_size, GDT_Float32, n_in, NULL, out,
                          out_size, GDT_Float32, n_out, NULL, 0, 0, width, height, transform, "", NULL);
}

static int check_answers(char **arguments, view *opened, cube *source) {
    const int width = source->width, height = source->height, n_in = source->n_bands;
    const size_t n = (size_t)width * (size_t)height;
    int n_out = 0;
    double *nodata = NULL;
    void *data = NULL;
    CHECK(start(arguments, n_in, &n_out, &nodata, &data) == CE_None);
    CHECK(n_out == (int)view_plan(opened)->n_bands && isnan(nodata[n_out - 1]));
    float *in = malloc(n * (size_t)n_in * sizeof *in), *out = malloc(n * (size_t)n_out * sizeof *out);
    float *expected = malloc(n * (size_t)n_out * sizeof *out);
    const GSpacing pixel = (GSpacing)n_in * 4, out_pixel = (GSpacing)n_out * 4;
    CHECK(GDALDatasetRasterIOEx(source->dataset, GF_Read, 0, 0, width, height, in, width, height, GDT_Float32, n_in,
                                NULL, pixel, pixel * width, 4, NULL) == CE_None);
    char error[1024];
    const view_target target = {expected, GDT_Float32, n_out, NULL, out_pixel, out_pixel * width, 4, NULL, NULL};
    CHECK(view_read(opened, 0, 0, width, height, &target, error));
    const size_t in_size = n * (size_t)n_in * 4, out_size = n * (size_t)n_out * 4;
    CHECK(run(data, width, height, in, in_size, n_in, out, out_size, n_out) == CE_None);
    CHECK(memcmp(out, expected, out_size) == 0);
    CHECK(run(data, width, height, in, in_size - 1, n_in, out, out_size, n_out) == CE_Failure);
    CHECK(run(data, width, height, in, in_size, n_in, out, out_size - 1, n_out) == CE_Failure);
    CHECK(run(data, width, height, in, in_size, n_in, out, out_size, n_out - 1) == CE_Failure);
    CHECK(run(data, width, height, in, in_size, n_in - 1, out, out_size, n_out) == CE_Failure);
    CHECK(run(NULL, width, height, in, in_size, n_in, out, out_size, n_out) == CE_Failure);
    called_free("wsnet_unmix", NULL, data);
    CPLFree(nodata);
    free(in);
    free(out);
    free(expected);
    return 0;
}

static int check_refusals(char **arguments, int n_in) {
    int n_out = 0;
    double *nodata = NULL;
    void *data = NULL;
    CHECK(start(NULL, n_in, &n_out, &nodata, &data) == CE_Failure && data == NULL);
    CHECK(strcmp(CPLGetLastErrorMsg(), "wsnet_unmix: the argument 'model' is missing") == 0);
    CHECK(start(arguments, n_in + 5, &n_out, &nodata, &data) == CE_Failure);
    char **more = CSLSetNameValue(CSLDuplicate(arguments), "band", "1");
    CHECK(start(more, n_in, &n_out, &nodata, &data) == CE_Failure);
    CHECK(strcmp(CPLGetLastErrorMsg(), "wsnet_unmix: there is no argument 'band'") == 0);
    CSLDestroy(more);
    CHECK(nodata == NULL);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    wsnet_register_processed_dataset();
    if (!called_init) return 0;
    char error[1024] = "";
    const scene described = {.model = argv[1], .cube = argv[2], .bands = SCENE_ABUNDANCE | SCENE_INTERVAL | SCENE_FIT};
    view *opened = view_open(&described, 1, error);
    char **arguments = CSLSetNameValue(NULL, "model", argv[1]);
    arguments = CSLSetNameValue(arguments, "bands", "abundance,interval,fit");
    int failed = opened == NULL;
    if (!failed) failed = check_answers(arguments, opened, view_cube(opened));
    if (!failed) failed = check_refusals(arguments, view_cube(opened)->n_bands);
    if (error[0]) fprintf(stderr, "%s\n", error);
    view_close(opened);
    CSLDestroy(arguments);
    return failed;
}
