/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every layer's output and gradients, in double precision, against PyTorch and against central differences. */
#define WSNET_REAL_DOUBLE
#define WSNET_KERNEL_SUFFIX _double
#include "golden.h"
#include "layers.h"

/* Sizes of the golden layers. */
enum { T = 7, D = 6, S = 8, R = 2, H = 2, P = 5, OUT = 10, ROW_P = R + 2 * S };
static const network_dims sizes = {
    .B = 24, .P = P, .levels = 3, .Q = 8, .T = T, .D = D, .S = S, .R = R, .K = 3, .H = H, .J = 1};

/* What the output depends on: plain numbers (n of them) or an array of a block ([n,LANES]). */
typedef struct argument {
    const char *name;
    size_t count;
    real *values, *gradient;
} argument;

enum { MOST_ARGUMENTS = 5, MOST_EXTRAS = 7 };
typedef struct layer {
    const char *name;
    size_t n_arguments, n_y;
    argument arguments[MOST_ARGUMENTS];
    real *y, *dy;
    real *extra[MOST_EXTRAS]; /* kept by forward, or scratch */
    void (*forward)(struct layer *);
    void (*backward)(struct layer *); /* may overwrite dy */
} layer;

static layer layer_create(const char *name, size_t n_y, void (*forward)(layer *), void (*backward)(layer *)) {
    layer made = {.name = name, .n_y = n_y * LANES, .forward = forward, .backward = backward};
    made.y = made_zeros(made.n_y);
    made.dy = made_zeros(made.n_y);
    for (size_t i = 0; i < MOST_EXTRAS; i++) made.extra[i] = made_values(50, (size_t)T * T * H * LANES * 2, 0, 1);
    return made;
}
static void take(layer *l, const char *name, size_t count, uint32_t seed, double centre, double scale) {
    l->arguments[l->n_arguments++] =
        (argument){name, count, made_values(seed, count, centre, scale), made_zeros(count)};
}
static void take_block(layer *l, const char *name, size_t n, uint32_t seed) { take(l, name, n * LANES, seed, 0, 1); }

static void layer_destroy(layer *l) {
    for (size_t i = 0; i < l->n_arguments; i++) {
        free(l->arguments[i].values);
        free(l->arguments[i].gradient);
    }
    for (size_t i = 0; i < MOST_EXTRAS; i++) free(l->extra[i]);
    free(l->y);
    free(l->dy);
}

static real *value(layer *l, size_t i) { return l->arguments[i].values; }
static real *gradient(layer *l, size_t i) { return l->arguments[i].gradient; }

/* ---- the layers ---- */

static const dense_shape dense_sizes = {T, D, OUT, D, OUT};
static void dense_f(layer *l) { dense_forward(dense_sizes, value(l, 0), value(l, 1), value(l, 2), l->y); }
static void dense_b(layer *l) {
    dense_backward_weights(dense_sizes, value(l, 2), l->dy, gradient(l, 0), gradient(l, 1));
    dense_backward_input(dense_sizes, value(l, 0), l->dy, false, gradient(l, 2));
}
static layer make_dense(void) {
    layer l = layer_create("dense", T * OUT, dense_f, dense_b);
    take(&l, "w", OUT * D, 2, 0, 0.5);
    take(&l, "b", OUT, 3, 0, 0.5);
    take_block(&l, "x", T * D, 1);
    return l;
}

static void prelu_f(layer *l) {
    memcpy(l->extra[0], value(l, 2), T * D * LANES * sizeof(real));
    prelu_forward(T, D, value(l, 0), value(l, 1), l->extra[0], l->y);
}
static void prelu_b(layer *l) {
    prelu_backward(T, D, value(l, 0), l->extra[0], l->dy, gradient(l, 2), gradient(l, 0), gradient(l, 1));
}
static layer make_prelu(void) {
    layer l = layer_create("prelu", T * D, prelu_f, prelu_b);
    take(&l, "slope", D, 2, 0.25, 0.5);
    take(&l, "offset", T * D, 3, 0, 0.5);
    take_block(&l, "x", T * D, 1);
    return l;
}

static void norm_f(layer *l) { norm_forward(T, D, value(l, 0), value(l, 1), value(l, 2), l->y, l->extra[0]); }
static void norm_b(layer *l) {
    norm_backward(T, D, value(l, 0), value(l, 2), l->extra[0], l->dy, gradient(l, 2), gradient(l, 0), gradient(l, 1));
}
static layer make_norm(void) {
    layer l = layer_create("norm", T * D, norm_f, norm_b);
    take(&l, "gain", D, 2, 1, 0.5);
    take(&l, "bias", D, 3, 0, 0.5);
    take_block(&l, "x", T * D, 1);
    return l;
}

static void conv_f(layer *l) { conv_forward(&sizes, value(l, 0), value(l, 1), value(l, 2), D, l->extra[0], l->y); }
static void conv_b(layer *l) {
    conv_backward(&sizes, value(l, 0), value(l, 2), D, l->extra[0], l->dy, gradient(l, 2), gradient(l, 0),
                  gradient(l, 1));
}
static layer make_conv(void) {
    layer l = layer_create("conv", T * D, conv_f, conv_b);
    take(&l, "w", D * 3, 2, 0, 0.5);
    take(&l, "b", D, 3, 0, 0.5);
    take_block(&l, "x", T * D, 1);
    return l;
}

/* The rates and the scan together. extra: rate, delta, decay, ddelta, dlog, states */
static scan_inputs scan_values(layer *l) {
    return (scan_inputs){value(l, 2), l->extra[1], l->extra[2], value(l, 4), value(l, 1)};
}
static void scan_f(layer *l) {
    const scan_inputs inputs = scan_values(l);
    rates_forward(&sizes, value(l, 0), value(l, 3), l->extra[0], l->extra[1], l->extra[2]);
    scan_forward(&sizes, &inputs, l->y);
}
static void scan_b(layer *l) {
    const scan_inputs inputs = scan_values(l);
    const scan_grads grads = {gradient(l, 2), l->extra[3], l->extra[4], gradient(l, 4), gradient(l, 1)};
    scan_backward(&sizes, &inputs, l->extra[5], l->dy, &grads);
    rates_backward(&sizes, l->extra[0], value(l, 3), l->extra[1], l->extra[3], l->extra[4], gradient(l, 3),
                   gradient(l, 0));
}
static layer make_scan(void) {
    layer l = layer_create("scan", T * D, scan_f, scan_b);
    take(&l, "alpha", D, 4, 0, 0.5);
    take(&l, "skip", D, 5, 1, 0.5);
    take_block(&l, "v", T * D, 1);
    take_block(&l, "raw", T * D, 2);
    take_block(&l, "p", T * ROW_P, 3);
    return l;
}

static void swish_f(layer *l) { swish_forward(T, D, value(l, 0), value(l, 1), D, l->y); }
static void swish_b(layer *l) {
    swish_backward(T, D, value(l, 0), value(l, 1), D, l->dy, gradient(l, 0), gradient(l, 1));
}
static layer make_swish(void) {
    layer l = layer_create("swish", T * D, swish_f, swish_b);
    take_block(&l, "a", T * D, 1);
    take_block(&l, "b", T * D, 2);
    return l;
}

/* extra: unit vectors, inverse lengths, shares, scratch */
static void attention_f(layer *l) {
    memcpy(l->extra[0], value(l, 1), (size_t)T * 3 * D * LANES * sizeof(real));
    attention_forward(&sizes, value(l, 0)[0], l->extra[0], l->extra[1], true, l->extra[2], l->y);
}
static void attention_b(layer *l) {
    attention_backward(&sizes, value(l, 0)[0], l->extra[0], l->extra[1], l->extra[2], l->extra[3], l->dy,
                       gradient(l, 1), gradient(l, 0));
}
static layer make_attention(void) {
    layer l = layer_create("attention", T * D, attention_f, attention_b);
    take(&l, "tau", 1, 2, 0, 0.5);
    take_block(&l, "qkv", T * 3 * D, 1);
    return l;
}

static void fuse_f(layer *l) { fuse_forward(T, D, 0.7, value(l, 0), value(l, 1), value(l, 2), l->extra[0], l->y); }
static void fuse_b(layer *l) {
    memcpy(gradient(l, 0), l->dy, l->n_y * sizeof(real)); /* f = h + ... */
    fuse_backward(T, D, value(l, 1), l->extra[0], l->dy, gradient(l, 1), gradient(l, 2));
}
static layer make_fuse(void) {
    layer l = layer_create("fuse", T * D, fuse_f, fuse_b);
    take_block(&l, "h", T * D, 1);
    take_block(&l, "mw", T * 2 * D, 2);
    take_block(&l, "logit", T * D, 3);
    return l;
}

static void simplex_f(layer *l) {
    for (size_t i = 0; i < P * LANES; i++) l->extra[0][i] = pattern(1, i);
    simplex_forward(P, l->extra[0], value(l, 0), l->y);
}
static void simplex_b(layer *l) { simplex_backward(P, l->y, l->dy, gradient(l, 0)); }
static layer make_simplex(void) {
    layer l = layer_create("simplex", P, simplex_f, simplex_b);
    take_block(&l, "shift", P, 2);
    return l;
}

static void widths_f(layer *l) { widths_forward(P, value(l, 0), l->y, l->y + P * LANES); }
static void widths_b(layer *l) { widths_backward(P, value(l, 0), l->dy, l->dy + P * LANES, gradient(l, 0)); }
static layer make_widths(void) {
    layer l = layer_create("widths", (size_t)2 * P, widths_f, widths_b);
    take_block(&l, "raw", (size_t)2 * P, 1);
    return l;
}

static layer (*const makers[])(void) = {make_dense, make_prelu, make_norm,    make_conv,   make_scan,
                                        make_swish, make_fuse,  make_simplex, make_widths, make_attention};
enum { N_LAYERS = sizeof makers / sizeof *makers };

/* ---- checks ---- */

static void upstream(layer *l) {
    for (size_t i = 0; i < l->n_y; i++) l->dy[i] = pattern(99, i);
}

/* The golden numbers are stored in single precision. */
static void test_golden(void **state) {
    (void)state;
    golden_file golden = golden_open("layers.bin");
    for (size_t k = 0; k < N_LAYERS; k++) {
        layer l = makers[k]();
        char name[64];
        l.forward(&l);
        snprintf(name, sizeof name, "%s.y", l.name);
        golden_check(&golden, name, l.n_y, l.y, 2e-7);
        upstream(&l);
        l.backward(&l);
        for (size_t i = 0; i < l.n_arguments; i++) {
            snprintf(name, sizeof name, "%s.d%s", l.name, l.arguments[i].name);
            golden_check(&golden, name, l.arguments[i].count, l.arguments[i].gradient, 2e-7);
        }
        layer_destroy(&l);
    }
    golden_close(&golden);
}

static double loss_of(layer *l) {
    double loss = 0;
    l->forward(l);
    for (size_t i = 0; i < l->n_y; i++) loss += l->y[i] * pattern(99, i);
    return loss;
}

static void check_differences(layer *l, const argument *a) {
    const double h = 1e-6;
    for (size_t i = 0; i<a->count; i += a->count> 100 ? 11 : 1) {
        const real before = a->values[i];
        a->values[i] = before + h;
        const double above = loss_of(l);
        a->values[i] = before - h;
        const double below = loss_of(l);
        a->values[i] = before;
        const double expected = (above - below) / (2 * h);
        if (fabs(a->gradient[i] - expected) > 1e-6 * fmax(1, fabs(expected)))
            fail_msg("%s: d%s[%zu] is %.12g, differences say %.12g", l->name, a->name, i, a->gradient[i], expected);
    }
}

static void test_central_differences(void **state) {
    (void)state;
    for (size_t k = 0; k < N_LAYERS; k++) {
        layer l = makers[k]();
        l.forward(&l);
        upstream(&l);
        l.backward(&l);
        for (size_t i = 0; i < l.n_arguments; i++) check_differences(&l, &l.arguments[i]);
        layer_destroy(&l);
    }
}

/* Gradients of weights are added to what is there. */
static void test_weight_gradients_add(void **state) {
    (void)state;
    for (size_t k = 0; k < N_LAYERS; k++) {
        layer once = makers[k](), twice = makers[k]();
        for (int round = 0; round < 2; round++) {
            twice.forward(&twice);
            upstream(&twice);
            twice.backward(&twice);
        }
        once.forward(&once);
        upstream(&once);
        once.backward(&once);
        for (size_t i = 0; i < once.n_arguments; i++) {
            const argument *a = &once.arguments[i];
            for (size_t j = 0; a->count % LANES && j < a->count; j++) /* only arrays of blocks are whole lanes */
                assert_true(fabs(twice.arguments[i].gradient[j] - 2 * a->gradient[j]) <= 1e-12 * fabs(a->gradient[j]));
        }
        layer_destroy(&once);
        layer_destroy(&twice);
    }
}

/* One token's weights by outer product are those of the general product. */
static void test_outer_product(void **state) {
    (void)state;
    enum { IN = 43, ROWS = 9 };
    real *x = made_block(1, IN), *dy = made_block(2, ROWS), *transposed = made_zeros(IN * LANES);
    real *general = made_values(3, IN * ROWS, 0, 1), *outer = made_values(3, IN * ROWS, 0, 1);
    real *bias_general = made_zeros(ROWS), *bias_outer = made_zeros(ROWS);
    dense_backward_weights((dense_shape){1, IN, ROWS, IN, ROWS}, x, dy, general, bias_general);
    outer_backward_weights(IN, ROWS, x, dy, transposed, outer, bias_outer);
    for (size_t i = 0; i < IN * ROWS; i++) assert_true(fabs(general[i] - outer[i]) < 1e-12);
    for (size_t o = 0; o < ROWS; o++) assert_true(fabs(bias_general[o] - bias_outer[o]) < 1e-12);
    void *const all[] = {x, dy, transposed, general, outer, bias_general, bias_outer};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_central_differences),
        cmocka_unit_test(test_weight_gradients_add),
        cmocka_unit_test(test_outer_product),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
