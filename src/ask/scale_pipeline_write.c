/* ask/scale_pipeline_write.c -- rows of a model over several boxes, and the two tables that a page makes of
 * them. */
#include "ask/scale.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "base/extreme.h"
#include "write/print.h"

/* ---- fields -------------------------------------------------------------------------------------- */

#define ROW(NAME, VALUE) TR_NUMBER(tr_scale_stage, NAME, VALUE)
ROW(boxes, row->stages)
ROW(chips, row->system.chip_count)
TR_TEXT(tr_scale_stage, name, row->system.name)
TR_TEXT(tr_scale_stage, cut, row->across ? "across" : row->stages > 1.0 ? "stages" : "one box")
TR_TEXT(tr_scale_stage, layout, row->has_layout ? row->layout_text : NULL)
TR_FLAG(tr_scale_stage, needed, row->needed)
TR_TEXT(tr_scale_stage, mark, row->needed ? "*" : " ")
ROW(weights, row->weight_byte)
ROW(kv, row->kv_byte)
ROW(used, row->chip_byte)
ROW(memory, row->memory_byte)
TR_FLAG(tr_scale_stage, fits, row->fits)
ROW(flight, row->batch_seq)
ROW(most, row->max_batch_seq)
ROW(hops, row->stages > 1.0 && row->runs ? row->hops_s : (double)NAN)
TR_TEXT(tr_scale_stage, hop_link,
        !(row->stages > 1.0) || !row->runs || row->across ? NULL
        : row->hop_leaves                                 ? "scale-out"
                                                          : "scale-up")
ROW(bubble, row->bubble_share)
ROW(idle, row->idle_share)
TR_TEXT(tr_scale_stage, reason, row->why.status != TR_OK ? row->why.text : NULL)
TR_QUANTITY(tr_scale_stage, token, row->token_s)
TR_QUANTITY(tr_scale_stage, rate, row->token_per_s)
TR_QUANTITY(tr_scale_stage, cost, row->usd_per_mtoken)

#define NAMES TR_N_HEAD("stages", NONE, "boxes", 5, boxes), TR_T_HEAD("cut", "cut", 7, cut)
#define HELD                                                                                                 \
    TR_T_HEAD("layout.text", "layout", 18, layout),                                                          \
        TR_N_HEAD("weight_byte_per_chip", BYTE, "weights", 9, weights),                                      \
        TR_N_HEAD("kv_byte_per_chip", BYTE, "KV cache", 9, kv),                                              \
        TR_N_HEAD("byte_per_chip", BYTE, "a chip", 9, used), TR_F_HEAD("fits", "fits", 4, fits),             \
        TR_N_HEAD("max_in_flight_seq", SEQ, "holds", 7, most)
#define IDLE                                                                                                 \
    TR_N_HEAD("hops_s", SECOND, "hops", 8, hops), TR_N_HEAD("train_bubble_share", RATIO, "bubble", 6, bubble), \
        TR_N_HEAD("one_batch_idle_share", RATIO, "alone", 6, idle)
#define TIMED                                                                                                \
    TR_N_HEAD("in_flight_seq", SEQ, "batch", 6, flight),                                                     \
        TR_Q_HEAD("token_s", SECOND, "a token", 8, token),                                                   \
        TR_Q_HEAD("token_per_s", NONE, "tok/s", 7, rate)
#define PRICED                                                                                               \
    TR_Q_HEAD("usd_per_mtoken", USD, "$/M", 8, cost)

static const tr_field all[] = {
    NAMES,
    TR_T("model.name", tr_question_model),
    TR_T("system.name", name),
    TR_N("system.chip_count", NONE, chips),
    TR_QUESTION_PRICE,
    TR_F("needed", needed),
    TR_QUESTION_LAYOUT,
    HELD,
    IDLE,
    TR_N("memory_byte_per_chip", BYTE, memory),
    TR_T("hop_link", hop_link),
    TIMED,
    PRICED,
    TR_T("reason", reason),
};
const tr_fields tr_scale_stage_fields = {all, sizeof all / sizeof all[0]};
static const tr_field held[] = {TR_T_HEAD("needed", "", 1, mark), NAMES, HELD};
static const tr_fields held_fields = {held, sizeof held / sizeof held[0]};
static const tr_field timed[] = {NAMES, TIMED};
static const tr_fields timed_fields = {timed, sizeof timed / sizeof timed[0]};
static const tr_field idle_list[] = {NAMES, IDLE};
static const tr_fields idle_fields = {idle_list, sizeof idle_list / sizeof idle_list[0]};
static const tr_field priced[] = {NAMES, IDLE, PRICED};
static const tr_fields priced_fields = {priced, sizeof priced / sizeof priced[0]};

/* ---- the page -------------------------------------------------------------------------------------- */

/* Rows of one number of boxes stand together. */
static tr_status each_row(tr_scale_pipeline *p, int (*print)(const tr_scale_stage *row, void *context),
                          void *context, tr_error *err)
{
    size_t across = p->count;
    for (size_t i = 0; i < p->count; i++) {
        for (int k = 0; k < (p->boxes[i] > 1.0 ? 2 : 1); k++) {
            const tr_scale_stage *row = tr_scale_pipeline_at(p, k == 0 ? i : across++, err);
            if (row == NULL)
                return err != NULL ? err->status : TR_EDOMAIN;
            if (!print(row, context))
                return TR_OK;
        }
    }
    return TR_OK;
}

typedef struct table {
    tr_writer *out;
    const tr_fields *fields;
    int all;  /* also what has no time */
    int told; /* an unknown link, once */
} table;

static int print_row(const tr_scale_stage *row, void *context)
{
    const table *t = context;
    if (t->all || row->runs)
        tr_fields_table_row(t->fields, row, t->out);
    return 1;
}

static int print_reason(const tr_scale_stage *row, void *context)
{
    table *t = context;
    char text[560], first[64];
    if (row->why.status == TR_OK || (row->why.status == TR_EMISSING && t->told))
        return 1;
    t->told = row->why.status == TR_EMISSING;
    (void)snprintf(first, sizeof first, "  %.0f %s, %s: ", row->stages, row->stages > 1.0 ? "boxes" : "box",
                   row->across         ? "across"
                   : row->stages > 1.0 ? "stages"
                                       : "alone");
    (void)snprintf(text, sizeof text, "%.500s", row->why.text);
    tr_print_wrapped(t->out, first, "    ", text, TR_PAGE_COLUMNS);
    return 1;
}

static int any_runs(const tr_scale_stage *row, void *context)
{
    int *runs = context;
    *runs = *runs || row->runs;
    return !*runs;
}

/* The number that is needed, or else two, both ways with as many sequences in flight. */
static void print_pair(tr_scale_pipeline *p, tr_writer *out)
{
    const double boxes = p->need_box > 1.0 ? p->need_box : 2.0;
    char text[640], layout[2][64], a[48], b[48];
    tr_quantity token_s[2];
    double batch[2] = {HUGE_VAL, HUGE_VAL};
    size_t at[2] = {0, p->count};
    while (at[0] < p->count && p->boxes[at[0]] != boxes)
        at[1] += p->boxes[at[0]++] > 1.0;
    if (at[0] == p->count)
        return;
    for (int k = 0; k < 4; k++) { /* first how many each holds, then both with the fewer */
        const tr_scale_stage *row = tr_scale_pipeline_at(p, at[k & 1], NULL);
        if (row == NULL || !row->runs)
            return;
        batch[k & 1] = smaller(batch[k & 1], row->batch_seq);
        if (k > 1 && !tr_scale_stage_with(p, &p->row, smaller(batch[0], batch[1])))
            return;
        token_s[k & 1] = row->token_s;
        (void)snprintf(layout[k & 1], sizeof layout[0], "%s", row->layout_text);
    }
    if (isnan(token_s[0].predicted) || isnan(token_s[1].predicted))
        return;
    const int apart = token_s[0].low > token_s[1].high || token_s[1].low > token_s[0].high;
    (void)snprintf(text, sizeof text,
                   "With %.6g sequences in flight on %.0f boxes a token takes %s in stages (%s) and %s "
                   "across (%s); the 90 "
                   "%% intervals %s. Stages hold more: %.6g against %.6g.",
                   smaller(batch[0], batch[1]), boxes,
                   tr_print_three(token_s[0].predicted, TR_UNIT_SECOND, a, sizeof a), layout[0],
                   tr_print_three(token_s[1].predicted, TR_UNIT_SECOND, b, sizeof b), layout[1],
                   apart ? "lie apart" : "overlap", batch[0], batch[1]);
    if (!(batch[0] > batch[1])) /* both carry what was asked for */
        *strstr(text, " Stages hold") = '\0';
    tr_print_wrapped(out, "  ", "  ", text, TR_PAGE_COLUMNS);
}

static void print_need(const tr_scale_pipeline *p, tr_writer *out)
{
    const tr_scale_terms *terms = p->terms;
    const tr_system *box = terms->question->system;
    char text[400], context[48];
    (void)tr_quantity_format(terms->context_token, TR_UNIT_CONTEXT, context, sizeof context);
    if (!(p->need_box > 0.0))
        (void)snprintf(text, sizeof text, "No number of boxes holds one sequence at %s tokens, in stages or across.",
                       context);
    else if (p->need_box > 1.0)
        (void)snprintf(
            text, sizeof text,
            "It does not fit one box (%.80s); %.0f boxes, %.0f chips, hold a sequence at %s tokens.",
            box->name, p->need_box, p->need_box * box->chip_count, context);
    else
        (void)snprintf(text, sizeof text, "It fits one box (%.80s): stages are a choice here.", box->name);
    tr_print_wrapped(out, "  ", "  ", text, TR_PAGE_COLUMNS);
}

static void print_links(const tr_scale_pipeline *p, tr_writer *out)
{
    const tr_scale_terms *terms = p->terms;
    const tr_chip *chip = &terms->question->system->chip;
    char text[400], rate[48];
    (void)tr_quantity_format(chip->scaleout_byte_per_s, TR_UNIT_BYTE_PER_S, rate, sizeof rate);
    if (!isnan(terms->hop_s))
        (void)snprintf(text, sizeof text, "A hop takes as long as --hop says, one for each stage.");
    else if (chip->scaleout_byte_per_s > 0.0)
        (void)snprintf(text, sizeof text,
                       "Hops between boxes go over the scale-out link, %s a chip one way (where stages are of a part "
                       "of a box, inside its domain), and take what the pass takes for them; --hop 2ms is the "
                       "lecture's, with every switch and wait on the way.",
                       rate);
    else
        return;
    tr_print_wrapped(out, "  ", "  ", text, TR_PAGE_COLUMNS);
}

tr_status tr_scale_pipeline_text(tr_scale_pipeline *p, tr_writer *out, tr_error *err)
{
    table t = {.out = out, .fields = &held_fields, .all = 1};
    int runs = 0;
    print_need(p, out);
    tr_fields_table_head(t.fields, out);
    tr_status s = each_row(p, print_row, &t, err);
    if (s == TR_OK)
        s = each_row(p, any_runs, &runs, err);
    const tr_fields *more[] = {runs ? &timed_fields : NULL,
                               runs && p->terms->question->roof.usd_per_s > 0.0 ? &priced_fields : &idle_fields};
    for (int k = 0; k < 2 && s == TR_OK; k++) {
        if (more[k] == NULL)
            continue;
        t.fields = more[k];
        t.all = k == 1;
        tr_write_char(out, '\n');
        tr_fields_table_head(t.fields, out);
        s = each_row(p, print_row, &t, err);
    }
    print_pair(p, out);
    if (s == TR_OK)
        s = each_row(p, print_reason, &t, err);
    print_links(p, out);
    tr_print_wrapped(
        out, "  ", "  ",
        "*: the fewest boxes that hold it. weights, KV cache, a chip: bytes on a chip of the busiest stage; "
        "stages divide the weights, and not the cache, since each has a micro-batch of its own in flight. "
        "holds: sequences in flight at most. bubble: of a training step of --micro-batches; decoding has "
        "none with a micro-batch a stage. alone: the idle share with one micro-batch. low to high: the 90 % "
        "interval; bound: all chips pooled, no links.",
        TR_PAGE_COLUMNS);
    return s;
}
