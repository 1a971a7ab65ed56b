/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spectra_file.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include "../atomic_file.h"
#include "../model_io.h"
#include "output.h"

wsnet_library *library_of_model(cli *run, const wsnet_model *model) {
    const char *names[WSNET_MAX_ENDMEMBERS];
    const size_t n_endmembers = wsnet_model_n_endmembers(model);
    wsnet_library *library = NULL;
    for (size_t i = 0; i < n_endmembers; i++) names[i] = wsnet_model_name(model, i);
    if (wsnet_library_create(run->context, n_endmembers, wsnet_model_n_bands(model), names,
                             wsnet_model_wavelength_nm(model), wsnet_model_fwhm_nm(model),
                             wsnet_model_endmembers(model), &library) != WSNET_OK)
        cli_fail_core(run);
    return library;
}

wsnet_library *spectra_file_read(cli *run, const char *path) {
    char error[CLI_SENTENCE];
    wsnet_library *library = NULL;
    if (!EQUAL(CPLGetExtension(path), "wsn")) {
        library = library_load(run->context, path, error);
        if (!library) cli_fail(run, "%s", error);
        return library;
    }
    shared_model *shared = model_acquire(path, error);
    if (!shared) return cli_fail(run, "%s", error), NULL;
    library = library_of_model(run, model_get(shared));
    model_release(shared);
    return library;
}

bool spectra_file_check(cli *run, const char *path) {
    const char *extension = CPLGetExtension(path);
    if (EQUAL(extension, "sli") || EQUAL(extension, "hdr") || EQUAL(extension, "wsn"))
        return cli_fail(run, "cannot write %s: spectra are written as a table, name it .csv", path), false;
    return output_check(run, path);
}

bool spectra_file_write(cli *run, const wsnet_library *library, const char *path) {
    char error[CLI_SENTENCE], *text = NULL;
    size_t n_bytes = 0;
    if (wsnet_library_format_csv(run->context, library, &text, &n_bytes) != WSNET_OK) return cli_fail_core(run), false;
    const bool written = atomic_write(path, text, n_bytes, error);
    wsnet_release(run->context, text);
    if (!written) cli_fail(run, "%s", error);
    return written;
}
