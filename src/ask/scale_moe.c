/* ask/scale_moe.c -- experts inside one domain: what they exchange, and what a batch must be for them to pay.
 */
#include "ask/scale.h"

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "base/extreme.h"
#include "write/print.h"

/* ---- what they are ---------------------------------------------------------------------------------- */

static void insert(tr_scale_moe *m, double batch_seq)
{
    size_t at = 0;
    while (at < m->batches && m->batch[at] < batch_seq)
        at++;
    if (m->batches == TR_SCALE_BATCHES || !(batch_seq >= 1.0 && batch_seq <= m->max_batch_seq) ||
        (at < m->batches && m->batch[at] == batch_seq))
        return;
    for (size_t i = m->batches++; i > at; i--)
        m->batch[i] = m->batch[i - 1];
    m->batch[at] = batch_seq;
}

static void batches_of(const tr_scale_terms *terms, tr_scale_moe *m)
{
    const tr_problem *q = terms->question;
    m->balance_seq = tr_balance_batch_seq(&q->roof, 0.0);
    m->max_batch_seq = tr_shard_max_batch_seq(&q->shard, terms->context_token);
    if (terms->batch_asked) {
        m->batch[m->batches++] = terms->batch_seq; /* whether it fits or not */
        return;
    }
    const double most = smaller(m->max_batch_seq, larger(m->balance_seq, 1.0) * 4.0);
    for (double batch = 1.0; batch <= most && batch < 1e7; batch *= 4.0)
        insert(m, batch);
    insert(m, floor(m->balance_seq + 0.5));
    insert(m, smaller(m->max_batch_seq, 1e9));
}

void tr_scale_moe_of(const tr_scale_terms *terms, tr_scale_moe *out)
{
    const tr_model *model = terms->question->model;
    const tr_chip *chip = &terms->question->system->chip;
    tr_scale_moe m = {.question = terms->question,
                      .group_chip = terms->question->system->domain_chip,
                      .batch_seq = terms->batch_seq,
                      .domain_seq = terms->domain_seq,
                      .copy_count = terms->batch_asked ? 1.0 : tr_problem_copy_count(terms->question),
                      .rack_count = terms->rack_count,
                      .leaving_share = tr_leaving_share(terms->rack_count)};
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        if (!(layer->experts > 0))
            continue;
        m.is_mixture = 1;
        m.experts = layer->experts;
        m.experts_active = layer->experts_active;
        m.layers += layer->layer_count;
    }
    if (m.is_mixture) {
        m.experts_per_chip = m.experts / m.group_chip;
        m.token_byte = tr_moe_token_byte(model->hidden, m.experts_active, m.group_chip, TR_DISPATCH_BYTE,
                                         TR_COMBINE_BYTE);
        const double chip_byte = m.token_byte * terms->domain_seq / m.group_chip * m.layers;
        m.scaleup_s = chip->scaleup_byte_per_s > 0 ? chip_byte / chip->scaleup_byte_per_s : (double)NAN;
        m.scaleout_s = chip->scaleout_byte_per_s > 0 ? chip_byte / chip->scaleout_byte_per_s : (double)NAN;
        m.link_ratio = chip->scaleup_byte_per_s > 0 && chip->scaleout_byte_per_s > 0
                           ? chip->scaleup_byte_per_s / chip->scaleout_byte_per_s
                           : (double)NAN;
        m.stage_over_hop_ratio = tr_stage_over_hop_ratio(m.link_ratio, m.experts_active, 1.0);
        batches_of(terms, &m);
    }
    *out = m;
}

void tr_scale_experts_of(const tr_scale_moe *m, double batch_seq, tr_scale_experts *out)
{
    const tr_problem *q = m->question;
    const tr_load load = {TR_PHASE_DECODE, batch_seq, q->load.context_token, 1.0};
    tr_scale_experts row = {.question = q, .moe = m, .batch_seq = batch_seq};
    tr_error why;
    row.replica_seq = larger(batch_seq / tr_problem_copy_count(q), 1.0);
    row.touched_share = tr_expert_touched_share(1.0 - m->experts_active / m->experts, row.replica_seq);
    row.token_per_expert = row.replica_seq * m->experts_active / m->experts; /* [K105] */
    row.exchange_s = m->scaleup_s / m->domain_seq * batch_seq / m->copy_count;
    if (tr_step_row_of(q, &load, &row.pass, &why) != TR_OK)
        row.pass = tr_step_row_none(q, &load, &why);
    row.step_s = tr_step_row_time_s(&row.pass);
    row.usd_per_mtoken = tr_step_row_usd_per_mtoken(&row.pass);
    row.weights_s = row.pass.fits ? row.pass.bound.weights_s : (double)NAN;
    *out = row;
}

/* ---- fields ------------------------------------------------------------------------------------------- */

#define OF(NAME, VALUE) TR_NUMBER(tr_scale_moe, NAME, VALUE)
OF(experts, row->experts)
OF(active, row->experts_active)
OF(layers, row->layers)
OF(group, row->group_chip)
OF(each, row->experts_per_chip)
OF(moved, row->token_byte)
OF(up, row->scaleup_s)
OF(across, row->scaleout_s)
OF(ratio, row->link_ratio)
OF(leaving, row->leaving_share)
OF(stage, row->stage_over_hop_ratio)
OF(asked, row->domain_seq)
static const tr_field moe[] = {
    TR_N("moe.experts", NONE, experts),        TR_N("moe.experts_active", NONE, active),
    TR_N("moe.layers", NONE, layers),          TR_N("moe.group_chip", NONE, group),
    TR_N("moe.experts_per_chip", NONE, each),  TR_N("moe.byte_per_token_layer", BYTE, moved),
    TR_N("moe.domain_seq", SEQ, asked),         TR_N("moe.scaleup_s", SECOND, up),
    TR_N("moe.scaleout_s", SECOND, across),    TR_N("moe.scaleup_over_scaleout", NONE, ratio),
    TR_N("moe.leaving_share", RATIO, leaving), TR_N("moe.stage_over_hop", NONE, stage),
};
const tr_fields tr_scale_moe_fields = {moe, sizeof moe / sizeof moe[0]};

#define ROW(NAME, VALUE) TR_NUMBER(tr_scale_experts, NAME, VALUE)
ROW(batch, row->batch_seq)
ROW(context, row->pass.load.context_token)
ROW(touched, row->touched_share)
ROW(tokens, row->token_per_expert)
ROW(exchange, row->exchange_s)
ROW(weights, row->weights_s)
ROW(row_experts, row->moe->experts)
ROW(row_active, row->moe->experts_active)
ROW(row_group, row->moe->group_chip)
ROW(row_byte, row->moe->token_byte)
TR_FLAG(tr_scale_experts, fits, row->pass.fits)
TR_TEXT(tr_scale_experts, limit, row->pass.fits ? tr_limit_name(row->pass.step.limit) : NULL)
TR_TEXT(tr_scale_experts, reason, row->pass.fits ? NULL : row->pass.why.text)
TR_QUANTITY(tr_scale_experts, step, row->step_s)
TR_QUANTITY(tr_scale_experts, cost, row->usd_per_mtoken)
#define SHOWN                                                                                                \
    TR_N_HEAD("at_batch_seq", SEQ, "batch", 7, batch),                                                       \
        TR_N_HEAD("touched_share", RATIO, "touched", 7, touched),                                            \
        TR_N_HEAD("token_per_expert", NONE, "each", 6, tokens),                                              \
        TR_N_HEAD("exchange_s", SECOND, "links", 8, exchange),                                               \
        TR_Q_HEAD("step_s", SECOND, "a token", 8, step)
#define PRICED TR_Q_HEAD("usd_per_mtoken", USD, "$/M", 9, cost)
static const tr_field all[] = {TR_QUESTION_PRICED,
                               TR_N("experts", NONE, row_experts),
                               TR_N("experts_active", NONE, row_active),
                               TR_N("group_chip", NONE, row_group),
                               TR_N("byte_per_token_layer", BYTE, row_byte),
                               TR_N("at_context_token", CONTEXT, context),
                               SHOWN,
                               TR_N("weights_s_bound", SECOND, weights),
                               PRICED,
                               TR_T("limited_by", limit),
                               TR_F("fits", fits),
                               TR_T("reason", reason)};
const tr_fields tr_scale_experts_fields = {all, sizeof all / sizeof all[0]};
static const tr_field shown[] = {SHOWN};
static const tr_fields shown_fields = {shown, sizeof shown / sizeof shown[0]};
/* Beside a list's own columns. */
static const tr_field narrow[] = {TR_N_HEAD("at_batch_seq", SEQ, "batch", 7, batch),
                                  TR_N_HEAD("touched_share", RATIO, "touched", 7, touched),
                                  TR_N_HEAD("token_per_expert", NONE, "each", 6, tokens),
                                  TR_Q_HEAD("step_s", SECOND, "a token", 8, step),
                                  TR_N_HEAD("usd_per_mtoken.predicted", USD, "$/M", 8, cost),
                                  TR_N_HEAD("usd_per_mtoken.bound", USD, "bound", 8, cost_bound)};
const tr_fields tr_scale_experts_columns = {narrow, sizeof narrow / sizeof narrow[0]};
static const tr_field priced[] = {TR_N_HEAD("at_batch_seq", SEQ, "batch", 8, batch), PRICED};
static const tr_fields priced_fields = {priced, sizeof priced / sizeof priced[0]};

/* ---- the page -------------------------------------------------------------------------------------------
 */

static void print_rows(const tr_scale_moe *m, int columns, tr_writer *out)
{
    tr_scale_experts row;
    tr_error why;
    if (m->batches == 0) {
        (void)tr_check_fits(m->question, 1.0, m->question->load.context_token, &why);
        tr_print_wrapped(out, "  ", "  ", why.text, columns);
        return;
    }
    for (int k = 0; k < (m->question->roof.usd_per_s > 0.0 ? 2 : 1); k++) {
        const tr_fields *fields = k == 0 ? &shown_fields : &priced_fields;
        tr_write_char(out, '\n');
        tr_fields_table_head(fields, out);
        for (size_t i = 0; i < m->batches; i++) {
            tr_scale_experts_of(m, m->batch[i], &row);
            tr_fields_table_row(fields, &row, out);
        }
    }
    if (!row.pass.fits)
        tr_print_wrapped(out, "  ", "  ", row.pass.why.text, columns);
    tr_print_wrapped(
        out, "  ", "  ",
        "touched: experts of a layer that some token of the batch chooses, and that are read; each: tokens "
        "that an expert has, of the batch; links: the exchange alone, over the scale-up links, if experts "
        "are "
        "spread over the domain; a token, $/M: of a step of the whole batch in the layout above; low to "
        "high: the 90 % interval.",
        columns);
}

void tr_scale_moe_text(const tr_scale_moe *m, int with_rows, int columns, tr_writer *out)
{
    if (!m->is_mixture) {
        tr_print_wrapped(out, "  ", "  ", "this model has no experts: nothing is dispatched", columns);
        return;
    }
    char text[160];
    (void)snprintf(text, sizeof text, "%.0f experts over a domain of %.0f chip%s", m->experts, m->group_chip,
                   m->group_chip > 1.0 ? "s" : "");
    tr_print_quantity(out, "experts a chip", m->experts_per_chip, TR_UNIT_NONE, text);
    tr_print_quantity(out, "a token and layer moves", m->token_byte, TR_UNIT_BYTE,
                      m->group_chip > 1.0 ? "dispatched in FP8, combined in BF16"
                                          : "all experts are on the one chip");
    (void)snprintf(text, sizeof text, "for %.0f sequence%s over all %.0f layers", m->domain_seq,
                   m->domain_seq > 1.0 ? "s" : "", m->layers);
    if (m->scaleup_s > 0)
        tr_print_quantity(out, "on the scale-up links", m->scaleup_s, TR_UNIT_SECOND, text);
    if (m->scaleout_s > 0)
        tr_print_quantity(out, "on the scale-out links", m->scaleout_s, TR_UNIT_SECOND,
                          "if each chip were a domain of its own");
    if (m->link_ratio > 0) {
        tr_print_quantity(out, "links' ratio", m->link_ratio, TR_UNIT_NONE, "scale-up over scale-out");
        tr_print_quantity(out, "one layer over a hop", m->stage_over_hop_ratio, TR_UNIT_NONE,
                          m->stage_over_hop_ratio >= 1 ? "a pipeline stage of one layer hides its hop"
                                                       : "a stage needs more layers to hide its hop");
    }
    (void)snprintf(text, sizeof text, "if the experts are spread over %.0f domain%s", m->rack_count,
                   m->rack_count > 1.0 ? "s" : "");
    tr_print_quantity(out, "leaves the domain", m->leaving_share, TR_UNIT_RATIO, text);
    if (with_rows)
        print_rows(m, columns, out);
}
