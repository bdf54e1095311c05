/* ask/tiers_write.c -- the answer of `tiers` as a page for people, with its equations and notes. */
#include "ask/tiers_row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

/* ---- a page ------------------------------------------------------------------------------ */

/* A hold time at which something changes. */
static const char *until(double hold_s, char out[48])
{
    if (hold_s >= HUGE_VAL)
        (void)tr_text_copy(out, 48, "never");
    else if (hold_s <= 0.0)
        (void)tr_text_copy(out, 48, "at once");
    else
        (void)tr_print_three(hold_s, TR_UNIT_SECOND, out, 48);
    return out;
}

typedef enum by_hold { COST, HIT_PRICE, WRITE_PREMIUM } by_hold;

static const char *cell_of(const tr_tiers *t, by_hold what, int place, double hold_s, char out[64])
{
    if (what == COST)
        (void)tr_quantity_format(tr_tiers_usd_per_mtoken(t, place, hold_s), TR_UNIT_USD, out, 64);
    else {
        const double x = what == HIT_PRICE ? tr_tiers_hit_price(t, place, hold_s).predicted
                                           : tr_tiers_write_premium(t, place, hold_s).predicted;
        if (isfinite(x))
            (void)snprintf(out, 64, what == HIT_PRICE ? "%.3g" : "%.4g", x);
        else
            (void)tr_text_copy(out, 64, "-");
    }
    return out;
}

/* What ends a line: the cheapest place, and of its hit price the interval. */
static const char *end_of(const tr_tiers *t, by_hold what, double hold_s, char out[64])
{
    const int best = tr_tiers_cheapest(t, hold_s);
    const tr_quantity x = tr_tiers_hit_price(t, best, hold_s);
    if (what == HIT_PRICE && isfinite(x.low))
        (void)snprintf(out, 64, "  %s %.3g to %.3g", t->place[best].name, x.low, x.high);
    else
        (void)snprintf(out, 64, "  %s", t->place[best].name);
    return what == WRITE_PREMIUM ? "" : out;
}

/* A table of hold times over places, the cheapest named at the end of each line. */
static void print_by_hold(const tr_tiers *t, by_hold what, const char *title, const tr_style *style, tr_writer *out)
{
    char text[64];
    const int places = t->place_count - (what == COST ? 0 : 1);
    const char *end = what == COST ? "  cheapest" : "  cheapest, 90 % interval";
    tr_print_heading(out, style, title);
    tr_print_left(out, "for", 11);
    for (int i = 0; i < places; i++)
        if (t->place[i].counts)
            tr_print_right(out, t->place[i].name, 12);
    tr_write_text(out, what == WRITE_PREMIUM ? "" : t->is_predicted ? end : "  cheapest");
    tr_write_char(out, '\n');
    for (size_t k = 0; k < t->hold_count; k++) {
        (void)tr_quantity_format(t->hold_s[k], TR_UNIT_SECOND, text, sizeof text);
        tr_print_left(out, text, 11);
        for (int i = 0; i < places; i++)
            if (t->place[i].counts)
                tr_print_right(out, cell_of(t, what, i, t->hold_s[k], text), 12);
        tr_write_text(out, end_of(t, what, t->hold_s[k], text));
        tr_write_char(out, '\n');
    }
}

static void print_stretches(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    tr_print_heading(out, style, "Cheapest");
    for (size_t i = 0; i < t->cheapest_count; i++) {
        char text[128], from[48], to[48];
        (void)tr_quantity_format(t->cheapest[i].from_s, TR_UNIT_SECOND, from, sizeof from);
        (void)tr_quantity_format(t->cheapest[i].to_s, TR_UNIT_SECOND, to, sizeof to);
        (void)snprintf(text, sizeof text, isfinite(t->cheapest[i].to_s) ? "%s to %s" : "from %s on%.0s", from, to);
        const tr_tiers_place *p = &t->place[t->cheapest[i].place];
        tr_print_line(out, p->name, text, p->tier == NULL ? "computing it again costs less than any hold" : NULL);
    }
}

/* Where one place gives way to the next, by drain times alone and by money. */
static void print_evens(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    char text[160], low[48], high[48];
    tr_print_heading(out, style, "Break-even hold times, by drain times alone and by money");
    tr_write_text(out, "place         drained in      a fetch is      to the next place      computing again\n"
                       "                             holding for    by drain    by money    costs less after\n");
    for (int i = 0; i + 1 < t->place_count; i++) {
        const tr_tiers_place *p = &t->place[i];
        tr_print_left(out, p->name, 12);
        tr_print_right(out, tr_print_three(tr_tier_drain_s(p->tier), TR_UNIT_SECOND, text, sizeof text), 12);
        tr_print_right(out, tr_print_three(p->even_s, TR_UNIT_SECOND, text, sizeof text), 16);
        tr_print_right(out, tr_print_three(p->drain_even_s, TR_UNIT_SECOND, text, sizeof text), 12);
        tr_print_right(out, until(p->next_even_s, text), 12);
        tr_write_text(out, "    ");
        tr_write_text(out, until(p->recompute_even_s.predicted, text));
        if (p->recompute_even_s.low < p->recompute_even_s.high) {
            (void)snprintf(text, sizeof text, " (%s to %s)", until(p->recompute_even_s.low, low),
                           until(p->recompute_even_s.high, high));
            tr_write_text(out, text);
        }
        tr_write_char(out, '\n');
    }
    if (t->place_count > 2)
        tr_print_wrapped(out, "  ", "  ",
                         "A tier suits hold times near its drain time. By money it is that only where a fetch costs "
                         "the drive's own time and nothing more (--stall 0): a chip that waits makes its fetch "
                         "dearer, and the tier's time longer.",
                         style->columns);
}

static void print_premiums(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    char text[128], label[64];
    (void)snprintf(text, sizeof text, "Hits that pay a write premium, where a cached read costs %.4g of input",
                   t->read_ratio);
    tr_print_heading(out, style, text);
    for (size_t i = 0; i < t->premium_count; i++) {
        const double hits = tr_premium_hit_count(t->write_ratio[i], t->read_ratio);
        (void)snprintf(label, sizeof label, "a write at %.4g x input", t->write_ratio[i]);
        if (isfinite(hits))
            (void)snprintf(text, sizeof text, "%.4g", hits);
        else
            (void)snprintf(text, sizeof text, "never");
        tr_print_line(out, label, text, isfinite(hits) && hits > 0 ? hits < 1 ? "the first hit pays it" : "" : NULL);
    }
}

/* What a provider could ask for: of hits that pay for everything, and of writes that pay for the holding. */
static void print_prices(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    char text[128];
    if (t->fetch_count > 0.0) {
        (void)snprintf(text, sizeof text,
                       "Cached reads could be sold at this share of input, %.4g of them paying for all",
                       t->fetch_count);
        print_by_hold(t, HIT_PRICE, text, style, out);
    }
    print_by_hold(t, WRITE_PREMIUM, "Or writes at this multiple of input, and each read at its fetch", style, out);
}

static void print_first_tokens(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    char text[224], label[64], held[32], added[32];
    (void)tr_quantity_format(t->context_token, TR_UNIT_CONTEXT, held, sizeof held);
    (void)tr_quantity_format(t->new_token, TR_UNIT_CONTEXT, added, sizeof added);
    (void)snprintf(text, sizeof text, "Time to the first token: %s tokens held, %s new ones after them", held, added);
    tr_print_heading(out, style, text);
    tr_print_predicted_head(out);
    for (int i = t->place_count - 1, k = 0; k < t->place_count; i = k++) {
        const tr_tiers_place *p = &t->place[i];
        const double saved_s = t->place[t->place_count - 1].ttft_s.predicted - p->ttft_s.predicted;
        if (p->tier == NULL)
            (void)snprintf(label, sizeof label, "no hit: all computed");
        else
            (void)snprintf(label, sizeof label, "a hit in %s", p->name);
        text[0] = '\0';
        if (p->tier != NULL && isfinite(saved_s))
            (void)snprintf(text, sizeof text, saved_s > 0.0 ? "saves %s" : "%s longer",
                           tr_print_three(saved_s > 0.0 ? saved_s : -saved_s, TR_UNIT_SECOND, held, sizeof held));
        tr_print_predicted(out, label, &p->ttft_s, TR_UNIT_SECOND, text[0] != '\0' ? text : NULL);
    }
    if (t->no_ttft[0] != '\0')
        tr_print_wrapped(out, "  ", "  ", t->no_ttft, style->columns);
}

static void print_sources(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    char text[320], years[32];
    (void)tr_quantity_format(t->terms.life_s, TR_UNIT_SECOND, years, sizeof years);
    int any = 0;
    for (int i = 0; i < t->place_count; i++)
        if (t->place[i].price_source[0] != '\0') {
            tr_write_text(out, any++ == 0 ? "\n" : "");
            (void)snprintf(text, sizeof text, "%s: $%.4g a GB, bought, over %s: %s", t->place[i].name,
                           t->place[i].usd_per_gb, years, t->place[i].price_source);
            tr_print_wrapped(out, "  price: ", "         ", text, style->columns);
        }
}

static void print_head(const tr_tiers *t, tr_writer *out)
{
    char text[256], token[32], number[48];
    (void)tr_quantity_format(t->context_token, TR_UNIT_CONTEXT, token, sizeof token);
    (void)snprintf(text, sizeof text, "%.90s on %.60s: where to keep the KV cache of %s tokens\n",
                   t->question->model->name, t->question->system->name, token);
    tr_write_text(out, text);
    tr_print_setting(t->question, out);
    tr_print_price(t->question, out);
    tr_write_char(out, '\n');
    (void)tr_quantity_format(t->held_byte_per_token, TR_UNIT_BYTE, number, sizeof number);
    (void)snprintf(text, sizeof text, "%s a token", number);
    tr_print_quantity(out, "held", t->held_byte, TR_UNIT_BYTE, text);
    (void)tr_quantity_format(t->recompute_s.predicted, TR_UNIT_SECOND, number, sizeof number);
    (void)snprintf(text, sizeof text, "a million tokens; %s for these, at %.4g of the peak", number, t->mfu);
    const double again_usd = tr_tiers_per_mtoken(t, t->recompute_usd.predicted);
    if (t->cheapest_count > 0)
        tr_print_quantity(out, "to compute again", again_usd, TR_UNIT_USD, text);
    else
        tr_print_line(out, "to compute again", "-", strchr(text, ';') + 2);
    if (isfinite(t->recompute_s.low)) {
        const tr_quantity *u = &t->recompute_usd;
        const tr_quantity usd = {tr_tiers_per_mtoken(t, u->predicted), tr_tiers_per_mtoken(t, u->low),
                                 tr_tiers_per_mtoken(t, u->high), tr_tiers_per_mtoken(t, u->bound)};
        tr_write_char(out, '\n');
        tr_print_predicted_head(out);
        tr_print_predicted(out, "computing these again", &t->recompute_s, TR_UNIT_SECOND, NULL);
        tr_print_predicted(out, "$ per million tokens", &usd, TR_UNIT_USD, NULL);
    }
    if (t->fetch_count < 1.0 || t->fetch_count > 1.0) {
        (void)snprintf(text, sizeof text, "%.4g", t->fetch_count);
        tr_print_line(out, "fetched", text, "times while it is held");
    }
}

static void print_places(const tr_tiers *t, tr_writer *out)
{
    char text[224];
    tr_write_text(out, "\nEach place, for a million tokens\n");
    tr_fields_table_head(&tr_tiers_place_fields, out);
    for (int i = 0; i < t->place_count; i++) {
        const tr_tiers_row row = {t->question, t, &t->place[i], (double)NAN};
        if (row.place->tier != NULL)
            tr_fields_table_row(&tr_tiers_place_fields, &row, out);
    }
    for (int i = 0; i < t->place_count; i++)
        if (t->place[i].why[0] != '\0' && t->cheapest_count > 0) {
            (void)snprintf(text, sizeof text, "  %s %s\n", t->place[i].name, t->place[i].why);
            tr_write_text(out, text);
        }
    if (t->cheapest_count == 0)
        tr_write_text(out, "  dollars need the chip's price, and so do break-even times by money: --price gives one\n");
}

static tr_status write_page(const tr_tiers *t, const tr_notes *notes, const tr_workings *workings,
                            const tr_style *style, const tr_sink *sink, tr_error *err)
{
    tr_writer out;
    tr_writer_begin(&out, sink);
    print_head(t, &out);
    print_places(t, &out);
    if (t->cheapest_count > 0) {
        print_by_hold(t, COST, "Dollars for a million tokens: written once, held, and fetched", style, &out);
        print_stretches(t, style, &out);
    }
    print_evens(t, style, &out);
    if (t->cheapest_count > 0 && t->place[t->cheapest[0].place].tier != NULL)
        print_prices(t, style, &out);
    print_premiums(t, style, &out);
    print_first_tokens(t, style, &out);
    print_sources(t, style, &out);
    tr_notes_text(notes, style->columns, &out);
    if (style->explain)
        tr_workings_text(workings, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- all of it --------------------------------------------------------------------------- */

static void note(tr_notes *notes, const char *text)
{
    if (notes->count < TR_NOTE_MAX)
        notes->text[notes->count++] = text;
}

/* Why there is nothing beside the chip, by what kind of chip it is. */
static const char *no_tier(const tr_chip *chip)
{
    if (chip->kind == TR_CHIP_UNIFIED)
        return "no DDR beside the chip: its memory is the host's; what disk it has is not known here, and a chip "
               "file's tiers can say";
    if (chip->kind == TR_CHIP_CPU)
        return "no DDR beside the chip: that is its own memory, called hbm here; drives depend on the server, and a "
               "chip file's tiers can say which";
    return "no tier beside the chip's own memory is known: a chip file's tiers give them";
}

static void notes_of(const tr_scenario *scenario, const tr_tiers *t, tr_notes *notes)
{
    tr_notes_of(scenario, t->question, notes);
    if (t->place_count <= 2)
        note(notes, no_tier(&t->question->system->chip));
    if (tr_tiers_prices_apart(t))
        note(notes, "the drives' prices are of different years, in which flash went up several times: give those of "
                    "one day where it matters (--flash-price, --qlc-price, --disk-price)");
}

/* Every hold time with every place. */
typedef struct walk {
    const tr_tiers *tiers;
    tr_tiers_row row;
} walk;

static const void *hold_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    const size_t places = (size_t)w->tiers->place_count;
    (void)err;
    w->row = (tr_tiers_row){w->tiers->question, w->tiers, &w->tiers->place[index % places],
                            w->tiers->hold_s[index / places]};
    return &w->row;
}

tr_status tr_answer_tiers(const tr_scenario *scenario, const tr_problem *question, const tr_style *style, tr_sink *sink,
                          tr_error *err)
{
    tr_tiers t;
    tr_notes notes;
    tr_workings workings;
    const tr_status s = tr_tiers_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    notes_of(scenario, &t, &notes);
    tr_tiers_workings(&t, &workings);
    if (style->format == TR_FORMAT_TEXT)
        return write_page(&t, &notes, &workings, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return tr_tiers_document(scenario, &t, &notes, &workings, style, sink, err);
    walk w = {.tiers = &t};
    const tr_rows rows = {.fields = &tr_tiers_hold_fields,
                          .name = NULL,
                          .count = t.hold_count * (size_t)t.place_count,
                          .at = hold_at,
                          .context = &w,
                          .scenario = scenario};
    return tr_rows_write(&rows, style, sink, err);
}
