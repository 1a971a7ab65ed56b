/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file wsnet.h
 *  WS-Net: hyperspectral unmixing that keeps weak materials.
 *
 *  Numbers in, numbers out: no files, no printing, no process-global state. Arrays are row-major, pixels
 *  first: `pixels[N,B]` is N spectra of B bands. The caller allocates arrays; outputs are untouched on failure.
 *  One context, session or trainer per thread; a model is immutable and shared by any number of threads.
 */
#ifndef WSNET_H
#define WSNET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(WSNET_STATIC)
#define WSNET_API
#elif defined(__GNUC__)
#define WSNET_API __attribute__((visibility("default")))
#else
#define WSNET_API
#endif

/* ---- status, context ------------------------------------------------------------------------------------ */

typedef enum wsnet_status {
    WSNET_OK = 0,
    WSNET_E_ARGUMENT,  /**< a value outside its range */
    WSNET_E_SHAPE,     /**< sizes that do not fit together */
    WSNET_E_MEMORY,    /**< an allocation failed, or would exceed a limit */
    WSNET_E_IO,        /**< bytes could not be read or written */
    WSNET_E_FORMAT,    /**< bytes that are not what they should be */
    WSNET_E_NUMERIC,   /**< a computation has no usable answer (singular, not finite) */
    WSNET_E_CANCELLED, /**< the progress callback asked to stop */
} wsnet_status;

typedef enum wsnet_log_level { WSNET_LOG_DEBUG, WSNET_LOG_INFO, WSNET_LOG_WARNING } wsnet_log_level;

/** Receives one sentence, without a line end. May be called from the calling thread only. */
typedef void (*wsnet_log_function)(wsnet_log_level level, const char *message, void *user);

/** Receives the fraction done (0..1) and what is being done; returns 0 to cancel. Calling thread only. */
typedef int (*wsnet_progress_function)(double fraction, const char *stage, void *user);

/** Where every allocation comes from. allocate() returns memory aligned to 64 bytes, or NULL. */
typedef struct wsnet_allocator {
    void *(*allocate)(size_t size, void *user);
    void (*release)(void *memory, void *user);
    void *user;
} wsnet_allocator;

typedef struct wsnet_context wsnet_context;

/** @return "major.minor.patch" of the library. */
WSNET_API const char *wsnet_version(void);

/** @return a new context (one thread), or NULL when memory is out. @param allocator NULL for the C library's. */
WSNET_API wsnet_context *wsnet_context_create(const wsnet_allocator *allocator);
WSNET_API void wsnet_context_destroy(wsnet_context *context);
/** @return the sentence that explains the last failure, "" when there was none. Owned by the context. */
WSNET_API const char *wsnet_context_error(const wsnet_context *context);
WSNET_API void wsnet_context_set_log(wsnet_context *context, wsnet_log_function log, void *user);
WSNET_API void wsnet_context_set_progress(wsnet_context *context, wsnet_progress_function progress, void *user);
/** @param n_threads 1..256 threads that calls on this context may use; the answers do not depend on it. */
WSNET_API wsnet_status wsnet_context_set_threads(wsnet_context *context, size_t n_threads);
/** Releases arrays that the library allocated for the caller (documented where it does). NULL is fine. */
WSNET_API void wsnet_release(wsnet_context *context, void *memory);

/** @return the SHA-256 (FIPS 180-4) of n_bytes as 64 lower-case hexadecimal digits and a NUL in digest. */
WSNET_API void wsnet_sha256(const void *bytes, size_t n_bytes, char digest[65]);

/** SHA-256 in pieces, for cubes that are read block by block. */
typedef struct wsnet_sha256_state {
    uint32_t hash[8];
    uint64_t n_bytes;
    uint8_t block[64];
} wsnet_sha256_state;
WSNET_API void wsnet_sha256_begin(wsnet_sha256_state *state);
WSNET_API void wsnet_sha256_add(wsnet_sha256_state *state, const void *bytes, size_t n_bytes);
WSNET_API void wsnet_sha256_end(wsnet_sha256_state *state, char digest[65]);

/* ---- limits --------------------------------------------------------------------------------------------- */

#define WSNET_MAX_BANDS 4096
#define WSNET_MAX_ENDMEMBERS 64
#define WSNET_MAX_NAME 256 /**< bytes of an endmember name, with its NUL */

/* ---- choices -------------------------------------------------------------------------------------------- */

/** What an abundance means; see resources/docs/method.md. */
typedef enum wsnet_mixing {
    WSNET_MIXING_LINEAR, /**< area fraction; endmembers in the cube's units; classical solution FCLS */
    WSNET_MIXING_SCALED, /**< endmembers at unit peak, free brightness; classical solution NNLS over its sum */
} wsnet_mixing;

typedef enum wsnet_method { WSNET_METHOD_WSNET, WSNET_METHOD_FCLS, WSNET_METHOD_NNLS, WSNET_METHOD_UCLS } wsnet_method;

typedef enum wsnet_extraction {
    WSNET_EXTRACT_AUTO,       /**< several candidates, the choice made without truth and logged */
    WSNET_EXTRACT_ARCHETYPES, /**< archetypal analysis of brightness-normalised spectra (Cutler and Breiman 1994) */
    WSNET_EXTRACT_VCA,        /**< vertex component analysis (Nascimento and Dias 2005) */
    WSNET_EXTRACT_NFINDR,     /**< largest simplex (Winter 1999) */
    WSNET_EXTRACT_ATGP,       /**< orthogonal projections (Ren and Chang 2003) */
} wsnet_extraction;

/** Parts of the network that can be left out, to measure what each earns. */
enum {
    WSNET_WITHOUT_WAVELET = 1u << 0,    /**< tokens are raw bands instead of Haar coefficients */
    WSNET_WITHOUT_SSM = 1u << 1,        /**< no state-space branch */
    WSNET_WITHOUT_WSA = 1u << 2,        /**< no weak signal attention branch */
    WSNET_WITHOUT_GATE = 1u << 3,       /**< the two branches are averaged */
    WSNET_WITHOUT_KL = 1u << 4,         /**< no separability term in the loss */
    WSNET_WITHOUT_SIMULATION = 1u << 5, /**< trained on reconstruction of real pixels alone */
    WSNET_WITHOUT_CLASSICAL = 1u << 6,  /**< the classical solution is replaced by 1/P */
};

/** @return the value of a name ("linear", "fcls", "vca", "wavelet" ...), or -1. */
WSNET_API int wsnet_mixing_from_name(const char *name);
WSNET_API int wsnet_method_from_name(const char *name);
WSNET_API int wsnet_extraction_from_name(const char *name);
WSNET_API int wsnet_part_from_name(const char *name);
/** @return the name of a value, or NULL. wsnet_part_name takes one bit. */
WSNET_API const char *wsnet_mixing_name(wsnet_mixing mixing);
WSNET_API const char *wsnet_method_name(wsnet_method method);
WSNET_API const char *wsnet_extraction_name(wsnet_extraction extraction);
WSNET_API const char *wsnet_part_name(unsigned part);

/* ---- spectral libraries --------------------------------------------------------------------------------- */

/** Named spectra on common wavelengths. Wavelengths may be absent (all 0). */
typedef struct wsnet_library wsnet_library;

/** Parses CSV text: a header `wavelength_nm,name,...` and one row a band. A first column named in micrometres
 *  (wavelength_um) or with values below 100 is converted. @param library  owned by the caller on success */
WSNET_API wsnet_status wsnet_library_parse_csv(wsnet_context *context, const char *text, size_t n_bytes,
                                               wsnet_library **library);
/** Parses an ENVI spectral library: the header's text and the .sli file's bytes. `reflectance scale factor` is applied. */
WSNET_API wsnet_status wsnet_library_parse_envi(wsnet_context *context, const char *header, size_t n_header,
                                                const void *data, size_t n_data, wsnet_library **library);
/** @param wavelength_nm [B] or NULL  @param fwhm_nm [B] or NULL  @param spectra [P,B]; all are copied */
WSNET_API wsnet_status wsnet_library_create(wsnet_context *context, size_t n_spectra, size_t n_bands,
                                            const char *const *names, const double *wavelength_nm,
                                            const double *fwhm_nm, const float *spectra, wsnet_library **library);
WSNET_API void wsnet_library_destroy(wsnet_library *library);
WSNET_API size_t wsnet_library_n_spectra(const wsnet_library *library);
WSNET_API size_t wsnet_library_n_bands(const wsnet_library *library);
WSNET_API const char *wsnet_library_name(const wsnet_library *library, size_t index);
WSNET_API const double *wsnet_library_wavelength_nm(const wsnet_library *library);
WSNET_API const float *wsnet_library_spectra(const wsnet_library *library);
/** Keeps the spectra with the given names, in that order; an unknown name is an error that lists near ones. */
WSNET_API wsnet_status wsnet_library_select(wsnet_context *context, const wsnet_library *library, size_t n_names,
                                            const char *const *names, wsnet_library **selected);
/** Resamples to a sensor's bands: a Gaussian response of the given FWHM where that is wider than the library's own
 *  sampling, linear interpolation elsewhere. Bands outside the library's range are an error that names both ranges.
 *  @param fwhm_nm [n_bands] or NULL: band spacing is taken */
WSNET_API wsnet_status wsnet_library_resample(wsnet_context *context, const wsnet_library *library, size_t n_bands,
                                              const double *wavelength_nm, const double *fwhm_nm,
                                              wsnet_library **resampled);
/** All spectra of both, on the first one's wavelengths; equal names get a suffix. */
WSNET_API wsnet_status wsnet_library_merge(wsnet_context *context, const wsnet_library *first,
                                           const wsnet_library *second, wsnet_library **merged);
/** @param text NUL-terminated CSV, to be freed with wsnet_release() */
WSNET_API wsnet_status wsnet_library_format_csv(wsnet_context *context, const wsnet_library *library, char **text,
                                                size_t *n_bytes);

/* ---- classical solutions -------------------------------------------------------------------------------- */

/** Exact least-squares abundances, one of UCLS, NNLS, FCLS (active set; Lawson and Hanson 1974, Heinz and Chang 2001).
 *  Pixels with a value that is not finite give NaN. UCLS and NNLS are not divided by their sum.
 *  @param endmembers [P,B]  @param pixels [N,B]  @param abundances [N,P] */
WSNET_API wsnet_status wsnet_least_squares(wsnet_context *context, wsnet_method method, size_t n_pixels, size_t n_bands,
                                           size_t n_endmembers, const float *endmembers, const float *pixels,
                                           float *abundances);

/* ---- endmembers ----------------------------------------------------------------------------------------- */

typedef struct wsnet_extract_options {
    wsnet_extraction method;
    wsnet_mixing mixing; /**< linear: amplitudes in the cube's units; scaled: unit peak */
    uint64_t seed;   /**< of archetypes and vca; auto always draws the same, so that its answer is the scene's alone */
    size_t n_starts; /**< starts of the archetypal analysis, default 12 */
    size_t n_rare;   /**< how many of the endmembers may come from the residual-driven search, default 0: automatic */
} wsnet_extract_options;
WSNET_API void wsnet_extract_options_init(wsnet_extract_options *options);

/** Blind extraction. Pixels must be finite. What was chosen and why is logged at INFO, dangers at WARNING.
 *  @param pixels [N,B]  @param endmembers [P,B] result, ordered by decreasing mean abundance */
WSNET_API wsnet_status wsnet_endmembers_extract(wsnet_context *context, const wsnet_extract_options *options,
                                                size_t n_pixels, size_t n_bands, const float *pixels,
                                                size_t n_endmembers, float *endmembers);

/** Number of endmembers by HySime (Bioucas-Dias and Nascimento 2008) and by NWHFC (Chang and Du 2004).
 *  @param noise_sd [B] or NULL: per-band noise standard deviation by multiple regression
 *  @param false_alarm  of NWHFC, e.g. 1e-4 */
WSNET_API wsnet_status wsnet_endmembers_count(wsnet_context *context, size_t n_pixels, size_t n_bands,
                                              const float *pixels, double false_alarm, size_t *hysime, size_t *nwhfc,
                                              float *noise_sd);

/** How many endmembers to look for where nobody says: the mean, rounded up, of NWHFC's count and of the growth ratio of
 *  the eigenvalues of pixels at unit length (Ahn and Horenstein 2013); 2 to 12. HySime takes noise that neighbouring
 *  bands share for signal, and so counts far too many on most sensors. Pixels must be finite.
 *  @param nwhfc  from wsnet_endmembers_count()  @param growth  NULL, or the growth ratio's count alone */
WSNET_API wsnet_status wsnet_endmembers_suggest(wsnet_context *context, size_t n_pixels, size_t n_bands,
                                                const float *pixels, size_t nwhfc, size_t *growth, size_t *count);

/** What is suspicious about a set of endmembers against the pixels of a cube. */
typedef struct wsnet_endmember_check {
    double min_angle_rad;  /**< smallest angle between two endmembers; below 2 degrees they are one material */
    size_t closest[2];     /**< which two */
    double condition;      /**< 2-norm condition number of E */
    size_t shade;          /**< index of a near-zero endmember, or SIZE_MAX */
    double scale_ratio;    /**< median pixel level / median endmember level; far from 1: other units */
    double negative_share; /**< share of UCLS abundances below -0.05 */
    double certain_share;  /**< share of those below -4 standard errors, too; above 0.2: endmembers do not fit */
    /** UCLS residuals: their variance along the leading direction over that along the second one, and their mean along
     *  the leading one over their standard deviation. Above 2 and 0.1: an endmember is missing. 1 and 0 where there are
     *  less than 8 more bands than endmembers, or no residuals to speak of. */
    double residual_ratio, residual_mean;
} wsnet_endmember_check;
/** Computes the checks and logs each danger as one warning sentence. */
WSNET_API wsnet_status wsnet_endmembers_check(wsnet_context *context, size_t n_pixels, size_t n_bands,
                                              const float *pixels, size_t n_endmembers, const float *endmembers,
                                              const char *const *names, wsnet_endmember_check *check);

/* ---- models --------------------------------------------------------------------------------------------- */

typedef struct wsnet_model wsnet_model;

/** Reads a model from the bytes of a safetensors container; survives any bytes. */
WSNET_API wsnet_status wsnet_model_load(wsnet_context *context, const void *bytes, size_t n_bytes, wsnet_model **model);
/** Writes a model. @param bytes to be freed with wsnet_release() */
WSNET_API wsnet_status wsnet_model_save(wsnet_context *context, const wsnet_model *model, void **bytes,
                                        size_t *n_bytes);
WSNET_API void wsnet_model_destroy(wsnet_model *model);

WSNET_API size_t wsnet_model_n_bands(const wsnet_model *model);             /**< B, bands used */
WSNET_API size_t wsnet_model_n_source_bands(const wsnet_model *model);      /**< bands of the cube it was trained on */
WSNET_API const uint32_t *wsnet_model_band_index(const wsnet_model *model); /**< [B] zero-based source bands used */
WSNET_API size_t wsnet_model_n_endmembers(const wsnet_model *model);        /**< P */
WSNET_API size_t wsnet_model_n_members(const wsnet_model *model);           /**< networks of the ensemble, 1 alone */
WSNET_API const char *wsnet_model_name(const wsnet_model *model, size_t endmember);
WSNET_API const float *wsnet_model_endmembers(const wsnet_model *model);     /**< decoder [P,B] */
WSNET_API const double *wsnet_model_wavelength_nm(const wsnet_model *model); /**< [B], 0 where unknown */
WSNET_API const double *wsnet_model_fwhm_nm(const wsnet_model *model);       /**< [B], 0 where unknown */
/** @return [B] a pixel x counts as gain . x + offset; 1 and 0 unless the model was adapted to another cube */
WSNET_API const float *wsnet_model_gain(const wsnet_model *model);
WSNET_API const float *wsnet_model_offset(const wsnet_model *model);
WSNET_API const float *wsnet_model_lod(const wsnet_model *model); /**< [P] limit of detection */
/** Limits of detection for another noise than that of the training scene: LOD_k = 3.29 noise_sd sqrt(C_kk), C for unit
 *  noise (section 5). @param noise_sd  a band, relative to the brightness of the pixels where the mixing is scaled
 *  @param limits [P] */
WSNET_API wsnet_status wsnet_model_detection_limits(wsnet_context *context, const wsnet_model *model, double noise_sd,
                                                    float *limits);
/** @return floating-point operations of the network for one pixel: multiply-adds count as two; the classical solution
 *  that the network starts from is not counted (its iterations depend on the pixel) */
WSNET_API double wsnet_model_operations(const wsnet_model *model);
WSNET_API wsnet_mixing wsnet_model_mixing(const wsnet_model *model);
WSNET_API double wsnet_model_coverage(const wsnet_model *model);
WSNET_API unsigned wsnet_model_without(const wsnet_model *model); /**< WSNET_WITHOUT_* bits it was trained with */
/** @return a metadata string of the container ("seed", "steps", "cube_sha256", "created" ...), or NULL. */
WSNET_API const char *wsnet_model_metadata(const wsnet_model *model, const char *key);
WSNET_API size_t wsnet_model_n_metadata(const wsnet_model *model);
WSNET_API const char *wsnet_model_metadata_key(const wsnet_model *model, size_t index);
WSNET_API const char *
wsnet_model_sha256(const wsnet_model *model); /**< of the container's bytes, or "" if never saved */

/* ---- training ------------------------------------------------------------------------------------------- */

typedef struct wsnet_train_options {
    wsnet_mixing mixing;
    double coverage; /**< of the intervals, in (0.5, 0.999], default 0.9 */
    uint64_t seed;
    size_t n_steps;       /**< default 1000 */
    size_t batch;         /**< simulated pixels a step, default 512 */
    size_t real_batch;    /**< real pixels a step, default 256 */
    double learning_rate; /**< peak of the one-cycle, default 5e-3 */
    unsigned without;     /**< WSNET_WITHOUT_* bits */
    double weak_share;    /**< probability of a weak injection, default 0.1 */
    double
        illumination_sd;   /**< log-normal brightness, `linear` alone; negative (default): 0.15, or less where the scene
                                 varies less, or as much as the scene varies where that is at least 1.5 times it */
    double variability_sd; /**< root-mean-square relative variability of a spectrum; negative: estimated (default) */
    const float *band_weight;      /**< [B] or NULL: 1 */
    const float *endmember_weight; /**< [P] or NULL: 1 */
} wsnet_train_options;
WSNET_API void wsnet_train_options_init(wsnet_train_options *options);

/** What a model remembers of the cube it was trained on. Pointers are only read during the call. */
typedef struct wsnet_cube_description {
    size_t n_source_bands;
    const uint32_t *band_index;  /**< [B] zero-based source band of each used band, or NULL: all */
    const double *wavelength_nm; /**< [B] or NULL */
    const double *fwhm_nm;       /**< [B] or NULL */
    const char *const *names;    /**< [P] endmember names, or NULL: "endmember 1" ... */
    const char *sha256;          /**< of the cube's pixels, or NULL */
    size_t n_metadata;           /**< further metadata strings */
    const char *const *metadata_keys;
    const char *const *metadata_values;
} wsnet_cube_description;

typedef struct wsnet_trainer wsnet_trainer;

/** Prepares training on real pixels and known or extracted endmembers (both are copied).
 *  @param pixels [N,B] finite  @param endmembers [P,B] */
WSNET_API wsnet_status wsnet_trainer_create(wsnet_context *context, const wsnet_train_options *options, size_t n_pixels,
                                            size_t n_bands, const float *pixels, size_t n_endmembers,
                                            const float *endmembers, wsnet_trainer **trainer);
/** Defaults for wsnet_trainer_extend(): fewer steps and a lower learning rate than for a training from nothing. */
WSNET_API void wsnet_extend_options_init(wsnet_train_options *options);
/** Prepares training that goes on from a model, with endmembers added behind its own: the network grows without changing
 *  what it says about the old ones, then learns from mixtures of all. Mixing, coverage and left-out parts are the
 *  model's. The model is only read during the call.
 *  @param pixels [N,B] finite, the model's bands  @param new_endmembers [n_new,B] */
WSNET_API wsnet_status wsnet_trainer_extend(wsnet_context *context, const wsnet_model *model,
                                            const wsnet_train_options *options, size_t n_pixels, size_t n_bands,
                                            const float *pixels, size_t n_new, const float *new_endmembers,
                                            wsnet_trainer **trainer);
WSNET_API void wsnet_trainer_destroy(wsnet_trainer *trainer);
/** Runs one step. @param loss of the step, or NULL */
WSNET_API wsnet_status wsnet_trainer_step(wsnet_trainer *trainer, double *loss);
/** Runs the steps that are left, with progress and cancel between steps. Cancelled: it can be run again. */
WSNET_API wsnet_status wsnet_trainer_run(wsnet_trainer *trainer);
WSNET_API size_t wsnet_trainer_n_done(const wsnet_trainer *trainer);
/** State of training as bytes (wsnet_release()); resume takes them on a trainer made with the same arguments, and the
 *  result is the same as without the interruption, to the last bit. */
WSNET_API wsnet_status wsnet_trainer_checkpoint(wsnet_trainer *trainer, void **bytes, size_t *n_bytes);
WSNET_API wsnet_status wsnet_trainer_resume(wsnet_trainer *trainer, const void *bytes, size_t n_bytes);
/** Makes the network of another trainer, of the same scene, endmembers and options but another seed, a member of the
 *  ensemble that finish will make: their mean answers, and their spread widens the interval before it is calibrated.
 *  At most 16 members; a checkpoint does not hold them. The other trainer can be destroyed afterwards. */
WSNET_API wsnet_status wsnet_trainer_join(wsnet_trainer *trainer, wsnet_trainer *other);
/** Calibrates intervals and fit on fresh simulated pixels, computes limits of detection, makes the model. */
WSNET_API wsnet_status wsnet_trainer_finish(wsnet_trainer *trainer, const wsnet_cube_description *description,
                                            wsnet_model **model);

/** Takes a model to a new cube of the same sensor and scale without training: estimates each band's gain and offset, with
 *  which the new cube's pixels are mixtures of the model's endmembers, and calibrates intervals, fit and limits of detection
 *  for the new cube's noise and variability. The network's weights stay. The common factor of all gains cannot be told
 *  from illumination: their geometric mean is 1 in either mixing model, so `linear` expects the new cube in the units of the
 *  old one. An adapted model can be adapted again, which starts anew.
 *  @param pixels [N,B] finite, the model's bands  @param cube whose sha256 and metadata the model shall remember, or NULL
 *  @param adapted to be destroyed by the caller */
WSNET_API wsnet_status wsnet_model_adapt(wsnet_context *context, const wsnet_model *model, uint64_t seed,
                                         size_t n_pixels, size_t n_bands, const float *pixels,
                                         const wsnet_cube_description *cube, wsnet_model **adapted);

/* ---- unmixing ------------------------------------------------------------------------------------------- */

typedef struct wsnet_session_options {
    /** WSNET by default. Classical methods give abundance and rmse only, the rest is NaN. NNLS is divided by its sum, so
     *  that it is a fraction too (1/P where the sum is 0). */
    wsnet_method method;
    double weak_bias;        /**< 0; positive leans on the weak-signal branch; within [-20, 20] */
    double detection_level;  /**< 0; detected means that the lower bound lies above this; within [0, 1] */
    double least_confidence; /**< 0; abundances and detections of less confidence than this are NaN; within [0, 1] */
} wsnet_session_options;
WSNET_API void wsnet_session_options_init(wsnet_session_options *options);

/** Arrays to fill; NULL members are not computed. NaN where a pixel is not finite or masked. */
typedef struct wsnet_outputs {
    float *abundance;  /**< [N,P] */
    float *confidence; /**< [N,P] 1 - (upper - lower) */
    float *lower;      /**< [N,P] */
    float *upper;      /**< [N,P] */
    float *detected;   /**< [N,P] 1 where lower > detection_level, else 0 */
    float *fit;        /**< [N] survival function of the misfit; below 0.01: unknown material */
    float *rmse;       /**< [N] root-mean-square residual in the cube's units: of y - s a E with the best s for WSNET,
                          of y - a E before any division for classical methods;
                          of an adapted model in the units of the cube it was trained on */
} wsnet_outputs;

typedef struct wsnet_session wsnet_session;
/** The model must outlive the session. */
WSNET_API wsnet_status wsnet_session_create(wsnet_context *context, const wsnet_model *model,
                                            const wsnet_session_options *options, wsnet_session **session);
WSNET_API void wsnet_session_destroy(wsnet_session *session);
/** Unmixes pixels. The answer for a pixel depends on that pixel and the model alone, to the last bit.
 *  @param pixels [N,B] bands used by the model, in its order  @param mask [N], 0 = leave out, or NULL */
WSNET_API wsnet_status wsnet_session_unmix(wsnet_session *session, size_t n_pixels, const float *pixels,
                                           const uint8_t *mask, const wsnet_outputs *outputs);
/** Reconstruction s a E. @param abundance [N,P]  @param reconstruction [N,B] */
WSNET_API wsnet_status wsnet_session_reconstruct(wsnet_session *session, size_t n_pixels, const float *pixels,
                                                 const float *abundance, float *reconstruction);

/* ---- zones ---------------------------------------------------------------------------------------------- */

/** Unmixes the mean spectra of zones, in which noise has averaged out: non-negative generalised least squares with a
 *  model's endmembers. Errors have the second moments of the residuals of a scene's pixels, and the pixels' noise besides;
 *  the abundances sum to one as closely as the brightness of single pixels does (resources/docs/area.md). */
typedef struct wsnet_zone_solver wsnet_zone_solver;

/** @param model  of linear mixing; must outlive the solver  @param pixels [N,B] finite, of the cube that zones are in, the
 *  model's bands  @param solver to be destroyed by the caller */
WSNET_API wsnet_status wsnet_zone_solver_create(wsnet_context *context, const wsnet_model *model, size_t n_pixels,
                                                size_t n_bands, const float *pixels, wsnet_zone_solver **solver);
WSNET_API void wsnet_zone_solver_destroy(wsnet_zone_solver *solver);
WSNET_API double wsnet_zone_solver_spread(const wsnet_zone_solver *solver); /**< relative, of the pixels' brightness */
/** @return whether a pixel can be a mixture of the endmembers: at most ten times as bright as the brightest. Others
 *  (spikes, an undeclared nodata value) are not learned from, and would spoil the mean of a zone. @param spectrum [B] */
WSNET_API int wsnet_zone_solver_takes(const wsnet_zone_solver *solver, const float *spectrum);
/** One caller at a time. @param spectrum [B] finite, mean of a zone's pixels  @param shares [P] that sum to 1 */
WSNET_API void wsnet_zone_solver_shares(wsnet_zone_solver *solver, const double *spectrum, double *shares);

/** What a pixel is to a zone. */
enum {
    WSNET_PLACE_NONE,  /**< without data */
    WSNET_PLACE_FREE,  /**< in no zone */
    WSNET_PLACE_ZONE,  /**< in the zone */
    WSNET_PLACE_OTHER, /**< in another one */
};
/** Pixels of the largest zone that is set off from its surroundings. */
#define WSNET_MOST_PLACE 49
/** Learns how squares of 1 to 7 pixels' side differ from the two pixels around them where no zone is. Where such squares
 *  are too few, or none, wsnet_zone_solver_set_off() changes nothing.
 *  @param n_tiles  windows of the cube  @param pixels [n_tiles,height,width,B] finite where free
 *  @param place [n_tiles,height,width] WSNET_PLACE_FREE, or another value */
WSNET_API wsnet_status wsnet_zone_solver_learn_places(wsnet_zone_solver *solver, size_t n_tiles, size_t width,
                                                      size_t height, const float *pixels, const uint8_t *place);
/** The shares of a zone of 2 to 49 pixels as what surrounds it, two pixels wide, and one or two materials more, as far as
 *  the difference of their mean spectra speaks for it (resources/docs/area.md). One caller at a time.
 *  @param pixels [height,width,B] a window with the zone and two pixels around, finite but for WSNET_PLACE_NONE
 *  @param place [height,width]  @param abundances [height,width,P] finite where free
 *  @param shares [P] by other means; replaced  @return 0: left as they are, because the zone has not 2 to 49 pixels, because
 *  another zone is in its surroundings (what touches is mixed with more than one or two materials), or because less than
 *  half of these is free */
WSNET_API int wsnet_zone_solver_set_off(wsnet_zone_solver *solver, size_t width, size_t height, const float *pixels,
                                        const uint8_t *place, const float *abundances, double *shares);

/* ---- scores --------------------------------------------------------------------------------------------- */

typedef struct wsnet_material_scores {
    double rmse, rmse_weak, recall_weak, coverage, coverage_weak, mean_width;
    size_t n_weak;
} wsnet_material_scores;

/** Section 6 of the method page; NaN where a score does not apply. */
typedef struct wsnet_scores {
    double rmse_global, rmse_class_mean;
    double rmse_weak;               /**< entries with truth in (0.01, 0.15] */
    double weak_recall_at_5pct_fpr; /**< truth in (0.05, 0.15], threshold at 5 % of entries with truth <= 0.001 */
    double weak_threshold;          /**< that threshold */
    double recall, precision, false_positive_rate; /**< at the given threshold; truth > 0.001 is positive */
    double coverage, coverage_weak, mean_width;
    size_t n_pixels;
} wsnet_scores;

/** Scores abundances against truth; pixels where either is not finite are left out.
 *  @param abundance,truth [N,P]  @param lower,upper [N,P] or NULL  @param threshold of recall/precision/fpr
 *  @param per_material [P] or NULL */
WSNET_API wsnet_status wsnet_scores_compute(wsnet_context *context, size_t n_pixels, size_t n_endmembers,
                                            const float *abundance, const float *truth, const float *lower,
                                            const float *upper, double threshold, wsnet_scores *scores,
                                            wsnet_material_scores *per_material);
/** @return spectral angle distance in radians, NaN for a zero spectrum. */
WSNET_API double wsnet_spectral_angle_rad(size_t n_bands, const float *first, const float *second);
/** Assignment of least total spectral angle (Kuhn 1955), no rescaling. n_first <= n_second.
 *  @param match [n_first] index into second  @param angle_rad [n_first] or NULL */
WSNET_API wsnet_status wsnet_endmembers_match(wsnet_context *context, size_t n_bands, size_t n_first,
                                              const float *first, size_t n_second, const float *second, size_t *match,
                                              double *angle_rad);
/** Assignment of least total cost. @param cost [n_rows,n_columns], n_rows <= n_columns  @param match [n_rows] */
WSNET_API wsnet_status wsnet_assign(wsnet_context *context, size_t n_rows, size_t n_columns, const double *cost,
                                    size_t *match);

/* ---- made-up scenes ------------------------------------------------------------------------------------- */

typedef struct wsnet_scene_options {
    size_t width, height, n_bands, n_endmembers; /**< default 100, 100, 120, 5 */
    double snr_db;                               /**< default 20 */
    double illumination_sd;                      /**< default 0.15 */
    double variability_sd;                       /**< default 0.05 */
    double bilinear;                             /**< strength of bilinear mixing, default 0 */
    double max_fraction;                         /**< largest fraction of the rare endmember, default 1 */
    int dark, rare;                              /**< one dark, one rare endmember; default 1, 1 */
    uint64_t seed;
} wsnet_scene_options;
WSNET_API void wsnet_scene_options_init(wsnet_scene_options *options);
/** Spectra by a parametric absorption-feature generator (continuum, Gaussian features, edges; after Clark and Roush 1984)
 *  and spatially smooth mixtures of them.
 *  @param wavelength_nm [B]  @param endmembers [P,B]  @param names [P][WSNET_MAX_NAME]
 *  @param abundances [W*H,P]  @param pixels [W*H,B] */
WSNET_API wsnet_status wsnet_scene_simulate(wsnet_context *context, const wsnet_scene_options *options,
                                            double *wavelength_nm, float *endmembers, char (*names)[WSNET_MAX_NAME],
                                            float *abundances, float *pixels);

#ifdef __cplusplus
}
#endif
#endif
