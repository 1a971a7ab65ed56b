/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file session.h  The inside of a session: raw answers for a block of pixels, for the calibration too. */
#ifndef WSNET_SESSION_H
#define WSNET_SESSION_H

#include "least_squares.h"
#include "model.h"

/** Answers for one block, pixels innermost; borrowed from a worker until its next block. */
typedef struct session_block {
    real *abundance;     /**< [P,LANES] */
    real *lower, *upper; /**< [P,LANES] half-widths, not yet conformal */
    real *angle;         /**< [LANES] between pixel and reconstruction, rad */
    real *rmse;          /**< [LANES] */
    real *along;         /**< [n_directions,LANES] products of the residual and the model's directions; the network's */
} session_block;

struct wsnet_session {
    wsnet_context *context;
    const wsnet_model *model;
    wsnet_session_options options;
    const network_kernels *kernels;
    least_squares *prepared;
    float *endmembers; /**< [P,B] max(E,0) */
    char *workspace;   /**< [n_workers] pieces of workspace_stride bytes */
    size_t n_workers, workspace_stride;
};

/** Makes workspace for as many workers as the context has now. */
wsnet_status session_reserve(wsnet_session *session);
/** A worker's room for the pixels of a block that are nowhere yet. @return [LANES,B] */
float *session_rows(const wsnet_session *session, size_t worker);
/** Unmixes LANES pixels of B bands, anywhere in memory, by the session's method. Classical methods leave the half-widths
 *  as they are; their RMSE is before any division. Thread-safe for different workers. */
session_block session_run_block(const wsnet_session *session, size_t worker, const float *const *rows);

/** Conformal interval of one abundance: lower <= abundance <= upper, all within [0,1]. */
typedef struct session_interval {
    float lower, upper;
} session_interval;
session_interval session_interval_of(const wsnet_model *model, size_t endmember, float abundance, float lower_width,
                                     float upper_width);
/** Length of the residual in units of what is usual for a pixel of this brightness: noise, which does not grow with it,
 *  and variability, which does. So a dark pixel is not called unknown for its noise. The whole residual counts, and what
 *  it has along each of the model's directions. */
float session_misfit_of(const wsnet_model *model, const session_block *block, size_t lane);
/** Survival function of the misfit among calibration pixels, in (0, 1]. */
float session_fit_of(const wsnet_model *model, float misfit);

#endif
