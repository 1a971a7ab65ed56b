/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>

#include "file_bytes.h"
#include "model_io.h"
#include "sentence.h"

enum { LIBRARY_LIMIT = 512 << 20 };

static wsnet_library *load_csv(wsnet_context *context, const char *path, char error[1024]) {
    size_t n_bytes;
    char *text = file_read(path, "library", LIBRARY_LIMIT, &n_bytes, error);
    if (!text) return NULL;
    wsnet_library *library = NULL;
    if (wsnet_library_parse_csv(context, text, n_bytes, &library) != WSNET_OK) {
        library = NULL;
        sentence(error, "the library '%s' cannot be used: %s", path, wsnet_context_error(context));
    }
    VSIFree(text);
    return library;
}

/* x.sli, x.hdr, x.sli.hdr or x: the header is x.hdr or x.sli.hdr. @return to be freed with CPLFree(), or NULL */
static char *find_beside(const char *path, const char *const *endings) {
    char *stem = CPLStrdup(path);
    const char *name = CPLGetFilename(path);
    for (int cut = 0; cut < 3; cut++) {
        for (int i = 0; endings[i]; i++) {
            char *candidate = CPLStrdup(CPLSPrintf("%s%s", stem, endings[i]));
            uint64_t size;
            int64_t modified;
            if (file_stat(candidate, &size, &modified)) {
                CPLFree(stem);
                return candidate;
            }
            CPLFree(candidate);
        }
        char *dot = strrchr(stem + (name - path), '.');
        if (!dot || dot == stem + (name - path)) break;
        *dot = '\0';
    }
    CPLFree(stem);
    return NULL;
}

static wsnet_library *parse_envi(wsnet_context *context, const char *header_path, const char *data_path,
                                 char error[1024]) {
    size_t n_header, n_data;
    wsnet_library *library = NULL;
    char *header = file_read(header_path, "library header", 16 << 20, &n_header, error);
    char *data = header ? file_read(data_path, "library", LIBRARY_LIMIT, &n_data, error) : NULL;
    if (data && wsnet_library_parse_envi(context, header, n_header, data, n_data, &library) != WSNET_OK) {
        library = NULL;
        sentence(error, "the library '%s' cannot be used: %s", data_path, wsnet_context_error(context));
    }
    VSIFree(header);
    VSIFree(data);
    return library;
}

static wsnet_library *load_envi(wsnet_context *context, const char *path, char error[1024]) {
    static const char *const header_endings[] = {".hdr", ".HDR", NULL};
    static const char *const data_endings[] = {".sli", ".SLI", ".slb", NULL};
    const bool is_header = EQUAL(CPLGetExtension(path), "hdr");
    char *header = is_header ? CPLStrdup(path) : find_beside(path, header_endings);
    char *data = is_header ? find_beside(path, data_endings) : CPLStrdup(path);
    wsnet_library *library = NULL;
    if (!header)
        sentence(error, "the library '%s' has no header (.hdr) beside it", path);
    else if (!data)
        sentence(error, "the library header '%s' has no .sli file beside it", path);
    else
        library = parse_envi(context, header, data, error);
    CPLFree(header);
    CPLFree(data);
    return library;
}

wsnet_library *library_load(wsnet_context *context, const char *path, char error[1024]) {
    const char *extension = CPLGetExtension(path);
    if (EQUAL(extension, "sli") || EQUAL(extension, "slb") || EQUAL(extension, "hdr"))
        return load_envi(context, path, error);
    return load_csv(context, path, error);
}
