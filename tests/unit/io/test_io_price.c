/* test_io_price.c -- price sheets: every row of a collected table is in ours, and a bad sheet is refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../csv_rows.h"

#include "io/chip_folder.h"
#include "io/price_json.h"

enum { SHEET_MAX = 64 };
static tr_price_sheet *sheets[SHEET_MAX];
static size_t sheet_count;

static int read_sheets(void **state)
{
    const char *root = getenv("TOKENROOF_ROOT");
    char data[3000], path[4096], *names = NULL;
    size_t count = 0;
    (void)state;
    (void)snprintf(data, sizeof data, "%s/data", root != NULL ? root : ".");
    if (tr_data_folder_list(data, "prices", &names, &count, NULL) != TR_OK || count > SHEET_MAX)
        return -1;
    const char *name = names;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        tr_error err = { .text = "" };
        (void)snprintf(path, sizeof path, "%s/prices/%s.json", data, name);
        if (tr_price_sheet_read(path, &sheets[sheet_count], &err) != TR_OK) {
            print_error("%s (line %d)\n", err.text, err.line);
            return -1;
        }
        if (strcmp(sheets[sheet_count++]->name, name) != 0)
            return -1;
    }
    free(names);
    return 0;
}

static int drop_sheets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sheet_count; i++)
        tr_price_sheet_destroy(sheets[i]);
    return 0;
}

static const tr_price_sheet *sheet_named(const char *name)
{
    for (size_t i = 0; i < sheet_count; i++)
        if (strcmp(sheets[i]->name, name) == 0)
            return sheets[i];
    fail_msg("no price sheet of %s", name);
    return NULL;
}

static const tr_price_model *model_named(const tr_price_sheet *sheet, const char *name)
{
    for (size_t i = 0; i < sheet->model_count; i++)
        if (strcmp(sheet->models[i].name, name) == 0)
            return &sheet->models[i];
    fail_msg("%s has no %s", sheet->name, name);
    return NULL;
}

static void expect(const csv *table, size_t row, const char *column, double have)
{
    const double want = csv_number(table, row, column);
    if (!(fabs(have - want) <= 1e-12 * fabs(want)))
        fail_msg("%s %s, %s: have %.10g, the table says %.10g", csv_at(table, row, "provider"),
                 csv_at(table, row, "model"), column, have, want);
}

/* Ratios are printed with four decimals. */
static void expect_ratio(const csv *table, size_t row, const char *column, double have)
{
    if (csv_at(table, row, column)[0] == '\0')
        return;
    if (!(fabs(have - csv_number(table, row, column)) <= 0.5001e-4))
        fail_msg("%s %s, %s: have %.6g, the table says %s", csv_at(table, row, "provider"),
                 csv_at(table, row, "model"), column, have, csv_at(table, row, column));
}

static const tr_price_period *period_of(const csv *table, size_t row, const tr_price_sheet *sheet,
                                        const tr_price_model *model)
{
    const int daily = csv_at(table, row, "valid_note")[0] == '{';
    for (size_t i = 0; i < model->period_count; i++) {
        const tr_price_period *period = &sheet->periods[model->first_period + i];
        if (strcmp(period->from, csv_at(table, row, "valid_from")) == 0 &&
            (period->daily_from_utc[0] != '\0') == daily)
            return period;
    }
    fail_msg("%s has no period from '%s'", model->name, csv_at(table, row, "valid_from"));
    return NULL;
}

/* The one row that tells of a fast mode by itself. */
static void expect_fast_row(const csv *table, size_t row)
{
    const tr_price_sheet *sheet = sheet_named("anthropic");
    const tr_price_period *period = &sheet->periods[model_named(sheet, "claude-opus-4-6")->first_period];
    expect(table, row, "input", period->fast.input_usd_per_mtoken);
    expect(table, row, "cached_read", period->fast.cached_read_usd_per_mtoken);
    expect(table, row, "cache_write_5m", period->fast.write_5m_usd_per_mtoken);
    expect(table, row, "output", period->fast.output_usd_per_mtoken);
    expect_ratio(table, row, "fast_mult",
                 period->fast.output_usd_per_mtoken / period->base.output_usd_per_mtoken);
    assert_string_equal(period->fast_date, csv_at(table, row, "checked"));
    assert_string_equal(period->fast_from, "2026-02-07");
}

static void every_row_of_the_collected_table_is_in_our_sheets(void **state)
{
    csv *table = csv_shared(state, "facts/prices.csv");
    assert_int_equal(table->rows, 261);
    for (size_t r = 0; r < table->rows; r++) {
        if (strstr(csv_at(table, r, "model"), "fast mode") != NULL) {
            expect_fast_row(table, r);
            continue;
        }
        const tr_price_sheet *sheet = sheet_named(csv_at(table, r, "provider"));
        const tr_price_model *model = model_named(sheet, csv_at(table, r, "model"));
        const tr_price_period *p = period_of(table, r, sheet, model);
        expect(table, r, "context", model->context_token);
        expect(table, r, "input", p->base.input_usd_per_mtoken);
        expect(table, r, "cached_read", p->base.cached_read_usd_per_mtoken);
        expect(table, r, "cache_write_5m", p->base.write_5m_usd_per_mtoken);
        expect(table, r, "cache_write_1h", p->base.write_1h_usd_per_mtoken);
        expect(table, r, "output", p->base.output_usd_per_mtoken);
        expect(table, r, "long_tier_start", p->long_above_token);
        expect(table, r, "long_input", p->above.input_usd_per_mtoken);
        expect(table, r, "long_cached_read", p->above.cached_read_usd_per_mtoken);
        expect(table, r, "long_output", p->above.output_usd_per_mtoken);
        expect(table, r, "fast_input", p->fast.input_usd_per_mtoken);
        expect(table, r, "fast_output", p->fast.output_usd_per_mtoken);
        expect(table, r, "batch_mult", sheet->batch_price_ratio);
        const double input = p->base.input_usd_per_mtoken, output = p->base.output_usd_per_mtoken;
        expect_ratio(table, r, "out_over_in", output / input);
        expect_ratio(table, r, "in_over_cached", input / p->base.cached_read_usd_per_mtoken);
        expect_ratio(table, r, "write5m_over_in", p->base.write_5m_usd_per_mtoken / input);
        expect_ratio(table, r, "write1h_over_in", p->base.write_1h_usd_per_mtoken / input);
        expect_ratio(table, r, "long_input_mult", p->above.input_usd_per_mtoken / input);
        expect_ratio(table, r, "long_output_mult", p->above.output_usd_per_mtoken / output);
        expect_ratio(table, r, "fast_mult", p->fast.output_usd_per_mtoken / output);
    }
}

static void our_sheets_hold_no_price_that_the_table_does_not(void **state)
{
    csv *table = csv_shared(state, "facts/prices.csv");
    size_t periods = 0;
    for (size_t i = 0; i < sheet_count; i++)
        periods += sheets[i]->period_count;
    assert_int_equal(sheet_count, 13);
    assert_int_equal(periods, table->rows - 1); /* one row tells of a fast mode only */
}

static void prices_stated_by_hand_are_in_the_sheets(void **state)
{
    (void)state;
    const tr_price_sheet *s = sheet_named("google");
    const tr_price_period *p = &s->periods[model_named(s, "gemini-2.5-pro")->first_period];
    assert_true(p->base.input_usd_per_mtoken == 1.25 && p->above.input_usd_per_mtoken == 2.5);
    assert_true(p->long_above_token == 200000.0);
    assert_int_equal(s->storage_count, 2);
    assert_true(s->storage[0].usd_per_mtoken_hour == 4.5);
    s = sheet_named("deepseek");
    p = &s->periods[model_named(s, "deepseek-v4-pro")->first_period];
    assert_true(fabs(p->base.input_usd_per_mtoken / p->base.cached_read_usd_per_mtoken - 120.0) < 1e-9);
    const tr_price_model *chat = model_named(s, "deepseek-chat");
    assert_int_equal(chat->period_count, 2);
    assert_string_equal(s->periods[chat->first_period + 1].daily_to_utc, "16:30");
    s = sheet_named("anthropic");
    const tr_price_model *opus = model_named(s, "claude-opus-4-6");
    assert_true(s->periods[opus->first_period].long_above_token == 200000.0);
    assert_true(s->periods[opus->first_period + 1].long_above_token == 0.0); /* dropped on 2026-03-13 */
}

static void long_prompts_pay_twice_the_input_and_half_more_for_the_output(void **state)
{
    (void)state;
    size_t tiers = 0, usual = 0;
    for (size_t i = 0; i < sheet_count; i++)
        for (size_t k = 0; k < sheets[i]->period_count; k++) {
            const tr_price_period *p = &sheets[i]->periods[k];
            if (p->long_above_token > 0.0) {
                tiers++;
                assert_true(p->above.input_usd_per_mtoken == 2.0 * p->base.input_usd_per_mtoken);
                usual += fabs(p->above.output_usd_per_mtoken / p->base.output_usd_per_mtoken - 1.5) < 1e-9;
            }
        }
    assert_true(tiers >= 14);
    assert_true(tiers - usual == 3); /* Gemini 1.5 (two) and MiniMax M3 double the output too */
}

/* ---- bad sheets ------------------------------------------------------------ */

#define HEAD "{\"name\": \"p\", \"source\": \"s\", \"date\": \"2026\", \"models\": ["
#define RATES "\"usd_per_mtoken\": {\"input\": 1, \"output\": 2}"

static void refuse(const char *text, tr_status status, const char *part)
{
    tr_flat *flat = NULL;
    tr_price_sheet *sheet = NULL;
    tr_error err = { .text = "" };
    assert_int_equal(tr_flat_parse(text, strlen(text), &flat, NULL), TR_OK);
    const tr_status s = tr_price_sheet_from_json(flat, &sheet, &err);
    if (s != status || strstr(err.text, part) == NULL)
        fail_msg("%s\nexpected %s with '%s', got %s: %s", text, tr_status_name(status), part,
                 tr_status_name(s), err.text);
    assert_null(sheet);
    tr_flat_destroy(flat);
}

static void a_bad_sheet_is_refused_and_says_why(void **state)
{
    (void)state;
    refuse("{\"name\": \"p\"}", TR_EMISSING, "date");
    refuse("{\"bogus\": 1}", TR_EUNKNOWN, "bogus");
    refuse(HEAD "{\"name\": \"m\"}]}", TR_EMISSING, "prices");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{\"usd_per_mtoken\": {\"input\": 1}}]}]}", TR_EMISSING,
           "output");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{\"usd_per_mtoken\": {\"inptu\": 1}}]}]}", TR_EUNKNOWN,
           "expected input");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{\"usd_per_mtoken\": {\"input\": -1, \"output\": 2}}]}]}",
           TR_EDOMAIN, "between");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{\"usd_per_mtoken\": {\"input\": 3e6, \"output\": 2}}]}]}",
           TR_EDOMAIN, "between");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{\"from\": \"soon\", " RATES "}]}]}", TR_EDOMAIN, "year");
    refuse(
        HEAD
        "{\"name\": \"m\", \"prices\": [{\"daily\": {\"from_utc\": \"25:00\", \"to_utc\": \"10:00\"}, " RATES
        "}]}]}",
        TR_EDOMAIN, "16:30");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{\"daily\": {\"from_utc\": \"05:00\"}, " RATES "}]}]}",
           TR_EMISSING, "to_utc");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{" RATES ", \"long\": {\"above_token\": 1000}}]}]}",
           TR_EMISSING, "above_token");
    refuse(HEAD
           "{\"name\": \"m\", \"prices\": [{" RATES
           ", \"long\": {\"above_token\": 1000, \"usd_per_mtoken\": {\"input\": 0.5, \"output\": 3}}}]}]}",
           TR_ECONFLICT, "less");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{" RATES
                ", \"fast\": {\"usd_per_mtoken\": {\"output\": 9}}}]}]}",
           TR_EMISSING, "source");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{" RATES "}]}, {\"name\": \"m\", \"prices\": [{" RATES
                "}]}]}",
           TR_ECONFLICT, "twice");
    refuse(HEAD "{\"name\": \"m\", \"prices\": [{\"from\": \"2026-05\", " RATES
                "}, {\"from\": \"2026-04\", " RATES "}]}]}",
           TR_ECONFLICT, "oldest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_row_of_the_collected_table_is_in_our_sheets, csv_forget),
        cmocka_unit_test_teardown(our_sheets_hold_no_price_that_the_table_does_not, csv_forget),
        cmocka_unit_test(prices_stated_by_hand_are_in_the_sheets),
        cmocka_unit_test(long_prompts_pay_twice_the_input_and_half_more_for_the_output),
        cmocka_unit_test(a_bad_sheet_is_refused_and_says_why),
    };
    return cmocka_run_group_tests(tests, read_sheets, drop_sheets);
}
