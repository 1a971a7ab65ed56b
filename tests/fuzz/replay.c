/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a fuzzing target without libFuzzer: on every file of the folders given, and on damaged copies of each, always
 * the same ones. */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"
#include "random.h"

enum { N_ROUNDS = 400, MAX_PATH = 4096 };

static uint8_t *read_file(const char *path, size_t *n_bytes) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    uint8_t *bytes = size < 0 ? NULL : malloc((size_t)size + 1);
    *n_bytes = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
    fclose(file);
    return bytes;
}

/* Changes a few places: bits, bytes with a meaning, digits, pieces moved or taken out, the end cut off. */
static size_t damage(random_state *random, uint8_t *bytes, size_t n) {
    static const char meaningful[] = "\0\xff{}[]\",:;\n\r0-9.eE+#= ";
    for (size_t i = 1 + random_index(random, 4); i > 0 && n > 1; i--) {
        const size_t at = random_index(random, n), length = 1 + random_index(random, n - at);
        switch (random_index(random, 6)) {
        case 0:
            bytes[at] ^= (uint8_t)(1u << random_index(random, 8));
            break;
        case 1:
            bytes[at] = (uint8_t)meaningful[random_index(random, sizeof meaningful)];
            break;
        case 2:
            for (size_t j = at; j < n && j < at + 8; j++)
                if (bytes[j] >= '0' && bytes[j] <= '9') bytes[j] = (uint8_t)('0' + random_index(random, 10));
            break;
        case 3:
            memmove(bytes + random_index(random, n - length + 1), bytes + at, length);
            break;
        case 4: {
            const size_t cut = length < 16 ? length : 16;
            memmove(bytes + at, bytes + at + cut, n - at - cut);
            n -= cut;
            break;
        }
        default:
            n = random_index(random, 4) ? n : at;
            break;
        }
    }
    return n;
}

static void run_file(const char *path, size_t *n_runs) {
    size_t n_bytes;
    uint8_t *bytes = read_file(path, &n_bytes);
    MUST(bytes);
    LLVMFuzzerTestOneInput(bytes, n_bytes);
    ++*n_runs;
    for (uint64_t round = 0; round < N_ROUNDS; round++, ++*n_runs) {
        random_state random = random_create(round, n_bytes);
        uint8_t *copy = malloc(n_bytes + 1);
        MUST(copy);
        memcpy(copy, bytes, n_bytes);
        const size_t n = damage(&random, copy, n_bytes);
        uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees a read past the end */
        MUST(exact);
        memcpy(exact, copy, n);
        LLVMFuzzerTestOneInput(exact, n);
        free(exact);
        free(copy);
    }
    free(bytes);
}

int main(int n_arguments, char **arguments) {
    size_t n_runs = 0;
    for (int i = 1; i < n_arguments; i++) {
        DIR *folder = opendir(arguments[i]);
        MUST(folder);
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            char path[MAX_PATH];
            if (entry->d_name[0] == '.') continue;
            MUST(snprintf(path, sizeof path, "%s/%s", arguments[i], entry->d_name) < MAX_PATH);
            run_file(path, &n_runs);
        }
        closedir(folder);
    }
    printf("%zu inputs survived\n", n_runs);
    return n_runs ? 0 : 1;
}
