/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file real.h  The number type and the block layout of the network's kernels.
 *
 *  A block is LANES pixels that go through the network side by side: an array written [T,C] in a comment is stored
 *  [T,C,LANES], the pixels innermost. Every lane does the same arithmetic, so a pixel's answer does not depend on
 *  its place or neighbours, and every inner loop over lanes is a vector operation on any machine.
 *  Kernels are compiled once per instruction set, and once in double for gradient checks: KERNEL(name) names a copy. */
#ifndef WSNET_REAL_H
#define WSNET_REAL_H

#include <stddef.h>

#ifdef WSNET_REAL_DOUBLE
typedef double real;
#else
typedef float real;
#endif

enum { LANES = 16 };

#ifndef WSNET_KERNEL_SUFFIX
#define WSNET_KERNEL_SUFFIX _base
#endif
#define KERNEL_JOIN2(name, suffix) name##suffix
#define KERNEL_JOIN(name, suffix) KERNEL_JOIN2(name, suffix)
#define KERNEL(name) KERNEL_JOIN(name, WSNET_KERNEL_SUFFIX)

#endif
