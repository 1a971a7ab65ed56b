/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model_output.h"

#include <cpl_conv.h>

#include "../atomic_file.h"

/* Below it the user is told that the scene is not as simulated. */
static const double LITTLE_TRUST = 0.5;

bool model_finish(cli *run, wsnet_trainer *trainer, const cube *opened, const pixel_sample *sample,
                  const endmember_set *endmembers, const model_history *history, wsnet_model **model) {
    const char *names[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < wsnet_library_n_spectra(endmembers->library); i++)
        names[i] = wsnet_library_name(endmembers->library, i);
    const char *const keys[] = {"cube", "endmember_source", "options", history->key};
    const char *const values[] = {CPLGetFilename(history->cube), endmembers->origin, history->options, history->value};
    const wsnet_cube_description description = {
        .n_source_bands = (size_t)opened->n_bands,
        .band_index = sample->band_index,
        .wavelength_nm = sample->has_wavelengths ? sample->wavelength_nm : NULL,
        .fwhm_nm = sample->has_wavelengths ? sample->fwhm_nm : NULL,
        .names = names,
        .sha256 = sample->sha256,
        .n_metadata = history->value ? 4 : 3,
        .metadata_keys = keys,
        .metadata_values = values,
    };
    progress_span(&run->progress, 0.93, 1);
    return wsnet_trainer_finish(trainer, &description, model) == WSNET_OK || (cli_fail_core(run), false);
}

bool model_write(cli *run, const wsnet_model *model, const char *path) {
    char error[CLI_SENTENCE];
    void *bytes = NULL;
    size_t n_bytes = 0;
    if (progress_cancelled(&run->progress)) return cli_fail_core(run), false;
    if (wsnet_model_save(run->context, model, &bytes, &n_bytes) != WSNET_OK) return cli_fail_core(run), false;
    const bool written = atomic_write(path, bytes, n_bytes, error);
    wsnet_release(run->context, bytes);
    if (!written) cli_fail(run, "%s", error);
    return written;
}

void model_say(cli *run, const wsnet_model *model, const char *path) {
    cli_say(run, "\n%-28s  %s", "endmember", "limit of detection");
    for (size_t i = 0; i < wsnet_model_n_endmembers(model); i++)
        cli_say(run, "%-28s  %.4f", wsnet_model_name(model, i), (double)wsnet_model_lod(model)[i]);
    const char *trust = wsnet_model_metadata(model, "trust"), *ratio = wsnet_model_metadata(model, "correction_ratio");
    if (trust && ratio && CPLAtof(trust) < LITTLE_TRUST)
        cli_say(run,
                "\nThe scene is not as simulated: the network corrects its pixels %.2g times as much as simulated ones "
                "(mean "
                "square), so answers stay close to the classical solution (trust %.2f).",
                CPLAtof(ratio), CPLAtof(trust));
    cli_say(run, "\nWrote %s", path);
}
