/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pixel_sample.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <string.h>

#include "pixel_subset.h"

static const float most_plausible = 1e15f;
static const size_t most_block_bytes = (size_t)64 << 20;
static const double most_wavelength_difference_nm = 2;

/* ---- bands ---------------------------------------------------------------------------------------------- */

/** Prints "leaving out 6 bands (all nodata): 130-135" for one reason. */
static void say_left_out(cli *run, const cube *opened, cube_band_state state) {
    char list[CLI_SENTENCE / 2] = "";
    size_t used = 0;
    int n_left = 0;
    for (int first = 0; first < opened->n_bands; first++) {
        if (opened->state[first] != state) continue;
        int last = first;
        while (last + 1 < opened->n_bands && opened->state[last + 1] == state) last++;
        const char *comma = n_left ? ", " : "";
        const int written = first == last
                                ? snprintf(list + used, sizeof list - used, "%s%d", comma, first + 1)
                                : snprintf(list + used, sizeof list - used, "%s%d-%d", comma, first + 1, last + 1);
        used = used + (size_t)written < sizeof list ? used + (size_t)written : sizeof list - 1;
        n_left += last - first + 1;
        first = last;
    }
    if (n_left)
        cli_say(run, "Left out %d band%s, %s: %s", n_left, n_left == 1 ? "" : "s", cube_band_reason(state), list);
}

static bool allocate_bands(cli *run, size_t n_source, pixel_sample *sample) {
    sample->band_index = VSI_CALLOC_VERBOSE(n_source, sizeof *sample->band_index);
    sample->wavelength_nm = VSI_CALLOC_VERBOSE(n_source, sizeof *sample->wavelength_nm);
    sample->fwhm_nm = VSI_CALLOC_VERBOSE(n_source, sizeof *sample->fwhm_nm);
    sample->has_wavelengths = true;
    return (sample->band_index && sample->wavelength_nm && sample->fwhm_nm) || (cli_fail(run, "memory is out"), false);
}

static void take_band(const cube *opened, size_t band, pixel_sample *sample) {
    sample->band_index[sample->n_bands] = (uint32_t)band;
    sample->wavelength_nm[sample->n_bands] = opened->wavelength_nm[band];
    sample->fwhm_nm[sample->n_bands] = opened->fwhm_nm[band];
    sample->has_wavelengths = sample->has_wavelengths && opened->wavelength_nm[band] > 0;
    sample->n_bands++;
}

static bool choose_good_bands(cli *run, const cube *opened, const char *path, pixel_sample *sample) {
    const size_t n_source = (size_t)opened->n_bands;
    if (!allocate_bands(run, n_source, sample)) return false;
    for (size_t band = 0; band < n_source; band++)
        if (opened->state[band] == CUBE_BAND_GOOD) take_band(opened, band, sample);
    if (n_source < 2) return cli_fail(run, "%s has one band; unmixing needs several", path), false;
    if (sample->n_bands < 2)
        return cli_fail(run, "%s has no usable pixels: all of its %zu bands are empty, constant or marked bad", path,
                        n_source),
               false;
    if (sample->n_bands > WSNET_MAX_BANDS)
        return cli_fail(run, "%s has %zu bands; at most %d can be used", path, sample->n_bands, WSNET_MAX_BANDS), false;
    for (cube_band_state state = CUBE_BAND_BBL; state <= CUBE_BAND_CONSTANT; state++) say_left_out(run, opened, state);
    return true;
}

static bool choose_model_bands(cli *run, const cube *opened, const char *path, const wsnet_model *model,
                               pixel_sample *sample) {
    const size_t n_source = (size_t)opened->n_bands;
    if (n_source != wsnet_model_n_source_bands(model))
        return cli_fail(run, "%s has %zu band%s; this model was trained on %zu", path, n_source,
                        n_source == 1 ? "" : "s", wsnet_model_n_source_bands(model)),
               false;
    if (!allocate_bands(run, n_source, sample)) return false;
    for (size_t b = 0; b < wsnet_model_n_bands(model); b++) {
        take_band(opened, wsnet_model_band_index(model)[b], sample);
        const double here = sample->wavelength_nm[b], there = wsnet_model_wavelength_nm(model)[b];
        if (here > 0 && there > 0 && fabs(here - there) > most_wavelength_difference_nm)
            return cli_fail(run, "band %u of %s is at %.1f nm and that of the model at %.1f nm: another sensor",
                            sample->band_index[b] + 1, path, here, there),
                   false;
    }
    return true;
}

/* ---- one pass over the cube ----------------------------------------------------------------------------- */

typedef struct pass {
    int width, height; /**< of a window */
    float *pixels;
    uint8_t *mask;
    wsnet_sha256_state *lines; /**< [height], one hash a line */
} pass;

/** Windows follow the file's own blocks, so that nothing is decoded twice, within a bound on memory. */
static bool pass_create(const cube *opened, size_t n_bands, pass *made) {
    const size_t pixel_bytes = n_bands * sizeof(float);
    GDALGetBlockSize(GDALGetRasterBand(opened->dataset, 1), &made->width, &made->height);
    if (made->width > opened->width) made->width = opened->width;
    while ((size_t)made->width * pixel_bytes > most_block_bytes) made->width = (made->width + 1) / 2;
    while (made->height > 1 && (size_t)made->width * (size_t)made->height * pixel_bytes > most_block_bytes)
        made->height = (made->height + 1) / 2;
    while (made->height < 32 && (size_t)made->width * (size_t)(made->height * 2) * pixel_bytes <= most_block_bytes)
        made->height *= 2;
    if (made->height > opened->height) made->height = opened->height;
    made->pixels = VSI_MALLOC3_VERBOSE((size_t)made->width, (size_t)made->height, pixel_bytes);
    made->mask = VSI_MALLOC2_VERBOSE((size_t)made->width, (size_t)made->height);
    made->lines = VSI_MALLOC2_VERBOSE((size_t)made->height, sizeof *made->lines);
    return made->pixels && made->mask && made->lines;
}

static void pass_free(pass *made) {
    VSIFree(made->pixels);
    VSIFree(made->mask);
    VSIFree(made->lines);
}

bool spectrum_is_implausible(const float *spectrum, size_t n_bands) {
    for (size_t band = 0; band < n_bands; band++)
        if (fabsf(spectrum[band]) > most_plausible) return true;
    return false;
}

bool pixel_is_filler(const float *spectrum, size_t n_bands) {
    bool same = n_bands >= 10 || spectrum[0] == 0;
    for (size_t band = 1; band < n_bands && same; band++) same = spectrum[band] == spectrum[0];
    return same || spectrum_is_implausible(spectrum, n_bands);
}

/** Hashes a window that was read and offers its pixels to the subset. */
static void take_window(const cube *opened, pass *reading, int x, int y, int width, int height, pixel_sample *sample,
                        subset *chosen) {
    const size_t n_bands = sample->n_bands;
    for (int line = 0; line < height; line++) {
        float *spectra = reading->pixels + (size_t)line * (size_t)width * n_bands;
        const uint8_t *mask = reading->mask + (size_t)line * (size_t)width;
        for (int i = 0; i < width; i++) {
            float *spectrum = spectra + (size_t)i * n_bands;
            if (mask[i] && pixel_is_filler(spectrum, n_bands))
                sample->n_filler++;
            else if (mask[i]) {
                subset_offer(chosen, (uint64_t)(y + line) * (uint64_t)opened->width + (uint64_t)(x + i), spectrum);
                sample->n_valid++;
            } else
                for (size_t band = 0; band < n_bands; band++) spectrum[band] = NAN;
        }
        wsnet_sha256_add(&reading->lines[line], spectra, (size_t)width * n_bands * sizeof *spectra);
    }
}

static bool read_all(cli *run, cube *opened, pass *reading, pixel_sample *sample, subset *chosen) {
    char error[CLI_SENTENCE];
    wsnet_sha256_state whole;
    wsnet_sha256_begin(&whole);
    for (int y = 0; y < opened->height; y += reading->height) {
        const int height = opened->height - y < reading->height ? opened->height - y : reading->height;
        for (int line = 0; line < height; line++) wsnet_sha256_begin(&reading->lines[line]);
        for (int x = 0; x < opened->width; x += reading->width) {
            const int width = opened->width - x < reading->width ? opened->width - x : reading->width;
            if (!cube_read(opened, x, y, width, height, sample->n_bands, sample->band_index, reading->pixels,
                           reading->mask, error))
                return cli_fail(run, "%s", error), false;
            take_window(opened, reading, x, y, width, height, sample, chosen);
            const double lines_done = y + (double)height * (x + width) / opened->width;
            if (!progress_report(lines_done / opened->height, "reading", &run->progress))
                return cli_fail_core(run), false;
        }
        for (int line = 0; line < height; line++) {
            char digest[65];
            wsnet_sha256_end(&reading->lines[line], digest);
            wsnet_sha256_add(&whole, digest, 64);
        }
    }
    wsnet_sha256_end(&whole, sample->sha256);
    return true;
}

static bool read_sample(cli *run, cube *opened, const char *path, const wsnet_model *model, pixel_sample *sample) {
    subset chosen = {0};
    pass reading = {0};
    bool done =
        model ? choose_model_bands(run, opened, path, model, sample) : choose_good_bands(run, opened, path, sample);
    if (done && (!subset_create((size_t)opened->width * (size_t)opened->height, sample->n_bands, &chosen) ||
                 !pass_create(opened, sample->n_bands, &reading)))
        done = (cli_fail(run, "memory is out"), false);
    done = done && read_all(run, opened, &reading, sample, &chosen);
    if (done && chosen.n == 0) done = (cli_fail(run, "%s has no pixel with a value in every band", path), false);
    if (done && !subset_sort(&chosen)) done = (cli_fail(run, "memory is out"), false);
    pass_free(&reading);
    sample->n_pixels = chosen.n;
    sample->pixels = subset_take(&chosen);
    return done;
}

static void say_cube(cli *run, const cube *opened, const char *path, const pixel_sample *sample) {
    char range[64] = "";
    if (sample->has_wavelengths) {
        double least = INFINITY, most = 0; /* they may run backwards where detectors overlap */
        for (size_t band = 0; band < sample->n_bands; band++) {
            least = fmin(least, sample->wavelength_nm[band]);
            most = fmax(most, sample->wavelength_nm[band]);
        }
        snprintf(range, sizeof range, ", %.0f to %.0f nm", least, most);
    }
    cli_say(run, "%s: %d x %d pixels, %zu of %d bands used%s", CPLGetFilename(path), opened->width, opened->height,
            sample->n_bands, opened->n_bands, range);
    if (sample->n_filler)
        cli_warn(run,
                 "%zu pixel%s left out: one same value in every band, or values that nothing measures, are nodata that "
                 "the metadata do not tell",
                 sample->n_filler, sample->n_filler == 1 ? " is" : "s are");
    if (sample->n_pixels < sample->n_valid)
        cli_say(run, "Looking at %zu of %zu pixels, a fixed random choice", sample->n_pixels, sample->n_valid);
}

cube *pixel_sample_open_for(cli *run, const char *path, const wsnet_model *model, pixel_sample *sample) {
    char error[CLI_SENTENCE];
    *sample = (pixel_sample){0};
    cube *opened = cube_open(path, true, error);
    if (!opened) return cli_fail(run, "%s", error), NULL;
    for (char **warning = opened->warnings; warning && *warning; warning++) cli_warn(run, "%s", *warning);
    if (read_sample(run, opened, path, model, sample)) {
        say_cube(run, opened, path, sample);
        return opened;
    }
    pixel_sample_free(sample);
    cube_close(opened);
    return NULL;
}

cube *pixel_sample_open(cli *run, const char *path, pixel_sample *sample) {
    return pixel_sample_open_for(run, path, NULL, sample);
}

void pixel_sample_free(pixel_sample *sample) {
    VSIFree(sample->band_index);
    VSIFree(sample->wavelength_nm);
    VSIFree(sample->fwhm_nm);
    VSIFree(sample->pixels);
    *sample = (pixel_sample){0};
}
