/* cli/cmd_step.c -- `tokenroof step MODEL SYSTEM`: one forward pass; --plot draws it over batch. */
#include "cli/cli.h"

#include <stdlib.h>

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_batch(context, target, sink, err);
}

/* What only --by operator can answer. */
static tr_status plain_pass(const cli *c, tr_error *err)
{
    static const char *const more[][2] = {
        {"draft_token", "draft"}, {"chunk_token", "chunk"}, {"routing_skew_ratio", "skew"}};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (tr_scenario_number(c->scenario, more[i][0]) > 0.0)
            return cli_fail(err, TR_ECONFLICT, more[i][0], "--%s is of a pass taken apart: add --by operator",
                            more[i][1]);
    return TR_OK;
}

/* --by operator: the operators of one pass. */
static tr_status by_operator(cli *c, tr_error *err)
{
    tr_status s = TR_OK;
    size_t batches = 0, contexts = 0;
    (void)tr_scenario_list(c->scenario, "batch_seq", &batches);
    (void)tr_scenario_list(c->scenario, "context_token", &contexts);
    if (batches > 1 || contexts > 1)
        return cli_fail(err, TR_ECONFLICT, "by", "--by operator takes one pass apart: give one batch and one context");
    if (!tr_scenario_is_set(c->scenario, "physics"))
        s = tr_scenario_set(c->scenario, "physics", "ops", err);
    return s == TR_OK ? cli_pictured(c, tr_answer_operators, tr_answer_figure_operators, err) : s;
}

tr_status cmd_step(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    if (tr_scenario_choice(c->scenario, "by") == 1)
        return by_operator(c, err);
    tr_status s = plain_pass(c, err);
    if (s == TR_OK)
        s = cli_case(c, &question, err);
    if (s == TR_OK && cli_plots(c) && question->load.phase != TR_PHASE_DECODE)
        s = cli_fail(err, TR_ECONFLICT, "plot", "--plot draws decode over batch: leave out --phase prefill");
    if (s == TR_OK)
        s = tr_answer_step(c->scenario, question, &c->style, &c->out, err);
    if (s == TR_OK && cli_plots(c)) {
        cli_print(c, "%s", tr_scenario_text(c->scenario, "plot")[0] == '-' ? "\n" : "");
        s = cli_plot(c, "", draw, question, err);
    }
    free(question);
    return s;
}
