/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file pixel_area.h  The area on the ground of every pixel of a raster, in square metres on the ellipsoid. */
#ifndef WSNET_PIXEL_AREA_H
#define WSNET_PIXEL_AREA_H

#include <gdal.h>

typedef struct pixel_area pixel_area;

/** Learns how large the pixels of a raster are. Corners are brought to geodetic coordinates with PROJ and from there to
 *  the authalic sphere, where areas are those on the ellipsoid. Equal-area systems keep their plain pixel area; upright
 *  rasters in degrees get one exact area a row; other systems get areas at nodes, refined until interpolation between
 *  them is right within pixel_area_error().
 *  @param given_m2 area of every pixel where the raster cannot tell, else 0
 *  @return NULL with one sentence in error */
pixel_area *pixel_area_create(GDALDatasetH raster, double given_m2, char error[1024]);
void pixel_area_destroy(pixel_area *area);
/** @return how the areas are found, in words */
const char *pixel_area_method(const pixel_area *area);
/** @return bound of the relative error of interpolation, as measured between the nodes; 0 where there is none */
double pixel_area_error(const pixel_area *area);
/** Area of one pixel in square metres. Thread-safe. */
double pixel_area_at(const pixel_area *area, int x, int y);

#endif
