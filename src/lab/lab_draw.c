/* lab/lab_draw.c -- the pictures of `reversible` for whoever has a subject and no program to run it. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "lab/lab.h"

static tr_status run(const tr_scenario *scenario, tr_lab *lab, tr_error *err)
{
    tr_stack stack;
    tr_feistel cipher;
    size_t block;
    tr_answer_lab_inputs(scenario, &stack, &cipher, &block);
    const size_t size = tr_lab_byte(&stack, block);
    void *work = malloc(size > 0 ? size : 1);
    const tr_status s = work == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory for the experiment")
                                     : tr_lab_run(&stack, &cipher, block, work, size, lab, err);
    free(work);
    return s;
}

tr_status tr_lab_draw(const tr_verb *verb, const char *suffix, const tr_subject *subject,
                      const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_lab lab;
    if (strcmp(verb->name, "reversible") != 0)
        return tr_fail(err, TR_EUNKNOWN, "suffix", 0.0, "%s has no such picture", verb->name);
    if (suffix[0] == '\0')
        return tr_answer_figure_mirror(subject->scenario, subject->question, target, sink, err);
    const tr_status s = run(subject->scenario, &lab, err);
    return s == TR_OK ? tr_answer_figure_avalanche(&lab, target, sink, err) : s;
}
