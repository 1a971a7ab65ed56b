/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a model with made-up weights: every output differs from the classical one, no training is needed.
 * make_model FILE BANDS_USED SOURCE_BANDS ENDMEMBERS: the used bands are the first ones but for the third. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "model.h"
#include "random.h"

static void fill_endmembers(size_t n_bands, size_t n_endmembers, float *endmembers) {
    for (size_t p = 0; p < n_endmembers; p++)
        for (size_t b = 0; b < n_bands; b++)
            endmembers[p * n_bands + b] =
                0.3f + 0.25f * (float)sin((double)(p + 1) * (0.3 + 2.5 * (double)b / (double)n_bands));
}

static wsnet_status fill(wsnet_context *context, wsnet_model *model, size_t n_source_bands) {
    const size_t B = model->dims.B, P = model->dims.P, n = weights_count(&model->dims);
    random_state random = random_create(11, 0);
    model->mixing = WSNET_MIXING_LINEAR;
    model->coverage = 0.9;
    model->n_source_bands = n_source_bands;
    fill_endmembers(B, P, model->start);
    weights_initialise(&model->dims, 5, model->start, model->weights);
    weight_info info;
    for (size_t i = 0; weights_info(&model->dims, i, &info); i++)
        for (size_t k = info.offset; !info.slow && k < info.offset + info.rows * info.columns && k < n; k++)
            model->weights[k] += 0.05f * (float)random_normal(&random);
    for (size_t i = 0; i < B * P; i++) model->pinv[i] = 0.1f * (float)random_normal(&random);
    for (size_t i = 0; i < 2 * P; i++) model->conformal[i] = 0.3f;
    for (size_t p = 0; p < P; p++) model->lod[p] = 0.01f * (float)(p + 1);
    model->misfit[0] = model->misfit[1] = 1e-3f;
    for (size_t i = 0; i < MODEL_FIT_KNOTS; i++) model->fit[i] = 40 * (1 - (float)i / MODEL_FIT_KNOTS);
    for (size_t b = 0; b < B; b++) {
        model->band_index[b] = (uint32_t)(b + (b >= 2 && n_source_bands > B));
        model->wavelength_nm[b] = 400 + 10 * (double)model->band_index[b];
        model->fwhm_nm[b] = 10;
    }
    static const char *const names[] = {"soil",
                                        ("tr\xc3\xa9"
                                         "e"),
                                        "water & <ice>",
                                        "roof",
                                        "asphalt",
                                        "grass"};
    wsnet_status status = WSNET_OK;
    for (size_t p = 0; p < P && !status; p++) status = model_set_name(context, model, p, names[p % 6]);
    return status;
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    wsnet_context *context = wsnet_context_create(NULL);
    const network_dims dims = network_dims_default(strtoul(argv[2], NULL, 10), strtoul(argv[4], NULL, 10));
    wsnet_model *model = NULL;
    void *bytes = NULL;
    size_t n_bytes = 0;
    if (!context || model_create(context, &dims, 1, &model) || fill(context, model, strtoul(argv[3], NULL, 10)) ||
        model_seal(context, model) || wsnet_model_save(context, model, &bytes, &n_bytes)) {
        fprintf(stderr, "%s\n", context ? wsnet_context_error(context) : "memory is out");
        return 1;
    }
    FILE *file = fopen(argv[1], "wb");
    if (!file || fwrite(bytes, 1, n_bytes, file) != n_bytes || fclose(file)) return 1;
    wsnet_release(context, bytes);
    wsnet_model_destroy(model);
    wsnet_context_destroy(context);
    return 0;
}
