/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file endmembers.c  `wsnet endmembers`: the materials of a cube or a model as a table. */
#include <cpl_conv.h>

#include "cli.h"
#include "endmember_source.h"
#include "pixel_sample.h"
#include "spectra_file.h"

typedef struct endmembers_arguments {
    cli_common common;
    const char *input, *output;
    endmember_request wanted;
} endmembers_arguments;

static const option endmembers_options[] = {
    {OPTION_POSITION, "CUBE|MODEL", 0, true, NULL, "a raster that GDAL reads, or a model (.wsn)",
     offsetof(endmembers_arguments, input), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "E.csv", "the table to write: wavelength_nm, then a column a material",
     offsetof(endmembers_arguments, output), 0, 0, NULL},
    {0},
};

static const option_group endmembers_groups[] = {
    {"Files", endmembers_options, 0},
    {"Endmembers of a cube", endmember_options, offsetof(endmembers_arguments, wanted)},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    endmember_request_set_defaults(&((endmembers_arguments *)arguments)->wanted);
}

static bool write_model_endmembers(cli *run, const endmembers_arguments *wanted) {
    wsnet_library *library = spectra_file_read(run, wanted->input);
    const bool written = library && spectra_file_write(run, library, wanted->output);
    wsnet_library_destroy(library);
    return written;
}

static bool write_cube_endmembers(cli *run, const endmembers_arguments *wanted) {
    pixel_sample sample = {0};
    endmember_set obtained = {0};
    progress_span(&run->progress, 0, 0.4);
    cube *opened = pixel_sample_open(run, wanted->input, &sample);
    progress_span(&run->progress, 0.4, 1);
    const bool written = opened && endmember_set_obtain(run, &wanted->wanted, opened, &sample, &obtained) &&
                         spectra_file_write(run, obtained.library, wanted->output);
    endmember_set_free(&obtained);
    pixel_sample_free(&sample);
    cube_close(opened);
    return written;
}

static int run_endmembers(cli *run, const void *arguments) {
    const endmembers_arguments *wanted = arguments;
    if (!endmember_request_check(run, &wanted->wanted)) return CLI_USAGE;
    if (!spectra_file_check(run, wanted->output)) return CLI_FAILED;
    const bool is_model = EQUAL(CPLGetExtension(wanted->input), "wsn");
    if (!(is_model ? write_model_endmembers(run, wanted) : write_cube_endmembers(run, wanted))) return CLI_FAILED;
    cli_say(run, "Wrote %s", wanted->output);
    return CLI_DONE;
}

const cli_command endmembers_command = {
    .name = "endmembers",
    .summary = "write the materials of a cube or a model as a table",
    .description =
        "Extracts the endmembers of a cube, or takes them from a library or from places on the map, or reads "
        "them out of a model, and writes them as a CSV table with wavelengths.",
    .groups = endmembers_groups,
    .arguments_size = sizeof(endmembers_arguments),
    .set_defaults = set_defaults,
    .run = run_endmembers,
};
