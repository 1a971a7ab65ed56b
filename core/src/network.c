/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

#include <stdlib.h>
#include <string.h>

extern const network_kernels network_kernels_base;
#ifdef WSNET_KERNELS_X86
extern const network_kernels network_kernels_avx2;
extern const network_kernels network_kernels_avx512;
#endif

enum { MOST_TOKENS = 64 };

network_dims network_dims_default(size_t n_bands, size_t n_endmembers) {
    /* A level more for every doubling of the bands from MOST_TOKENS of them on: attention costs tokens squared. */
    size_t levels = 3;
    while (((n_bands - 1) >> levels) + 1 > MOST_TOKENS) levels++;
    const size_t Q = (size_t)1 << levels;
    return (network_dims){.B = n_bands,
                          .P = n_endmembers,
                          .levels = levels,
                          .Q = Q,
                          .T = (n_bands + Q - 1) / Q,
                          .D = 24,
                          .S = 8,
                          .R = 4,
                          .K = 3,
                          .H = 2,
                          .J = 64};
}

#ifdef WSNET_KERNELS_X86
/* Every flag that the copy is compiled with must be there, and the system must save the registers: the builtin
 * checks both. */
static bool runs_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static bool runs_avx512(void) {
    return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

const network_kernels *network_kernels_named(const char *name) {
    if (!strcmp(name, "base")) return &network_kernels_base;
#ifdef WSNET_KERNELS_X86
    if (!strcmp(name, "avx2") && runs_avx2()) return &network_kernels_avx2;
    if (!strcmp(name, "avx512") && runs_avx512()) return &network_kernels_avx512;
#endif
    return NULL;
}

const network_kernels *network_kernels_best(void) {
    const char *wanted = getenv("WSNET_KERNELS");
    const network_kernels *kernels = wanted ? network_kernels_named(wanted) : NULL;
    static const char *const fastest_first[] = {"avx512", "avx2", "base"};
    for (size_t i = 0; !kernels; i++) kernels = network_kernels_named(fastest_first[i]);
    return kernels;
}
