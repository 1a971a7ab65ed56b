/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file model.h  What a model holds, for the trainer that makes it and the session that uses it. */
#ifndef WSNET_MODEL_H
#define WSNET_MODEL_H

#include "context.h"
#include "network.h"

enum { MODEL_FIT_KNOTS = 256 };
/** Directions in which residuals are weighed: those that a model keeps, and the cosines that they are found among. */
enum { MODEL_DIRECTIONS = 16, MODEL_COSINES = 24 };

/** Every tensor of the container besides the network's weights is a member here. Arrays belong to the model. */
struct wsnet_model {
    wsnet_allocator allocator;
    network_dims dims;
    wsnet_mixing mixing;
    unsigned without;
    double coverage;
    size_t n_source_bands;
    size_t n_members;      /**< networks of the ensemble, 1 by default */
    float *weights;        /**< [members, weights_count]; member 0 holds the decoder's endmembers */
    float *start;          /**< [P,B] endmembers at the start (network_constants.pinv is made of these) */
    float *pinv;           /**< [B,P] */
    float *conformal;      /**< [2,P] factors k_lo, k_hi */
    float *lod;            /**< [P] */
    float *misfit;         /**< [2] n, v: squared residuals of calibration pixels are about n + v |y|^2 */
    size_t n_directions;   /**< 0 in models of before; else model_n_directions(), while calibrating more */
    float *direction;      /**< [n_directions,B], room for MODEL_COSINES: see calibrate_fit.h */
    float *along;          /**< [n_directions,2] n, v of the squared products of residuals and directions */
    float *fit;            /**< [MODEL_FIT_KNOTS] falling misfits of calibration pixels at survival (i+0.5)/knots */
    double *wavelength_nm; /**< [B] */
    double *fwhm_nm;       /**< [B] */
    uint32_t *band_index;  /**< [B] */
    bool referenced;       /**< own_gain and own_offset are stored */
    float *own_gain, *own_offset; /**< [B] what adapt_gain_learn() finds in the training cube itself: its error there */
    bool adapted;                 /**< gain and offset are stored; else they are 1 and 0 */
    float *gain, *offset;         /**< [B] pixels count as gain . x + offset, before anything else */
    char (*names)[WSNET_MAX_NAME]; /**< [P] */
    size_t n_metadata;
    char **metadata_keys, **metadata_values; /**< all further strings, sorted by key */
    char sha256[65];
};

/** Directions that a model with so many bands keeps. */
size_t model_n_directions(size_t n_bands);
/** Allocates a model with cleared arrays for these sizes; the metadata hold this library's version alone. */
wsnet_status model_create(wsnet_context *context, const network_dims *dims, size_t n_members, wsnet_model **model);
/** Makes a model with the same numbers, names and metadata, not yet sealed. */
wsnet_status model_copy(wsnet_context *context, const wsnet_model *model, wsnet_model **copy);
/** Copies a name of 1 to WSNET_MAX_NAME - 1 bytes: UTF-8 without control characters. */
wsnet_status model_set_name(wsnet_context *context, wsnet_model *model, size_t endmember, const char *name);
/** Adds or replaces a metadata string (copied); keys that the container itself uses are refused. */
wsnet_status model_set_metadata(wsnet_context *context, wsnet_model *model, const char *key, const char *value);
/** Fails where pixels have another number of bands than the model uses. */
wsnet_status model_check_bands(wsnet_context *context, const wsnet_model *model, size_t n_bands);
/** @return the number that a metadata string holds, or otherwise where it holds none from 0 to 1 */
double model_metadata_number(const wsnet_model *model, const char *key, double otherwise);
/** Call once a model is complete: checks it as the loader would and sets its SHA-256, that of the bytes which
 *  wsnet_model_save() will write. */
wsnet_status model_seal(wsnet_context *context, wsnet_model *model);

#endif
