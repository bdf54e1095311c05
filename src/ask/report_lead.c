/* ask/report_lead.c -- what a report leads with: requests at a load, as `predict` answers them. */
#include <tokenroof/ask.h>

#include <string.h>

#include "ask/report.h"
#include "base/fail.h"

/* What is asked of one pass is not asked of requests; the batch asked for are so many clients. */
static tr_status ask_of_requests(tr_scenario *asked, const tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id of_a_pass[] = {TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY, TR_IN_PHYSICS};
    tr_status s = tr_scenario_copy(asked, scenario);
    for (size_t i = 0; s == TR_OK && i < sizeof of_a_pass / sizeof of_a_pass[0]; i++)
        s = tr_scenario_unset(asked, tr_input_at(of_a_pass[i])->key, err);
    if (s == TR_OK && tr_input_number(scenario, TR_IN_BATCH) > 1.0) /* one is the default, and is echoed */
        s = tr_scenario_set_number(asked, tr_input_at(TR_IN_CONCURRENCY)->key,
                                   tr_input_number(scenario, TR_IN_BATCH), err);
    return s;
}

tr_status tr_report_lead_of(const tr_scenario *scenario, const tr_problem *question, tr_report_lead *out,
                            tr_error *err)
{
    memset(out, 0, sizeof *out);
    if (question->blackboard)
        return TR_OK;
    tr_scenario *asked = tr_scenario_create();
    tr_status s = asked == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                                : ask_of_requests(asked, scenario, err);
    if (s == TR_OK && tr_predict_walk_begin(asked, question, &out->walk, &out->why) == TR_OK) {
        const tr_predict_row *row = tr_predict_walk_at(out->walk, 0, &out->why);
        out->is_there = row != NULL && row->fits;
        if (row != NULL) {
            out->row = *row;
            out->why = row->why;
        }
        if (out->is_there)
            tr_levers_of(tr_predict_walk_scenario(out->walk), &out->row);
    }
    tr_scenario_destroy(asked);
    return s;
}

void tr_report_lead_end(tr_report_lead *lead) { tr_predict_walk_end(lead->walk); }

void tr_report_lead_text(const tr_report_lead *lead, tr_writer *out)
{
    if (lead->is_there)
        tr_predict_print(&lead->row, out);
    else if (lead->why.status != TR_OK) {
        tr_write_text(out, "requests over time are not predicted: ");
        tr_write_text(out, lead->why.text);
        tr_write_char(out, '\n');
    } else {
        return;
    }
    tr_write_char(out, '\n');
}

void tr_report_lead_json(const tr_report_lead *lead, tr_json *json)
{
    if (!lead->is_there)
        return;
    tr_json_key_object(json, "predict");
    tr_fields_json(&tr_predict_fields, &lead->row, json);
    tr_predict_row_more(&lead->row, json);
    tr_json_close(json);
}
