/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file register.h  What the plugin adds to GDAL. */
#ifndef WSNET_REGISTER_H
#define WSNET_REGISTER_H

#ifdef __cplusplus
extern "C" {
#endif

/** Registers driver, pixel function and (GDAL >= 3.9) processed-dataset function; repeated calls do nothing. GDAL calls
 *  it in the plugin; the command line calls its own copy BEFORE GDALAllRegister(), so that an installed plugin of
 *  another version does not take its place. Call it before threads start. */
__attribute__((visibility("default"))) void GDALRegister_WSNET(void);

/* The parts, each in its own file. */
void wsnet_register_driver(void);
void wsnet_register_pixel_function(void);
void wsnet_register_processed_dataset(void);
/** Frees what pixel functions keep. */
void wsnet_pixel_function_clear(void);

#ifdef __cplusplus
}
#endif
#endif
