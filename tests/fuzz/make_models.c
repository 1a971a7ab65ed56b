/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes whole models into a folder, for fuzzing to start from: they follow the weight table as it is today. */
#include "testing.h"

#include "made_model.h"

static int write_file(const char *folder, const char *name, const unsigned char *bytes, size_t n_bytes) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) return 1;
    const bool good = fwrite(bytes, 1, n_bytes, file) == n_bytes;
    return fclose(file) != 0 || !good;
}

/* The container as it is, and as the fuzzer's form: header, line end, data. */
static int write_model(wsnet_context *context, const char *folder, const char *name, size_t n_bands, size_t n_members) {
    char other_name[64];
    void *bytes;
    size_t n_bytes;
    wsnet_model *model = make_model(context, n_bands, 2, n_members);
    if (!model || wsnet_model_save(context, model, &bytes, &n_bytes)) return 1;
    wsnet_model_destroy(model);
    unsigned char *container = bytes;
    const size_t n_header = container[0] | (size_t)container[1] << 8;
    int failed = write_file(folder, name, container, n_bytes);
    memmove(container, container + 8, n_header);
    container[n_header] = '\n';
    memmove(container + n_header + 1, container + n_header + 8, n_bytes - n_header - 8);
    snprintf(other_name, sizeof other_name, "%s.header", name);
    failed += write_file(folder, other_name, container, n_bytes - 7);
    wsnet_release(context, bytes);
    return failed;
}

int main(int n_arguments, char **arguments) {
    if (n_arguments != 2) return 2;
    wsnet_context *context = wsnet_context_create(NULL);
    const int failed =
        write_model(context, arguments[1], "one.wsn", 3, 1) + write_model(context, arguments[1], "ensemble.wsn", 9, 2);
    if (failed) fprintf(stderr, "%s\n", wsnet_context_error(context));
    wsnet_context_destroy(context);
    return failed != 0;
}
