/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evaluation_scene.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <string.h>

void evaluation_scene_free(evaluation_scene *made) {
    VSIFree(made->wavelength_nm);
    VSIFree(made->truth_endmembers);
    VSIFree(made->endmembers);
    VSIFree(made->truth);
    VSIFree(made->pixels);
    VSIFree(made->names);
}

bool evaluation_scene_make(evaluation *all, const evaluation_case *wanted, uint64_t seed, evaluation_scene *made) {
    wsnet_scene_options options = wanted->scene;
    options.seed = seed;
    made->n_pixels = options.width * options.height;
    made->n_bands = options.n_bands;
    made->n_endmembers = options.n_endmembers;
    made->wavelength_nm = VSIMalloc2(made->n_bands, sizeof *made->wavelength_nm);
    made->truth_endmembers = VSIMalloc3(made->n_endmembers, made->n_bands, sizeof(float));
    made->endmembers = VSIMalloc3(made->n_endmembers, made->n_bands, sizeof(float));
    made->truth = VSIMalloc3(made->n_pixels, made->n_endmembers, sizeof(float));
    made->pixels = VSIMalloc3(made->n_pixels, made->n_bands, sizeof(float));
    made->names = VSIMalloc2(made->n_endmembers, sizeof *made->names);
    if (!made->wavelength_nm || !made->truth_endmembers || !made->endmembers || !made->truth || !made->pixels ||
        !made->names)
        return cli_fail(all->run, "memory is out"), false;
    if (wsnet_scene_simulate(all->run->context, &options, made->wavelength_nm, made->truth_endmembers, made->names,
                             made->truth, made->pixels) != WSNET_OK)
        return cli_fail_core(all->run), false;
    memcpy(made->endmembers, made->truth_endmembers, made->n_endmembers * made->n_bands * sizeof(float));
    return true;
}

evaluation_task evaluation_scene_task(const evaluation_scene *made, uint64_t seed) {
    return (evaluation_task){.n_pixels = made->n_pixels,
                             .n_bands = made->n_bands,
                             .n_endmembers = made->n_endmembers,
                             .pixels = made->pixels,
                             .endmembers = made->endmembers,
                             .mixing = WSNET_MIXING_LINEAR,
                             .seed = seed};
}
