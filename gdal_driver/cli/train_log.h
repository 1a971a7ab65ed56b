/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file train_log.h  What a training took: beside the model, whose bytes depend on seed and data alone. */
#ifndef WSNET_CLI_TRAIN_LOG_H
#define WSNET_CLI_TRAIN_LOG_H

#include "cli.h"

/** Writes JSON: cpu_seconds (user and system, all threads) and wall_seconds since the command began, n_threads, and
 *  the model's SHA-256. @return false with the failure printed */
bool train_log_write(cli *run, const wsnet_model *model, const char *path);

#endif
