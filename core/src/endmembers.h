/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file endmembers.h  What the extraction methods share. A method is one file and one line in the table of
 *  endmembers.c. */
#ifndef WSNET_ENDMEMBERS_H
#define WSNET_ENDMEMBERS_H

#include "context.h"
#include "random.h"

/** The pixels a method works on: those of a scene with light in them, or an even sample of them. */
typedef struct extraction {
    wsnet_context *context;
    const wsnet_extract_options *options;
    size_t n_pixels, n_bands, n_endmembers;
    const float *pixels;    /**< [N,B] */
    const double *norms;    /**< [N] lengths of the pixels, all positive */
    double median_norm;     /**< of them */
    const double *moments;  /**< [B,B] mean of y y' */
    const double *noise_sd; /**< [B] by multiple regression, all positive */
} extraction;

typedef wsnet_status (*extraction_function)(const extraction *scene, float *spectra);

/** The methods. @param spectra [P,B] of any positive brightness */
wsnet_status extract_auto(const extraction *scene, float *spectra);
wsnet_status extract_archetypes(const extraction *scene, float *spectra);
wsnet_status extract_vca(const extraction *scene, float *spectra);
wsnet_status extract_nfindr(const extraction *scene, float *spectra);
wsnet_status extract_atgp(const extraction *scene, float *spectra);

/** A part of wsnet_endmembers_check(): fills what concerns residuals and negative abundances, and warns. */
wsnet_status endmembers_check_residuals(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                                        size_t n_endmembers, const float *endmembers, wsnet_endmember_check *check);

/* ---- archetypal analysis -------------------------------------------------------------------------------- */

/** How a pixel's brightness is divided out before the analysis. */
typedef enum archetype_view_kind {
    ARCHETYPES_SPHERE,      /**< by its length: robust, but mixtures bulge out of the hull of their endmembers */
    ARCHETYPES_PERSPECTIVE, /**< by its part along the mean direction: exact for mixtures, lets dark pixels roam */
} archetype_view_kind;

/** Pixels divided by their brightness, in their leading weighted principal directions. */
typedef struct archetype_view {
    size_t n_pixels, n_bands, n_endmembers, n_directions;
    const float *pixels; /**< [N,B] of the scene */
    double *factors;     /**< [N] one over the brightness; 0: the pixel is left out */
    double *weights;     /**< [N] */
    float *coordinates;  /**< [N,R] */
    float *transposed;   /**< [R,N] */
    double *basis;       /**< [R,B] */
    double lost;         /**< weighted residual outside the basis */
    double total;        /**< weighted sum of squares */
} archetype_view;

/** The weight of a pixel: its brightness to a power, at most 10 times the mean, less where noise dominates. */
typedef struct archetype_weights {
    double brightness_power;
    double variability; /**< relative error of a noise-free spectrum; 0: noise does not count */
} archetype_weights;

wsnet_status archetype_view_create(const extraction *scene, archetype_view_kind kind, const archetype_weights *how,
                                   archetype_view **made);
void archetype_view_destroy(wsnet_context *context, archetype_view *view);
size_t archetypes_scratch_size(const archetype_view *view);

enum { HULL_POINT_ATOMS = 32 };

/** An endmember as a convex combination of pixels. */
typedef struct hull_point {
    size_t n_atoms;
    size_t atoms[HULL_POINT_ATOMS];
    double weights[HULL_POINT_ATOMS];
} hull_point;

/** How often to sweep: until a sweep lowers the residual by less than the tolerance. */
typedef struct archetype_sweeps {
    size_t stride; /**< abundances are taken of every stride-th pixel */
    size_t least, most;
    double tolerance;
} archetype_sweeps;

/** The three steps of a run, callable from any thread: pixels far from each other; sweeps; spectra. @param points [P]  @param spectra [P,B] */
void archetypes_start(const archetype_view *view, bool weighted, uint64_t seed, uint64_t start, void *scratch,
                      hull_point *points);
/** @return the relative residual */
double archetypes_run(const archetype_view *view, const archetype_sweeps *how, void *scratch, hull_point *points);
void archetypes_spectra(const archetype_view *view, const hull_point *points, float *spectra);
/** Several starts on the context's threads, every other one weighted. @param spectra [n_starts,P,B]
 *  @param residuals [n_starts] */
wsnet_status archetypes_candidates(const extraction *scene, const archetype_weights *how, uint64_t seed,
                                   size_t n_starts, float *spectra, double *residuals);
/** @return the start of the lowest residual */
size_t archetypes_lowest(size_t n_starts, const double *residuals);

/* ---- judging and improving candidates ------------------------------------------------------------------- */

enum { MISFIT_TAIL = 10 };

/** Squared NNLS residual of pixels over what the noise and the materials' variability explain, per degree of freedom:
 *  1 where the endmembers explain a pixel. */
typedef struct misfit {
    double mean, tail;  /**< over all pixels, over the MISFIT_TAIL worst */
    double variability; /**< relative residual of a typical pixel beyond the noise */
} misfit;
/** @param spectra [n,B]  @param variability  relative error to be expected of a spectrum, 0: noise alone counts
 *  @param residuals [N,B] over what is expected, or NULL  @param per_pixel [N] or NULL */
wsnet_status extraction_misfit(const extraction *scene, size_t n_spectra, const float *spectra, double variability,
                               float *residuals, double *per_pixel, misfit *result);
/** Replaces archetypes by the mean of the pixels that are purest in them: all above 0.9, at least the top 2 %. */
wsnet_status extraction_purify(const extraction *scene, float *spectra);
/** Abundances of unit spectra divided by their sum. @param shares [N,P] */
wsnet_status extraction_shares(const extraction *scene, const float *spectra, float *shares);
/** Makes spectra non-negative and of unit length. @return whether every one has a length */
bool extraction_make_unit(const extraction *scene, float *spectra);
/** Appends the spectrum that the worst explained pixels share (residual-driven search).
 *  @param spectra [n_spectra + 1,B]  @param n_pixels how many agree; 0: none was found */
wsnet_status extraction_add_rare(const extraction *scene, size_t n_spectra, double variability, float *spectra,
                                 size_t *n_pixels);

/* ---- methods that pick pixels --------------------------------------------------------------------------- */

/** Pixels in P - 1 or P dimensions, as VCA sees them. */
typedef struct vca_view {
    size_t n_pixels, n_bands, n_endmembers, n_directions;
    bool projective;   /**< high signal-to-noise ratio: pixels are divided by their part along the mean */
    double snr_db;     /**< estimated */
    double *basis;     /**< [P,B] */
    double *mean;      /**< [B] added back to a low-ratio pixel; zeros otherwise */
    double *reduced;   /**< [N,P] coordinates */
    double *projected; /**< [N,P] points of the simplex's hyperplane */
} vca_view;

wsnet_status vca_view_create(const extraction *scene, vca_view **made);
void vca_view_destroy(wsnet_context *context, vca_view *view);
/** One run; callable from any thread. @param spectra [P,B] denoised pixels  @param picks [P] their indices */
void vca_run(const vca_view *view, uint64_t seed, uint64_t stream, float *spectra, size_t *picks);
/** Largest simplex of pixels, from the given picks on. */
void nfindr_run(const vca_view *view, size_t *picks, float *spectra);
/** @param picks [P] the pixels farthest from the span of the earlier ones */
wsnet_status atgp_picks(const extraction *scene, size_t *picks);

#endif
