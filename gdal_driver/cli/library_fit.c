/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "library_fit.h"

#include <cpl_string.h>
#include <cpl_vsi.h>

#include "spectra_file.h"

static wsnet_library *select_named(cli *run, const wsnet_library *library, const char *list) {
    char **names = CSLTokenizeString2(list, ",", CSLT_HONOURSTRINGS | CSLT_STRIPLEADSPACES | CSLT_STRIPENDSPACES);
    wsnet_library *selected = NULL;
    if (wsnet_library_select(run->context, library, (size_t)CSLCount(names), (const char *const *)names, &selected) !=
        WSNET_OK)
        cli_fail_core(run);
    CSLDestroy(names);
    return selected;
}

static bool has_wavelengths(const wsnet_library *library) {
    const double *wavelength_nm = wsnet_library_wavelength_nm(library);
    return wavelength_nm && wsnet_library_n_bands(library) > 0 && wavelength_nm[0] > 0;
}

/** Without wavelengths on one side, bands can only be taken one for one, from all of the cube's or the used ones. */
static wsnet_library *fit_by_place(cli *run, const wsnet_library *library, const cube *opened,
                                   const pixel_sample *sample) {
    const size_t n_bands = wsnet_library_n_bands(library), n_spectra = wsnet_library_n_spectra(library);
    const bool whole = n_bands == (size_t)opened->n_bands;
    if (!whole && n_bands != sample->n_bands)
        return cli_fail(
                   run,
                   "the library has %zu bands and the cube %d, and one of them has no wavelengths to match them by",
                   n_bands, opened->n_bands),
               NULL;
    const char **names = VSI_MALLOC2_VERBOSE(n_spectra, sizeof *names);
    float *spectra = VSI_MALLOC3_VERBOSE(n_spectra, sample->n_bands, sizeof *spectra);
    wsnet_library *fitted = NULL;
    if (names && spectra) {
        for (size_t i = 0; i < n_spectra; i++) {
            names[i] = wsnet_library_name(library, i);
            for (size_t band = 0; band < sample->n_bands; band++)
                spectra[i * sample->n_bands + band] =
                    wsnet_library_spectra(library)[i * n_bands + (whole ? sample->band_index[band] : band)];
        }
        cli_warn(run, "the library's bands are taken one for one, because wavelengths are missing");
        if (wsnet_library_create(run->context, n_spectra, sample->n_bands, names, sample->wavelength_nm,
                                 sample->fwhm_nm, spectra, &fitted) != WSNET_OK)
            cli_fail_core(run);
    } else
        cli_fail(run, "memory is out");
    VSIFree(names);
    VSIFree(spectra);
    return fitted;
}

static wsnet_library *fit_to_bands(cli *run, const wsnet_library *library, const cube *opened,
                                   const pixel_sample *sample) {
    if (!has_wavelengths(library) || !sample->has_wavelengths) return fit_by_place(run, library, opened, sample);
    const bool has_fwhm = sample->fwhm_nm[0] > 0;
    wsnet_library *fitted = NULL;
    if (wsnet_library_resample(run->context, library, sample->n_bands, sample->wavelength_nm,
                               has_fwhm ? sample->fwhm_nm : NULL, &fitted) != WSNET_OK)
        cli_fail_core(run);
    return fitted;
}

wsnet_library *library_fitted(cli *run, const char *path, const char *select, const cube *opened,
                              const pixel_sample *sample) {
    wsnet_library *library = spectra_file_read(run, path);
    if (library && select) {
        wsnet_library *selected = select_named(run, library, select);
        wsnet_library_destroy(library);
        library = selected;
    }
    if (!library) return NULL;
    const size_t count = wsnet_library_n_spectra(library);
    wsnet_library *fitted = NULL;
    if (count > WSNET_MAX_ENDMEMBERS)
        cli_fail(run, "%s has %zu spectra, at most %d can be endmembers; choose with --select", path, count,
                 WSNET_MAX_ENDMEMBERS);
    else
        fitted = fit_to_bands(run, library, opened, sample);
    wsnet_library_destroy(library);
    return fitted;
}
