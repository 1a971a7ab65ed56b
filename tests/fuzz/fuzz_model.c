/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a model. An input that begins with '{' is a header without its length: up to the first line end the
 * JSON, then the data; so that changes to the header's text keep the frame. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "wsnet.h"

/* A pixel through the network: what the loader accepts must not lead the session astray. */
static void unmix_one(wsnet_context *context, const wsnet_model *model) {
    const size_t B = wsnet_model_n_bands(model), P = wsnet_model_n_endmembers(model);
    wsnet_session_options options;
    wsnet_session_options_init(&options);
    wsnet_session *session;
    if (B * P > 4096 || wsnet_session_create(context, model, &options, &session)) return;
    float *pixel = malloc(B * sizeof *pixel), *abundance = malloc(P * sizeof *abundance), fit;
    MUST(pixel && abundance);
    for (size_t b = 0; b < B; b++) pixel[b] = 0.1f + (float)b / (float)B;
    const wsnet_outputs outputs = {.abundance = abundance, .fit = &fit};
    wsnet_session_unmix(session, 1, pixel, NULL, &outputs);
    wsnet_session_destroy(session);
    free(pixel);
    free(abundance);
}

/* What was loaded can be saved, and that loads to the same bytes again. */
static void round_trip(wsnet_context *context, const wsnet_model *model) {
    void *first, *second;
    size_t n_first, n_second;
    wsnet_model *again;
    if (wsnet_model_save(context, model, &first, &n_first)) {
        MUST(strstr(wsnet_context_error(context), "too long")); /* written out, a header can outgrow its limit */
        return;
    }
    MUST(wsnet_model_load(context, first, n_first, &again) == WSNET_OK);
    MUST(wsnet_model_save(context, again, &second, &n_second) == WSNET_OK);
    MUST(n_first == n_second && memcmp(first, second, n_first) == 0);
    wsnet_model_destroy(again);
    wsnet_release(context, first);
    wsnet_release(context, second);
}

static void load(const uint8_t *bytes, size_t n_bytes) {
    wsnet_context *context = wsnet_context_create(NULL);
    wsnet_model *model = NULL;
    MUST(context);
    if (wsnet_model_load(context, bytes, n_bytes, &model) == WSNET_OK) {
        MUST(strlen(wsnet_model_sha256(model)) == 64);
        for (size_t k = 0; k < wsnet_model_n_endmembers(model); k++) MUST(wsnet_model_name(model, k)[0]);
        round_trip(context, model);
        unmix_one(context, model);
        wsnet_model_destroy(model);
    } else {
        MUST(!model && wsnet_context_error(context)[0]);
    }
    wsnet_context_destroy(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes) {
    if (n_bytes == 0 || bytes[0] != '{') {
        load(bytes, n_bytes);
        return 0;
    }
    const uint8_t *end = memchr(bytes, '\n', n_bytes);
    const size_t n_header = end ? (size_t)(end - bytes) : n_bytes, n_data = end ? n_bytes - n_header - 1 : 0;
    uint8_t *container = malloc(8 + n_header + n_data);
    MUST(container);
    for (size_t i = 0; i < 8; i++) container[i] = (uint8_t)((uint64_t)n_header >> (8 * i));
    memcpy(container + 8, bytes, n_header);
    if (n_data) memcpy(container + 8 + n_header, end + 1, n_data);
    load(container, 8 + n_header + n_data);
    free(container);
    return 0;
}
