/* ask/measured_runs.c -- finds the published runs to draw beside a prediction, and says whose they are. */
#include "ask/measured_runs.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "ask/measured_runs.inc"

static int is_near(double value, double asked) { return value <= 1.25 * asked && asked <= 1.25 * value; }

static int is_same_model(const tr_measured_group *group, const char *name)
{
    if (strcmp(group->model, name) == 0)
        return 1;
    for (size_t i = 0; i < TR_MEASURED_ALSO && group->also[i] != NULL; i++)
        if (strcmp(group->also[i], name) == 0)
            return 1;
    return 0;
}

/* The very chip: one whose numbers were changed has been measured by nobody. */
static int is_same_deployment(const tr_measured_group *group, const tr_problem *question)
{
    const tr_chip *chip = &question->system->chip;
    return is_same_model(group, question->model->name) && strcmp(group->chip, chip->name) == 0 &&
           chip->change[0] == '\0' && group->chips == question->system->chip_count &&
           group->weight_dtype == question->roof.weight_dtype;
}

/* Newest first; where no more fit the oldest makes room. */
static void keep(const tr_measured_group *group, tr_measured *out)
{
    size_t at = out->count;
    while (at > 0 && strcmp(out->group[at - 1]->date, group->date) < 0)
        at--;
    if (at == TR_MEASURED_GROUPS)
        return;
    out->count += out->count < TR_MEASURED_GROUPS;
    for (size_t i = out->count - 1; i > at; i--)
        out->group[i] = out->group[i - 1];
    out->group[at] = group;
}

size_t tr_measured_of_requests(const tr_problem *question, double prompt_token, double output_token, tr_measured *out)
{
    out->count = 0;
    for (size_t i = 0; i < sizeof group_table / sizeof group_table[0]; i++) {
        const tr_measured_group *g = &group_table[i];
        if (is_same_deployment(g, question) && is_near(g->isl, prompt_token) && is_near(g->osl, output_token))
            keep(g, out);
    }
    return out->count;
}

size_t tr_measured_of_context(const tr_problem *question, double context_token, tr_measured *out)
{
    out->count = 0;
    for (size_t i = 0; i < sizeof group_table / sizeof group_table[0]; i++) {
        const tr_measured_group *g = &group_table[i];
        if (is_same_deployment(g, question) && g->isl <= g->osl && is_near(g->isl + g->osl / 2.0, context_token))
            keep(g, out);
    }
    return out->count;
}

size_t tr_measured_series(const tr_measured *measured, int is_tpot, tr_series *out)
{
    for (size_t i = 0; i < measured->count; i++) {
        const tr_measured_group *g = measured->group[i];
        out[i] = (tr_series){.name = g->name,
                             .kind = TR_SERIES_RINGS,
                             .role = TR_ROLE_RESULT,
                             .x = g->seq,
                             .y = is_tpot ? g->tpot_s : g->ttft_s,
                             .n = g->count,
                             .label = g->title};
    }
    return measured->count;
}

void tr_measured_caption(const tr_measured *measured, const char *what, char *out, size_t size)
{
    char text[224];
    if (measured->count == 0)
        return;
    const tr_measured_group *g = measured->group[0];
    (void)snprintf(text, sizeof text,
                   " Rings: %spublished runs of %s on %.0f\xC2\xA0x\xC2\xA0%s, %s weights, lengths within "
                   "25\xC2\xA0%%.",
                   what, g->model, g->chips, g->chip, tr_dtype_name(g->weight_dtype));
    (void)tr_text_append(out, size, text);
}
