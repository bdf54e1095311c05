/* ask/tiers_document.c -- the answer of `tiers` for programs. */
#include "ask/tiers_row.h"

#include <math.h>

#include "write/document.h"
#include "write/rows.h"

static void json_held(const tr_tiers *t, tr_json *json)
{
    tr_json_key_object(json, "held");
    tr_json_key_number(json, "context_token", t->context_token);
    tr_json_key_number(json, "new_token", t->new_token);
    tr_json_key_number(json, "byte", t->held_byte);
    tr_json_key_number(json, "byte_per_token", t->held_byte_per_token);
    tr_json_key_number(json, "fetch_count", t->fetch_count);
    tr_json_key_number(json, "stall_ratio", t->terms.stall_ratio);
    tr_json_key_number(json, "tier_life_s", t->terms.life_s);
    tr_json_close(json);
}

static void json_recompute(const tr_tiers *t, tr_json *json)
{
    tr_json_key_object(json, "recompute");
    tr_json_key_number(json, "flop", t->recompute_flop);
    tr_json_key_number(json, "mfu", t->mfu);
    tr_json_key_string(json, "physics",
                       t->is_predicted ? tr_physics_name(t->question->physics) : "a share of the peak");
    tr_json_key_number(json, "time_s", t->recompute_s.predicted);
    tr_json_key_number(json, "time_s_bound", t->recompute_s.bound);
    tr_json_key_number(json, "time_s_low", t->recompute_s.low);
    tr_json_key_number(json, "time_s_high", t->recompute_s.high);
    tr_json_key_number(json, "usd", t->recompute_usd.predicted);
    tr_json_key_number(json, "usd_per_mtoken", tr_tiers_per_mtoken(t, t->recompute_usd.predicted));
    tr_json_key_number(json, "usd_per_mtoken_bound", tr_tiers_per_mtoken(t, t->recompute_usd.bound));
    tr_json_key_number(json, "usd_per_mtoken_low", tr_tiers_per_mtoken(t, t->recompute_usd.low));
    tr_json_key_number(json, "usd_per_mtoken_high", tr_tiers_per_mtoken(t, t->recompute_usd.high));
    tr_json_close(json);
}

static void json_places(const tr_tiers *t, tr_json *json)
{
    tr_json_key_array(json, "places");
    for (int i = 0; i < t->place_count; i++) {
        const tr_tiers_row row = {t->question, t, &t->place[i], (double)NAN};
        tr_json_object_inline(json);
        tr_fields_json(&tr_tiers_place_fields, &row, json);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_key_array(json, "cheapest");
    for (size_t i = 0; i < t->cheapest_count; i++) {
        tr_json_object_inline(json);
        tr_json_key_string(json, "place", t->place[t->cheapest[i].place].name);
        tr_json_key_number(json, "from_s", t->cheapest[i].from_s);
        tr_json_key_number(json, "to_s", t->cheapest[i].to_s);
        tr_json_close(json);
    }
    tr_json_close(json);
}

/* From every place to every slower one, by money and by drain times, and to computing again. */
static void json_break_evens(const tr_tiers *t, tr_json *json)
{
    tr_json_key_array(json, "break_evens");
    for (int a = 0; a + 1 < t->place_count; a++)
        for (int b = a + 1; b < t->place_count; b++) {
            const tr_tiers_place *from = &t->place[a], *to = &t->place[b];
            double hold_s = (double)NAN;
            if (from->counts && to->counts)
                hold_s = to->tier == NULL ? from->recompute_even_s.predicted
                                          : tr_place_break_even_s(&from->cost, &to->cost, t->fetch_count);
            tr_json_object_inline(json);
            tr_json_key_string(json, "from", from->name);
            tr_json_key_string(json, "to", to->name);
            tr_json_key_number(json, "hold_s", hold_s);
            tr_json_key_number(json, "drain_hold_s",
                               to->tier == NULL ? (double)NAN : tr_drain_break_even_s(from->tier, to->tier));
            tr_json_close(json);
        }
    tr_json_close(json);
}

typedef tr_quantity of_hold(const tr_tiers *tiers, int place, double hold_s);

static void json_each(const tr_tiers *t, const char *key, double hold_s, of_hold *value, tr_json *json)
{
    tr_json_key(json, key);
    tr_json_object_inline(json);
    for (int i = 0; i < t->place_count; i++)
        if (value == NULL)
            tr_json_key_number(json, t->place[i].name, tr_tiers_usd_per_mtoken(t, i, hold_s));
        else if (t->place[i].tier != NULL)
            tr_json_key_number(json, t->place[i].name, value(t, i, hold_s).predicted);
    tr_json_close(json);
}

static void json_holds(const tr_tiers *t, tr_json *json)
{
    tr_json_key_array(json, "holds");
    for (size_t k = 0; k < t->hold_count; k++) {
        const double hold_s = t->hold_s[k];
        const int best = tr_tiers_cheapest(t, hold_s);
        tr_json_object_inline(json);
        tr_json_key_number(json, "hold_s", hold_s);
        tr_json_key_string(json, "cheapest", best < 0 ? NULL : t->place[best].name);
        tr_json_key_number(json, "usd_per_mtoken", best < 0 ? (double)NAN : tr_tiers_usd_per_mtoken(t, best, hold_s));
        json_each(t, "each_usd_per_mtoken", hold_s, NULL, json);
        json_each(t, "each_hit_price_ratio", hold_s, tr_tiers_hit_price, json);
        json_each(t, "each_write_premium_ratio", hold_s, tr_tiers_write_premium, json);
        tr_json_close(json);
    }
    tr_json_close(json);
}

static void json_premiums(const tr_tiers *t, tr_json *json)
{
    tr_json_key_array(json, "premiums");
    for (size_t i = 0; i < t->premium_count; i++) {
        tr_json_object_inline(json);
        tr_json_key_number(json, "write_price_ratio", t->write_ratio[i]);
        tr_json_key_number(json, "read_price_ratio", t->read_ratio);
        tr_json_key_number(json, "hit_count", tr_premium_hit_count(t->write_ratio[i], t->read_ratio));
        tr_json_close(json);
    }
    tr_json_close(json);
}

tr_status tr_tiers_document(const tr_scenario *scenario, const tr_tiers *t, const tr_notes *notes,
                            const tr_workings *workings, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, scenario, NULL);
    tr_fields_json(&tr_tiers_priced_fields, t, &json);
    json_held(t, &json);
    json_recompute(t, &json);
    json_places(t, &json);
    json_break_evens(t, &json);
    json_holds(t, &json);
    json_premiums(t, &json);
    tr_notes_json(notes, &json);
    if (style->explain)
        tr_workings_json(workings, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}
