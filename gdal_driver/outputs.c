/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outputs.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdio.h>

#include "sentence.h"

static const struct {
    output_kind kind;
    unsigned bit;       /**< the choice that it belongs to */
    const char *ending; /**< of the band's name, or the whole name */
    bool each_endmember;
    bool classical; /**< classical methods have it */
} kinds[OUTPUT_N_KINDS] = {
    {OUTPUT_ABUNDANCE, SCENE_ABUNDANCE, "", true, true},
    {OUTPUT_CONFIDENCE, SCENE_CONFIDENCE, " confidence", true, false},
    {OUTPUT_LOWER, SCENE_INTERVAL, " lower", true, false},
    {OUTPUT_UPPER, SCENE_INTERVAL, " upper", true, false},
    {OUTPUT_DETECTED, SCENE_DETECTED, " detected", true, false},
    {OUTPUT_FIT, SCENE_FIT, "fit", false, false},
    {OUTPUT_RMSE, SCENE_RMSE, "rmse", false, true},
};
static const char *const kind_words[OUTPUT_N_KINDS] = {"abundance", "confidence", "lower", "upper",
                                                       "detected",  "fit",        "rmse"};

static void add(output_plan *plan, output_kind kind, size_t endmember) {
    plan->band[plan->n_bands++] = (output_band){kind, endmember};
}

bool output_plan_make(const wsnet_model *model, wsnet_method method, unsigned bands, output_plan *plan,
                      char error[1024]) {
    const size_t n_endmembers = wsnet_model_n_endmembers(model);
    plan->n_bands = 0;
    for (unsigned bit = SCENE_ABUNDANCE; bit <= SCENE_RMSE; bit <<= 1) {
        if (!(bands & bit)) continue;
        /* lower and upper share a bit and alternate */
        for (size_t p = 0; p < n_endmembers; p++)
            for (int k = 0; k < OUTPUT_N_KINDS; k++)
                if (kinds[k].bit == bit && (kinds[k].classical || method == WSNET_METHOD_WSNET) &&
                    (kinds[k].each_endmember || p == 0))
                    add(plan, kinds[k].kind, p);
    }
    if (plan->n_bands == 0)
        return sentence(error, "the method %s gives abundance and rmse only", wsnet_method_name(method));
    return true;
}

void output_band_name(const wsnet_model *model, output_band band, char name[WSNET_MAX_NAME + 16]) {
    const char *endmember = kinds[band.kind].each_endmember ? wsnet_model_name(model, band.endmember) : "";
    snprintf(name, WSNET_MAX_NAME + 16, "%s%s", endmember, kinds[band.kind].ending);
}

char **output_band_metadata(const wsnet_model *model, wsnet_method method, output_band band) {
    char **list = CSLAddNameValue(NULL, "kind", kind_words[band.kind]);
    if (kinds[band.kind].each_endmember) {
        list = CSLAddNameValue(list, "endmember", wsnet_model_name(model, band.endmember));
        const float *lod = wsnet_model_lod(model);
        if (lod) list = CSLAddNameValue(list, "lod", CPLSPrintf("%.6g", (double)lod[band.endmember]));
    }
    if (method == WSNET_METHOD_WSNET)
        list = CSLAddNameValue(list, "coverage", CPLSPrintf("%.9g", wsnet_model_coverage(model)));
    return CSLAddNameValue(list, "model_sha256", wsnet_model_sha256(model));
}

char **output_metadata(const wsnet_model *model, wsnet_method method, const knobs *turned) {
    char **list = CSLAddNameValue(NULL, "wsnet_method", wsnet_method_name(method));
    list = CSLAddNameValue(list, "wsnet_mixing", wsnet_mixing_name(wsnet_model_mixing(model)));
    for (size_t i = 0; method == WSNET_METHOD_WSNET && i < N_KNOBS; i++)
        list = CSLAddNameValue(list, CPLSPrintf("wsnet_%s", knob_table[i].name),
                               CPLSPrintf("%.9g", knob_get(&knob_table[i], turned)));
    list = CSLAddNameValue(list, "wsnet_version", wsnet_version());
    return CSLAddNameValue(list, "wsnet_model_sha256", wsnet_model_sha256(model));
}
