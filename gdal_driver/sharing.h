/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file sharing.h  Views of the same scene that are open at once know one another: a viewer opens a scene once a layer
 *  and once a thread, and all want the same answers. */
#ifndef WSNET_SHARING_H
#define WSNET_SHARING_H

#include "pass_cache.h"

/** Joins the views that show the same. @param what model, cube, options
 *  @return a number that all of them have until the last one leaves, and no others ever; 0 when memory is out */
uint64_t sharing_join(pass_key what);
void sharing_leave(uint64_t number);

#endif
