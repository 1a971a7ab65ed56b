/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any lines as the arguments of the pixel function, and each of them as a prefix name, a list of bands, a path. */
#include <cpl_string.h>
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "model_path.h"
#include "request.h"
#include "scene_path.h"
#include "wavelength_unit.h"

static void try_line(const char *line) {
    char error[1024] = "", list[128];
    scene *split = scene_parse_prefix(line, error);
    if (split) MUST(split->model[0] && split->cube[0]);
    scene_destroy(split);
    const unsigned bands = scene_parse_bands(line, error);
    if (bands) {
        scene_format_bands(bands, list);
        MUST(scene_parse_bands(list, error) == bands);
    }
    for (size_t i = 0; i < N_KNOBS; i++) {
        knobs turned = {0, 0, 0};
        if (knob_parse(&knob_table[i], "", line, &turned, error)) MUST(fabs(knob_get(&knob_table[i], &turned)) <= 20);
    }
    char *absolute = scene_path_absolute(line);
    MUST(absolute);
    free(absolute);
    if (strncmp(line, "/vsicurl", 8) == 0) MUST(!model_path_allowed(line, error));
    MUST(wavelength_to_nm(CPLAtof(line), wavelength_unit_parse(line)) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes) {
    char *text = malloc(n_bytes + 1);
    MUST(text);
    memcpy(text, bytes, n_bytes);
    text[n_bytes] = '\0';
    char **lines = CSLTokenizeString2(text, "\n", 0), error[1024] = "";
    for (int band = 0; band < 2; band++) {
        request asked = {.model = NULL};
        if (request_parse(&asked, lines, band, error))
            MUST(asked.model[0] && asked.bands && (asked.band >= 1) == band);
        else
            MUST(error[0]);
    }
    for (int i = 0; lines && lines[i]; i++) try_line(lines[i]);
    CSLDestroy(lines);
    free(text);
    return 0;
}
