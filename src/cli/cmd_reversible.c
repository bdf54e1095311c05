/* cli/cmd_reversible.c -- `tokenroof reversible [MODEL SYSTEM]`: runs the experiment and holds a clock to it. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab/lab.h"

enum { REPEATS = 15 };
static const double ENOUGH_S = 0.5;

typedef struct job {
    const cli *c;
    tr_problem *question; /* NULL: no model was named */
    tr_lab lab;
} job;

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The least of several: what disturbs a run only makes it longer. The ways take turns. */
static tr_status measure(tr_lab *lab, void *work, tr_error *err)
{
    const size_t params = tr_stack_params(&lab->stack);
    double *param = work, *gradient = param + params, *x = gradient + params, *area = x + tr_stack_states(&lab->stack);
    tr_status s = tr_stack_draw(&lab->stack, param, x, err);
    const double begin_s = now_s();
    for (int n = 0; s == TR_OK && n < REPEATS && (n == 0 || now_s() - begin_s < ENOUGH_S); n++) {
        for (int keep = 0; s == TR_OK && keep < TR_KEEP_COUNT; keep++) {
            const size_t byte = tr_stack_train_byte(&lab->stack, (tr_keep)keep);
            tr_stack_run run;
            const double before_s = now_s();
            s = tr_stack_train(&lab->stack, param, x, (tr_keep)keep, area, byte, gradient, &run, err);
            const double took_s = now_s() - before_s;
            if (n == 0 || took_s < lab->time_s[keep])
                lab->time_s[keep] = took_s;
        }
    }
    return s;
}

static tr_status experiment(const cli *c, tr_lab *lab, tr_error *err)
{
    tr_stack stack;
    tr_feistel cipher;
    size_t block;
    tr_answer_lab_inputs(c->scenario, &stack, &cipher, &block);
    const size_t size = tr_lab_byte(&stack, block);
    void *work = malloc(size > 0 ? size : 1);
    if (work == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory for the experiment");
    memset(work, 0, size); /* so that the first run finds its pages */
    tr_status s = tr_lab_run(&stack, &cipher, block, work, size, lab, err);
    if (s == TR_OK && tr_input_choice(c->scenario, TR_IN_MEASURE) == 0)
        s = measure(lab, work, err);
    free(work);
    return s;
}

static tr_status draw_mirror(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const job *j = context;
    return tr_answer_figure_mirror(j->c->scenario, j->question, target, sink, err);
}

static tr_status draw_avalanche(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const job *j = context;
    return tr_answer_figure_avalanche(&j->lab, target, sink, err);
}

/* With a model two pictures, without it the one that needs none. */
static tr_status plot(cli *c, job *j, tr_error *err)
{
    const int here = strcmp(tr_input_text(c->scenario, TR_IN_PLOT), "-") == 0;
    tr_status s = TR_OK;
    cli_print(c, "%s", here ? "\n" : "");
    if (j->question != NULL) {
        s = cli_plot(c, "", draw_mirror, j, err);
        cli_print(c, "%s", here ? "\n" : "");
    }
    return s == TR_OK ? cli_plot(c, j->question != NULL ? "-avalanche" : "", draw_avalanche, j, err) : s;
}

tr_status cmd_reversible(cli *c, tr_error *err)
{
    const int has_model = tr_input_text(c->scenario, TR_IN_MODEL)[0] != '\0';
    const int has_system = tr_input_text(c->scenario, TR_IN_SYSTEM)[0] != '\0';
    job j = {.c = c};
    tr_status s = TR_OK;
    if (has_model != has_system)
        return cli_fail(err, TR_EMISSING, has_model ? "system" : "model",
                        "%s is missing: expected both MODEL and SYSTEM, or neither", has_model ? "SYSTEM" : "MODEL");
    if (has_model)
        s = cli_case(c, &j.question, err);
    if (s == TR_OK)
        s = experiment(c, &j.lab, err);
    if (s == TR_OK)
        s = tr_answer_reversible(c->scenario, j.question, &j.lab, &c->style, &c->out, err);
    if (s == TR_OK && cli_plots(c))
        s = plot(c, &j, err);
    free(j.question);
    return s;
}
