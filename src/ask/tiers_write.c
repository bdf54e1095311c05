/* ask/tiers_write.c -- the answer of `tiers` as a page, a document or rows. */
#include "ask/tiers.h"

#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/working.h"
#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

/* ---- rows ---------------------------------------------------------------------------- */

typedef struct place_row {
    const tr_problem *question; /* first: it names the row */
    const tr_tiers *tiers;
    const tr_tiers_place *place;
    double hold_s; /* NaN: of the place itself */
    double usd_per_mtoken;
    int cheapest;
} place_row;

static double finite_or_nan(double x) { return isfinite(x) ? x : (double)NAN; }

#define NUMBER(NAME, VALUE) TR_NUMBER(place_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(place_row, NAME, VALUE)
TEXT(name, row->place->name)
NUMBER(capacity, row->place->tier != NULL ? row->place->tier->capacity_byte : (double)NAN)
NUMBER(rate, row->place->tier != NULL ? row->place->tier->read_byte_per_s : (double)NAN)
NUMBER(drain, row->place->tier != NULL ? finite_or_nan(tr_tier_drain_s(row->place->tier)) : (double)NAN)
NUMBER(part, row->place->usd_per_gb)
TEXT(part_source, row->place->price_source[0] != '\0' ? row->place->price_source : NULL)
NUMBER(hold_rate, row->place->hold_usd_per_mtoken_hour)
NUMBER(fetch, row->place->fetch_usd_per_mtoken)
NUMBER(fetch_time, row->place->fetch_s)
NUMBER(even, row->place->even_s)
NUMBER(until, finite_or_nan(row->place->recompute_break_even_s))
NUMBER(from, row->place->from_s)
NUMBER(to, finite_or_nan(row->place->to_s))
TR_FLAG(place_row, counts, row->place->counts)
TEXT(why, row->place->why[0] != '\0' ? row->place->why : NULL)
NUMBER(hold, row->hold_s)
NUMBER(cost, row->usd_per_mtoken)
TR_FLAG(place_row, cheapest, row->cheapest)

static const tr_field place_field[] = {
    TR_T_HEAD("place", "place", 9, name),
    TR_N_HEAD("capacity_byte", BYTE, "a chip's", 8, capacity),
    TR_N_HEAD("read_byte_per_s", BYTE_PER_S, "read", 9, rate),
    TR_N_HEAD("drain_s", SECOND, "drained in", 10, drain),
    TR_N("usd_per_gb", USD, part),
    TR_T("price_source", part_source),
    TR_N_HEAD("hold_usd_per_mtoken_hour", USD, "hold, an hour", 13, hold_rate),
    TR_N_HEAD("fetch_usd_per_mtoken", USD, "fetch once", 11, fetch),
    TR_N("fetch_s", SECOND, fetch_time),
    TR_N("even_s", SECOND, even),
    TR_N_HEAD("recompute_break_even_s", SECOND, "pays until", 10, until),
    TR_N_HEAD("cheapest_from_s", SECOND, "cheapest from", 13, from),
    TR_N("cheapest_to_s", SECOND, to),
    TR_F("counts", counts),
    TR_T("reason", why),
};
static const tr_fields place_fields = {place_field, sizeof place_field / sizeof place_field[0]};

static const tr_field hold_field[] = {
    TR_QUESTION_PRICED,
    TR_N("hold_s", SECOND, hold), TR_T("place", name),        TR_N("usd_per_mtoken", USD_PER_MTOKEN, cost),
    TR_F("cheapest", cheapest),   TR_N("cheapest_from_s", SECOND, from), TR_N("cheapest_to_s", SECOND, to),
    TR_T("reason", why),
};
static const tr_fields hold_fields = {hold_field, sizeof hold_field / sizeof hold_field[0]};

/* Of the document: a tr_tiers begins with its question too. */
static const tr_field priced_field[] = {TR_QUESTION_PRICED};
static const tr_fields priced_fields = {priced_field, sizeof priced_field / sizeof priced_field[0]};

typedef struct walk {
    const tr_tiers *tiers;
    place_row row;
} walk;

/* Every hold time with every place. */
static const void *hold_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    const size_t places = (size_t)w->tiers->place_count;
    const int place = (int)(index % places);
    (void)err;
    w->row = (place_row){.question = w->tiers->question,
                         .tiers = w->tiers,
                         .place = &w->tiers->place[place],
                         .hold_s = w->tiers->hold_s[index / places]};
    w->row.usd_per_mtoken = tr_tiers_usd_per_mtoken(w->tiers, place, w->row.hold_s);
    w->row.cheapest = tr_tiers_cheapest(w->tiers, w->row.hold_s) == place;
    return &w->row;
}

/* ---- the equations, with numbers ------------------------------------------------------- */

/* A place's slope and start, those of computing again among them. */
static double hold_of(const tr_tiers_place *p) { return p->tier == NULL ? 0.0 : p->cost.hold_usd_per_byte_s; }

static double fetch_of(const tr_tiers *t, const tr_tiers_place *p)
{
    return p->tier == NULL ? t->recompute_usd / t->held_byte : p->cost.fetch_usd_per_byte;
}

static void workings_of(const tr_tiers *t, tr_workings *out)
{
    const tr_roofline *roof = &t->question->roof;
    const tr_tiers_place *own = &t->place[0];
    out->count = 0;
    tr_working *w;
    if (own->counts && own->tier != NULL) {
        w = tr_working_start(out, "K5");
        tr_working_put(w, "cost", TR_UNIT_USD, tr_hold_usd(&own->cost, t->held_byte, t->hold_s[0], t->fetch_count), 1);
        tr_working_put(w, "held", TR_UNIT_BYTE, t->held_byte, 0);
        tr_working_put(w, "hold", TR_UNIT_NONE, own->cost.hold_usd_per_byte_s, 0);
        tr_working_put(w, "T", TR_UNIT_SECOND, t->hold_s[0], 0);
        tr_working_put(w, "fetch", TR_UNIT_NONE, own->cost.fetch_usd_per_byte, 0);
        tr_working_put(w, "n", TR_UNIT_NONE, t->fetch_count, 0);
    }
    w = tr_working_start(out, "K6");
    tr_working_put(w, "recompute", TR_UNIT_USD, t->recompute_usd, 1);
    tr_working_put(w, "N_mul", TR_UNIT_NONE, roof->flop_per_token / 2, 0);
    tr_working_put(w, "L", TR_UNIT_TOKEN, t->context_token, 0);
    tr_working_put(w, "attention(L)", TR_UNIT_FLOP, t->recompute_flop - roof->flop_per_token * t->context_token, 0);
    tr_working_put(w, "F", TR_UNIT_FLOP_PER_S, roof->flop_per_s, 0);
    tr_working_put(w, "mfu", TR_UNIT_NONE, t->mfu, 0);
    tr_working_put(w, "usd_per_s", TR_UNIT_USD, roof->usd_per_s, 0);
    for (size_t i = 1; i < t->cheapest_count; i++) {
        const tr_tiers_place *a = &t->place[t->cheapest[i - 1].place], *b = &t->place[t->cheapest[i].place];
        w = tr_working_start(out, "K7");
        tr_working_put(w, "T_be", TR_UNIT_SECOND, t->cheapest[i].from_s, 1);
        tr_working_put(w, "n", TR_UNIT_NONE, t->fetch_count, 0);
        tr_working_put(w, "fetch_b", TR_UNIT_NONE, fetch_of(t, b), 0);
        tr_working_put(w, "fetch_a", TR_UNIT_NONE, fetch_of(t, a), 0);
        tr_working_put(w, "hold_a", TR_UNIT_NONE, hold_of(a), 0);
        tr_working_put(w, "hold_b", TR_UNIT_NONE, hold_of(b), 0);
    }
    for (size_t i = 0; i < t->premium_count && out->count < TR_WORKING_MAX; i++) {
        w = tr_working_start(out, "K9");
        tr_working_put(w, "hits", TR_UNIT_NONE, tr_premium_hit_count(t->write_ratio[i], t->read_ratio), 1);
        tr_working_put(w, "w", TR_UNIT_NONE, t->write_ratio[i], 0);
        tr_working_put(w, "r", TR_UNIT_NONE, t->read_ratio, 0);
    }
}

/* ---- a page ------------------------------------------------------------------------------ */

static void right(tr_writer *out, const char *text, size_t width)
{
    const size_t n = strlen(text);
    tr_write_repeat(out, ' ', n < width ? width - n : 1);
    tr_write_text(out, text);
}

static void print_holds(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    char text[64];
    tr_print_heading(out, style, "Dollars for a million tokens held");
    tr_write_text(out, "for        ");
    for (int i = 0; i < t->place_count; i++)
        if (t->place[i].counts)
            right(out, t->place[i].name, 12);
    tr_write_text(out, "  cheapest\n");
    for (size_t k = 0; k < t->hold_count; k++) {
        (void)tr_quantity_format(t->hold_s[k], TR_UNIT_SECOND, text, sizeof text);
        tr_write_text(out, text);
        tr_write_repeat(out, ' ', strlen(text) < 11 ? 11 - strlen(text) : 1);
        for (int i = 0; i < t->place_count; i++)
            if (t->place[i].counts) {
                (void)tr_quantity_format(tr_tiers_usd_per_mtoken(t, i, t->hold_s[k]), TR_UNIT_USD, text, sizeof text);
                right(out, text, 12);
            }
        tr_write_text(out, "  ");
        tr_write_text(out, t->place[tr_tiers_cheapest(t, t->hold_s[k])].name);
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

static void print_sources(const tr_tiers *t, const tr_style *style, tr_writer *out)
{
    char text[320], years[32];
    (void)tr_quantity_format(t->terms.life_s, TR_UNIT_SECOND, years, sizeof years);
    int any = 0;
    for (int i = 0; i < t->place_count; i++)
        if (t->place[i].price_source[0] != '\0') {
            tr_write_text(out, any++ == 0 ? "\n" : "");
            (void)snprintf(text, sizeof text, "%s: $%.4g a GB, over %s: %s", t->place[i].name, t->place[i].usd_per_gb,
                           years, t->place[i].price_source);
            tr_print_wrapped(out, "  price: ", "         ", text, style->columns);
        }
}

static tr_status write_page(const tr_tiers *t, const tr_notes *notes, const tr_workings *workings,
                            const tr_style *style, const tr_sink *sink, tr_error *err)
{
    char text[256], token[32], number[48];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)tr_quantity_format(t->context_token, TR_UNIT_CONTEXT, token, sizeof token);
    (void)snprintf(text, sizeof text, "%.90s on %.60s: where to keep the KV cache of %s tokens\n",
                   t->question->model->name, t->question->system->name, token);
    tr_write_text(&out, text);
    tr_print_setting(t->question, &out);
    tr_print_price(t->question, &out);
    tr_write_char(&out, '\n');
    (void)tr_quantity_format(t->held_byte_per_token, TR_UNIT_BYTE, number, sizeof number);
    (void)snprintf(text, sizeof text, "%s a token", number);
    tr_print_quantity(&out, "held", t->held_byte, TR_UNIT_BYTE, text);
    (void)tr_quantity_format(t->recompute_s, TR_UNIT_SECOND, number, sizeof number);
    (void)snprintf(text, sizeof text, "a million tokens; %s for these, at %.4g of the peak", number, t->mfu);
    tr_print_quantity(&out, "to compute again", t->place[t->place_count - 1].fetch_usd_per_mtoken, TR_UNIT_USD, text);
    if (isfinite(t->recompute_low_s)) {
        const double usd_per_mtoken_s = t->question->roof.usd_per_s / t->context_token * 1e6;
        const tr_quantity time_s = {t->recompute_s, t->recompute_low_s, t->recompute_high_s, t->recompute_bound_s};
        const tr_quantity usd = {time_s.predicted * usd_per_mtoken_s, time_s.low * usd_per_mtoken_s,
                                 time_s.high * usd_per_mtoken_s, time_s.bound * usd_per_mtoken_s};
        tr_write_char(&out, '\n');
        tr_print_predicted_head(&out);
        tr_print_predicted(&out, "computing these again", &time_s, TR_UNIT_SECOND, NULL);
        tr_print_predicted(&out, "$ per million tokens", &usd, TR_UNIT_USD, NULL);
    }
    if (t->fetch_count < 1.0 || t->fetch_count > 1.0) {
        (void)snprintf(text, sizeof text, "%.4g", t->fetch_count);
        tr_print_line(&out, "fetched", text, "times while it is held");
    }
    tr_write_text(&out, "\nEach place, for a million tokens\n");
    tr_fields_table_head(&place_fields, &out);
    for (int i = 0; i < t->place_count; i++) {
        const place_row row = {.tiers = t, .place = &t->place[i], .hold_s = (double)NAN};
        tr_fields_table_row(&place_fields, &row, &out);
    }
    for (int i = 0; i < t->place_count; i++)
        if (t->place[i].why[0] != '\0') {
            (void)snprintf(text, sizeof text, "  %s %s\n", t->place[i].name, t->place[i].why);
            tr_write_text(&out, text);
        }
    print_holds(t, style, &out);
    print_stretches(t, style, &out);
    print_premiums(t, style, &out);
    print_sources(t, style, &out);
    tr_notes_text(notes, style->columns, &out);
    if (style->explain)
        tr_workings_text(workings, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- a document ---------------------------------------------------------------------------- */

static void json_holds(const tr_tiers *t, tr_json *json)
{
    tr_json_key_array(json, "holds");
    for (size_t k = 0; k < t->hold_count; k++) {
        const int best = tr_tiers_cheapest(t, t->hold_s[k]);
        tr_json_object_inline(json);
        tr_json_key_number(json, "hold_s", t->hold_s[k]);
        tr_json_key_string(json, "cheapest", t->place[best].name);
        tr_json_key_number(json, "usd_per_mtoken", tr_tiers_usd_per_mtoken(t, best, t->hold_s[k]));
        tr_json_key(json, "each_usd_per_mtoken");
        tr_json_object_inline(json);
        for (int i = 0; i < t->place_count; i++)
            tr_json_key_number(json, t->place[i].name, tr_tiers_usd_per_mtoken(t, i, t->hold_s[k]));
        tr_json_close(json);
        tr_json_close(json);
    }
    tr_json_close(json);
}

/* From every place to every slower one, and to computing again. */
static void json_break_evens(const tr_tiers *t, tr_json *json)
{
    tr_json_key_array(json, "break_evens");
    for (int a = 0; a + 1 < t->place_count; a++)
        for (int b = a + 1; b < t->place_count; b++) {
            if (!t->place[a].counts || !t->place[b].counts)
                continue;
            const double s = t->place[b].tier == NULL
                                 ? t->place[a].recompute_break_even_s
                                 : tr_place_break_even_s(&t->place[a].cost, &t->place[b].cost, t->fetch_count);
            tr_json_object_inline(json);
            tr_json_key_string(json, "from", t->place[a].name);
            tr_json_key_string(json, "to", t->place[b].name);
            tr_json_key_number(json, "hold_s", s);
            tr_json_close(json);
        }
    tr_json_close(json);
}

static tr_status write_document(const tr_scenario *scenario, const tr_tiers *t, const tr_notes *notes,
                                const tr_workings *workings, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, scenario, NULL);
    tr_fields_json(&priced_fields, t, &json);
    tr_json_key_object(&json, "held");
    tr_json_key_number(&json, "context_token", t->context_token);
    tr_json_key_number(&json, "byte", t->held_byte);
    tr_json_key_number(&json, "byte_per_token", t->held_byte_per_token);
    tr_json_key_number(&json, "fetch_count", t->fetch_count);
    tr_json_key_number(&json, "stall_ratio", t->terms.stall_ratio);
    tr_json_key_number(&json, "tier_life_s", t->terms.life_s);
    tr_json_close(&json);
    tr_json_key_object(&json, "recompute");
    tr_json_key_number(&json, "flop", t->recompute_flop);
    tr_json_key_number(&json, "mfu", t->mfu);
    tr_json_key_string(&json, "physics",
                       t->is_predicted ? tr_physics_name(t->question->physics) : "a share of the peak");
    tr_json_key_number(&json, "time_s", t->recompute_s);
    tr_json_key_number(&json, "time_s_bound", t->recompute_bound_s);
    tr_json_key_number(&json, "time_s_low", t->recompute_low_s);
    tr_json_key_number(&json, "time_s_high", t->recompute_high_s);
    tr_json_key_number(&json, "usd", t->recompute_usd);
    tr_json_key_number(&json, "usd_per_mtoken", t->place[t->place_count - 1].fetch_usd_per_mtoken);
    tr_json_close(&json);
    tr_json_key_array(&json, "places");
    for (int i = 0; i < t->place_count; i++) {
        const place_row row = {.tiers = t, .place = &t->place[i], .hold_s = (double)NAN};
        tr_json_object_inline(&json);
        tr_fields_json(&place_fields, &row, &json);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    tr_json_key_array(&json, "cheapest");
    for (size_t i = 0; i < t->cheapest_count; i++) {
        tr_json_object_inline(&json);
        tr_json_key_string(&json, "place", t->place[t->cheapest[i].place].name);
        tr_json_key_number(&json, "from_s", t->cheapest[i].from_s);
        tr_json_key_number(&json, "to_s", t->cheapest[i].to_s);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    json_break_evens(t, &json);
    json_holds(t, &json);
    tr_json_key_array(&json, "premiums");
    for (size_t i = 0; i < t->premium_count; i++) {
        tr_json_object_inline(&json);
        tr_json_key_number(&json, "write_price_ratio", t->write_ratio[i]);
        tr_json_key_number(&json, "read_price_ratio", t->read_ratio);
        tr_json_key_number(&json, "hit_count", tr_premium_hit_count(t->write_ratio[i], t->read_ratio));
        tr_json_close(&json);
    }
    tr_json_close(&json);
    tr_notes_json(notes, &json);
    if (style->explain)
        tr_workings_json(workings, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
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
    tr_notes_of(scenario, question, &notes);
    if (t.place_count <= 2 && notes.count < TR_NOTE_MAX)
        notes.text[notes.count++] = "no tier beside the chip's own memory is known: a chip file's tiers give them";
    workings_of(&t, &workings);
    if (style->format == TR_FORMAT_TEXT)
        return write_page(&t, &notes, &workings, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_document(scenario, &t, &notes, &workings, style, sink, err);
    walk w = {.tiers = &t};
    const tr_rows rows = {.fields = &hold_fields,
                          .name = NULL,
                          .count = t.hold_count * (size_t)t.place_count,
                          .at = hold_at,
                          .context = &w,
                          .scenario = scenario};
    return tr_rows_write(&rows, style, sink, err);
}
