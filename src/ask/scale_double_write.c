/* ask/scale_double_write.c -- rows and tables of what doubling gives. */
#include "ask/scale.h"

#include <math.h>
#include <string.h>

#include "ask/asked.h"
#include "base/text.h"
#include "write/print.h"

#define ROW(NAME, VALUE) TR_NUMBER(tr_scale_double, NAME, VALUE)
TR_TEXT(tr_scale_double, name, row->name)
TR_TEXT(tr_scale_double, how, row->how[0] != '\0' ? row->how : NULL)
TR_TEXT(tr_scale_double, layout, row->fits ? row->layout_text : NULL)
TR_FLAG(tr_scale_double, fits, row->fits)
TR_TEXT(tr_scale_double, reason, row->fits ? NULL : row->reason)
TR_FLAG(tr_scale_double, agrees, row->fits ? row->agrees : -1)
TR_TEXT(tr_scale_double, why, row->agrees ? NULL : row->why)
TR_TEXT(tr_scale_double, limit, row->fits ? tr_limit_name(row->bound.limit) : NULL)
TR_TEXT(tr_scale_double, predicted_limit,
        row->fits && !isnan(row->predicted.step_s) ? tr_limit_name(row->predicted.limit) : NULL)
ROW(batch, row->fits ? row->batch_seq : (double)NAN)
ROW(most, row->max_batch_seq)
ROW(longest, row->max_context_token)
TR_QUANTITY(tr_scale_double, token, row->token_s)
TR_QUANTITY(tr_scale_double, rate, row->token_per_s)
TR_QUANTITY(tr_scale_double, cost, row->usd_per_mtoken)
ROW(hourly, row->usd_per_hour)
ROW(ratio, row->ratio)
ROW(bound_ratio, row->bound_ratio)
ROW(usd_ratio, row->usd_ratio)
ROW(usd_bound_ratio, row->usd_bound_ratio)

#define NAMES TR_T_HEAD("change", "", 12, name)
#define RATES                                                                                                \
    TR_N_HEAD("batch_seq", SEQ, "batch", 6, batch), TR_N_HEAD("max_batch_seq", SEQ, "holds", 7, most),       \
        TR_N_HEAD("max_context_token", CONTEXT, "context", 8, longest),                                      \
        TR_Q_HEAD("token_per_s", NONE, "tok/s", 7, rate),                                                    \
        TR_N_HEAD("token_per_s_ratio.predicted", NONE, "times", 6, ratio),                                   \
        TR_N_HEAD("token_per_s_ratio.bound", NONE, "bound", 6, bound_ratio)
#define LAYOUT TR_T_HEAD("layout", "layout", 16, layout)
#define TIMES TR_Q_HEAD("token_s", SECOND, "a token", 8, token)
#define COSTS                                                                                                \
    TR_Q_HEAD("usd_per_mtoken", USD, "$/M", 8, cost), TR_N_HEAD("usd_ratio.predicted", NONE, "times", 6, usd_ratio), \
        TR_N_HEAD("usd_ratio.bound", NONE, "bound", 6, usd_bound_ratio)

static const tr_field all[] = {
    NAMES,
    TR_T("how", how),
    TR_T("model.name", tr_question_model),
    TR_T("system.name", tr_question_system),
    TR_N("system.usd_per_hour", USD_PER_HOUR, hourly),
    TR_T("system.price_kind", tr_question_price_kind),
    TR_T("system.price_date", tr_question_price_date),
    TR_F("fits", fits),
    RATES,
    LAYOUT,
    TIMES,
    COSTS,
    TR_T("limited_by", predicted_limit),
    TR_T("limited_by_bound", limit),
    TR_F("agrees", agrees),
    TR_T("why", why),
    TR_T("reason", reason),
};
const tr_fields tr_scale_double_fields = {all, sizeof all / sizeof all[0]};
static const tr_field rates[] = {NAMES, RATES};
static const tr_fields rate_fields = {rates, sizeof rates / sizeof rates[0]};
static const tr_field times[] = {NAMES, TIMES, LAYOUT};
static const tr_fields time_fields = {times, sizeof times / sizeof times[0]};
static const tr_field costs[] = {NAMES, COSTS};
static const tr_fields cost_fields = {costs, sizeof costs / sizeof costs[0]};

static void table(const tr_scale_doubles *d, const tr_fields *fields, tr_writer *out)
{
    if (fields != &rate_fields)
        tr_write_char(out, '\n');
    tr_fields_table_head(fields, out);
    for (size_t i = 0; i < d->count; i++)
        if (d->row[i].fits)
            tr_fields_table_row(fields, &d->row[i], out);
}

/* What the same sentence says of several rows is said once. */
static void sentence(const tr_scale_doubles *d, size_t at, int columns, tr_writer *out)
{
    const char *text = d->row[at].fits ? d->row[at].why : d->row[at].reason;
    char first[160] = "  ";
    for (size_t i = 0; i < d->count; i++) {
        const tr_scale_double *row = &d->row[i];
        if (strcmp(row->fits ? row->why : row->reason, text) != 0)
            continue;
        if (i < at)
            return;
        (void)tr_text_append(first, sizeof first, i > at ? ", " : "");
        (void)tr_text_append(first, sizeof first, row->name);
    }
    (void)tr_text_append(first, sizeof first, ": ");
    tr_print_wrapped(out, first, "    ", text, columns);
}

void tr_scale_doubles_text(const tr_scale_doubles *d, int columns, tr_writer *out)
{
    int ran = 0, differ = !d->row[0].fits || isnan(d->row[0].predicted.step_s);
    for (size_t i = 0; i < d->count; i++) {
        ran = ran || d->row[i].fits;
        differ = differ || !d->row[i].agrees;
    }
    if (ran) {
        table(d, &rate_fields, out);
        table(d, &time_fields, out);
        if (d->row[0].question->roof.usd_per_s > 0.0)
            table(d, &cost_fields, out);
    }
    for (size_t i = 0; i < d->count; i++)
        if (!d->row[i].fits || !d->row[i].agrees)
            sentence(d, i, columns, out);
    if (!differ)
        tr_print_wrapped(out, "  ", "  ", "Bound and prediction agree on the sign of every change.", columns);
    tr_print_wrapped(out, "  ", "  ",
                     "Each with the same batch, or as many sequences as fit, in the layout with the most "
                     "tokens a second; domain x2 has twice the chips, at twice the "
                     "price, the others cost what they cost now. holds: sequences at this context; context: "
                     "the longest at "
                     "the batch of the first row; times: over the first row; low to high: the 90 % interval.",
                     columns);
}
