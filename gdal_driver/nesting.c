/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentence.h"
#include "view_internal.h"

/* A scene may name itself as its cube, directly or inside a VRT: opening it would never end. */
static _Thread_local int depth;

bool nesting_allowed(char error[1024]) { return depth == 0 || sentence(error, NESTED_SCENE); }

int nesting_begin(void) {
    const int before = depth;
    depth = 1;
    return before;
}

void nesting_end(int before) { depth = before; }
