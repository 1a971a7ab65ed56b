/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sharing.h"

#include <cpl_multiproc.h>
#include <stdlib.h>
#include <string.h>

typedef struct group group;
struct group {
    pass_key what;
    uint64_t number;
    size_t n_members;
    group *next;
};

static CPLMutex *mutex;
static group *groups;
static uint64_t last_number;

static uint64_t join_locked(pass_key what) {
    group *found = groups;
    while (found && memcmp(&found->what, &what, sizeof what) != 0) found = found->next;
    if (!found) {
        found = calloc(1, sizeof *found);
        if (!found) return 0;
        found->what = what;
        found->number = ++last_number;
        found->next = groups;
        groups = found;
    }
    found->n_members++;
    return found->number;
}

uint64_t sharing_join(pass_key what) {
    CPLCreateOrAcquireMutex(&mutex, 1e6);
    const uint64_t number = join_locked(what);
    CPLReleaseMutex(mutex);
    return number;
}

void sharing_leave(uint64_t number) {
    if (number == 0) return;
    bool last = false;
    CPLAcquireMutex(mutex, 1e6);
    for (group **at = &groups; *at; at = &(*at)->next) {
        group *left = *at;
        if (left->number != number) continue;
        last = --left->n_members == 0;
        if (last) {
            *at = left->next;
            free(left);
        }
        break;
    }
    CPLReleaseMutex(mutex);
    /* a cube that is opened again may have changed */
    if (last) pass_cache_clear();
}
