/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abundance_prior.h"

#include <math.h>
#include <string.h>

#include "kernels/vector.h"

/* Shares that a weak injection draws from, log-uniformly. */
static const double WEAK_LEAST = 0.004, WEAK_MOST = 0.4;
enum { ROUNDS = 4, TILE = 256, N_NODES = 21 };
/* Candidates lie this far from each other at best, so nothing finer can be told. */
static const double RESOLUTION = 0.01;
/* Nodes for the logarithm of s, in standard deviations, evenly spaced: where they lie farther apart than a pixel tells s,
 * a few per cent, other mixtures have to explain the brightness between them. */
static const double NODE_REACH = 3;

static double node_at(size_t node) { return NODE_REACH * (2 * (double)node / (N_NODES - 1) - 1); }

/* A factor in common does not matter. */
static double log_weight(size_t node) { return -0.5 * node_at(node) * node_at(node); }

void prior_draw_any(random_state *random, size_t n_endmembers, double *a) {
    const double concentration = random_uniform(random) < 0.5 ? 0.3 : 1;
    const double likely = random_uniform(random);
    const size_t always = random_index(random, n_endmembers);
    double sum = 0;
    for (size_t k = 0; k < n_endmembers; k++) {
        const bool active = random_uniform(random) < likely || k == always;
        a[k] = active ? random_gamma(random, concentration) + 1e-12 : 0;
        sum += a[k];
    }
    for (size_t k = 0; k < n_endmembers; k++) a[k] /= sum;
}

void prior_inject_weak(random_state *random, size_t n_endmembers, double *a) {
    const size_t weak = random_index(random, n_endmembers);
    const double share = WEAK_LEAST * exp(random_uniform(random) * log(WEAK_MOST / WEAK_LEAST));
    const double others = 1 - a[weak];
    if (others <= 0.5) return;
    for (size_t k = 0; k < n_endmembers; k++) a[k] *= (1 - share) / others;
    a[weak] = share;
}

void prior_draw_scene(const abundance_prior *prior, random_state *random, double *a) {
    const float drawn = (float)random_uniform(random);
    size_t low = 0, high = PRIOR_CANDIDATES - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (prior->cumulative[middle] > drawn)
            high = middle;
        else
            low = middle + 1;
    }
    for (size_t k = 0; k < prior->n_endmembers; k++) a[k] = (double)prior->shares[low * prior->n_endmembers + k];
}

typedef struct prior_work {
    const prior_evidence *evidence;
    size_t n_endmembers;
    const float *shares;
    size_t stride;                /* n_pixels up to a whole tile */
    float *likelihood;            /* [PRIOR_CANDIDATES,stride] logarithms first, then relative to the pixel's largest */
    float *evident;               /* [n_pixels] of the pixel, under the present probabilities */
    double *weight;               /* [PRIOR_CANDIDATES] */
    struct tile_scratch *scratch; /* [workers], zero at first */
} prior_work;

/** The normal distribution of u for one candidate and one s. */
typedef struct normal {
    float mean[WSNET_MAX_ENDMEMBERS];
    float whiten[WSNET_MAX_ENDMEMBERS * WSNET_MAX_ENDMEMBERS]; /* inverse Cholesky factor, lower triangle */
    double log_scale;
} normal;

/* Cholesky factor L of a positive definite matrix, in its lower triangle, and then its inverse. */
static double invert_factor(size_t n, double *matrix) {
    double log_determinant = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = matrix[i * n + j];
            for (size_t c = 0; c < j; c++) sum -= matrix[i * n + c] * matrix[j * n + c];
            matrix[i * n + j] = i == j ? sqrt(fmax(sum, RESOLUTION * RESOLUTION)) : sum / matrix[j * n + j];
        }
        log_determinant += log(matrix[i * n + i]);
    }
    for (size_t i = 0; i < n; i++) {
        const double pivot = matrix[i * n + i];
        for (size_t j = 0; j < i; j++) {
            double sum = 0;
            for (size_t c = j; c < i; c++) sum += matrix[i * n + c] * matrix[c * n + j];
            matrix[i * n + j] = -sum / pivot;
        }
        matrix[i * n + i] = 1 / pivot;
    }
    return log_determinant;
}

static void describe_normal(const prior_work *work, const float *share, size_t node, normal *made) {
    const size_t n = work->n_endmembers;
    const double s = exp(work->evidence->illumination_sd * node_at(node));
    double covariance[WSNET_MAX_ENDMEMBERS * WSNET_MAX_ENDMEMBERS];
    memcpy(covariance, work->evidence->noise, n * n * sizeof *covariance);
    for (size_t k = 0; k < n; k++) {
        const double amount = s * (double)share[k];
        made->mean[k] = (float)amount;
        covariance[k * n + k] += RESOLUTION * RESOLUTION;
        if (amount <= 0) continue;
        const double *added = work->evidence->variability + k * n * n;
        for (size_t i = 0; i < n * n; i++) covariance[i] += amount * amount * added[i];
    }
    made->log_scale = log_weight(node) - invert_factor(n, covariance);
    for (size_t i = 0; i < n * n; i++) made->whiten[i] = (float)covariance[i];
}

/* Logarithms of the densities of a tile of pixels. @param u [P,TILE]  @param density [TILE] */
static void log_densities(size_t n_endmembers, const normal *known, const float *u, float *density) {
    for (size_t i = 0; i < TILE; i++) density[i] = (float)known->log_scale;
    for (size_t row = 0; row < n_endmembers; row++) {
        float z[TILE] = {0};
        for (size_t k = 0; k <= row; k++) {
            const float factor = known->whiten[row * n_endmembers + k], mean = known->mean[k];
            for (size_t i = 0; i < TILE; i++) z[i] += factor * (u[k * TILE + i] - mean);
        }
        for (size_t i = 0; i < TILE; i++) density[i] -= 0.5f * z[i] * z[i];
    }
}

static vec load(const float *from) { return *(const vec_unaligned *)from; }
static void store(float *to, vec value) { *(vec_unaligned *)to = value; }

/* Logarithms of the sums over nodes. @param density [N_NODES,TILE]  @param sums [TILE] */
static void sum_nodes(size_t n_nodes, const float *density, float *sums) {
    for (size_t i = 0; i < TILE; i += WIDTH) {
        vec highest = load(density + i), sum = vector_set(0);
        for (size_t node = 1; node < n_nodes; node++) highest = vector_max(highest, load(density + node * TILE + i));
        for (size_t node = 0; node < n_nodes; node++)
            sum += vector_exp_falling(load(density + node * TILE + i) - highest);
        store(sums + i, highest + vector_log(sum));
    }
}

/** One tile of pixels against every candidate. */
typedef struct tile_scratch {
    normal known[N_NODES];
    float u[WSNET_MAX_ENDMEMBERS * TILE], density[N_NODES * TILE];
} tile_scratch;

static void weigh_candidate(void *work_, size_t candidate, size_t worker) {
    const prior_work *work = work_;
    const size_t n_pixels = work->evidence->n_pixels, n_endmembers = work->n_endmembers;
    const size_t n_nodes = work->evidence->illumination_sd > 0 ? N_NODES : 1;
    tile_scratch *const t = work->scratch + worker;
    for (size_t node = 0; node < n_nodes; node++)
        describe_normal(work, work->shares + candidate * n_endmembers, node, &t->known[node]);
    for (size_t first = 0; first < n_pixels; first += TILE) {
        const size_t n = n_pixels - first < TILE ? n_pixels - first : TILE;
        for (size_t k = 0; k < n_endmembers; k++)
            memcpy(t->u + k * TILE, work->evidence->ucls + k * n_pixels + first, n * sizeof *t->u);
        for (size_t node = 0; node < n_nodes; node++)
            log_densities(n_endmembers, &t->known[node], t->u, t->density + node * TILE);
        sum_nodes(n_nodes, t->density, work->likelihood + candidate * work->stride + first);
    }
}

/* Relative to each pixel's most likely candidate, so that no pixel's likelihoods all vanish. */
static void scale_tile(void *work_, size_t tile, size_t worker) {
    (void)worker;
    const prior_work *work = work_;
    float *const likelihood = work->likelihood + tile * TILE;
    for (size_t i = 0; i < TILE; i += WIDTH) {
        vec highest = load(likelihood + i);
        for (size_t j = 1; j < PRIOR_CANDIDATES; j++)
            highest = vector_max(highest, load(likelihood + j * work->stride + i));
        for (size_t j = 0; j < PRIOR_CANDIDATES; j++) {
            float *at = likelihood + j * work->stride + i;
            store(at, vector_exp_falling(load(at) - highest));
        }
    }
}

static void sum_tile(void *work_, size_t tile, size_t worker) {
    (void)worker;
    const prior_work *work = work_;
    float *const evident = work->evident + tile * TILE;
    memset(evident, 0, TILE * sizeof *evident);
    for (size_t j = 0; j < PRIOR_CANDIDATES; j++) {
        const float weight = (float)work->weight[j], *row = work->likelihood + j * work->stride + tile * TILE;
        for (size_t i = 0; i < TILE; i++) evident[i] += weight * row[i];
    }
    for (size_t i = 0; i < TILE; i++) evident[i] = 1 / fmaxf(evident[i], 1e-30f);
}

/* Mean over the pixels of the candidate's probability given the pixel. */
static void update_weight(void *work_, size_t candidate, size_t worker) {
    (void)worker;
    prior_work *work = work_;
    const size_t n_pixels = work->evidence->n_pixels;
    const float *row = work->likelihood + candidate * work->stride;
    double sum = 0;
    for (size_t i = 0; i < n_pixels; i++) sum += (double)(row[i] * work->evident[i]);
    work->weight[candidate] *= sum / (double)n_pixels;
}

wsnet_status prior_learn(wsnet_context *context, const prior_evidence *evidence, abundance_prior *prior) {
    const size_t n_pixels = evidence->n_pixels, n_tiles = (n_pixels + TILE - 1) / TILE;
    double weight[PRIOR_CANDIDATES], sum = 0, total = 0;
    float evident[PRIOR_PIXELS];
    prior_work work = {.evidence = evidence,
                       .n_endmembers = prior->n_endmembers,
                       .shares = prior->shares,
                       .stride = n_tiles * TILE,
                       .evident = evident,
                       .weight = weight};
    work.scratch = context_allocate_zero(context, context_n_threads(context), sizeof *work.scratch);
    work.likelihood = context_allocate(context, PRIOR_CANDIDATES * work.stride, sizeof *work.likelihood);
    if (!work.likelihood || !work.scratch) {
        context_release(context, work.likelihood);
        context_release(context, work.scratch);
        return WSNET_E_MEMORY;
    }
    for (size_t j = 0; j < PRIOR_CANDIDATES; j++) weight[j] = 1.0 / PRIOR_CANDIDATES;
    parallel_for(context, PRIOR_CANDIDATES, weigh_candidate, &work);
    parallel_for(context, n_tiles, scale_tile, &work);
    for (int round = 0; round < ROUNDS; round++) {
        parallel_for(context, n_tiles, sum_tile, &work);
        parallel_for(context, PRIOR_CANDIDATES, update_weight, &work);
    }
    context_release(context, work.scratch);
    context_release(context, work.likelihood);
    for (size_t j = 0; j < PRIOR_CANDIDATES; j++) total += weight[j];
    for (size_t j = 0; j < PRIOR_CANDIDATES; j++) {
        sum += weight[j] / total;
        prior->cumulative[j] = (float)sum;
    }
    return WSNET_OK;
}
