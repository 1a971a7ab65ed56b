/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tiff_tags.h"

#include <cpl_port.h>
#include <cpl_vsi.h>
#include <string.h>

enum { TAG_FILL_ORDER = 266, TAG_PREDICTOR = 317, TYPE_SHORT = 3, MOST_TAGS = 4096 };

/* Both are 1 when they are left out; a value that does not fit the entry is not ours. */
static bool is_plain_entry(const unsigned char *entry, bool big) {
    uint16_t tag, type, value;
    memcpy(&tag, entry, sizeof tag);
    memcpy(&type, entry + 2, sizeof type);
    memcpy(&value, entry + (big ? 12 : 8), sizeof value);
    return (tag != TAG_FILL_ORDER && tag != TAG_PREDICTOR) || (type == TYPE_SHORT && value == 1);
}

static bool is_plain_directory(VSILFILE *file, uint64_t directory, bool big) {
    uint64_t n = 0; /* the low bytes come first */
    if (VSIFSeekL(file, directory, SEEK_SET) != 0 || VSIFReadL(&n, big ? 8 : 2, 1, file) != 1 || n > MOST_TAGS)
        return false;
    for (uint64_t i = 0; i < n; i++) {
        unsigned char entry[20];
        if (VSIFReadL(entry, big ? 20 : 12, 1, file) != 1 || !is_plain_entry(entry, big)) return false;
    }
    return true;
}

bool tiff_is_plain(const char *path, uint64_t directory) {
    VSILFILE *file = CPL_IS_LSB ? VSIFOpenL(path, "rb") : NULL;
    if (!file) return false;
    char begin[4] = "";
    const bool good = VSIFReadL(begin, sizeof begin, 1, file) == 1 && memcmp(begin, "II", 2) == 0 &&
                      is_plain_directory(file, directory, begin[2] == 43);
    VSIFCloseL(file);
    return good;
}
