/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write_scene MODEL CUBE OUT.wsnet|OUT.vrt [BANDS [METHOD [WEAK_BIAS [DETECTION_LEVEL [LEAST_CONFIDENCE]]]]] */
#include <cpl_conv.h>
#include <gdal.h>
#include <stdio.h>
#include <string.h>

#include "register.h"
#include "scene.h"
#include "vrt.h"

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    GDALRegister_WSNET();
    GDALAllRegister();
    char error[1024] = "";
    scene described = {.model = argv[1], .cube = argv[2], .method = WSNET_METHOD_WSNET, .bands = SCENE_DEFAULT_BANDS};
    if (argc > 4) described.bands = scene_parse_bands(argv[4], error);
    if (argc > 5) described.method = (wsnet_method)wsnet_method_from_name(argv[5]);
    if (argc > 6) described.knobs.weak_bias = CPLAtof(argv[6]);
    if (argc > 7) described.knobs.detection_level = CPLAtof(argv[7]);
    if (argc > 8) described.knobs.least_confidence = CPLAtof(argv[8]);
    const bool is_vrt = strcmp(CPLGetExtension(argv[3]), "vrt") == 0;
    const bool good =
        described.bands && (is_vrt ? vrt_write(argv[3], &described, error) : scene_write(argv[3], &described, error));
    if (!good) fprintf(stderr, "%s\n", error);
    GDALDestroyDriverManager();
    return good ? 0 : 1;
}
