/* ask/menu_row.c -- the rows of `menu`: batches by name, by number and by speed, with drafts and without. */
#include "ask/menu.h"

#include <math.h>
#include <stdio.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "write/print.h"

enum { DRAFTED_POINTS = 2, DRAFTS_TRIED = 8, FREE_DRAFTS = 3 };

/* ---- batches ------------------------------------------------------------------------------------ */

static tr_load load_of(const tr_menu *m, double batch_seq)
{
    return (tr_load){TR_PHASE_DECODE, batch_seq, m->report.context_token, 1.0};
}

tr_status tr_menu_batch(const tr_menu *m, int drafts, double token_per_s, double *batch_seq, tr_error *err)
{
    const tr_problem *q = drafts ? &m->drafted : &m->plain;
    tr_load load = load_of(m, 1.0);
    tr_step step;
    if (q->physics == TR_PHYSICS_BOUND && !drafts)
        return tr_batch_for_speed(&q->roof, &q->shard, load.context_token, token_per_s, batch_seq, err);
    tr_status s = tr_problem_step(q, q->physics, &load, &step, err);
    if (s != TR_OK)
        return s;
    if (!(step.token_per_s_per_seq >= token_per_s))
        return tr_fail(err, TR_ENOFIT, "token_per_s", token_per_s,
                       "one sequence alone gets %.4g tokens/s as predicted: no batch reaches %.4g",
                       step.token_per_s_per_seq, token_per_s);
    double low = 1.0, high = smaller(tr_shard_max_batch_seq(&q->shard, load.context_token), 1e9);
    while (s == TR_OK && low < high) { /* steps only grow with the batch */
        load.batch_seq = low + floor((high - low + 1.0) / 2.0);
        s = tr_problem_step(q, q->physics, &load, &step, err);
        if (step.token_per_s_per_seq >= token_per_s)
            low = load.batch_seq;
        else
            high = load.batch_seq - 1.0;
    }
    *batch_seq = low;
    return s;
}

/* As many drafts as make one sequence fastest, each at its measured acceptance; a few where they cost nothing. */
static double best_draft_token(const tr_problem *plain, double accept_share, double context_token)
{
    const tr_load one = {TR_PHASE_DECODE, 1.0, context_token, 1.0};
    double best = 1.0, most = 0.0;
    tr_problem drafted;
    tr_step step;
    const tr_model *m = plain->model;
    if (m->draft_model == NULL && !(m->mtp_layers > 0.0))
        return FREE_DRAFTS;
    for (double k = 1.0; k <= DRAFTS_TRIED; k += 1.0)
        if (tr_problem_drafting(plain, k, accept_share, &drafted, NULL) == TR_OK &&
            tr_problem_step(&drafted, plain->physics, &one, &step, NULL) == TR_OK && step.token_per_s > most) {
            most = step.token_per_s;
            best = k;
        }
    return best;
}

static tr_status add_drafts(const tr_scenario *scenario, const tr_problem *question, tr_menu *m, tr_error *err)
{
    const int asked = question->formats.draft_token > 0.0;
    m->has_drafts = asked || !question->blackboard;
    if (asked) {
        m->drafted = *question;
        return TR_OK;
    }
    if (tr_input_is_set(scenario, TR_IN_KEPT))
        return tr_fail(err, TR_ECONFLICT, "kept_token_per_step", 0.0, "--tokens-per-step needs --draft");
    const double share = tr_input_number(scenario, TR_IN_ACCEPT);
    return m->has_drafts ? tr_problem_drafting(&m->plain, best_draft_token(&m->plain, share, m->report.context_token),
                                               share, &m->drafted, err)
                         : TR_OK;
}

tr_status tr_menu_of(const tr_scenario *scenario, const tr_problem *question, tr_menu *m, tr_error *err)
{
    m->scenario = scenario;
    tr_status s = tr_problem_drafting(question, 0.0, (double)NAN, &m->plain, err);
    if (s == TR_OK)
        s = tr_report_of(scenario, &m->plain, &m->report, err);
    if (s == TR_OK)
        s = add_drafts(scenario, question, m, err);
    m->batch_seq = tr_input_list(scenario, TR_IN_BATCH, &m->batch_count);
    if (!tr_input_is_set(scenario, TR_IN_BATCH))
        m->batch_count = 0;
    m->speed_token_per_s = tr_input_list(scenario, TR_IN_SPEED, &m->speed_count);
    m->margin_ratio = tr_input_number(scenario, TR_IN_MARGIN);
    if (s != TR_OK)
        return s;
    m->base = m->report.point[1].row;
    m->has_full = !m->base.fits && m->report.hold.max_batch_seq >= 1.0;
    const tr_load full = load_of(m, m->report.hold.max_batch_seq);
    return m->has_full ? tr_step_row_bound(&m->plain, &full, &m->base, err) : TR_OK;
}

size_t tr_menu_count(const tr_menu *m)
{
    const size_t each = m->has_drafts ? 2 : 1;
    return TR_REPORT_POINTS + 1 + (size_t)m->has_full + m->batch_count + (m->has_drafts ? DRAFTED_POINTS : 0) +
           each * m->speed_count;
}

/* ---- a row ------------------------------------------------------------------------------------------ */

static void no_speeds(tr_step *step)
{
    step->step_s = step->low_s = step->high_s = step->token_per_s = step->token_per_s_per_seq = step->usd_per_mtoken =
        (double)NAN;
}

static tr_status batch_row(const tr_menu *m, int drafts, double batch_seq, tr_menu_row *row, tr_error *err)
{
    const tr_load load = load_of(m, batch_seq);
    return tr_step_row_bound(drafts ? &m->drafted : &m->plain, &load, &row->pass, err);
}

static tr_status speed_row(tr_menu *m, int drafts, double token_per_s, tr_menu_row *row, tr_error *err)
{
    double batch_seq = 1.0;
    const tr_status s = tr_menu_batch(m, drafts, token_per_s, &batch_seq, &row->why);
    row->reached = s == TR_OK;
    row->mode = "speed";
    row->wanted_token_per_s = token_per_s;
    (void)snprintf(row->words, sizeof row->words, "%.4g/s", token_per_s);
    if (s != TR_OK && s != TR_ENOFIT) {
        if (err != NULL)
            *err = row->why;
        return s;
    }
    const tr_status passed = batch_row(m, drafts, batch_seq, row, err);
    if (s != TR_OK)
        row->pass.load.batch_seq = (double)NAN;
    return passed;
}

/* Which row an index is of. */
static tr_status fill(tr_menu *m, size_t index, tr_menu_row *row, int *drafts, tr_error *err)
{
    static const char *const drafted[DRAFTED_POINTS] = {"fast", "normal"};
    const double practice = floor(m->report.normal_batch_seq * m->margin_ratio);
    *drafts = 0;
    if (index < TR_REPORT_POINTS) {
        row->mode = m->report.point[index].name;
        row->pass = m->report.point[index].row;
        return TR_OK;
    }
    index -= TR_REPORT_POINTS;
    if (index-- == 0) { /* so many times the balance, where arrivals that vary still find it filled */
        row->mode = "practice";
        return batch_row(m, 0, larger(practice, 1.0), row, err);
    }
    if (m->has_full && index-- == 0) {
        row->mode = "full";
        row->pass = m->base;
        return TR_OK;
    }
    if (index < m->batch_count) {
        row->mode = "batch";
        (void)snprintf(row->words, sizeof row->words, "batch");
        return batch_row(m, 0, m->batch_seq[index], row, err);
    }
    index -= m->batch_count;
    if (m->has_drafts && index < DRAFTED_POINTS) {
        const double most = larger(tr_shard_max_batch_seq(&m->drafted.shard, m->report.context_token), 1.0);
        const double base_seq = m->base.load.batch_seq;
        row->mode = index == 1 && m->has_full ? "full" : drafted[index];
        *drafts = 1;
        const double normal_seq = m->has_full ? smaller(base_seq, most) : base_seq;
        return batch_row(m, 1, index == 0 ? m->plain.roof.copy_count : normal_seq, row, err);
    }
    index -= m->has_drafts ? DRAFTED_POINTS : 0;
    const size_t each = m->has_drafts ? 2 : 1;
    *drafts = (int)(index % each);
    return speed_row(m, *drafts, m->speed_token_per_s[index / each], row, err);
}

static void say_room(const tr_menu *m, tr_menu_row *row)
{
    char number[24];
    const double most = tr_shard_max_batch_seq(&row->pass.question->shard, m->report.context_token);
    if (row->reached && row->pass.fits)
        (void)snprintf(row->room, sizeof row->room, "yes");
    else if (!row->reached)
        (void)snprintf(row->room, sizeof row->room, "no batch");
    else if (most >= 1.0)
        (void)snprintf(row->room, sizeof row->room, "no: largest is %s",
                       tr_print_three(floor(most), TR_UNIT_SEQ, number, sizeof number));
    else
        (void)snprintf(row->room, sizeof row->room, "no: not one does");
}

const void *tr_menu_at(void *menu, size_t index, tr_error *err)
{
    tr_menu *m = menu;
    tr_menu_row *row = &m->row;
    tr_step_row base = m->base;
    int drafts = 0;
    *row = (tr_menu_row){.reached = 1, .wanted_token_per_s = (double)NAN};
    if (fill(m, index, row, &drafts, err) != TR_OK)
        return NULL;
    if (drafts) {
        char mode[24];
        (void)snprintf(mode, sizeof mode, "%s", row->words[0] != '\0' ? row->words : row->mode);
        (void)snprintf(row->words, sizeof row->words, "%.12s +%.0f", mode, m->drafted.formats.draft_token);
    }
    tr_step_row *pass = &row->pass;
    tr_step_row_by_physics(pass);
    tr_step_row_by_physics(&base);
    if (row->reached && !pass->fits)
        row->why = pass->why;
    if (!row->reached || !pass->fits) { /* no speed of a batch that cannot exist */
        no_speeds(&pass->bound);
        no_speeds(&pass->predicted);
        no_speeds(&pass->step);
    }
    say_room(m, row);
    row->speed_ratio = pass->step.token_per_s_per_seq / base.step.token_per_s_per_seq;
    row->price_ratio = base.step.token_per_s / pass->step.token_per_s;
    row->bound_speed_ratio = pass->bound.token_per_s_per_seq / base.bound.token_per_s_per_seq;
    row->bound_price_ratio = base.bound.token_per_s / pass->bound.token_per_s;
    return row;
}

/* ---- its fields ---------------------------------------------------------------------------------------- */

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_menu_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_menu_row, NAME, VALUE)
static int has_step(const tr_menu_row *row) { return row->reached && isfinite(row->pass.step.step_s); }
static int has_drafts(const tr_menu_row *row) { return row->pass.question->formats.draft_token > 0.0; }
TEXT(mode, row->mode)
TEXT(mode_words, row->words[0] != '\0' ? row->words : row->mode)
TEXT(physics, tr_physics_name(row->pass.question->physics))
NUMBER(wanted, row->wanted_token_per_s)
NUMBER(batch, row->pass.load.batch_seq)
NUMBER(draft, row->pass.question->formats.draft_token)
NUMBER(accept, row->pass.question->accept_share)
NUMBER(token_per_step, row->pass.question->token_per_step)
TEXT(drafts_by, has_drafts(row) ? tr_drafter(row->pass.question) : NULL)
TEXT(limit, has_step(row) ? tr_limit_name(row->pass.step.limit) : NULL)
NUMBER(speed, row->speed_ratio)
NUMBER(price, row->price_ratio)
NUMBER(bound_speed, row->bound_speed_ratio)
NUMBER(bound_price, row->bound_price_ratio)
TEXT(room, row->room)
TR_FLAG(tr_menu_row, fits, row->reached && row->pass.fits)
TEXT(reason, row->reached && row->pass.fits ? NULL : row->why.text)

static const tr_field fields[] = {
    TR_QUESTION_PRICED,
    TR_T("mode", mode),
    TR_T_HEAD(NULL, "mode", 9, mode_words),
    TR_N_HEAD("wanted_token_per_s", TOKEN_PER_S, "wanted", 12, wanted),
    TR_N_HEAD("batch_seq", SEQ, "batch", 8, batch),
    TR_N("draft_token", NONE, draft),
    TR_N("accept_share", RATIO, accept),
    TR_N("token_per_step", NONE, token_per_step),
    TR_T("drafts.by", drafts_by),
    TR_T("physics", physics),
    TR_N_HEAD("step_s", SECOND, "step", 10, tr_pass_time),
    TR_PASS_TIME_BESIDE,
    TR_T_HEAD("limited_by", "limited by", 10, limit),
    TR_N_HEAD("token_per_s_per_seq", TOKEN_PER_S, "each", 14, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N_HEAD("usd_per_mtoken", USD_PER_MTOKEN, "cost", 11, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_N_HEAD("speed_ratio", NONE, "x speed", 9, speed),
    TR_N_HEAD("price_ratio", NONE, "x price", 9, price),
    TR_N("speed_ratio_bound", NONE, bound_speed),
    TR_N("price_ratio_bound", NONE, bound_price),
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_T("reason", reason),
};
const tr_fields tr_menu_fields = {fields, sizeof fields / sizeof fields[0]};

static const tr_field columns[] = {
    TR_T_HEAD("mode", "mode", 9, mode_words),
    TR_N_HEAD("batch_seq", SEQ, "batch", 6, batch),
    TR_PASS_TIME_HEADS,
    TR_N_HEAD("speed_ratio", NONE, "x speed", 7, speed),
    TR_N_HEAD("price_ratio", NONE, "x price", 7, price),
    TR_T_HEAD("fits", "fits", 19, room),
};
const tr_fields tr_menu_columns = {columns, sizeof columns / sizeof columns[0]};

static const tr_field money[] = {
    TR_T_HEAD("mode", "mode", 9, mode_words),
    TR_B_HEAD("token_per_s_per_seq", NONE, "tok/s", 7, tr_pass_each),
    TR_B_HEAD("usd_per_mtoken", USD, "$/Mtoken", 9, tr_pass_cost),
};
const tr_fields tr_menu_money = {money, sizeof money / sizeof money[0]};
