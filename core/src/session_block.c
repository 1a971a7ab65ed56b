/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "session.h"

/** A worker's arrays; see carve(). */
typedef struct workspace {
    float *rows;          /* [LANES,B] */
    real *x, *residual;   /* [B,LANES] */
    real *u;              /* [P,LANES] */
    session_block answer; /* mean of the members */
    session_block member; /* one member's, where there are several */
    real *square;         /* [P,LANES] sum of the members' squared abundances */
    void *scratch;
} workspace;

static workspace carve(arena *block, const network_dims *dims, size_t n_directions, size_t scratch_size) {
    const size_t n_bands = dims->B, values = dims->P * LANES;
    workspace w;
    w.rows = arena_take(block, LANES * n_bands, sizeof(float));
    w.x = arena_take(block, n_bands * LANES, sizeof(real));
    w.residual = arena_take(block, n_bands * LANES, sizeof(real));
    w.u = arena_take(block, values, sizeof(real));
    session_block *answers[] = {&w.answer, &w.member};
    for (size_t i = 0; i < 2; i++) {
        answers[i]->abundance = arena_take(block, values, sizeof(real));
        answers[i]->lower = arena_take(block, values, sizeof(real));
        answers[i]->upper = arena_take(block, values, sizeof(real));
        answers[i]->angle = arena_take(block, LANES, sizeof(real));
        answers[i]->rmse = arena_take(block, LANES, sizeof(real));
    }
    w.answer.along = arena_take(block, n_directions * LANES, sizeof(real));
    w.square = arena_take(block, values, sizeof(real));
    w.scratch = arena_take(block, scratch_size, 1);
    return w;
}

static workspace carve_for(arena *block, const wsnet_session *session) {
    const wsnet_model *model = session->model;
    return carve(block, &model->dims, model->n_directions, session->kernels->scratch_size(&model->dims, false));
}

static workspace workspace_of(const wsnet_session *session, size_t worker) {
    arena block = {.base = session->workspace + worker * session->workspace_stride};
    return carve_for(&block, session);
}

wsnet_status session_reserve(wsnet_session *session) {
    const size_t n_workers = context_n_threads(session->context);
    if (session->workspace && n_workers <= session->n_workers) return WSNET_OK;
    arena block = {0};
    carve_for(&block, session);
    if (block.overflow)
        return context_fail(session->context, WSNET_E_MEMORY, "the model is too large for this machine");
    char *made = context_allocate(session->context, n_workers, block.used);
    if (!made) return WSNET_E_MEMORY;
    context_release(session->context, session->workspace);
    session->workspace = made;
    session->n_workers = n_workers;
    session->workspace_stride = block.used;
    return WSNET_OK;
}

float *session_rows(const wsnet_session *session, size_t worker) { return workspace_of(session, worker).rows; }

/* Adds a member's answer to the sums. */
static void add_member(size_t n, session_block member, session_block sum, real *square) {
    for (size_t i = 0; i < n; i++) {
        sum.abundance[i] += member.abundance[i];
        sum.lower[i] += member.lower[i];
        sum.upper[i] += member.upper[i];
        square[i] += member.abundance[i] * member.abundance[i];
    }
}

/* Sums to means; the members' spread widens the interval. */
static void average_members(size_t n, real n_members, session_block sum, const real *square) {
    for (size_t i = 0; i < n; i++) {
        sum.abundance[i] /= n_members;
        const real variance = square[i] / n_members - sum.abundance[i] * sum.abundance[i];
        const real spread = variance > 0 ? (real)sqrt((double)variance) : 0;
        sum.lower[i] = sum.lower[i] / n_members + spread;
        sum.upper[i] = sum.upper[i] / n_members + spread;
    }
}

static void run_members(const wsnet_session *session, const workspace *w) {
    const wsnet_model *model = session->model;
    const network_dims *dims = &model->dims;
    const network_constants constants = {model->pinv, model->without, (real)session->options.weak_bias};
    const size_t values = dims->P * LANES, n_members = model->n_members, n_weights = weights_count(dims);
    if (n_members == 1) {
        session->kernels->forward(dims, &constants, model->weights, w->x, w->u, w->scratch, false, w->answer.abundance,
                                  w->answer.lower, w->answer.upper);
        return;
    }
    memset(w->answer.abundance, 0, values * sizeof(real));
    memset(w->answer.lower, 0, values * sizeof(real));
    memset(w->answer.upper, 0, values * sizeof(real));
    memset(w->square, 0, values * sizeof(real));
    for (size_t m = 0; m < n_members; m++) {
        session->kernels->forward(dims, &constants, model->weights + m * n_weights, w->x, w->u, w->scratch, false,
                                  w->member.abundance, w->member.lower, w->member.upper);
        add_member(values, w->member, w->answer, w->square);
    }
    average_members(values, (real)n_members, w->answer, w->square);
}

/* Pixels of an adapted model's cube as the training cube's sensor would have measured them. */
static void correct(const wsnet_model *model, real *x) {
    for (size_t b = 0; b < model->dims.B; b++) {
        const real gain = model->gain[b], offset = model->offset[b];
        for (size_t lane = 0; lane < LANES; lane++) x[b * LANES + lane] = gain * x[b * LANES + lane] + offset;
    }
}

session_block session_run_block(const wsnet_session *session, size_t worker, const float *const *rows) {
    const wsnet_model *model = session->model;
    const network_dims *dims = &model->dims;
    const network_kernels *kernels = session->kernels;
    const wsnet_method method = session->options.method;
    workspace w = workspace_of(session, worker);
    kernels->turn(dims->B, rows, w.x);
    if (model->adapted) correct(model, w.x);
    if (method == WSNET_METHOD_WSNET) {
        least_squares_classical_block(session->prepared, model->mixing, w.x, w.u);
        run_members(session, &w);
    } else {
        least_squares_solve_block(session->prepared, method, w.x, w.answer.abundance);
    }
    kernels->judge(dims->B, dims->P, session->endmembers, method == WSNET_METHOD_WSNET, w.x, w.answer.abundance,
                   w.residual, w.answer.rmse, w.answer.angle);
    if (method == WSNET_METHOD_WSNET && model->n_directions > 0)
        kernels->along(dims->B, model->n_directions, model->direction, w.residual, w.answer.along);
    if (method == WSNET_METHOD_NNLS) least_squares_share_block(dims->P, w.answer.abundance);
    return w.answer;
}

static float clip(float value, float least, float most) { return value < least ? least : value > most ? most : value; }

session_interval session_interval_of(const wsnet_model *model, size_t endmember, float abundance, float lower_width,
                                     float upper_width) {
    const float below = model->conformal[endmember] * lower_width;
    const float above = model->conformal[model->dims.P + endmember] * upper_width;
    return (session_interval){clip(abundance - below, 0, abundance), clip(abundance + above, abundance, 1)};
}

float session_misfit_of(const wsnet_model *model, const session_block *block, size_t lane) {
    /* Residual and pixel are the opposite side and the hypotenuse of the angle. */
    const float rmse = block->rmse[lane], sine = sinf(block->angle[lane]);
    const float residual = rmse * rmse * (float)model->dims.B;
    if (!(residual > 0 && sine > 0)) return 0;
    const float pixel = residual / (sine * sine);
    float sum = residual / (model->misfit[0] + model->misfit[1] * pixel);
    for (size_t d = 0; d < model->n_directions; d++) {
        const float along = block->along[d * LANES + lane], *usual = model->along + 2 * d;
        sum += along * along / (usual[0] + usual[1] * pixel);
    }
    return sqrtf(sum);
}

float session_fit_of(const wsnet_model *model, float misfit) {
    /* Knots are falling misfits: the one at index i has survival (i + 0.5) / knots. */
    const float *fit = model->fit;
    size_t low = 0, high = MODEL_FIT_KNOTS;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (fit[middle] > misfit)
            low = middle + 1;
        else
            high = middle;
    }
    const float knot = 1.0f / MODEL_FIT_KNOTS;
    float share = 0.5f; /* outside the knots survival goes on falling, and ends at 1 for misfit zero */
    if (low == 0) return misfit > 0 ? clip(0.5f * knot * fit[0] / misfit, 1e-6f, 1) : 1;
    if (low == MODEL_FIT_KNOTS) {
        share = fit[low - 1] > 0 ? 1 - 0.5f * clip(misfit / fit[low - 1], 0, 1) : 0.5f;
    } else {
        const float gap = fit[low - 1] - fit[low];
        share = gap > 0 ? (fit[low - 1] - misfit) / gap : 0.5f;
    }
    const float base = low == MODEL_FIT_KNOTS ? (float)low - 1 : (float)low - 0.5f;
    return clip((base + share) * knot, 1e-6f, 1);
}
