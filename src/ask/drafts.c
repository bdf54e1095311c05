/* ask/drafts.c -- what drafts take of a step, what they are worth, and where they stop paying; said in words. */
#include "ask/drafts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/quantity_ratio.h"
#include "base/extreme.h"
#include "base/text.h"
#include "write/print.h"

enum { HALVINGS = 40 };

tr_drafts tr_no_drafts(void)
{
    const double nan = (double)NAN;
    const tr_quantity none = {nan, nan, nan, nan};
    return (tr_drafts){NULL, none, none, none, none, none, nan, nan};
}

tr_quantity tr_draft_speed_ratio(const tr_quantity *without_s, const tr_quantity *with_s, double token_per_step)
{
    tr_quantity ratio = tr_quantity_ratio(without_s, with_s);
    ratio.bound = token_per_step;
    ratio.high = larger(smaller(ratio.high, token_per_step), ratio.predicted);
    return ratio;
}

/* ---- where they stop paying ------------------------------------------------------------------ */

double tr_draft_last_seq(tr_draft_gain gain, const void *context, double accept_share, double most)
{
    double last = 0.0, past = HUGE_VAL;
    for (double seq = 1.0;; seq = smaller(2.0 * seq, most)) {
        const double here = gain(context, seq, accept_share);
        if (here >= 1.0) {
            last = seq;
            past = HUGE_VAL;
        } else if (!(past < HUGE_VAL)) {
            past = seq;
        }
        if (!(seq < most))
            break;
    }
    if (!(last > 0.0))
        return 0.0;
    if (!(past < HUGE_VAL))
        return HUGE_VAL;
    while (past - last > 1.0) {
        const double here = floor(0.5 * (last + past));
        if (gain(context, here, accept_share) >= 1.0)
            last = here;
        else
            past = here;
    }
    return last;
}

double tr_draft_least_share(tr_draft_gain gain, const void *context, double seq)
{
    double low = 0.0, high = 1.0;
    if (!(gain(context, seq, 1.0) >= 1.0))
        return (double)NAN;
    if (gain(context, seq, 0.0) >= 1.0)
        return 0.0;
    for (int i = 0; i < HALVINGS; i++) {
        const double here = 0.5 * (low + high);
        if (gain(context, seq, here) >= 1.0)
            high = here;
        else
            low = here;
    }
    return high;
}

/* ---- of one step --------------------------------------------------------------------------------- */

typedef struct step_pair {
    const tr_problem *with;
    tr_problem without;
    tr_load load;
} step_pair;

static double step_gain(const void *context, double seq, double accept_share)
{
    const step_pair *p = context;
    const tr_problem *q = p->with;
    tr_load load = p->load;
    tr_step with, without;
    load.batch_seq = seq;
    if (tr_problem_step(q, q->physics, &load, &with, NULL) != TR_OK ||
        tr_problem_step(&p->without, q->physics, &load, &without, NULL) != TR_OK)
        return (double)NAN;
    return without.step_s / with.step_s * tr_draft_kept_token(q->formats.draft_token, accept_share);
}

static tr_quantity time_of(const tr_step *predicted, const tr_step *bound)
{
    return (tr_quantity){predicted->step_s, predicted->low_s, predicted->high_s, bound->step_s};
}

/* [F23] The pass that verifies has the same tokens, and nobody drafts them. */
static tr_status verify_step(const tr_problem *q, const tr_pass *pass, tr_quantity *out)
{
    tr_shard shard = q->shard;
    tr_roofline roof = q->roof;
    tr_step predicted, bound;
    shard.formats.draft_token = roof.pooled.formats.draft_token = 0.0;
    tr_status s = tr_bound_pass(&roof, pass, &bound, NULL);
    if (s == TR_OK)
        s = tr_pass_step(&shard, &roof, &q->calibration, q->distance, pass, &predicted, NULL);
    if (s == TR_OK)
        *out = time_of(&predicted, &bound);
    return s;
}

static tr_quantity less(const tr_quantity *all, const tr_quantity *part)
{
    const double rest = larger(all->predicted - part->predicted, 0.0), ratio = rest / all->predicted;
    const double bound = larger(all->bound - part->bound, 0.0);
    return (tr_quantity){rest, larger(all->low * ratio, smaller(bound, rest)), all->high * ratio, bound};
}

static tr_quantity usd_of(const tr_problem *q, const tr_quantity *token_s)
{
    const double usd = q->roof.usd_per_s > 0.0 ? q->roof.usd_per_s * 1e6 : (double)NAN;
    return (tr_quantity){usd * token_s->predicted, usd * token_s->low, usd * token_s->high, usd * token_s->bound};
}

static tr_quantity scaled(const tr_quantity *q, double by)
{
    return (tr_quantity){q->predicted * by, q->low * by, q->high * by, q->bound * by};
}

void tr_drafts_of_step(const tr_problem *question, const tr_load *load, tr_drafts *out)
{
    step_pair p = {.with = question, .load = *load};
    tr_pass pass;
    tr_step step, bound;
    *out = tr_no_drafts();
    tr_drafts d = *out;
    if (!(question->formats.draft_token > 0.0) || question->blackboard || load->phase != TR_PHASE_DECODE ||
        tr_problem_drafting(question, 0.0, (double)NAN, &p.without, NULL) != TR_OK ||
        tr_problem_pass(question, load, &pass, NULL) != TR_OK || verify_step(question, &pass, &d.verify_s) != TR_OK ||
        tr_problem_step(question, TR_PHYSICS_FITTED, load, &step, NULL) != TR_OK ||
        tr_problem_step(question, TR_PHYSICS_BOUND, load, &bound, NULL) != TR_OK)
        return;
    const tr_quantity all = time_of(&step, &bound), each = scaled(&all, 1.0 / question->token_per_step);
    if (tr_problem_step(&p.without, TR_PHYSICS_FITTED, load, &step, NULL) != TR_OK ||
        tr_problem_step(&p.without, TR_PHYSICS_BOUND, load, &bound, NULL) != TR_OK)
        return;
    d.question = question;
    d.draft_s = less(&all, &d.verify_s);
    d.alone_tpot_s = time_of(&step, &bound);
    const tr_quantity token_s = scaled(&d.alone_tpot_s, 1.0 / load->batch_seq);
    d.alone_usd_per_mtoken = usd_of(question, &token_s);
    d.speed_ratio = tr_draft_speed_ratio(&d.alone_tpot_s, &each, question->token_per_step);
    const double most = smaller(tr_shard_max_batch_seq(&question->shard, load->context_token), 1e6);
    d.break_even_seq = tr_draft_last_seq(step_gain, &p, question->accept_share, larger(most, 1.0));
    d.break_even_share = tr_draft_least_share(step_gain, &p, load->batch_seq);
    *out = d;
}

/* ---- in words -------------------------------------------------------------------------------------- */

const char *tr_drafter(const tr_problem *question)
{
    const tr_model *m = question->model;
    return m->draft_model != NULL ? m->draft_model->name : m->mtp_layers > 0.0 ? "its MTP layers" : "nothing";
}

const char *tr_acceptance_text(const tr_problem *question, char *out, size_t size)
{
    const tr_acceptance *a = &question->acceptance;
    char low[24], high[24];
    out[0] = '\0';
    if (isnan(a->share))
        return out;
    (void)tr_quantity_format(floor(a->low_share * 100.0 + 0.5) / 100.0, TR_UNIT_RATIO, low, sizeof low);
    (void)tr_quantity_format(floor(a->high_share * 100.0 + 0.5) / 100.0, TR_UNIT_RATIO, high, sizeof high);
    if (a->kin == TR_KIN_NONE)
        (void)snprintf(out, size, "the median of all models measured, which run from %s to %s", low, high);
    else
        (void)snprintf(out, size, "%s%s with %s, whose runs are from %s to %s",
                       a->kin == TR_KIN_SAME ? "measured of " : "as measured of its relative ", a->model, a->method,
                       low, high);
    (void)tr_text_append(out, size, " (");
    (void)tr_text_append(out, size, a->dataset);
    (void)tr_text_append(out, size, "; ");
    (void)tr_text_append(out, size, a->date);
    (void)tr_text_append(out, size, ")");
    return out;
}

void tr_drafts_print(const tr_drafts *d, tr_writer *out)
{
    if (d->question == NULL)
        return;
    if (d->question->shard.draft_weight_byte > 0.0) /* else it is said in words that it costs nothing */
        tr_print_predicted(out, "drafting, each step", &d->draft_s, TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "verifying, each step", &d->verify_s, TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "per token, no drafts", &d->alone_tpot_s, TR_UNIT_SECOND, NULL);
    if (d->question->roof.usd_per_s > 0.0)
        tr_print_predicted(out, "$ per million, no draft", &d->alone_usd_per_mtoken, TR_UNIT_USD, NULL);
    tr_print_predicted(out, "speed-up by drafts", &d->speed_ratio, TR_UNIT_NONE, NULL);
}

static void line(tr_writer *out, const char *name, const char *text)
{
    char first[16];
    (void)snprintf(first, sizeof first, "  %-13s", name);
    tr_print_wrapped(out, first, "               ", text, TR_PAGE_COLUMNS);
}

/* Who drafts, at what cost of memory. */
static void say_who(const tr_problem *q, char *text, size_t size)
{
    const tr_model *by = q->model->draft_model;
    char held[32];
    if (!(q->shard.draft_weight_byte > 0.0)) {
        (void)snprintf(text, size, "%.0f a step at no cost in these figures: no model drafts here (n-gram lookup in "
                       "the prompt costs nearly nothing; --draft-model names a model)", q->formats.draft_token);
        return;
    }
    (void)snprintf(text, size, "%.0f a step by %s, whose weights (%s on all chips) and KV cache are held",
                   q->formats.draft_token, tr_drafter(q),
                   tr_print_three(q->shard.draft_weight_byte * q->system->chip_count, TR_UNIT_BYTE, held, sizeof held));
    const size_t used = strlen(text);
    if (by != NULL && by->vocab != q->model->vocab)
        (void)snprintf(text + used, size - used,
                       "; its vocabulary (%.0f) is not the model's (%.0f): most engines refuse such a pair", by->vocab,
                       q->model->vocab);
}

/* What of them is kept, and who says so. */
static void say_kept(const tr_problem *q, char *text, size_t size)
{
    char kept[32], share[32], measured[256];
    (void)tr_print_three(q->token_per_step, TR_UNIT_NONE, kept, sizeof kept);
    (void)tr_print_three(q->accept_share, TR_UNIT_RATIO, share, sizeof share);
    (void)tr_acceptance_text(q, measured, sizeof measured);
    (void)snprintf(text, size, "%s tokens a step: a draft is accepted with %s where those before it were%s%s", kept,
                   share, measured[0] != '\0' ? ", " : ", as given", measured);
}

void tr_drafts_say(const tr_problem *question, char *out, size_t size)
{
    char kept[400];
    say_who(question, out, size);
    say_kept(question, kept, sizeof kept);
    (void)tr_text_append(out, size, "; ");
    (void)tr_text_append(out, size, kept);
}

void tr_question_drafts(const tr_problem *question, char *out, size_t size)
{
    out[0] = '\0';
    if (!(question->formats.draft_token > 0.0))
        return;
    (void)snprintf(out, size, "drafts: ");
    say_who(question, out + strlen(out), size - strlen(out));
}

void tr_drafts_head(const tr_problem *question, tr_writer *out)
{
    char text[768];
    if (!(question->formats.draft_token > 0.0))
        return;
    tr_drafts_say(question, text, sizeof text);
    tr_print_wrapped(out, "drafts: ", "  ", text, TR_PAGE_COLUMNS);
}

void tr_drafts_explain(const tr_drafts *d, const char *seqs, tr_writer *out)
{
    char text[768], upto[128], from[128], number[32];
    if (d->question == NULL)
        return;
    say_who(d->question, text, sizeof text);
    line(out, "drafts", text);
    say_kept(d->question, text, sizeof text);
    line(out, "acceptance", text);
    if (!(d->break_even_seq > 0.0))
        (void)snprintf(upto, sizeof upto, "at no number of %s", seqs);
    else if (d->break_even_seq > 1e300)
        (void)snprintf(upto, sizeof upto, "at any number of %s that fits", seqs);
    else
        (void)snprintf(upto, sizeof upto, "up to %.0f %s", d->break_even_seq, seqs);
    if (isnan(d->break_even_share))
        (void)snprintf(from, sizeof from, "at this load not even if every one is accepted");
    else
        (void)snprintf(from, sizeof from, "at this load from an acceptance of %s on",
                       tr_print_three(ceil(d->break_even_share * 1000.0) / 1000.0, TR_UNIT_RATIO, number,
                                      sizeof number));
    (void)snprintf(text, sizeof text, "%s at that acceptance, and %s (by trying, in this layout)", upto, from);
    line(out, "drafts pay", text);
}
