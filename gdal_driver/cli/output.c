/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <errno.h>
#include <string.h>

#include "../atomic_file.h"
#include "layers.h"

bool output_check(cli *run, const char *path) {
    VSIStatBufL status;
    if (!CPLGetFilename(path)[0]) return cli_fail(run, "cannot write '%s': it names no file", path), false;
    /* A device or a pipe would be replaced by the finished file. */
    if (VSIStatL(path, &status) == 0 && !VSI_ISREG(status.st_mode))
        return cli_fail(run, "cannot write %s: it is a %s", path, VSI_ISDIR(status.st_mode) ? "folder" : "device"),
               false;
    const char *reader = options_that_name(run->groups, run->arguments, path);
    if (reader) return cli_fail(run, "cannot write %s: %s names the same file", path, reader), false;
    char *temporary = atomic_temporary(path);
    errno = 0;
    VSILFILE *file = VSIFOpenL(temporary, "wb");
    if (file) VSIFCloseL(file);
    if (!file) cli_fail(run, "cannot write %s: %s", path, errno ? strerror(errno) : "the folder takes no files");
    atomic_discard(temporary);
    CPLFree(temporary);
    return file != NULL;
}

/* ---- formats -------------------------------------------------------------------------------------------- */

static bool has_item(GDALDriverH driver, const char *key) {
    const char *value = GDALGetMetadataItem(driver, key, NULL);
    return value && CPLTestBool(value);
}

static bool writes_rasters(GDALDriverH driver) {
    return has_item(driver, GDAL_DCAP_RASTER) &&
           (has_item(driver, GDAL_DCAP_CREATECOPY) || has_item(driver, GDAL_DCAP_CREATE));
}

static bool has_extension(GDALDriverH driver, const char *extension) {
    const char *listed = GDALGetMetadataItem(driver, GDAL_DMD_EXTENSIONS, NULL);
    if (!listed) return false;
    char **extensions = CSLTokenizeString2(listed, " ", 0);
    const bool found = CSLFindString(extensions, extension) >= 0;
    CSLDestroy(extensions);
    return found;
}

GDALDriverH output_driver(cli *run, const char *path, const char *format) {
    if (format) {
        GDALDriverH named = GDALGetDriverByName(format);
        if (named && writes_rasters(named)) return named;
        return cli_fail(run, "GDAL cannot write the format '%s'", format), NULL;
    }
    const char *extension = CPLGetExtension(path);
    for (int i = 0; extension[0] && i < GDALGetDriverCount(); i++) {
        GDALDriverH driver = GDALGetDriver(i);
        if (writes_rasters(driver) && has_extension(driver, extension)) return driver;
    }
    return cli_fail(run, "no format for '%s' is known; name one with --of, for example --of ENVI",
                    CPLGetFilename(path)),
           NULL;
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/** GDAL tells some failures to write only when it closes the file. */
static bool copy_to(cli *run, GDALDatasetH source, GDALDriverH driver, const char *temporary, char **creation,
                    const wsnet_library *endmembers) {
    GDALDatasetH copy =
        GDALCreateCopy(driver, temporary, source, FALSE, creation, progress_report_gdal, &run->progress);
    if (!copy) return false;
    const bool marked = !endmembers || layers_mark(run, copy, endmembers);
    GDALFlushCache(copy);
    GDALClose(copy);
    return marked && run->n_gdal_failures == 0 && !progress_cancelled(&run->progress);
}

bool output_raster(cli *run, GDALDatasetH source, GDALDriverH driver, const char *path, char **creation,
                   const wsnet_library *endmembers) {
    char error[CLI_SENTENCE], *temporary = atomic_temporary(path);
    cli_gdal_reset(run);
    bool done = copy_to(run, source, driver, temporary, creation, endmembers);
    if (!done) {
        /* GDAL's messages name the file that is being written; the reader knows the one that was asked for. */
        char *at = strstr(run->gdal_failure, temporary);
        if (at) {
            char *shown = CPLStrdup(
                CPLSPrintf("%.*s%s%s", (int)(at - run->gdal_failure), run->gdal_failure, path, at + strlen(temporary)));
            CPLStrlcpy(run->gdal_failure, shown, sizeof run->gdal_failure);
            CPLFree(shown);
        }
        cli_fail_gdal(run, CPLSPrintf("cannot write %s", path));
        atomic_discard(temporary);
    } else if (!atomic_commit(temporary, path, error))
        done = (cli_fail(run, "%s", error), false);
    CPLFree(temporary);
    return done;
}
