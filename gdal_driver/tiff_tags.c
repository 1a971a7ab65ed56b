/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tiff_tags.h"

#include <cpl_port.h>
#include <cpl_vsi.h>
#include <string.h>

enum {
    TAG_PHOTOMETRIC = 262,
    TAG_FILL_ORDER = 266,
    TAG_STRIPS = 273,
    TAG_SAMPLES = 277,
    TAG_PREDICTOR = 317,
    TAG_TILES = 324,
    TYPE_SHORT = 3,
    MOST_RGB = 2, /* white is 0, black is 0, RGB */
    MOST_TAGS = 4096
};

typedef struct entry {
    uint16_t tag, type, value; /* the low bytes come first, of the count, too */
    uint64_t count;
} entry;

static bool read_entry(VSILFILE *file, bool big, entry *read) {
    unsigned char bytes[20];
    if (VSIFReadL(bytes, big ? 20 : 12, 1, file) != 1) return false;
    read->count = 0;
    memcpy(&read->tag, bytes, sizeof read->tag);
    memcpy(&read->type, bytes + 2, sizeof read->type);
    memcpy(&read->count, bytes + 4, big ? 8 : 4);
    memcpy(&read->value, bytes + (big ? 12 : 8), sizeof read->value);
    return true;
}

/* Values that are left out are 1; one that does not fit the entry is not ours. */
static bool is_plain_entry(const entry *at, tiff_expected expected) {
    switch (at->tag) {
    case TAG_FILL_ORDER:
    case TAG_PREDICTOR:
        return at->type == TYPE_SHORT && at->value == 1;
    case TAG_PHOTOMETRIC:
        return at->type == TYPE_SHORT && at->value <= MOST_RGB;
    case TAG_SAMPLES:
        return at->type == TYPE_SHORT && at->value == expected.n_bands;
    case TAG_STRIPS:
    case TAG_TILES:
        return at->count == expected.n_tiles;
    default:
        return true;
    }
}

static bool is_plain_directory(VSILFILE *file, uint64_t directory, bool big, tiff_expected expected) {
    uint64_t n = 0; /* the low bytes come first */
    if (VSIFSeekL(file, directory, SEEK_SET) != 0 || VSIFReadL(&n, big ? 8 : 2, 1, file) != 1 || n > MOST_TAGS)
        return false;
    for (uint64_t i = 0; i < n; i++) {
        entry at;
        if (!read_entry(file, big, &at) || !is_plain_entry(&at, expected)) return false;
    }
    return true;
}

bool tiff_is_plain(const char *path, uint64_t directory, tiff_expected expected) {
    VSILFILE *file = CPL_IS_LSB ? VSIFOpenL(path, "rb") : NULL;
    if (!file) return false;
    char begin[4] = "";
    const bool good = VSIFReadL(begin, sizeof begin, 1, file) == 1 && memcmp(begin, "II", 2) == 0 &&
                      is_plain_directory(file, directory, begin[2] == 43, expected);
    VSIFCloseL(file);
    return good;
}
