/* ask/predict_page.c -- the answer of `predict`: requests on a deployment as a page, or many as rows. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/predict_row.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

/* ---- the question ------------------------------------------------------------------------------------------ */

void tr_predict_load_text(const tr_predict_row *row, char *out, size_t size)
{
    char isl[48], osl[48], many[120], think[48];
    const tr_clients *c = &row->clients;
    (void)tr_quantity_format(c->prompt_token, TR_UNIT_CONTEXT, isl, sizeof isl);
    (void)tr_quantity_format(c->output_token, TR_UNIT_CONTEXT, osl, sizeof osl);
    if (c->request_per_s > 0.0) {
        (void)tr_print_request_rate(c->request_per_s, many, sizeof many);
    } else if (isfinite(row->users)) {
        char users[48];
        (void)tr_quantity_format(c->think_s, TR_UNIT_SECOND, think, sizeof think);
        (void)snprintf(many, sizeof many, row->users > 1.0 ? "%s users who pause %s between requests"
                                                           : "%s user who pauses %s between requests",
                       tr_print_three(row->users, TR_UNIT_SEQ, users, sizeof users), think);
    } else {
        (void)snprintf(many, sizeof many, "%.0f concurrent request%s", c->concurrency_seq,
                       c->concurrency_seq > 1.0 ? "s" : "");
    }
    (void)snprintf(out, size, "%s, %s in, %s out", many, isl, osl);
}

/* "layout tp 4", or "prefill on 4 chips: tp 4; decode on 4: tp 4". */
static void placement(const tr_predict_row *row, char *out, size_t size)
{
    const tr_deployment *d = row->deployment;
    char layout[96], prefill[96];
    (void)tr_layout_format(&d->shard.layout, layout, sizeof layout);
    (void)snprintf(out, size, "layout %s", layout);
    if (!d->apart)
        return;
    (void)tr_layout_format(&d->prefill_shard.layout, prefill, sizeof prefill);
    (void)snprintf(out, size, "prefill on %.0f chips: %s; decode on %.0f: %s", d->prefill_system.chip_count, prefill,
                   d->system.chip_count, layout);
}

static void print_heading(const tr_predict_row *row, tr_writer *out)
{
    const tr_problem *q = row->question;
    char text[1536], load[320], place[256], host[256];
    placement(row, place, sizeof place);
    tr_predict_load_text(row, load, sizeof load);
    const char *engine = q->engine->title[0] != '\0' ? q->engine->title : "no engine in particular";
    (void)snprintf(text, sizeof text, "%s on %s (%s%s%s; weights %s, KV cache %s)", q->model->name, q->system->name,
                   engine, q->engine->version[0] != '\0' ? " " : "", q->engine->version,
                   tr_question_weights(q), tr_dtype_name(q->roof.kv_dtype));
    tr_print_wrapped(out, "", "  ", text, TR_PAGE_COLUMNS);
    (void)tr_host_words(&row->deployment->shard, host, sizeof host);
    (void)snprintf(text, sizeof text, "%s%s\n%s%s%s\n\n", place, q->layout_given ? "" : " (the best that fits)", host,
                   host[0] != '\0' ? "\n" : "", load);
    tr_write_text(out, text);
}

/* ---- the figures ----------------------------------------------------------------------------------------------- */

static tr_quantity none(const tr_quantity *q)
{
    const double nan = (double)NAN;
    return (tr_quantity){nan, nan, nan, q->bound};
}

static void print_prices(const tr_predict_row *row, tr_writer *out)
{
    if (!(row->question->roof.usd_per_s > 0.0)) {
        tr_write_text(out, "  no price is known for this system: --price gives one\n");
        return;
    }
    tr_print_predicted(out, "$ per million output", &row->cost.output_usd_per_mtoken, TR_UNIT_USD, NULL);
    tr_print_predicted(out, "$ per million input", &row->cost.input_usd_per_mtoken, TR_UNIT_USD, NULL);
    tr_print_predicted(out, "$ per million, blended", &row->cost.usd_per_mtoken, TR_UNIT_USD, NULL);
    tr_write_text(out, "  ");
    tr_print_any_price(row->question, out);
}

static void print_figures(const tr_predict_row *row, tr_writer *out)
{
    const tr_service *o = &row->service;
    const tr_quantity ttft = row->endless ? none(&o->ttft_s) : o->ttft_s;
    const tr_quantity e2e = row->endless ? none(&o->e2e_s) : o->e2e_s;
    tr_print_predicted_head(out);
    tr_print_predicted(out, "time to first token", &ttft, TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "time per output token", &o->tpot_s, TR_UNIT_SECOND,
                       tr_predict_has_tpot(row) ? NULL : "one token: no time between tokens");
    if (row->clients.draft_token > 0.0)
        tr_print_predicted(out, "inter-token latency", &o->itl_s, TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "one request", &e2e, TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "tokens/s per user", &row->per_user, TR_UNIT_NONE, NULL);
    tr_print_predicted(out, "tokens/s, output", &o->output_token_per_s, TR_UNIT_NONE, NULL);
    tr_drafts_print(&row->drafts, out);
    print_prices(row, out);
    tr_offers_text(row->question->model, out);
}

/* ---- why, and what would help ----------------------------------------------------------------------------------- */

/* "  name        text", wrapped to the page. */
static void explained(tr_writer *out, const char *name, const char *text)
{
    char first[16];
    (void)snprintf(first, sizeof first, "  %-13s", name);
    tr_print_wrapped(out, first, "               ", text, TR_PAGE_COLUMNS);
}

static void label(tr_writer *out, const char *name)
{
    tr_write_text(out, "  ");
    tr_print_left(out, name, 13);
}

static void print_limits(const tr_predict_row *row, tr_writer *out)
{
    static const char *const name[TR_TIME_COUNT] = {"multiplies", "reading weights",   "reading the KV cache",
                                                    "links",      "launches and host", "what the host computes",
                                                    "crossing to the host", "prefill of other requests"};
    double part[TR_TIME_COUNT];
    char text[256] = "", share[32];
    for (int i = 0; i < TR_TIME_COUNT; i++)
        part[i] = tr_time_share(&row->service, (tr_time_part)i);
    for (size_t k = 0; k < 3; k++) {
        size_t most = 0;
        for (size_t i = 1; i < TR_TIME_COUNT; i++)
            if (part[i] > part[most])
                most = i;
        if (k > 0 && part[most] < 0.05)
            break;
        (void)tr_text_fixed(share, sizeof share, 100.0 * part[most], 0);
        (void)snprintf(text + strlen(text), sizeof text - strlen(text),
                       k > 0                      ? "; %s %s %%"
                       : tr_predict_has_tpot(row) ? "%s: %s %% of the time between tokens"
                                                  : "%s: %s %% of the time of a step",
                       name[most], share);
        part[most] = -1.0;
    }
    explained(out, "limited by", text);
}

/* What a saturated system lacks. */
static const char *awaited(const tr_predict_row *row)
{
    const tr_layout *y = &row->deployment->shard.layout;
    const double most = row->clients.max_seq > 0 ? row->clients.max_seq : row->question->engine->max_seq;
    if (row->service.prefill_busy_share >= 0.95)
        return "the chips that take prompts";
    return most > 0 && row->service.room_seq >= most * y->dp_rank * y->replica_count * (1 - 1e-9)
               ? "one of the sequences that run at once (--max-seqs)"
               : "space in the KV cache";
}

/* On average, so it may be less than one. */
static const char *sequences(double count_seq, char *out, size_t size)
{
    if (count_seq < 0.01)
        (void)tr_text_copy(out, size, "fewer than 0.01");
    else
        (void)tr_print_three(count_seq, TR_UNIT_SEQ, out, size);
    return out;
}

static int same_unit(const char *a, const char *b) { return strcmp(a + strcspn(a, " "), b + strcspn(b, " ")) == 0; }

static void print_memory(const tr_predict_row *row, tr_writer *out)
{
    const tr_service *o = &row->service;
    char text[320], used[32], weights[48], room[48], flight[48], rate[48];
    const tr_shard *shard = &row->deployment->shard;
    const double chips = row->deployment->system.chip_count;
    (void)tr_text_fixed(used, sizeof used, 100.0 * o->kv_used_share, 0);
    (void)sequences(o->flight_seq, flight, sizeof flight);
    (void)snprintf(text, sizeof text, "KV cache %s %% in use by %s request%s; %s fit beside %s of weights", used,
                   flight, strcmp(flight, "1") == 0 ? "" : "s",
                   tr_print_three(o->room_seq, TR_UNIT_SEQ, room, sizeof room),
                   tr_print_three(shard->weight_byte * chips, TR_UNIT_BYTE, weights, sizeof weights));
    explained(out, "memory", text);
    (void)tr_print_request_rate(row->max_request_per_s, rate, sizeof rate);
    (void)tr_print_request_rate(o->request_per_s, flight, sizeof flight);
    if (row->endless)
        (void)snprintf(text, sizeof text, "saturated: the queue grows without limit; at most %s hold", rate);
    else if (o->saturated)
        (void)snprintf(text, sizeof text, "saturated: requests wait for %s; at most %s", awaited(row), rate);
    else
        (void)snprintf(text, sizeof text, "%s of at most %.*s; %s decode together on average", flight,
                       (int)(same_unit(flight, rate) ? strcspn(rate, " ") : strlen(rate)), rate,
                       sequences(o->batch_seq, room, sizeof room));
    explained(out, "load", text);
}

static void print_power(const tr_predict_row *row, tr_writer *out)
{
    const tr_energy *e = &row->energy;
    const double token_per_s = row->service.output_token_per_s.predicted;
    char text[480], site[48], low[48], high[48], each[48], usd[48], chip[48];
    if (!row->has_power)
        return;
    (void)snprintf(text, sizeof text,
                   "%s a chip; %s at the site (%s to %s, PUE %.4g); per output token %s, per million %s of electricity",
                   tr_print_three(row->power.predicted_w, TR_UNIT_WATT, chip, sizeof chip),
                   tr_print_three(e->site_w, TR_UNIT_WATT, site, sizeof site),
                   tr_print_three(e->low_site_w, TR_UNIT_WATT, low, sizeof low),
                   tr_print_three(e->high_site_w, TR_UNIT_WATT, high, sizeof high), row->question->pue_ratio,
                   tr_print_three(e->site_w / token_per_s, TR_UNIT_JOULE, each, sizeof each),
                   tr_print_three(e->usd_per_s / token_per_s * 1e6, TR_UNIT_USD, usd, sizeof usd));
    explained(out, "power", text);
}

/* "-22 %": a change of a ratio. */
static const char *change_text(double ratio, char *out, size_t size)
{
    const double percent = 100.0 * (ratio - 1.0);
    (void)tr_text_copy(out, size, percent < 0.0 ? "-" : "+");
    (void)tr_text_fixed(out + 1, size - 1, fabs(percent), fabs(percent) < 10.0 ? 1 : 0);
    (void)tr_text_append(out, size, " %");
    return out;
}

static void print_levers(const tr_predict_row *row, tr_writer *out)
{
    for (size_t i = 0; i < row->lever_count; i++) {
        const tr_lever *l = &row->lever[i];
        char text[256], tpot[32], ttft[32], gain[32];
        label(out, i == 0 ? "what helps" : "");
        tr_print_left(out, l->words, 22);
        (void)snprintf(text, sizeof text, "TPOT %s, TTFT %s, %s %s  (--%s %s)\n",
                       isnan(l->tpot_ratio) ? "-" : change_text(l->tpot_ratio, tpot, sizeof tpot),
                       change_text(l->ttft_ratio, ttft, sizeof ttft),
                       row->clients.request_per_s > 0.0 ? "speed" : "tokens/s",
                       change_text(l->throughput_ratio, gain, sizeof gain), l->input, l->to);
        tr_write_text(out, text);
    }
    if (row->lever_count == 0) {
        explained(out, "what helps", "none of the changes tried: number formats, token budget, disaggregated prefill");
    }
}

static void print_slo(const tr_predict_row *row, tr_writer *out)
{
    if (!row->promised)
        return;
    char text[128];
    (void)snprintf(text, sizeof text, "predicted to be %s (--slo)%s", row->holds ? "met" : "missed",
                   tr_predict_has_tpot(row) ? "" : "; a limit on tpot or itl holds for one token, which has neither");
    explained(out, "objective", text);
}

static void print_sureness(const tr_predict_row *row, tr_writer *out)
{
    char text[320];
    (void)snprintf(text, sizeof text, "%s (calibration %s)", tr_question_rests_on(row->question),
                   row->question->calibration.origin);
    explained(out, "how sure", text);
    if (row->clients.concurrency_seq <= 1.0 && !(row->clients.request_per_s > 0.0) && isnan(row->users))
        explained(out, "intervals", "of a request served alone; of one bare step: `step`");
}

void tr_predict_print(const tr_predict_row *row, tr_writer *out)
{
    print_heading(row, out);
    print_figures(row, out);
    tr_write_char(out, '\n');
    print_limits(row, out);
    tr_drafts_explain(&row->drafts, "concurrent requests", out);
    print_memory(row, out);
    print_power(row, out);
    print_slo(row, out);
    print_levers(row, out);
    print_sureness(row, out);
}

static tr_status write_page(tr_predict_row *row, const tr_scenario *scenario, const tr_style *style,
                            const tr_sink *sink, tr_error *err)
{
    tr_writer out;
    tr_notes notes;
    tr_levers_of(scenario, row);
    tr_notes_of(scenario, row->question, &notes);
    tr_writer_begin(&out, sink);
    tr_predict_print(row, &out);
    tr_notes_text(&notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- the verb ------------------------------------------------------------------------------------- */

typedef struct rows_context {
    tr_predict_walk *walk;
    tr_predict_row row;          /* of one: with its levers */
} rows_context;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    rows_context *c = context;
    return tr_predict_walk_count(c->walk) == 1 ? &c->row : tr_predict_walk_at(c->walk, index, err);
}

static tr_status write_rows(rows_context *c, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_scenario *scenario = tr_predict_walk_scenario(c->walk);
    tr_notes notes;
    tr_field column[TR_PREDICT_COLUMNS];
    const tr_fields columns = {column, tr_predict_columns(scenario, column)};
    tr_notes_of(scenario, c->row.question, &notes);
    const tr_rows rows = {.fields = &tr_predict_fields,
                          .columns = &columns,
                          .name = "rows",
                          .count = tr_predict_walk_count(c->walk),
                          .at = row_at,
                          .context = c,
                          .scenario = scenario,
                          .more = tr_predict_row_more,
                          .notes = &notes};
    return tr_rows_write(&rows, style, sink, err);
}

/* A table says once what all rows share. */
static tr_status write_head(const tr_predict_row *row, tr_sink *sink, tr_error *err)
{
    tr_writer out;
    char text[1024], place[256];
    const tr_problem *q = row->question;
    placement(row, place, sizeof place);
    (void)snprintf(text, sizeof text, "%s on %s (%s%s%s; %s; weights %s, KV cache %s)\n", q->model->name,
                   q->system->name, q->engine->title[0] != '\0' ? q->engine->title : "no engine in particular",
                   q->engine->version[0] != '\0' ? " " : "", q->engine->version, place,
                   tr_question_weights(q), tr_dtype_name(q->roof.kv_dtype));
    tr_writer_begin(&out, sink);
    tr_write_text(&out, text);
    tr_print_price(q, &out);
    tr_drafts_head(q, &out);
    tr_write_char(&out, '\n');
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_predict(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    rows_context c;
    tr_status s = tr_predict_walk_begin(scenario, question, &c.walk, err);
    if (s != TR_OK)
        return s;
    const tr_predict_row *first = tr_predict_walk_at(c.walk, 0, err);
    const size_t count = tr_predict_walk_count(c.walk);
    if (first == NULL) {
        tr_predict_walk_end(c.walk);
        return err != NULL ? err->status : TR_EDOMAIN;
    }
    c.row = *first;
    if (count == 1 && !c.row.fits) {
        s = c.row.why.status;
        if (err != NULL)
            *err = c.row.why;
    } else if (count == 1 && style->format == TR_FORMAT_TEXT) {
        s = write_page(&c.row, tr_predict_walk_scenario(c.walk), style, sink, err);
    } else {
        if (count == 1)
            tr_levers_of(tr_predict_walk_scenario(c.walk), &c.row);
        if (style->format == TR_FORMAT_TEXT)
            s = write_head(&c.row, sink, err);
        if (s == TR_OK)
            s = write_rows(&c, style, sink, err);
    }
    tr_predict_walk_end(c.walk);
    return s;
}
