/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <time.h>

#include "evaluation.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

bool evaluation_train(evaluation *all, const evaluation_task *task, unsigned without, wsnet_model **model,
                      double *seconds) {
    wsnet_context *context = all->run->context;
    wsnet_train_options options;
    wsnet_trainer *trainer = NULL;
    wsnet_train_options_init(&options);
    options.mixing = task->mixing;
    options.seed = task->seed;
    options.without = without;
    if (all->n_steps) options.n_steps = all->n_steps;
    const double start = now();
    const wsnet_cube_description description = {.n_source_bands = task->n_bands};
    const bool trained = wsnet_trainer_create(context, &options, task->n_pixels, task->n_bands, task->pixels,
                                              task->n_endmembers, task->endmembers, &trainer) == WSNET_OK &&
                         wsnet_trainer_run(trainer) == WSNET_OK &&
                         wsnet_trainer_finish(trainer, &description, model) == WSNET_OK;
    wsnet_trainer_destroy(trainer);
    *seconds = now() - start;
    if (!trained) cli_fail_core(all->run);
    return trained;
}

static bool allocate(evaluation *all, const evaluation_task *task, bool intervals, evaluation_answer *answer) {
    *answer = (evaluation_answer){0};
    float **const arrays[] = {&answer->abundance, &answer->lower, &answer->upper};
    for (int i = 0; i < (intervals ? 3 : 1); i++) {
        *arrays[i] = VSIMalloc3(task->n_pixels, task->n_endmembers, sizeof(float));
        if (!*arrays[i]) {
            evaluation_answer_free(answer);
            return cli_fail(all->run, "memory is out"), false;
        }
    }
    return true;
}

bool evaluation_answer_with(evaluation *all, const evaluation_task *task, const wsnet_model *model, double weak_bias,
                            evaluation_answer *answer) {
    wsnet_session *session = NULL;
    wsnet_session_options options;
    wsnet_session_options_init(&options);
    options.weak_bias = weak_bias;
    if (!allocate(all, task, true, answer)) return false;
    const wsnet_outputs outputs = {.abundance = answer->abundance, .lower = answer->lower, .upper = answer->upper};
    const bool done = wsnet_session_create(all->run->context, model, &options, &session) == WSNET_OK &&
                      wsnet_session_unmix(session, task->n_pixels, task->pixels, NULL, &outputs) == WSNET_OK;
    wsnet_session_destroy(session);
    if (done) return true;
    evaluation_answer_free(answer);
    return cli_fail_core(all->run), false;
}

static void divide_by_sum(size_t n_pixels, size_t n_endmembers, float *abundance) {
    for (size_t i = 0; i < n_pixels; i++) {
        float sum = 0, *a = abundance + i * n_endmembers;
        for (size_t k = 0; k < n_endmembers; k++) sum += a[k];
        for (size_t k = 0; k < n_endmembers; k++) a[k] = sum > 0 ? a[k] / sum : 1 / (float)n_endmembers;
    }
}

static bool answer_classical(evaluation *all, const evaluation_task *task, evaluation_method method,
                             evaluation_answer *answer) {
    const wsnet_method solver = method == EVALUATION_FCLS   ? WSNET_METHOD_FCLS
                                : method == EVALUATION_NNLS ? WSNET_METHOD_NNLS
                                                            : WSNET_METHOD_UCLS;
    if (!allocate(all, task, false, answer)) return false;
    if (wsnet_least_squares(all->run->context, solver, task->n_pixels, task->n_bands, task->n_endmembers,
                            task->endmembers, task->pixels, answer->abundance) != WSNET_OK) {
        evaluation_answer_free(answer);
        return cli_fail_core(all->run), false;
    }
    if (method == EVALUATION_NNLS) divide_by_sum(task->n_pixels, task->n_endmembers, answer->abundance);
    return true;
}

bool evaluation_answer_method(evaluation *all, const evaluation_task *training, const evaluation_task *scene,
                              evaluation_method method, wsnet_model **model, evaluation_answer *answer) {
    const unsigned without = method >= EVALUATION_WITHOUT ? 1u << (method - EVALUATION_WITHOUT) : 0;
    const bool network = method == EVALUATION_WSNET || without;
    wsnet_model *trained = NULL;
    double seconds = 0;
    if (network && !evaluation_train(all, training, without, &trained, &seconds)) return false;
    const bool done =
        network ? evaluation_answer_with(all, scene, trained, 0, answer) : answer_classical(all, scene, method, answer);
    answer->seconds = seconds;
    if (model)
        *model = trained;
    else
        wsnet_model_destroy(trained);
    return done;
}

void evaluation_answer_free(evaluation_answer *answer) {
    VSIFree(answer->abundance);
    VSIFree(answer->lower);
    VSIFree(answer->upper);
    *answer = (evaluation_answer){0};
}
