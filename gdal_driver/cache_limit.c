/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache_limit.h"

#include <cpl_conv.h>
#include <gdal.h>

/* Reads of at least LARGE_BYTES keep the cache at CACHE_BYTES. */
enum { LARGE_BYTES = 4 << 20, CACHE_BYTES = 64 << 20 };

void cache_limit(double n_bytes) {
    if (n_bytes < LARGE_BYTES || CPLGetConfigOption("GDAL_CACHEMAX", NULL)) return;
    while (GDALGetCacheUsed64() > CACHE_BYTES && GDALFlushCacheBlock()) {}
}
