/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vrt.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_string.h>
#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "atomic_file.h"
#include "scene_path.h"
#include "sentence.h"
#include "view.h"

typedef struct vrt_parts {
    view *opened;
    const scene *described;
    char *cube, *model; /**< absolute */
} vrt_parts;

/* Size, CRS, geotransform, GCPs and metadata as GDAL itself writes them. @return a VRTDataset element */
static CPLXMLNode *make_frame(const vrt_parts *parts) {
    const cube *source = view_cube(parts->opened);
    GDALDatasetH frame = GDALCreate(GDALGetDriverByName("VRT"), "", source->width, source->height, 0, GDT_Byte, NULL);
    if (!frame) return NULL;
    double transform[6];
    if (GDALGetGeoTransform(source->dataset, transform) == CE_None) GDALSetGeoTransform(frame, transform);
    OGRSpatialReferenceH crs = GDALGetSpatialRef(source->dataset);
    if (crs) GDALSetSpatialRef(frame, crs);
    const int n_gcps = GDALGetGCPCount(source->dataset);
    if (n_gcps > 0) GDALSetGCPs2(frame, n_gcps, GDALGetGCPs(source->dataset), GDALGetGCPSpatialRef(source->dataset));
    char **items = view_metadata(parts->opened);
    GDALSetMetadata(frame, items, NULL);
    CSLDestroy(items);
    for (int i = 0; view_place_domains[i]; i++)
        GDALSetMetadata(frame, GDALGetMetadata(source->dataset, view_place_domains[i]), view_place_domains[i]);
    /* without this every output band of a band-interleaved copy would run the network again */
    GDALSetMetadataItem(frame, "INTERLEAVE", "PIXEL", "IMAGE_STRUCTURE");
    char **xml = GDALGetMetadata(frame, "xml:VRT");
    CPLXMLNode *root = xml && xml[0] ? CPLParseXMLString(xml[0]) : NULL;
    GDALClose(frame);
    return root;
}

static void append(CPLXMLNode *parent, CPLXMLNode **last, CPLXMLNode *child) {
    if (*last)
        (*last)->psNext = child;
    else
        CPLAddXMLChild(parent, child);
    *last = child;
}

static CPLXMLNode *element(const char *name, const char *value) {
    return CPLCreateXMLElementAndValue(NULL, name, value);
}

static CPLXMLNode *make_metadata(char **items) {
    CPLXMLNode *metadata = CPLCreateXMLNode(NULL, CXT_Element, "Metadata");
    for (int i = 0; items && items[i]; i++) {
        char *key = NULL;
        const char *value = CPLParseNameValue(items[i], &key);
        CPLXMLNode *item = element("MDI", value);
        CPLAddXMLAttributeAndValue(item, "key", key);
        /* an attribute comes before the text of its element */
        CPLXMLNode *text = item->psChild, *attribute = text->psNext;
        if (attribute && attribute->eType == CXT_Attribute) {
            item->psChild = attribute;
            attribute->psNext = text;
            text->psNext = NULL;
        }
        CPLAddXMLChild(metadata, item);
        CPLFree(key);
    }
    return metadata;
}

static CPLXMLNode *make_source(const vrt_parts *parts, uint32_t band) {
    const cube *source = view_cube(parts->opened);
    GDALRasterBandH handle = GDALGetRasterBand(source->dataset, (int)band + 1);
    const bool scaled = source->scale[band] != 1 || source->offset[band] != 0,
               has_nodata = !isnan(source->nodata[band]);
    /* GDAL copies a simple source as it is, and looks at every value of a complex one. */
    const char *kind = scaled || has_nodata ? "ComplexSource" : "SimpleSource";
    CPLXMLNode *node = CPLCreateXMLNode(NULL, CXT_Element, kind), *last = NULL;
    CPLXMLNode *file = CPLCreateXMLNode(NULL, CXT_Element, "SourceFilename");
    CPLAddXMLAttributeAndValue(file, "relativeToVRT", "0");
    CPLCreateXMLNode(file, CXT_Text, parts->cube);
    append(node, &last, file);
    append(node, &last, element("SourceBand", CPLSPrintf("%u", band + 1u)));
    CPLXMLNode *properties = CPLCreateXMLNode(NULL, CXT_Element, "SourceProperties");
    int width, height;
    GDALGetBlockSize(handle, &width, &height);
    CPLAddXMLAttributeAndValue(properties, "RasterXSize", CPLSPrintf("%d", source->width));
    CPLAddXMLAttributeAndValue(properties, "RasterYSize", CPLSPrintf("%d", source->height));
    CPLAddXMLAttributeAndValue(properties, "DataType", GDALGetDataTypeName(GDALGetRasterDataType(handle)));
    CPLAddXMLAttributeAndValue(properties, "BlockXSize", CPLSPrintf("%d", width));
    CPLAddXMLAttributeAndValue(properties, "BlockYSize", CPLSPrintf("%d", height));
    append(node, &last, properties);
    if (scaled) {
        append(node, &last, element("ScaleOffset", CPLSPrintf("%.17g", source->offset[band])));
        append(node, &last, element("ScaleRatio", CPLSPrintf("%.17g", source->scale[band])));
    }
    if (has_nodata) append(node, &last, element("NODATA", CPLSPrintf("%.17g", source->nodata[band])));
    return node;
}

static CPLXMLNode *make_arguments(const vrt_parts *parts, size_t band) {
    char list[128];
    scene_format_bands(parts->described->bands, list);
    CPLXMLNode *arguments = CPLCreateXMLNode(NULL, CXT_Element, "PixelFunctionArguments");
    CPLAddXMLAttributeAndValue(arguments, "model", parts->model);
    CPLAddXMLAttributeAndValue(arguments, "band", CPLSPrintf("%zu", band + 1));
    CPLAddXMLAttributeAndValue(arguments, "bands", list);
    CPLAddXMLAttributeAndValue(arguments, "method", wsnet_method_name(parts->described->method));
    for (size_t i = 0; i < N_KNOBS; i++)
        CPLAddXMLAttributeAndValue(arguments, knob_table[i].name,
                                   CPLSPrintf("%.17g", knob_get(&knob_table[i], &parts->described->knobs)));
    return arguments;
}

static CPLXMLNode *make_band(const vrt_parts *parts, size_t band) {
    const wsnet_model *model = view_model(parts->opened);
    const output_band shown = view_plan(parts->opened)->band[band];
    char name[WSNET_MAX_NAME + 16];
    output_band_name(model, shown, name);
    char **items = output_band_metadata(model, parts->described->method, shown);
    CPLXMLNode *node = CPLCreateXMLNode(NULL, CXT_Element, "VRTRasterBand"), *last = NULL;
    CPLAddXMLAttributeAndValue(node, "dataType", "Float32");
    CPLAddXMLAttributeAndValue(node, "band", CPLSPrintf("%zu", band + 1));
    CPLAddXMLAttributeAndValue(node, "subClass", "VRTDerivedRasterBand");
    append(node, &last, element("Description", name));
    append(node, &last, make_metadata(items));
    CSLDestroy(items);
    append(node, &last, element("NoDataValue", "nan"));
    append(node, &last, element("PixelFunctionType", "wsnet_unmix"));
    append(node, &last, make_arguments(parts, band));
    append(node, &last, element("SourceTransferType", "Float32"));
    const uint32_t *index = wsnet_model_band_index(model);
    for (size_t b = 0; b < wsnet_model_n_bands(model); b++) append(node, &last, make_source(parts, index[b]));
    return node;
}

static bool write_parts(const char *path, const vrt_parts *parts, char error[1024]) {
    CPLXMLNode *root = parts->cube && parts->model ? make_frame(parts) : NULL;
    if (!root) return sentence(error, "the VRT '%s' cannot be made", path);
    for (size_t b = 0; b < view_plan(parts->opened)->n_bands; b++) CPLAddXMLChild(root, make_band(parts, b));
    char *text = CPLSerializeXMLTree(root);
    CPLDestroyXMLNode(root);
    const bool good = text ? atomic_write(path, text, strlen(text), error) : sentence(error, "memory is out");
    CPLFree(text);
    return good;
}

bool vrt_write(const char *path, const scene *described, char error[1024]) {
    view *opened = view_open(described, 1, error);
    if (!opened) return false;
    const vrt_parts parts = {opened, described, scene_path_absolute(described->cube),
                             scene_path_absolute(described->model)};
    const bool good = write_parts(path, &parts, error);
    free(parts.cube);
    free(parts.model);
    view_close(opened);
    return good;
}
