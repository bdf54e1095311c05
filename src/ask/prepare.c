/* ask/prepare.c -- what verbs of one pass take where nothing was said, and what they refuse. */
#include "ask/prepare.h"

#include "ask/along.h"
#include "base/fail.h"

int tr_is_by_operator(const tr_scenario *scenario) { return tr_input_choice(scenario, TR_IN_BY) == 1; }

int tr_asks_prefill(const tr_scenario *scenario)
{
    size_t count = 0;
    const double *query_token = tr_input_list(scenario, TR_IN_QUERY, &count);
    for (size_t i = 0; i < count; i++)
        if (tr_problem_phase(scenario, query_token[i]) == TR_PHASE_PREFILL)
            return 1;
    return 0;
}

static tr_status physics_unless_set(tr_scenario *scenario, const char *physics, tr_error *err)
{
    return tr_input_is_set(scenario, TR_IN_PHYSICS) ? TR_OK : tr_input_set(scenario, TR_IN_PHYSICS, physics, err);
}

tr_status tr_prepare_step(tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id apart[] = {TR_IN_CHUNK, TR_IN_SKEW};
    const tr_status drafts = tr_drafts_check(scenario, err);
    if (drafts != TR_OK)
        return drafts;
    if (tr_input_number(scenario, TR_IN_DRAFT) > 0.0 && tr_asks_prefill(scenario))
        return tr_fail(err, TR_ECONFLICT, "draft_token", 0,
                       "--draft is for decode: leave --phase prefill out, and a --query above 1");
    if (tr_is_by_operator(scenario)) {
        if (tr_input_check_lists(scenario, NULL, 0, NULL) != TR_OK)
            return tr_fail(err, TR_ECONFLICT, "by", 0,
                           "--by operator breaks down one pass: give one batch, one context and one query");
        return physics_unless_set(scenario, "ops", err);
    }
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        if (tr_input_number(scenario, apart[i]) > 0.0)
            return tr_fail(err, TR_ECONFLICT, tr_input_at(apart[i])->key, 0,
                           "--%s needs --by operator", tr_input_at(apart[i])->option);
    return TR_OK;
}

/* Rows are along one of the three. */
tr_status tr_prepare_curve(tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id id[TR_ALONG_COUNT] = {TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY};
    const int along = tr_input_choice(scenario, TR_IN_OVER), is_query = along == TR_ALONG_QUERY;
    size_t queries = 0;
    const double *query_token = tr_input_list(scenario, TR_IN_QUERY, &queries);
    if (!is_query && tr_input_is_set(scenario, TR_IN_QUERY) && (queries > 1 || query_token[0] > 1.0))
        return tr_fail(err, TR_ECONFLICT, "query_token", tr_input_number(scenario, TR_IN_QUERY),
                       "a curve over %s is of decode steps, of one new token a sequence: --over query runs along "
                       "--query", tr_along_name((tr_along_input)along));
    if (!is_query && tr_input_is_set(scenario, TR_IN_OUTPUT_RATIO))
        return tr_fail(err, TR_ECONFLICT, "output_input_ratio", tr_input_number(scenario, TR_IN_OUTPUT_RATIO),
                       "--ratio is read back by curve --over query");
    if (is_query && tr_input_choice(scenario, TR_IN_PHASE) == TR_PHASE_PREFILL)
        return tr_fail(err, TR_ECONFLICT, "phase", 0,
                       "a curve over query runs from decode to prefill: leave out --phase prefill");
    return tr_input_check_lists(scenario, &id[along], 1, err);
}

tr_status tr_prepare_roof(tr_scenario *scenario, tr_error *err)
{
    if (tr_input_choice(scenario, TR_IN_PHASE) == TR_PHASE_PREFILL)
        return tr_fail(err, TR_ECONFLICT, "phase", 0,
                       "a roofline has decode and prefill both: leave out --phase prefill, --query is the prompt's "
                       "length");
    return TR_OK;
}

/* What it samples is decoded: a prompt has no part in it. */
tr_status tr_prepare_lifecycle(tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id no[] = {TR_IN_PHASE, TR_IN_QUERY};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (tr_input_is_set(scenario, no[i]) &&
            (no[i] == TR_IN_QUERY || tr_input_choice(scenario, no[i]) != TR_PHASE_DECODE))
            return tr_fail(err, TR_ECONFLICT, tr_input_at(no[i])->key, 0,
                           "a life has no --%s: --batch and --context are of decoding, in which samples are generated",
                           tr_input_at(no[i])->option);
    return TR_OK;
}

tr_status tr_prepare_memory(tr_scenario *scenario, tr_error *err) { return tr_drafts_check(scenario, err); }

tr_status tr_prepare_layout(tr_scenario *scenario, tr_error *err)
{
    return physics_unless_set(scenario, "fitted", err);
}
