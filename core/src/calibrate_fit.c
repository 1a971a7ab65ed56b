/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calibrate_fit.h"

#include <math.h>
#include <string.h>

#include "algebra.h"
#include "misfit.h"

/* A made-up material: its share of a pixel, and the spread of its logarithm over the bands. */
static const double UNSEEN_SHARE = 0.2, UNSEEN_SPREAD = 0.6;
/* Of the mean variance, added to every direction's: no direction is known better than that. */
static const double RIDGE = 1e-4;
/* The whole residual counts as so many directions: what no cosine sees, a bad band, say, is not missed. */
static const float WHOLE = 3;
/* A direction that counts less than this is left out. */
static const double LEAST_WEIGHT = 1e-3;

void calibrate_fit_begin(wsnet_model *model) {
    const size_t n_bands = model->dims.B;
    model->n_directions = n_bands < MODEL_COSINES ? n_bands : MODEL_COSINES;
    for (size_t j = 0; j < model->n_directions; j++)
        for (size_t b = 0; b < n_bands; b++) {
            const double turn = 3.141592653589793 * (double)j * ((double)b + 0.5) / (double)n_bands;
            model->direction[j * n_bands + b] = (float)(sqrt((j ? 2 : 1) / (double)n_bands) * cos(turn));
        }
}

void calibrate_fit_spoil(const wsnet_model *model, random_state *random, float *pixel) {
    const size_t n_bands = model->dims.B, n_cosines = model->n_directions;
    float amount[MODEL_COSINES], made[WSNET_MAX_BANDS];
    double weights = 0, pixel_square = 0, made_square = 0;
    for (size_t j = 1; j < n_cosines; j++) weights += 1 / (double)((j + 2) * (j + 2));
    for (size_t j = 1; j < n_cosines; j++)
        amount[j] = (float)(UNSEEN_SPREAD * sqrt((double)n_bands / weights) / (double)(j + 2) * random_normal(random));
    for (size_t b = 0; b < n_bands; b++) {
        float curve = 0;
        for (size_t j = 1; j < n_cosines; j++) curve += amount[j] * model->direction[j * n_bands + b];
        made[b] = expf(curve);
        made_square += (double)made[b] * (double)made[b];
        pixel_square += (double)pixel[b] * (double)pixel[b];
    }
    const double scale = UNSEEN_SHARE * sqrt(pixel_square / made_square);
    for (size_t b = 0; b < n_bands; b++)
        pixel[b] = (float)((1 - UNSEEN_SHARE) * (double)pixel[b] + scale * (double)made[b]);
}

/* Second moments of the products, in units of what is usual at a pixel's brightness. @param moments [n,n] */
static void add_moments(const wsnet_model *model, size_t n, const fit_sample *sample, double *moments) {
    double z[MODEL_COSINES];
    memset(moments, 0, n * n * sizeof *moments);
    for (size_t i = 0; i < sample->n; i++) {
        const float usual = model->misfit[0] + model->misfit[1] * sample->pixel[i];
        const double unit = 1 / sqrt((double)usual * (double)sample->n);
        for (size_t j = 0; j < n; j++) z[j] = unit * (double)sample->cosine[j * sample->n + i];
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++) moments[j * n + k] += z[j] * z[k];
    }
}

/* Rows of half: usual covariance to the power -1/2, half its eigenvectors over the roots of their eigenvalues. */
static wsnet_status whiten(wsnet_context *context, size_t n, double *usual, double *values) {
    double trace = 0;
    for (size_t j = 0; j < n; j++) trace += usual[j * n + j];
    for (size_t j = 0; j < n; j++) usual[j * n + j] += trace > 0 ? RIDGE * trace / (double)n : 1;
    const wsnet_status status = algebra_eigen(context, n, usual, values);
    for (size_t j = 0; status == WSNET_OK && j < n; j++)
        for (size_t k = 0; k < n; k++) usual[j * n + k] /= sqrt(values[j]);
    return status;
}

/* result = left right, or left right' */
static void multiply(size_t n, const double *left, const double *right, bool transposed, double *result) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++) sum += left[i * n + k] * right[transposed ? j * n + k : k * n + j];
            result[i * n + j] = sum;
        }
}

/* The pair's generalised eigenvectors in the space of the cosines, of unit length, least first.
 * @param vectors [n,n] and lambda [n] results: the latter how much more than usual the spoilt pixels have */
static wsnet_status tell_apart(wsnet_context *context, const wsnet_model *model, size_t n, const fit_sample *usual,
                               const fit_sample *spoilt, double *vectors, double *lambda) {
    enum { MOST = MODEL_COSINES * MODEL_COSINES };
    double half[MOST], more[MOST], product[MOST];
    add_moments(model, n, usual, half);
    add_moments(model, n, spoilt, more);
    for (size_t i = 0; i < n * n; i++) more[i] -= half[i];
    wsnet_status status = whiten(context, n, half, lambda);
    if (status != WSNET_OK) return status;
    multiply(n, half, more, false, product);
    multiply(n, product, half, true, more);
    status = algebra_eigen(context, n, more, lambda);
    multiply(n, more, half, false, vectors);
    for (size_t j = 0; j < n; j++) algebra_normalise(n, vectors + j * n);
    return status;
}

/* Direction d of the model and what is usual along it, from a mixture of the cosines. @param product [n] scratch
 * @param sum [n] squared misfits so far */
static void add_direction(const fit_sample *usual, size_t n_cosines, const double *mixture, double weight, size_t d,
                          wsnet_model *model, float *product, float *sum) {
    float *along = model->along + 2 * d;
    memset(product, 0, usual->n * sizeof *product);
    for (size_t j = 0; j < n_cosines; j++)
        for (size_t i = 0; i < usual->n; i++) product[i] += (float)mixture[j] * usual->cosine[j * usual->n + i];
    for (size_t i = 0; i < usual->n; i++) product[i] *= product[i];
    misfit_learn(usual->n, product, usual->pixel, along);
    along[0] /= (float)weight;
    along[1] /= (float)weight;
    for (size_t i = 0; i < usual->n; i++) sum[i] += product[i] / (along[0] + along[1] * usual->pixel[i]);
}

/* The model's directions, largest lambda first, in the place of its cosines. @param row [MODEL_DIRECTIONS,B] scratch */
static void fill_directions(const fit_sample *usual, const double *vectors, const double *lambda, wsnet_model *model,
                            float *row, float *product, float *sum) {
    const size_t n_bands = model->dims.B, n_cosines = model->n_directions, n_kept = model_n_directions(n_bands);
    memset(row, 0, n_kept * n_bands * sizeof *row);
    for (size_t d = 0; d < n_kept; d++) {
        const size_t from = n_cosines - 1 - d;
        const double *mixture = vectors + from * n_cosines, more = fmax(lambda[from], 0), weight = more / (1 + more);
        model->along[2 * d] = 1;
        model->along[2 * d + 1] = 0;
        if (!(weight >= LEAST_WEIGHT)) continue;
        add_direction(usual, n_cosines, mixture, weight, d, model, product, sum);
        for (size_t j = 0; j < n_cosines; j++)
            for (size_t b = 0; b < n_bands; b++)
                row[d * n_bands + b] += (float)mixture[j] * model->direction[j * n_bands + b];
    }
    memcpy(model->direction, row, n_kept * n_bands * sizeof *row);
    model->n_directions = n_kept;
}

static void fill_knots(size_t n, float *squared, wsnet_model *model) {
    algebra_sort(n, squared);
    for (size_t i = 0; i < MODEL_FIT_KNOTS; i++) {
        const double survival = ((double)i + 0.5) / MODEL_FIT_KNOTS;
        model->fit[i] = sqrtf(squared[(size_t)((1 - survival) * (double)n)]);
    }
}

wsnet_status calibrate_fit(wsnet_context *context, const fit_sample *usual, const fit_sample *spoilt,
                           wsnet_model *model) {
    enum { MOST = MODEL_COSINES * MODEL_COSINES };
    double vectors[MOST], lambda[MODEL_COSINES];
    misfit_learn(usual->n, usual->residual, usual->pixel, model->misfit);
    wsnet_status status = tell_apart(context, model, model->n_directions, usual, spoilt, vectors, lambda);
    float *product = context_allocate(context, usual->n, sizeof *product);
    float *sum = context_allocate(context, usual->n, sizeof *sum);
    float *row = context_allocate(context, MODEL_DIRECTIONS * model->dims.B, sizeof *row);
    if (status == WSNET_OK && !(product && sum && row)) status = WSNET_E_MEMORY;
    if (status == WSNET_OK) {
        model->misfit[0] /= WHOLE;
        model->misfit[1] /= WHOLE;
        for (size_t i = 0; i < usual->n; i++)
            sum[i] = usual->residual[i] / (model->misfit[0] + model->misfit[1] * usual->pixel[i]);
        fill_directions(usual, vectors, lambda, model, row, product, sum);
        fill_knots(usual->n, sum, model);
    }
    context_release(context, product);
    context_release(context, sum);
    context_release(context, row);
    return status;
}
