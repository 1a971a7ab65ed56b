/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file cache_limit.h  Keeps GDAL's block cache small during large reads. */
#ifndef WSNET_CACHE_LIMIT_H
#define WSNET_CACHE_LIMIT_H

/** Before a read of n_bytes: a copy of a large scene leaves its blocks in GDAL's block cache, which by default may grow
 *  to a share of a large memory. What was used longest ago is written and dropped, as GDAL itself would when its cache
 *  is full. Whoever has set GDAL_CACHEMAX has chosen; small reads change nothing. */
void cache_limit(double n_bytes);

#endif
