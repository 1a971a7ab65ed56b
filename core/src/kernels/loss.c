/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/block.h"
#include "kernels/vector.h"
#include "layers.h"
#include "params.h"

/* Ones in the lanes that count. */
static void used_lanes(size_t n_used, real *used) {
    for (size_t l = 0; l < LANES; l++) used[l] = l < n_used;
}

/* Pinball loss (Koenker and Bassett 1978) of error = y - q: max(level error, (level-1) error). @return its slope in error */
INLINE vec pinball(vec error, real level, vec *loss) {
    const vec slope = vector_select(error > vector_set(0), vector_set(level), vector_set(level - 1));
    *loss += slope * error;
    return slope;
}

void network_loss_simulated(const network_dims *dims, const network_loss_options *options, size_t n_used,
                            const real *truth, const real *a, const real *lower, const real *upper, real *da,
                            real *dlower, real *dupper, network_losses *losses) {
    _Alignas(64) real used[LANES];
    used_lanes(n_used, used);
    const real level_low = ((real)1 - options->coverage) / 2, level_high = ((real)1 + options->coverage) / 2;
    const vec zero = vector_set(0);
    for (size_t p = 0; p < dims->P; p++) {
        const real weight = options->endmember_weight ? options->endmember_weight[p] : 1;
        vec squares = zero, pinballs = zero;
        for (size_t v = 0; v < COLUMNS; v++) {
            const size_t i = p * COLUMNS + v;
            const vec_mask counts = ((const vec *)used)[v] > zero;
            const vec error = vector_select(counts, ((const vec *)a)[i] - ((const vec *)truth)[i], zero);
            squares += error * error;
            ((vec *)da)[i] = error * (2 * weight * options->scale_abundance);
            /* The quantiles are a - lower and a + upper, with a held fixed. */
            vec loss = zero;
            const vec low = pinball(((const vec *)lower)[i] - error, level_low, &loss);
            const vec high = pinball(-((const vec *)upper)[i] - error, level_high, &loss);
            const real scale = weight * options->scale_pinball;
            pinballs += vector_select(counts, loss, zero);
            ((vec *)dlower)[i] = vector_select(counts, low * scale, zero);
            ((vec *)dupper)[i] = vector_select(counts, high * -scale, zero);
        }
        losses->abundance += (double)(weight * vector_sum(squares));
        losses->pinball += (double)(weight * vector_sum(pinballs));
    }
}

/* mixture[b] = sum_p a_p max(E_pb, 0) */
static void mix(const network_dims *dims, const real *endmembers, const real *a, real *mixture) {
    for (size_t b = 0; b < dims->B; b++) {
        for (size_t v = 0; v < COLUMNS; v++) {
            vec sum = vector_set(0);
            for (size_t p = 0; p < dims->P; p++) {
                const real e = endmembers[p * dims->B + b];
                sum += (e > 0 ? e : 0) * ((const vec *)a)[p * COLUMNS + v];
            }
            ((vec *)mixture)[b * COLUMNS + v] = sum;
        }
    }
}

/* Replaces the mixture by the gradient of scale (1 - cos(mixture, x)). @return 1 - cos */
static vec cosine_backward(size_t n_bands, const real *band_weight, vec scale, const vec *x, vec *mixture) {
    const vec least = vector_set((real)1e-8);
    vec xx = vector_set(0), mm = xx, xm = xx;
    for (size_t b = 0; b < n_bands; b++) {
        const vec value = x[b * COLUMNS] * (band_weight ? band_weight[b] : 1), m = mixture[b * COLUMNS];
        xx += value * x[b * COLUMNS];
        xm += value * m;
        mm += m * m * (band_weight ? band_weight[b] : 1);
    }
    const vec inverse_x = (real)1 / vector_max(vector_sqrt(xx), least);
    const vec inverse_m = (real)1 / vector_max(vector_sqrt(mm), least);
    const vec cosine = xm * inverse_x * inverse_m;
    /* d(1 - cos)/dm = -x / (|x| |m|) + cos m / |m|^2 */
    const vec along_x = scale * inverse_x * inverse_m, along_m = scale * cosine * inverse_m * inverse_m;
    for (size_t b = 0; b < n_bands; b++)
        mixture[b * COLUMNS] =
            (along_m * mixture[b * COLUMNS] - along_x * x[b * COLUMNS]) * (band_weight ? band_weight[b] : 1);
    return (real)1 - cosine;
}

/* mixture = a max(E, 0): the slope of max is 1 at 0, so that a band can leave it again. */
static void mix_backward(const network_dims *dims, const real *endmembers, const real *a, const real *dmixture,
                         real *da, real *gradient) {
    for (size_t p = 0; p < dims->P; p++) {
        const real *E = endmembers + p * dims->B;
        vec sum[COLUMNS] = {{0}};
        for (size_t b = 0; b < dims->B; b++) {
            vec slope = vector_set(0);
            for (size_t v = 0; v < COLUMNS; v++) {
                const vec d = ((const vec *)dmixture)[b * COLUMNS + v];
                sum[v] += (E[b] > 0 ? E[b] : 0) * d;
                slope += ((const vec *)a)[p * COLUMNS + v] * d;
            }
            if (E[b] >= 0) gradient[p * dims->B + b] += vector_sum(slope);
        }
        for (size_t v = 0; v < COLUMNS; v++) ((vec *)da)[p * COLUMNS + v] = sum[v];
    }
}

void network_loss_real(const network_dims *dims, const network_loss_options *options, size_t n_used,
                       const real *weights, const real *x, const real *a, void *scratch, real *da, real *gradient,
                       network_losses *losses) {
    const real *endmembers = weights_point(dims, weights).endmembers;
    block made;
    block_arrange(dims, true, scratch, &made);
    real *mixture = made.gradient.mixture;
    _Alignas(64) real used[LANES];
    used_lanes(n_used, used);
    mix(dims, endmembers, a, mixture);
    for (size_t v = 0; v < COLUMNS; v++) {
        const vec counts = ((const vec *)used)[v];
        const vec loss = cosine_backward(dims->B, options->band_weight, counts * options->scale_real,
                                         (const vec *)x + v, (vec *)mixture + v);
        losses->real += (double)vector_sum(counts * loss);
    }
    mix_backward(dims, endmembers, a, mixture, da, gradient_point(dims, gradient).endmembers);
}
