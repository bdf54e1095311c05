/* ask/lifecycle.c -- the answer of `lifecycle`: what a life costs, how far it is overtrained, and what
 * size a lab would choose for its traffic. */
#include "ask/lifecycle.h"

#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/working.h"
#include "base/fail.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

size_t tr_lifecycle_rates(const tr_scenario *scenario, const double **rate)
{
    size_t count = 0;
    *rate = tr_input_list(scenario, TR_IN_SERVE_RATE, &count);
    return count;
}

tr_status tr_lifecycle_of(const tr_scenario *scenario, const tr_problem *question, tr_lifecycle *out,
                          tr_error *err)
{
    const double *rate;
    (void)tr_lifecycle_rates(scenario, &rate);
    tr_lifecycle t = {.question = question,
                      .rate_token_per_s = rate[0],
                      .fit = (tr_loss_fit)tr_input_choice(scenario, TR_IN_LOSS_FIT)};
    t.law = tr_loss_law_of(t.fit);
    t.terms = (tr_life_terms){.rl_flop_per_param = tr_input_number(scenario, TR_IN_RL_FLOP),
                              .train_mfu = tr_input_number(scenario, TR_IN_TRAIN_MFU),
                              .rl_mfu = tr_input_number(scenario, TR_IN_RL_MFU),
                              .serve_mfu = tr_input_number(scenario, TR_IN_SERVE_MFU),
                              .chip_flop_per_s = question->roof.flop_per_s / question->roof.chip_count,
                              .chip_usd_per_s = question->roof.usd_per_s / question->roof.chip_count};
    t.peak = t.terms;
    t.peak.train_mfu = t.peak.rl_mfu = t.peak.serve_mfu = 1.0;
    t.life_s = tr_input_number(scenario, TR_IN_LIFE);
    t.ship_share = tr_input_number(scenario, TR_IN_SHIP);
    t.life.active_param = question->model->active_param;
    t.life.train_token = tr_input_number(scenario, TR_IN_TRAIN_TOKEN);
    t.life.serve_token = tr_life_serve_token(t.rate_token_per_s, t.life_s, t.ship_share);
    tr_status s = tr_lifecycle_mfu(scenario, &t, err);
    if (s != TR_OK)
        return s;
    s = tr_life_equal_of(t.life.train_token, &t.terms, &t.equal_rl_token, &t.equal_serve_token, err);
    if (s != TR_OK)
        return s;
    t.life.rl_token = tr_input_is_set(scenario, TR_IN_RL_TOKEN) ? tr_input_number(scenario, TR_IN_RL_TOKEN)
                                                                : t.equal_rl_token;
    s = tr_life_cost_of(&t.life, &t.terms, &t.cost, err);
    if (s == TR_OK)
        s = tr_life_cost_of(&t.life, &t.peak, &t.bound, err);
    if (s != TR_OK)
        return s;
    const tr_loss_law first = tr_loss_law_of(TR_LOSS_FIT_HOFFMANN),
                      second = tr_loss_law_of(TR_LOSS_FIT_EPOCH);
    t.loss_nat = tr_loss_nat(&t.law, t.life.active_param, t.life.train_token);
    t.overtrain_rule = t.life.train_token / (tr_rule_token_per_param() * t.life.active_param);
    t.overtrain_hoffmann = t.life.train_token / tr_loss_best_token(&first, t.life.active_param);
    t.overtrain_epoch = t.life.train_token / tr_loss_best_token(&second, t.life.active_param);
    *out = t;
    return TR_OK;
}

tr_status tr_lifecycle_choice(const tr_lifecycle *life, double rate_token_per_s, tr_life_choice *out,
                              tr_error *err)
{
    return tr_life_choose(&life->law, life->loss_nat,
                          tr_life_serve_token(rate_token_per_s, life->life_s, life->ship_share), &life->terms,
                          out, err);
}

/* ---- rows: the size for each rate ------------------------------------------------------ */

typedef struct choice_row {
    const tr_problem *question; /* first: it names the row */
    const tr_lifecycle *life;
    const double *rates;
    double rate;
    tr_life_choice choice;
} choice_row;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    choice_row *row = context;
    row->rate = row->rates[index];
    return tr_lifecycle_choice(row->life, row->rate, &row->choice, err) == TR_OK ? row : NULL;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(choice_row, NAME, VALUE)
NUMBER(row_rate, row->rate)
NUMBER(row_served, tr_life_serve_token(row->rate, row->life->life_s, row->life->ship_share))
NUMBER(row_param, row->choice.active_param)
NUMBER(row_token, row->choice.train_token)
NUMBER(row_ratio, row->choice.train_token / row->choice.active_param)
NUMBER(row_over, row->choice.overtrain_ratio)
NUMBER(row_chip_s, row->choice.chip_s)
static int is_priced(const tr_lifecycle *t) { return t->terms.chip_usd_per_s > 0.0; }
NUMBER(row_usd, is_priced(row->life) ? row->choice.chip_s * row->life->terms.chip_usd_per_s : (double)NAN)
static double bound_s(const choice_row *row)
{
    return tr_life_at_chip_s(&row->life->law, row->life->loss_nat, row_served(row), &row->life->peak,
                             row->choice.active_param);
}
NUMBER(row_bound_s, bound_s(row))
NUMBER(row_bound_usd, is_priced(row->life) ? bound_s(row) * row->life->terms.chip_usd_per_s : (double)NAN)
NUMBER(row_serve, row->choice.serve_share)
NUMBER(row_best_param, row->choice.best_param)
NUMBER(row_best_ratio, row->choice.best_chip_s / row->choice.chip_s)
NUMBER(row_equal_param, row->choice.equal_param)
NUMBER(row_equal_ratio, row->choice.equal_chip_s / row->choice.chip_s)

/* Of the life, which is the same in every row. */
NUMBER(row_train_mfu, row->life->terms.train_mfu)
NUMBER(row_train_hour, row->life->cost.train_chip_s / 3600.0)
NUMBER(row_train_rate, row->life->life.train_token / row->life->cost.train_chip_s)
NUMBER(row_rl_mfu, row->life->terms.rl_mfu)
TR_QUANTITY(choice_row, row_decode, row->life->rl.decode_mfu)
TR_QUANTITY(choice_row, row_by_flop, row->life->rl.flop_mfu)

static const tr_field choice_list[] = {
    TR_QUESTION_NAMES,
    TR_QUESTION_PRICE,
    TR_N_HEAD("serve_token_per_s", TOKEN_PER_S, "traffic", 12, row_rate),
    TR_N_HEAD("serve_token", TOKEN, "served", 8, row_served),
    TR_N_HEAD("active_param", PARAM, "choose", 8, row_param),
    TR_N_HEAD("train_token", TOKEN, "trained on", 10, row_token),
    TR_N_HEAD("token_per_param", NONE, "a param.", 8, row_ratio),
    TR_N_HEAD("overtrain_ratio", NONE, "over x", 7, row_over),
    TR_N("chip_s", SECOND, row_chip_s),
    TR_N("chip_s_bound", SECOND, row_bound_s),
    TR_N_HEAD("usd", USD, "costs", 8, row_usd),
    TR_N("usd_bound", USD, row_bound_usd),
    TR_N_HEAD("serve_share", RATIO, "serving", 7, row_serve),
    TR_N("train_best_param", PARAM, row_best_param),
    TR_N_HEAD("train_best_over_choice", NONE, "train x", 7, row_best_ratio),
    TR_N("equal_cost_param", PARAM, row_equal_param),
    TR_N_HEAD("equal_cost_over_choice", NONE, "equal x", 7, row_equal_ratio),
    TR_N("train_mfu", RATIO, row_train_mfu),
    TR_N("train_chip_hour", NONE, row_train_hour),
    TR_N("train_token_per_s_per_chip", NONE, row_train_rate),
    TR_N("rl_mfu", RATIO, row_rl_mfu),
    TR_Q("rl_decode_mfu", RATIO, row_decode),
    TR_Q("rl_mfu_by_flop", RATIO, row_by_flop),
};
static const tr_fields choice_fields = {choice_list, sizeof choice_list / sizeof choice_list[0]};

/* ---- the life itself -------------------------------------------------------------------- */

#define LIFE(NAME, VALUE) TR_NUMBER(tr_lifecycle, NAME, VALUE)
LIFE(life_param, row->life.active_param)
LIFE(life_train, row->life.train_token)
LIFE(life_rl, row->life.rl_token)
LIFE(life_serve, row->life.serve_token)
LIFE(life_train_share, row->cost.train_share)
LIFE(life_rl_share, row->cost.rl_share)
LIFE(life_serve_share, row->cost.serve_share)
LIFE(life_train_s, row->cost.train_chip_s)
LIFE(life_rl_s, row->cost.rl_chip_s)
LIFE(life_serve_s, row->cost.serve_chip_s)
LIFE(life_total_s, row->cost.total_chip_s)
LIFE(life_usd, is_priced(row) ? row->cost.total_usd : (double)NAN)
LIFE(life_bound_s, row->bound.total_chip_s)
LIFE(life_bound_usd, is_priced(row) ? row->bound.total_usd : (double)NAN)
TR_TEXT(tr_lifecycle, life_physics, ((void)row, "shares of the peak"))
LIFE(life_equal_rl, row->equal_rl_token)
LIFE(life_equal_serve, row->equal_serve_token)
LIFE(life_loss, row->loss_nat)
LIFE(life_over_rule, row->overtrain_rule)
LIFE(life_over_hoffmann, row->overtrain_hoffmann)
LIFE(life_over_epoch, row->overtrain_epoch)
TR_TEXT(tr_lifecycle, life_fit, tr_loss_fit_name(row->fit))

static const tr_field life_list[] = {
    TR_N("life.active_param", PARAM, life_param),
    TR_N("life.train_token", TOKEN, life_train),
    TR_N("life.rl_token", TOKEN, life_rl),
    TR_N("life.serve_token", TOKEN, life_serve),
    TR_N("life.train_chip_s", SECOND, life_train_s),
    TR_N("life.rl_chip_s", SECOND, life_rl_s),
    TR_N("life.serve_chip_s", SECOND, life_serve_s),
    TR_N("life.total_chip_s", SECOND, life_total_s),
    TR_N("life.total_chip_s_bound", SECOND, life_bound_s),
    TR_N("life.train_share", RATIO, life_train_share),
    TR_N("life.rl_share", RATIO, life_rl_share),
    TR_N("life.serve_share", RATIO, life_serve_share),
    TR_N("life.usd", USD, life_usd),
    TR_N("life.usd_bound", USD, life_bound_usd),
    TR_T("life.physics", life_physics),
    TR_N("equal_cost.rl_token", TOKEN, life_equal_rl),
    TR_N("equal_cost.serve_token", TOKEN, life_equal_serve),
    TR_N("overtrain.rule_ratio", NONE, life_over_rule),
    TR_N("overtrain.hoffmann_ratio", NONE, life_over_hoffmann),
    TR_N("overtrain.epoch_ratio", NONE, life_over_epoch),
    TR_T("loss.fit", life_fit),
    TR_N("loss.nat", NONE, life_loss),
};
static const tr_fields life_fields = {life_list, sizeof life_list / sizeof life_list[0]};

/* ---- the equations, with numbers ------------------------------------------------------------ */

static void workings_of(const tr_lifecycle *t, tr_workings *out)
{
    out->count = 0;
    tr_working *w = tr_working_start(out, "K25");
    tr_working_put(w, "N", TR_UNIT_PARAM, t->life.active_param, 0);
    tr_working_put(w, "D_train", TR_UNIT_TOKEN, t->life.train_token, 0);
    tr_working_put(w, "D_rl", TR_UNIT_TOKEN, t->life.rl_token, 0);
    tr_working_put(w, "D_serve", TR_UNIT_TOKEN, t->life.serve_token, 0);
    tr_working_put(w, "k", TR_UNIT_NONE, t->terms.rl_flop_per_param, 0);
    tr_working_put(w, "F", TR_UNIT_FLOP_PER_S, t->terms.chip_flop_per_s, 0);
    tr_working_put(w, "m_train", TR_UNIT_RATIO, t->terms.train_mfu, 0);
    tr_working_put(w, "m_rl", TR_UNIT_RATIO, t->terms.rl_mfu, 0);
    tr_working_put(w, "m_serve", TR_UNIT_RATIO, t->terms.serve_mfu, 0);
    tr_working_put(w, "chip_s", TR_UNIT_SECOND, t->cost.total_chip_s, 1);
    tr_lifecycle_mfu_workings(t, out);
    w = tr_working_start(out, "K26");
    tr_working_put(w, "D_train", TR_UNIT_TOKEN, t->life.train_token, 0);
    tr_working_put(w, "D_rl", TR_UNIT_TOKEN, t->equal_rl_token, 1);
    tr_working_put(w, "D_serve", TR_UNIT_TOKEN, t->equal_serve_token, 1);
    tr_working_put(w, "k", TR_UNIT_NONE, t->terms.rl_flop_per_param, 0);
    tr_working_put(w, "m_train", TR_UNIT_RATIO, t->terms.train_mfu, 0);
    tr_working_put(w, "m_rl", TR_UNIT_RATIO, t->terms.rl_mfu, 0);
    tr_working_put(w, "m_serve", TR_UNIT_RATIO, t->terms.serve_mfu, 0);
    w = tr_working_start(out, "K27");
    tr_working_put(w, "rate", TR_UNIT_TOKEN_PER_S, t->rate_token_per_s, 0);
    tr_working_put(w, "life_s", TR_UNIT_SECOND, t->life_s, 0);
    tr_working_put(w, "p", TR_UNIT_RATIO, t->ship_share, 0);
    tr_working_put(w, "D_serve", TR_UNIT_TOKEN, t->life.serve_token, 1);
    w = tr_working_start(out, "K20");
    tr_working_put(w, "N", TR_UNIT_PARAM, t->life.active_param, 0);
    tr_working_put(w, "D", TR_UNIT_TOKEN, t->life.train_token, 0);
    tr_working_put(w, "e", TR_UNIT_NONE, t->law.e_nat, 0);
    tr_working_put(w, "a", TR_UNIT_NONE, t->law.a_ratio, 0);
    tr_working_put(w, "alpha", TR_UNIT_NONE, t->law.alpha_ratio, 0);
    tr_working_put(w, "b", TR_UNIT_NONE, t->law.b_ratio, 0);
    tr_working_put(w, "beta", TR_UNIT_NONE, t->law.beta_ratio, 0);
    tr_working_put(w, "loss", TR_UNIT_NONE, t->loss_nat, 1);
    tr_life_choice c;
    if (tr_lifecycle_choice(t, t->rate_token_per_s, &c, NULL) == TR_OK) {
        w = tr_working_start(out, "K28");
        tr_working_put(w, "D_serve", TR_UNIT_TOKEN, t->life.serve_token, 0);
        tr_working_put(w, "F", TR_UNIT_FLOP_PER_S, t->terms.chip_flop_per_s, 0);
        tr_working_put(w, "m_train", TR_UNIT_RATIO, t->terms.train_mfu, 0);
        tr_working_put(w, "m_serve", TR_UNIT_RATIO, t->terms.serve_mfu, 0);
        tr_working_put(w, "N", TR_UNIT_PARAM, c.active_param, 1);
        tr_working_put(w, "D(N)", TR_UNIT_TOKEN, c.train_token, 1);
    }
}

/* ---- the page ------------------------------------------------------------------------------------- */

static void print_kind(tr_writer *out, const char *label, double token, double chip_s, double share)
{
    char text[160], tokens[48], days[48], part[32];
    (void)tr_quantity_format(token, TR_UNIT_TOKEN, tokens, sizeof tokens);
    (void)tr_quantity_format(chip_s / 86400.0, TR_UNIT_NONE, days, sizeof days);
    (void)tr_quantity_format(share, TR_UNIT_RATIO, part, sizeof part);
    (void)snprintf(text, sizeof text, "%s chip-days, %s of it all", days, part);
    tr_print_line(out, label, tokens, text);
}

static tr_status write_text(const tr_lifecycle *t, const tr_rows *rows, const tr_notes *notes,
                            const tr_workings *workings, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[256];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%.90s, trained and served on %.60s\n", t->question->model->name,
                   t->question->system->chip.name);
    tr_write_text(&out, text);
    (void)snprintf(text, sizeof text,
                   "at shares of the peak that stand for a prediction: training %.3g %% (--%s), reinforcement\n"
                   "learning %.3g %% (--%s), serving %.3g %% (--serve-mfu)\n",
                   t->terms.train_mfu * 100, t->mfu_from, t->terms.rl_mfu * 100,
                   t->rl.share_given ? "rl-decode-share" : "rl-mfu", t->terms.serve_mfu * 100);
    tr_write_text(&out, text);
    tr_print_heading(&out, style, "A model's life");
    print_kind(&out, "pre-training", t->life.train_token, t->cost.train_chip_s, t->cost.train_share);
    print_kind(&out, "reinforcement learning", t->life.rl_token, t->cost.rl_chip_s, t->cost.rl_share);
    print_kind(&out, "serving", t->life.serve_token, t->cost.serve_chip_s, t->cost.serve_share);
    const tr_system *system = t->question->system;
    (void)snprintf(text, sizeof text, "at the chip's price: %s%s%s", tr_price_kind_words(system->price_kind),
                   system->price_date[0] != '\0' ? ", " : "", system->price_date);
    if (is_priced(t)) {
        tr_print_quantity(&out, "all of it", t->cost.total_usd, TR_UNIT_USD, text);
        tr_print_quantity(&out, "lower bound", t->bound.total_usd, TR_UNIT_USD,
                          "at the datasheet's peak throughout");
    } else {
        tr_print_line(&out, "all of it", "no price", "none is known of this chip; --price gives one");
    }
    tr_lifecycle_mfu_text(t, style, &out);
    tr_print_heading(&out, style, "If each cost as much as pre-training");
    tr_print_quantity(&out, "reinforcement learning", t->equal_rl_token, TR_UNIT_TOKEN, "tokens");
    tr_print_quantity(&out, "serving", t->equal_serve_token, TR_UNIT_TOKEN, "tokens");
    tr_print_heading(&out, style, "Overtraining: training tokens over what is best for training alone");
    tr_print_quantity(&out, "by 20 a parameter", t->overtrain_rule, TR_UNIT_NONE, "times");
    tr_print_quantity(&out, "by the first loss law", t->overtrain_hoffmann, TR_UNIT_NONE,
                      "times (Hoffmann et al.)");
    tr_print_quantity(&out, "by its replication", t->overtrain_epoch, TR_UNIT_NONE,
                      "times (Besiroglu et al.)");
    (void)snprintf(text, sizeof text, "The active parameters to choose for the same loss (%.4g nats by the %s fit)",
                   t->loss_nat, tr_loss_fit_name(t->fit));
    tr_print_heading(&out, style, text);
    tr_fields_table_head(&choice_fields, &out);
    for (size_t i = 0; i < rows->count; i++) {
        const void *row = rows->at(rows->context, i, err);
        if (row == NULL)
            return err != NULL ? err->status : TR_EDOMAIN;
        tr_fields_table_row(&choice_fields, row, &out);
    }
    tr_print_wrapped(
        &out, "  ", "  ",
        "a param.: training tokens per parameter; over x: those over what training alone asks for; train x: cost of "
        "the size that is cheapest to train, over the cost of the choice; equal x: the same of the size that takes "
        "as much to train as to serve.",
        style->columns);
    tr_notes_text(notes, style->columns, &out);
    if (style->explain)
        tr_workings_text(workings, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_json(const tr_lifecycle *t, const tr_rows *rows, const tr_notes *notes,
                            const tr_workings *workings, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_json_key_string(&json, "model", t->question->model->name);
    tr_json_key_string(&json, "chip", t->question->system->chip.name);
    tr_fields_json(&life_fields, t, &json);
    tr_fields_json(&tr_lifecycle_mfu_fields, t, &json);
    tr_json_key(&json, "choices");
    tr_json_array(&json);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_notes_json(notes, &json);
    if (style->explain)
        tr_workings_json(workings, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_lifecycle(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                              tr_sink *sink, tr_error *err)
{
    tr_lifecycle t;
    tr_workings workings;
    choice_row row = {.question = question, .life = &t};
    const tr_status s = tr_lifecycle_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    const size_t count = tr_lifecycle_rates(scenario, &row.rates);
    tr_notes notes = {.count = 0};
    if (t.question->model->routed_param > 0)
        notes.text[notes.count++] =
            "the loss laws know dense models: a mixture stands in with the parameters a token uses, so "
            "its loss is overstated";
    const tr_rows rows = {.fields = &choice_fields,
                          .name = "choices",
                          .count = count,
                          .at = row_at,
                          .context = &row,
                          .scenario = scenario,
                          .notes = &notes};
    workings_of(&t, &workings);
    if (style->format == TR_FORMAT_TEXT)
        return write_text(&t, &rows, &notes, &workings, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_json(&t, &rows, &notes, &workings, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
