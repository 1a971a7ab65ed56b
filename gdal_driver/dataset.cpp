/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Driver WSNET: pfnOpen and virtual methods exist in C++ only; everything else is in view.c. */
#include <gdal_pam.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "model_io.h"
#include "outputs.h"
#include "register.h"
#include "scene.h"
#include "sentence.h"
#include "unmixer.h"
#include "view.h"

/* The band map's type: const in newer versions of GDAL, which define this. */
#ifndef BANDMAP_TYPE
#define BANDMAP_TYPE int *
#endif

namespace {

/* The window that a nearest-neighbour read shows. */
view_zoom zoom_of(int xoff, int yoff, int xsize, int ysize, int bufx, int bufy, const GDALRasterIOExtraArg *extra) {
    if (extra->bFloatingPointWindowValidity)
        return {extra->dfXOff, extra->dfYOff, extra->dfXSize, extra->dfYSize, bufx, bufy};
    return {double(xoff), double(yoff), double(xsize), double(ysize), bufx, bufy};
}

class WSNETDataset final : public GDALPamDataset {
    friend class WSNETRasterBand;
    view *opened = nullptr;

    void Describe(const scene *described, bool pam);
    bool HasOverviews() { return GetRasterBand(1)->GetOverviewCount() > 0; }
    bool Picks(int xsize, int ysize, int bufx, int bufy, const GDALRasterIOExtraArg *extra);

  public:
    ~WSNETDataset() override;
    int CloseDependentDatasets() override;
    static int Identify(GDALOpenInfo *info);
    static GDALDataset *Open(GDALOpenInfo *info);

#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 12, 0)
    CPLErr GetGeoTransform(GDALGeoTransform &transform) const override {
        return GDALDataset::FromHandle(view_cube(opened)->dataset)->GetGeoTransform(transform);
    }
#else
    CPLErr GetGeoTransform(double *transform) override {
        return GDALGetGeoTransform(view_cube(opened)->dataset, transform);
    }
#endif
    const OGRSpatialReference *GetSpatialRef() const override {
        return GDALDataset::FromHandle(view_cube(opened)->dataset)->GetSpatialRef();
    }
    int GetGCPCount() override { return GDALGetGCPCount(view_cube(opened)->dataset); }
    const OGRSpatialReference *GetGCPSpatialRef() const override {
        return GDALDataset::FromHandle(view_cube(opened)->dataset)->GetGCPSpatialRef();
    }
    const GDAL_GCP *GetGCPs() override { return GDALGetGCPs(view_cube(opened)->dataset); }

    CPLErr IRasterIO(GDALRWFlag, int, int, int, int, void *, int, int, GDALDataType, int, BANDMAP_TYPE, GSpacing,
                     GSpacing, GSpacing, GDALRasterIOExtraArg *) override;
};

class WSNETRasterBand final : public GDALPamRasterBand {
  public:
    WSNETRasterBand(WSNETDataset *dataset, int number);
    CPLErr IReadBlock(int column, int row, void *image) override;
    CPLErr IRasterIO(GDALRWFlag, int, int, int, int, void *, int, int, GDALDataType, GSpacing, GSpacing,
                     GDALRasterIOExtraArg *) override;
    double GetNoDataValue(int *has) override {
        if (has) *has = TRUE;
        return std::numeric_limits<double>::quiet_NaN();
    }
};

/* ---- bands ---------------------------------------------------------------------------------------------- */

WSNETRasterBand::WSNETRasterBand(WSNETDataset *dataset, int number) {
    poDS = dataset;
    nBand = number;
    eDataType = GDT_Float32;
    eAccess = GA_ReadOnly;
    view_block_size(dataset->opened, &nBlockXSize, &nBlockYSize);
    /* the base class's methods: those of PAM would write a file that nobody asked for */
    const output_band shown = view_plan(dataset->opened)->band[number - 1];
    char name[WSNET_MAX_NAME + 16];
    output_band_name(view_model(dataset->opened), shown, name);
    GDALRasterBand::SetDescription(name);
}

/* All bands of a block cost as much as one: the others go to GDAL's cache. */
CPLErr WSNETRasterBand::IReadBlock(int column, int row, void *image) {
    auto *dataset = static_cast<WSNETDataset *>(poDS);
    const size_t block = size_t(nBlockXSize) * size_t(nBlockYSize);
    const int n_bands = dataset->GetRasterCount();
    char error[SENTENCE_SIZE];
    pass *answers = view_block(dataset->opened, column, row, error);
    if (!answers) {
        CPLError(CE_Failure, CPLE_AppDefined, "%s", error);
        return CE_Failure;
    }
    const float *values = pass_values(answers);
    for (int b = 1; b <= n_bands; b++) {
        const float *from = values + block * size_t(b - 1);
        if (b == nBand) {
            std::memcpy(image, from, block * sizeof(float));
            continue;
        }
        auto *sibling = static_cast<WSNETRasterBand *>(dataset->GetRasterBand(b));
        GDALRasterBlock *kept = sibling->TryGetLockedBlockRef(column, row);
        if (!kept && (kept = sibling->GetLockedBlockRef(column, row, TRUE)) != nullptr)
            std::memcpy(kept->GetDataRef(), from, block * sizeof(float));
        if (kept) kept->DropLock();
    }
    pass_release(answers);
    return CE_None;
}

CPLErr WSNETRasterBand::IRasterIO(GDALRWFlag flag, int xoff, int yoff, int xsize, int ysize, void *data, int bufx,
                                  int bufy, GDALDataType type, GSpacing pixel_space, GSpacing line_space,
                                  GDALRasterIOExtraArg *extra) {
    auto *dataset = static_cast<WSNETDataset *>(poDS);
    if (flag != GF_Read || !dataset->Picks(xsize, ysize, bufx, bufy, extra))
        return GDALPamRasterBand::IRasterIO(flag, xoff, yoff, xsize, ysize, data, bufx, bufy, type, pixel_space,
                                            line_space, extra);
    const view_zoom zoom = zoom_of(xoff, yoff, xsize, ysize, bufx, bufy, extra);
    const view_target target = {data, type, 1, &nBand, pixel_space, line_space, 0, nullptr, nullptr};
    char error[SENTENCE_SIZE];
    if (view_pick_band(dataset->opened, &zoom, &target, error)) return CE_None;
    CPLError(CE_Failure, CPLE_AppDefined, "%s", error);
    return CE_Failure;
}

/* ---- data set ------------------------------------------------------------------------------------------- */

WSNETDataset::~WSNETDataset() {
    FlushCache(true);
    view_close(opened);
}

/* GDAL ends while the scene is open, as QGIS lets it at its own end: it closes all data sets in any order, so the cube
 * must be given back before. */
int WSNETDataset::CloseDependentDatasets() {
    const bool dropped = GDALPamDataset::CloseDependentDatasets() || opened;
    view_close(opened);
    opened = nullptr;
    return dropped;
}

/* Whether a read is one that view_pick() answers: nearest neighbour, smaller than the window, without overviews. */
bool WSNETDataset::Picks(int xsize, int ysize, int bufx, int bufy, const GDALRasterIOExtraArg *extra) {
    if (bufx > xsize || bufy > ysize || (bufx == xsize && bufy == ysize)) return false;
    return extra && extra->eResampleAlg == GRIORA_NearestNeighbour && !HasOverviews();
}

CPLErr WSNETDataset::IRasterIO(GDALRWFlag flag, int xoff, int yoff, int xsize, int ysize, void *data, int bufx,
                               int bufy, GDALDataType type, int n_bands, BANDMAP_TYPE band_map, GSpacing pixel_space,
                               GSpacing line_space, GSpacing band_space, GDALRasterIOExtraArg *extra) {
    const bool whole = bufx == xsize && bufy == ysize && n_bands > 1;
    const bool picks = Picks(xsize, ysize, bufx, bufy, extra);
    if (flag != GF_Read || (!whole && !picks))
        return GDALPamDataset::IRasterIO(flag, xoff, yoff, xsize, ysize, data, bufx, bufy, type, n_bands, band_map,
                                         pixel_space, line_space, band_space, extra);
    const view_target target = {data,
                                type,
                                n_bands,
                                band_map,
                                pixel_space,
                                line_space,
                                band_space,
                                extra ? extra->pfnProgress : nullptr,
                                extra ? extra->pProgressData : nullptr};
    char error[SENTENCE_SIZE];
    bool good;
    if (whole) {
        good = view_read(opened, xoff, yoff, xsize, ysize, &target, error);
    } else {
        const view_zoom zoom = zoom_of(xoff, yoff, xsize, ysize, bufx, bufy, extra);
        good = view_pick(opened, &zoom, &target, error);
    }
    if (good) return CE_None;
    CPLError(CE_Failure, CPLE_AppDefined, "%s", error);
    return CE_Failure;
}

/* Base-class methods throughout: those of PAM would write a file that nobody asked for. */
void WSNETDataset::Describe(const scene *described, bool pam) {
    const cube *source = view_cube(opened);
    const wsnet_model *model = view_model(opened);
    nRasterXSize = source->width;
    nRasterYSize = source->height;
    if (!pam) nPamFlags |= GPF_DISABLED;
    const output_plan *plan = view_plan(opened);
    for (int b = 1; b <= static_cast<int>(plan->n_bands); b++) {
        auto *band = new WSNETRasterBand(this, b);
        SetBand(b, band);
        char **items = output_band_metadata(model, described->method, plan->band[b - 1]);
        band->GDALRasterBand::SetMetadata(items);
        CSLDestroy(items);
    }
    char **items = view_metadata(opened);
    GDALDataset::SetMetadata(items);
    CSLDestroy(items);
    for (int i = 0; view_place_domains[i]; i++)
        GDALDataset::SetMetadata(GDALGetMetadata(source->dataset, view_place_domains[i]), view_place_domains[i]);
    GDALDataset::SetMetadataItem("INTERLEAVE", "PIXEL", "IMAGE_STRUCTURE");
}

bool is_prefix(const char *name) { return STARTS_WITH_CI(name, "WSNET:"); }

int WSNETDataset::Identify(GDALOpenInfo *info) {
    if (is_prefix(info->pszFilename)) return TRUE;
    if (info->nHeaderBytes < 24) return FALSE;
    const char *text = reinterpret_cast<const char *>(info->pabyHeader);
    const std::string head(text, std::min(size_t(info->nHeaderBytes), size_t(1024)));
    const size_t first = head.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || head[first] != '{') return FALSE;
    return head.find("\"type\"") != std::string::npos && head.find("\"wsnet-scene\"") != std::string::npos;
}

/* Open options override what the scene says. */
bool apply_options(char **options, scene *described, char error[1024]) {
    if (const char *bands = CSLFetchNameValue(options, "BANDS")) {
        described->bands = scene_parse_bands(bands, error);
        if (!described->bands) return false;
    }
    if (const char *method = CSLFetchNameValue(options, "METHOD")) {
        const int value = wsnet_method_from_name(method);
        if (value < 0) return sentence(error, "METHOD is not wsnet, fcls, nnls or ucls");
        described->method = static_cast<wsnet_method>(value);
    }
    for (const knob &row : knob_table) {
        const char *text = CSLFetchNameValue(options, row.name);
        if (text && !knob_parse(&row, "the open option ", text, &described->knobs, error)) return false;
    }
    return true;
}

GDALDataset *WSNETDataset::Open(GDALOpenInfo *info) {
    if (!Identify(info)) return nullptr;
    if (info->eAccess == GA_Update) {
        CPLError(CE_Failure, CPLE_NotSupported, "a WS-Net scene cannot be opened for update");
        return nullptr;
    }
    char error[SENTENCE_SIZE] = "";
    const bool prefix = is_prefix(info->pszFilename);
    scene *described = prefix ? scene_parse_prefix(info->pszFilename, error) : scene_read(info->pszFilename, error);
    std::unique_ptr<WSNETDataset> dataset(new WSNETDataset());
    if (described && apply_options(info->papszOpenOptions, described, error))
        dataset->opened =
            view_open(described, unmixer_threads(CSLFetchNameValue(info->papszOpenOptions, "NUM_THREADS")), error);
    if (!dataset->opened) {
        scene_destroy(described);
        CPLError(CE_Failure, CPLE_OpenFailed, "%s", error);
        return nullptr;
    }
    dataset->Describe(described, !prefix);
    scene_destroy(described);
    if (view_warning(dataset->opened)) CPLError(CE_Warning, CPLE_AppDefined, "%s", view_warning(dataset->opened));
    dataset->SetDescription(info->pszFilename);
    if (!prefix) {
        dataset->TryLoadXML();
        dataset->oOvManager.Initialize(dataset.get(), info->pszFilename);
    }
    return dataset.release();
}

void unload(GDALDriver *) {
    wsnet_pixel_function_clear();
    model_cache_clear();
}

} // namespace

void wsnet_register_driver(void) {
    if (!GDAL_CHECK_VERSION("WSNET")) return;
    auto *driver = new GDALDriver();
    driver->SetDescription("WSNET");
    driver->SetMetadataItem(GDAL_DCAP_RASTER, "YES");
    driver->SetMetadataItem(GDAL_DCAP_VIRTUALIO, "YES");
    driver->SetMetadataItem(GDAL_DMD_LONGNAME, "WS-Net hyperspectral unmixing");
    driver->SetMetadataItem(GDAL_DMD_EXTENSION, "wsnet");
    driver->SetMetadataItem(GDAL_DMD_CONNECTION_PREFIX, "WSNET:");
    driver->SetMetadataItem(
        GDAL_DMD_OPENOPTIONLIST,
        "<OpenOptionList>"
        "<Option name='BANDS' type='string' description='Kinds of bands, separated by commas: abundance, confidence, "
        "interval, detected, fit, rmse'/>"
        "<Option name='METHOD' type='string-select' description='How pixels are unmixed'>"
        "<Value>wsnet</Value><Value>fcls</Value><Value>nnls</Value><Value>ucls</Value></Option>"
        "<Option name='WEAK_BIAS' type='float' min='-20' max='20' description='Positive leans on weak materials'/>"
        "<Option name='DETECTION_LEVEL' type='float' min='0' max='1' "
        "description='Detected means a lower bound above this'/>"
        "<Option name='LEAST_CONFIDENCE' type='float' min='0' max='1' "
        "description='Abundances and detections of less confidence are nodata'/>"
        "<Option name='NUM_THREADS' type='string' description='Threads, or ALL_CPUS; GDAL_NUM_THREADS otherwise'/>"
        "</OpenOptionList>");
    driver->pfnIdentify = WSNETDataset::Identify;
    driver->pfnOpen = WSNETDataset::Open;
    driver->pfnUnloadDriver = unload;
    GetGDALDriverManager()->RegisterDriver(driver);
}
