/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "kernels/block.h"
#include "params.h"

/* Spectra as distributions: p = max(E, 1e-6) divided by its sum. */
typedef struct distributions {
    real *p, *log_p, *dp; /* [P,B] */
} distributions;

static void make_distributions(const network_dims *dims, const real *endmembers, const distributions *made) {
    for (size_t k = 0; k < dims->P; k++) {
        const size_t row = k * dims->B;
        double sum = 0;
        for (size_t b = 0; b < dims->B; b++) sum += fmax((double)endmembers[row + b], 1e-6);
        for (size_t b = 0; b < dims->B; b++) {
            const double p = fmax((double)endmembers[row + b], 1e-6) / sum;
            made->p[row + b] = (real)p;
            made->log_p[row + b] = (real)log(p);
            made->dp[row + b] = 0;
        }
    }
}

/* exp(-KL_sym(p_i, p_j)), KL_sym = sum (p_i - p_j)(log p_i - log p_j); adds scale times its gradient to dp. */
static double pair_similarity(const network_dims *dims, const distributions *all, size_t i, size_t j, double scale) {
    const real *p = all->p + i * dims->B, *log_p = all->log_p + i * dims->B;
    const real *q = all->p + j * dims->B, *log_q = all->log_p + j * dims->B;
    double divergence = 0;
    for (size_t b = 0; b < dims->B; b++) divergence += (double)((p[b] - q[b]) * (log_p[b] - log_q[b]));
    const double similarity = exp(-divergence), factor = -scale * similarity;
    for (size_t b = 0; b < dims->B; b++) {
        const double off = (double)(p[b] - q[b]), log_off = (double)(log_p[b] - log_q[b]);
        all->dp[i * dims->B + b] += (real)(factor * (log_off + off / (double)p[b]));
        all->dp[j * dims->B + b] -= (real)(factor * (log_off + off / (double)q[b]));
    }
    return similarity;
}

/* p = e / sum e, e = max(E, 1e-6): de = (dp - sum p dp) / sum e */
static void distributions_backward(const network_dims *dims, const real *endmembers, const distributions *all,
                                   real *gradient) {
    for (size_t k = 0; k < dims->P; k++) {
        const size_t row = k * dims->B;
        double sum = 0, along = 0;
        for (size_t b = 0; b < dims->B; b++) {
            sum += fmax((double)endmembers[row + b], 1e-6);
            along += (double)(all->p[row + b] * all->dp[row + b]);
        }
        for (size_t b = 0; b < dims->B; b++)
            if (endmembers[row + b] >= (real)1e-6)
                gradient[row + b] += (real)(((double)all->dp[row + b] - along) / sum);
    }
}

static double separability(const network_dims *dims, const real *endmembers, const bool *weak, double scale,
                           const distributions *all, real *gradient) {
    size_t n_weak = 0;
    for (size_t k = 0; k < dims->P; k++) n_weak += weak[k];
    if (n_weak == 0 || n_weak == dims->P) return 0;
    const double share = scale / (double)(n_weak * (dims->P - n_weak));
    double loss = 0;
    make_distributions(dims, endmembers, all);
    for (size_t i = 0; i < dims->P; i++)
        for (size_t j = 0; j < dims->P; j++)
            if (weak[i] && !weak[j]) loss += share * pair_similarity(dims, all, i, j, share);
    distributions_backward(dims, endmembers, all, gradient);
    return loss;
}

/* scale |E - E0|^2 / |E0|^2 */
static double anchor(size_t n, const real *endmembers, const real *start, double scale, real *gradient) {
    double length = 0, moved = 0;
    for (size_t i = 0; i < n; i++) {
        const double off = (double)(endmembers[i] - start[i]);
        length += (double)(start[i] * start[i]);
        moved += off * off;
    }
    if (length <= 0) return 0;
    for (size_t i = 0; i < n; i++) gradient[i] += (real)(2 * scale * (double)(endmembers[i] - start[i]) / length);
    return scale * moved / length;
}

double network_loss_endmembers(const network_dims *dims, const real *weights, const real *start, const bool *weak,
                               real scale_separability, real scale_anchor, void *scratch, real *gradient) {
    const size_t n = dims->P * dims->B;
    const real *endmembers = weights_point(dims, weights).endmembers;
    real *dendmembers = gradient_point(dims, gradient).endmembers;
    block made;
    block_arrange(dims, true, scratch, &made);
    const distributions all = {made.gradient.spectra, made.gradient.spectra + n, made.gradient.spectra + 2 * n};
    return separability(dims, endmembers, weak, (double)scale_separability, &all, dendmembers) +
           anchor(n, endmembers, start, (double)scale_anchor, dendmembers);
}
