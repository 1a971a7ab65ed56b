/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file model_output.h  The model at the end of a training. */
#ifndef WSNET_CLI_MODEL_OUTPUT_H
#define WSNET_CLI_MODEL_OUTPUT_H

#include "cli.h"
#include "endmember_source.h"
#include "pixel_sample.h"

/** What a model remembers of its making. */
typedef struct model_history {
    const char *cube;        /**< path; the file's name is kept */
    const char *options;     /**< as on the command line */
    const char *key, *value; /**< one more metadata string where value is not NULL */
} model_history;

/** Calibrates and makes the model, with progress from 0.93 to 1. @return false with the failure printed */
bool model_finish(cli *run, wsnet_trainer *trainer, const cube *opened, const pixel_sample *sample,
                  const endmember_set *endmembers, const model_history *history, wsnet_model **model);
/** Writes the file, which appears when it is complete. @return false with the failure printed */
bool model_write(cli *run, const wsnet_model *model, const char *path);
/** Prints limits of detection and where the model is. */
void model_say(cli *run, const wsnet_model *model, const char *path);

#endif
