/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vector_spectra.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_alg.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "../grid_window.h"
#include "../zones_turns.h"

/** Sums of the pixels of one name. */
typedef struct place_sum {
    char name[WSNET_MAX_NAME];
    size_t n_pixels, n_features;
} place_sum;

typedef struct gathering {
    cli *run;
    cube *opened;
    const pixel_sample *sample;
    double transform[6];            /**< pixel and line to coordinates */
    OGRSpatialReferenceH reference; /**< of the cube, or NULL */
    place_sum places[WSNET_MAX_ENDMEMBERS];
    size_t n_places;
    double *sums; /**< [WSNET_MAX_ENDMEMBERS, B] */
} gathering;

/** Marks the pixels of a window that belong to a geometry. @param inside [width*height] @return how many, -1: failed */
static long burn(const gathering *gathered, OGRGeometryH geometry, const grid_window *at, uint8_t *inside) {
    GDALDatasetH mask = GDALCreate(GDALGetDriverByName("MEM"), "", at->width, at->height, 1, GDT_Byte, NULL);
    if (!mask) return -1;
    double transform[6];
    memcpy(transform, gathered->transform, sizeof transform);
    GDALApplyGeoTransform(transform, at->x, at->y, &transform[0], &transform[3]);
    GDALSetGeoTransform(mask, transform);
    const int band = 1;
    const double value = 1;
    char *all_touched[] = {"ALL_TOUCHED=TRUE", NULL};
    long n_inside = 0;
    /* A polygon smaller than a pixel may hold no centre: then the pixels that it touches stand for it. */
    for (int attempt = 0; attempt < 2 && n_inside == 0; attempt++) {
        if (GDALRasterizeGeometries(mask, 1, (int *)&band, 1, &geometry, NULL, NULL, (double *)&value,
                                    attempt ? all_touched : NULL, NULL, NULL) != CE_None ||
            GDALRasterIO(GDALGetRasterBand(mask, 1), GF_Read, 0, 0, at->width, at->height, inside, at->width,
                         at->height, GDT_Byte, 0, 0) != CE_None) {
            n_inside = -1;
            break;
        }
        for (size_t i = 0; i < (size_t)at->width * (size_t)at->height; i++) n_inside += inside[i] != 0;
    }
    GDALClose(mask);
    return n_inside;
}

/** Adds the marked pixels of a window, line by line. */
static bool add_pixels(gathering *gathered, const grid_window *at, const uint8_t *inside, size_t place) {
    const pixel_sample *sample = gathered->sample;
    char error[CLI_SENTENCE];
    float *pixels = VSI_MALLOC3_VERBOSE((size_t)at->width, sample->n_bands, sizeof *pixels);
    uint8_t *mask = VSI_MALLOC_VERBOSE((size_t)at->width);
    bool fine = pixels && mask;
    if (!fine) cli_fail(gathered->run, "memory is out");
    double *sums = gathered->sums + place * sample->n_bands;
    for (int line = 0; line < at->height && fine; line++) {
        fine = cube_read(gathered->opened, at->x, at->y + line, at->width, 1, sample->n_bands, sample->band_index,
                         pixels, mask, error);
        if (!fine) cli_fail(gathered->run, "%s", error);
        for (size_t i = 0; i < (size_t)at->width && fine; i++) {
            if (!mask[i] || !inside[(size_t)line * (size_t)at->width + i]) continue;
            if (pixel_is_filler(pixels + i * sample->n_bands, sample->n_bands)) continue;
            for (size_t band = 0; band < sample->n_bands; band++) sums[band] += pixels[i * sample->n_bands + band];
            gathered->places[place].n_pixels++;
        }
    }
    VSIFree(pixels);
    VSIFree(mask);
    return fine;
}

/** QGIS shows a cube without georeference with lines running down from 0, other tools with lines running up. */
static void choose_line_direction(gathering *gathered, const OGREnvelope *envelope) {
    if (GDALGetGeoTransform(gathered->opened->dataset, gathered->transform) == CE_None) return;
    const double plain[6] = {0, 1, 0, 0, 0, envelope->MaxY <= 0 ? -1 : 1};
    memcpy(gathered->transform, plain, sizeof plain);
}

static bool add_at(gathering *gathered, OGRGeometryH geometry, const OGREnvelope *envelope, size_t place) {
    const grid_window at =
        grid_window_of(gathered->transform, gathered->opened->width, gathered->opened->height, envelope);
    if (at.width == 0) return true;
    uint8_t *inside = VSI_MALLOC2_VERBOSE((size_t)at.width, (size_t)at.height);
    if (!inside) return cli_fail(gathered->run, "memory is out"), false;
    const long n_inside = burn(gathered, geometry, &at, inside);
    bool fine = n_inside >= 0;
    if (!fine) cli_fail_gdal(gathered->run, "cannot find the pixels of a feature");
    if (n_inside > 0) fine = add_pixels(gathered, &at, inside, place);
    VSIFree(inside);
    return fine;
}

/** Where the cube has longitudes, a geometry, or a part of it, may be whole turns away: the cube is looked for there, too. */
static bool add_geometry(gathering *gathered, OGRGeometryH geometry, size_t place) {
    OGREnvelope envelope;
    OGR_G_GetEnvelope(geometry, &envelope);
    choose_line_direction(gathered, &envelope);
    const double left = gathered->transform[0], turn = zones_turn(gathered->reference);
    const int most = turn > 0 ? ZONES_MOST_TURNS : 0;
    bool fine = true;
    for (int n = -most; n <= most && fine; n++) {
        gathered->transform[0] = left + n * turn;
        fine = add_at(gathered, geometry, &envelope, place);
    }
    gathered->transform[0] = left;
    return fine;
}

/** @return the place of a name, a new one where needed; SIZE_MAX with the failure printed when there are too many */
static size_t place_of(gathering *gathered, const char *name) {
    for (size_t i = 0; i < gathered->n_places; i++)
        if (strcmp(gathered->places[i].name, name) == 0) return i;
    if (gathered->n_places == WSNET_MAX_ENDMEMBERS) {
        cli_fail(gathered->run,
                 "the vector file has more than %d names; choose the field of the materials with --name-field",
                 WSNET_MAX_ENDMEMBERS);
        return SIZE_MAX;
    }
    CPLStrlcpy(gathered->places[gathered->n_places].name, name, WSNET_MAX_NAME);
    return gathered->n_places++;
}

/** @return the index of the field with the names, -1 for none; -2 with the failure printed */
static int find_name_field(cli *run, OGRLayerH layer, const char *wanted) {
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    if (wanted) {
        const int index = OGR_FD_GetFieldIndex(definition, wanted);
        if (index >= 0) return index;
        cli_fail(run, "the vector file has no field '%s'", wanted);
        return -2;
    }
    for (int i = 0; i < OGR_FD_GetFieldCount(definition); i++)
        if (OGR_Fld_GetType(OGR_FD_GetFieldDefn(definition, i)) == OFTString) return i;
    return -1;
}

static bool add_feature(gathering *gathered, OGRFeatureH feature, int field, bool transforms) {
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (!geometry || OGR_G_IsEmpty(geometry)) return true;
    char name[WSNET_MAX_NAME];
    if (field >= 0)
        CPLStrlcpy(name, OGR_F_GetFieldAsString(feature, field), sizeof name);
    else
        snprintf(name, sizeof name, "place %zu", gathered->n_places + 1);
    if (!name[0]) return true;
    if (transforms && OGR_G_TransformTo(geometry, gathered->reference) != OGRERR_NONE)
        return cli_fail_gdal(gathered->run, "cannot bring a feature into the cube's coordinate system"), false;
    const size_t place = place_of(gathered, name);
    if (place == SIZE_MAX) return false;
    gathered->places[place].n_features++;
    return add_geometry(gathered, geometry, place);
}

static bool add_layer(gathering *gathered, OGRLayerH layer, const char *name_field) {
    const int field = find_name_field(gathered->run, layer, name_field);
    if (field == -2) return false;
    const bool transforms = gathered->reference && OGR_L_GetSpatialRef(layer);
    bool fine = true;
    OGRFeatureH feature;
    OGR_L_ResetReading(layer);
    while (fine && (feature = OGR_L_GetNextFeature(layer)) != NULL) {
        fine = add_feature(gathered, feature, field, transforms);
        OGR_F_Destroy(feature);
        if (fine && !progress_report(0, "reading spectra", &gathered->run->progress))
            fine = (cli_fail_core(gathered->run), false);
    }
    return fine;
}

/** Turns sums into means; places without a pixel are left out with a warning. */
static wsnet_library *library_of_means(gathering *gathered) {
    const size_t n_bands = gathered->sample->n_bands;
    const char *names[WSNET_MAX_ENDMEMBERS];
    size_t count = 0;
    float *spectra = VSI_MALLOC3_VERBOSE(WSNET_MAX_ENDMEMBERS, n_bands, sizeof *spectra);
    if (!spectra) return cli_fail(gathered->run, "memory is out"), NULL;
    for (size_t i = 0; i < gathered->n_places; i++) {
        const place_sum *place = &gathered->places[i];
        if (place->n_pixels == 0) {
            cli_warn(gathered->run, "'%s' has no usable pixel in the cube and is left out", place->name);
            continue;
        }
        for (size_t band = 0; band < n_bands; band++)
            spectra[count * n_bands + band] = (float)(gathered->sums[i * n_bands + band] / (double)place->n_pixels);
        names[count++] = place->name;
        cli_say(gathered->run, "'%s': mean of %zu pixel%s under %zu feature%s", place->name, place->n_pixels,
                place->n_pixels == 1 ? "" : "s", place->n_features, place->n_features == 1 ? "" : "s");
    }
    wsnet_library *library = NULL;
    if (count == 0)
        cli_fail(gathered->run, "no feature of the vector file lies on a usable pixel of the cube");
    else if (wsnet_library_create(gathered->run->context, count, n_bands, names, gathered->sample->wavelength_nm,
                                  gathered->sample->fwhm_nm, spectra, &library) != WSNET_OK)
        cli_fail_core(gathered->run);
    VSIFree(spectra);
    return library;
}

/** Opens "places.gpkg" or, as QGIS writes it, "places.gpkg|layername=fields". @return the data set, or NULL */
static GDALDatasetH open_vector(const char *path, OGRLayerH *layer) {
    static const char mark[] = "|layername=";
    const char *named = strstr(path, mark);
    char *file = CPLStrdup(path);
    if (named) file[named - path] = 0;
    GDALDatasetH vector = GDALOpenEx(file, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    CPLFree(file);
    *layer = !vector ? NULL
             : named ? GDALDatasetGetLayerByName(vector, named + strlen(mark))
                     : GDALDatasetGetLayer(vector, 0);
    return vector;
}

wsnet_library *vector_spectra_read(cli *run, const char *path, const char *name_field, cube *opened,
                                   const pixel_sample *sample) {
    OGRLayerH layer = NULL;
    cli_gdal_reset(run);
    GDALDatasetH vector = open_vector(path, &layer);
    if (!vector) return cli_fail_gdal(run, CPLSPrintf("cannot read the vector file %s", path)), NULL;
    wsnet_library *library = NULL;
    gathering *gathered = VSI_CALLOC_VERBOSE(1, sizeof *gathered);
    double *sums = VSI_CALLOC_VERBOSE(WSNET_MAX_ENDMEMBERS * sample->n_bands, sizeof *sums);
    if (!gathered || !sums)
        cli_fail(run, "memory is out");
    else if (!layer)
        cli_fail(run, "the vector file %s has no such layer", path);
    else {
        *gathered = (gathering){.run = run, .opened = opened, .sample = sample, .sums = sums};
        gathered->reference = GDALGetSpatialRef(opened->dataset);
        if (add_layer(gathered, layer, name_field)) library = library_of_means(gathered);
    }
    VSIFree(gathered);
    VSIFree(sums);
    GDALClose(vector);
    return library;
}
