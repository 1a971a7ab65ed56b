/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file trainer.h  The inside of a trainer, for the checkpoint and the tests. */
#ifndef WSNET_TRAINER_H
#define WSNET_TRAINER_H

#include "network.h"
#include "simulator.h"

/* Gradients are summed in this many copies whatever the number of threads. */
enum { TRAINER_CHUNKS = 8 };

/** The pixels of one step. Arrays belong to whoever fills them. */
typedef struct trainer_batch {
    size_t n_simulated, n_real;
    const float *simulated; /**< [n_simulated,B] */
    const float *truth;     /**< [n_simulated,P] */
    const float *real;      /**< [n_real,B] */
} trainer_batch;

struct wsnet_trainer {
    wsnet_context *context;
    wsnet_train_options options; /**< its arrays are the trainer's own */
    network_dims dims;
    size_t n_weights, n_done;
    size_t n_workers; /**< that workspace is made for */
    const network_kernels *kernels;
    simulator *scene;
    uint64_t seed_simulated, seed_real, seed_calibration;
    float *weights, *mean, *square;        /**< [n_weights] weights and their running moments */
    float *gradients;                      /**< [TRAINER_CHUNKS,n_weights] */
    float *start;                          /**< [P,B] */
    float *positive;                       /**< [P,B] max(E,0) of this step */
    float *pinv;                           /**< [B,P] */
    float *level;                          /**< [P] root-mean-square of each starting endmember */
    bool *weak;                            /**< [P] */
    float *band_weight, *endmember_weight; /**< [B], [P] */
    float *drawn_pixels, *drawn_truth;     /**< [batch + real_batch,B], [batch,P] */
    char *workspace;                       /**< [n_workers] pieces of workspace_stride bytes; see trainer_step.c */
    size_t workspace_stride;
    size_t n_joined; /**< further members of the ensemble */
    float *joined;   /**< [n_joined,n_weights] as trainer_copy_weights() leaves them */
};

/** Makes a trainer with these sizes at the first step; everything has been checked.
 *  @param pixels [N,B]  @param endmembers [P,B] */
wsnet_status trainer_make(wsnet_context *context, const wsnet_train_options *options, const network_dims *dims,
                          size_t n_pixels, const float *pixels, const float *endmembers, wsnet_trainer **trainer);
/** positive = max(E,0), around which the next step's pixels are drawn. */
void trainer_update_positive(wsnet_trainer *trainer);
/** Copies the network as a model stores it: the decoder's endmembers as they are used, max(E,0) of the last update.
 *  @param weights [n_weights] */
void trainer_copy_weights(const wsnet_trainer *trainer, float *weights);
/** The same of all members, the trainer's own first. @param weights [n_joined + 1,n_weights] */
void trainer_copy_members(const wsnet_trainer *trainer, float *weights);
/** One step on given pixels: losses, gradient, update. Does not count the step when it fails. */
wsnet_status trainer_learn(wsnet_trainer *trainer, const trainer_batch *batch, double *loss);

#endif
