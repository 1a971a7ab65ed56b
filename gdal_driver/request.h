/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file request.h  What a VRT asks of wsnet_unmix, checked: GDAL validates no argument. */
#ifndef WSNET_REQUEST_H
#define WSNET_REQUEST_H

#include <cpl_port.h>

#include "model_io.h"
#include "outputs.h"
#include "scene.h"
#include "unmixer.h"

typedef struct request {
    const char *model; /**< path, borrowed from the arguments */
    long band;         /**< one-based output band, 0 where there is none to choose */
    unsigned bands;    /**< SCENE_* bits */
    wsnet_method method;
    knobs knobs;
    output_plan plan;
    shared_model *shared;
    size_t n_sources;
} request;

/** Parses arguments. @param one_band the argument `band` must be there; else it must not */
bool request_parse(request *asked, CSLConstList arguments, bool one_band, char error[1024]);
/** Opens the model and checks it against the number of source bands. */
bool request_open(request *asked, size_t n_sources, char error[1024]);
/** Gives the model back; fine after a failure. */
void request_close(request *asked);
/** @return which source is band b of the model: sources are the used bands, or all bands of the cube */
size_t request_source(const request *asked, size_t b);
/** @return a new unmixer, or NULL with one sentence in error */
unmixer *request_unmixer(const request *asked, char error[1024]);

#endif
