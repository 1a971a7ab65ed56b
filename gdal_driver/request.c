/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "request.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdlib.h>
#include <string.h>

#include "sentence.h"

static bool parse_band(request *asked, const char *value, char error[1024]) {
    char *end;
    asked->band = strtol(value, &end, 10);
    if (end != value && !*end && asked->band >= 1 && asked->band <= OUTPUT_MAX_BANDS) return true;
    return sentence(error, "the argument 'band' is not a band number");
}

static bool parse_one(request *asked, const char *name, const char *value, bool one_band, char error[1024]) {
    if (EQUAL(name, "model")) {
        asked->model = value;
    } else if (EQUAL(name, "band") && one_band) {
        return parse_band(asked, value, error);
    } else if (EQUAL(name, "bands")) {
        asked->bands = scene_parse_bands(value, error);
        return asked->bands != 0;
    } else if (EQUAL(name, "method")) {
        const int method = wsnet_method_from_name(value);
        if (method < 0) return sentence(error, "the argument 'method' is not wsnet, fcls, nnls or ucls");
        asked->method = (wsnet_method)method;
    } else if (knob_find(name)) {
        return knob_parse(knob_find(name), "the argument ", value, &asked->knobs, error);
    } else {
        return sentence(error, "there is no argument '%.40s'", name);
    }
    return true;
}

bool request_parse(request *asked, CSLConstList arguments, bool one_band, char error[1024]) {
    asked->method = WSNET_METHOD_WSNET;
    asked->bands = SCENE_DEFAULT_BANDS;
    for (int i = 0; arguments && arguments[i]; i++) {
        char *name = NULL;
        const char *value = CPLParseNameValue(arguments[i], &name);
        const bool good = name && value ? parse_one(asked, name, value, one_band, error)
                                        : sentence(error, "an argument is not of the form name=value");
        CPLFree(name);
        if (!good) return false;
    }
    if (!asked->model || !asked->model[0]) return sentence(error, "the argument 'model' is missing");
    if (one_band && asked->band < 1) return sentence(error, "the argument 'band' is missing");
    return true;
}

bool request_open(request *asked, size_t n_sources, char error[1024]) {
    asked->n_sources = n_sources;
    if (n_sources == 0) return sentence(error, "there are no source bands");
    asked->shared = model_acquire(asked->model, error);
    if (!asked->shared) return false;
    const wsnet_model *model = model_get(asked->shared);
    if (n_sources != wsnet_model_n_bands(model) && n_sources != wsnet_model_n_source_bands(model))
        return sentence(error, "there are %zu source bands; this model uses %zu", n_sources,
                        wsnet_model_n_bands(model));
    if (!output_plan_make(model, asked->method, asked->bands, &asked->plan, error)) return false;
    if ((size_t)asked->band > asked->plan.n_bands)
        return sentence(error, "band %ld is asked for; there are %zu", asked->band, asked->plan.n_bands);
    return true;
}

void request_close(request *asked) {
    model_release(asked->shared);
    asked->shared = NULL;
}

size_t request_source(const request *asked, size_t b) {
    const wsnet_model *model = model_get(asked->shared);
    return asked->n_sources == wsnet_model_n_bands(model) ? b : wsnet_model_band_index(model)[b];
}

unmixer *request_unmixer(const request *asked, char error[1024]) {
    return unmixer_create(model_get(asked->shared), &asked->plan, asked->method, &asked->knobs, unmixer_threads(NULL),
                          error);
}
