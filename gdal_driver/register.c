/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "register.h"

#include <gdal.h>

void GDALRegister_WSNET(void) {
    if (GDALGetDriverByName("WSNET")) return;
    wsnet_register_driver();
    wsnet_register_pixel_function();
    wsnet_register_processed_dataset();
}
