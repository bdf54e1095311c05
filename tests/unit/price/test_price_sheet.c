/* test_price_sheet.c -- the price sheets compiled in: as published, found by name and day, ratios as a hand works them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/model.h>

#include "price/price_table.h"

static const tr_price *named(const char *text)
{
    const tr_price *price = NULL;
    tr_error err;
    memset(&err, 0, sizeof err);
    if (tr_price_named(text, &price, &err) != TR_OK)
        fail_msg("%s: %s", text, err.text);
    return price;
}

static void refused(const char *text, tr_status status, const char *says)
{
    const tr_price *price = NULL;
    tr_error err;
    memset(&err, 0, sizeof err);
    assert_int_equal(tr_price_named(text, &price, &err), status);
    assert_null(price);
    if (strstr(err.text, says) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", text, err.text, says);
}

static void near_to(double got, double want) { assert_true(fabs(got - want) <= 1e-12 * fabs(want)); }

static void every_price_has_input_output_a_date_and_a_provider_with_a_source(void **state)
{
    (void)state;
    assert_true(tr_price_count() >= 250);
    assert_true(tr_price_provider_table_count == 13);
    for (size_t i = 0; i < tr_price_count(); i++) {
        const tr_price *p = tr_price_at(i);
        assert_true(p->base.input_usd_per_mtoken > 0 && p->base.output_usd_per_mtoken > 0);
        assert_true(strlen(p->date) >= 4);
        const tr_price_provider *provider = tr_price_provider_find(p->provider);
        assert_non_null(provider);
        assert_true(strlen(provider->source) > 3);
        const tr_price_fast *fast = tr_price_fast_of(p);
        assert_int_equal(fast != NULL, p->fast.output_usd_per_mtoken > 0);
        if (fast != NULL)
            assert_true(strlen(fast->source) > 3 && strlen(fast->date) >= 4);
    }
    assert_null(tr_price_at(tr_price_count()));
    assert_null(tr_price_provider_find("nobody"));
}

static void prices_stand_by_provider_then_model_then_day(void **state)
{
    (void)state;
    for (size_t i = 1; i < tr_price_count(); i++) {
        const tr_price *a = tr_price_at(i - 1), *b = tr_price_at(i);
        const int provider = strcmp(a->provider, b->provider), model = strcmp(a->model, b->model);
        assert_true(provider < 0 || (provider == 0 && (model < 0 || (model == 0 && strcmp(a->from, b->from) <= 0))));
    }
}

static void a_model_a_price_names_is_in_the_catalog(void **state)
{
    size_t open = 0;
    (void)state;
    for (size_t i = 0; i < tr_price_count(); i++) {
        const char *name = tr_price_at(i)->catalog_model;
        int found = name[0] == '\0';
        for (size_t k = 0; !found && tr_model_catalog_name(k) != NULL; k++)
            found = strcmp(tr_model_catalog_name(k), name) == 0;
        if (!found)
            fail_msg("%s/%s: no model %s", tr_price_at(i)->provider, tr_price_at(i)->model, name);
        open += name[0] != '\0';
    }
    assert_true(open > 60);
}

static void the_sheet_s_own_ratios_come_out(void **state)
{
    (void)state;
    const tr_price_ratios sonnet = tr_price_ratios_of(named("anthropic/claude-sonnet-4-5"));
    near_to(sonnet.output_input_ratio, 5);
    near_to(sonnet.input_cached_ratio, 10);
    near_to(sonnet.write_5m_input_ratio, 1.25);
    near_to(sonnet.write_1h_input_ratio, 2);
    near_to(sonnet.long_input_ratio, 2);
    near_to(sonnet.long_output_ratio, 1.5);
    assert_true(isnan(sonnet.fast_output_ratio));
    near_to(tr_price_ratios_of(named("claude-opus-4-6")).fast_output_ratio, 6);
    near_to(tr_price_ratios_of(named("claude-opus-4-8")).fast_output_ratio, 2);
    near_to(tr_price_ratios_of(named("deepseek/deepseek-v4-pro")).input_cached_ratio, 120);
    near_to(tr_price_ratios_of(named("deepseek/deepseek-v4-flash")).input_cached_ratio, 50);
    near_to(tr_price_ratios_of(named("gemini-3.1-pro-preview")).long_output_ratio, 1.5);
}

static void a_price_is_the_one_in_force_on_its_day(void **state)
{
    (void)state;
    near_to(named("claude-sonnet-5")->base.output_usd_per_mtoken, 10);  /* the day the sheet was read */
    near_to(named("claude-sonnet-5@2026-08-31")->base.output_usd_per_mtoken, 10);
    near_to(named("claude-sonnet-5@2026-09-01")->base.output_usd_per_mtoken, 15);
    near_to(named("Anthropic/Claude-Sonnet-5@2027")->base.output_usd_per_mtoken, 15);
    near_to(named("gemini-3.6-flash@2026")->base.output_usd_per_mtoken, 3.75);
    near_to(named("gemini-3.6-flash@2027")->base.output_usd_per_mtoken, 7.5); /* from 2027-01-01 */
    near_to(named("gemini-3.6-flash@2027-01")->base.output_usd_per_mtoken, 7.5);
    near_to(named("claude-opus-4-6@2026-03-12")->long_above_token, 200000);
    assert_true(isnan(named("claude-opus-4-6@2026-03-13")->long_above_token));
}

static void of_prices_that_change_with_the_hour_the_one_of_most_hours_is_named(void **state)
{
    (void)state;
    near_to(named("deepseek-chat")->base.output_usd_per_mtoken, 1.1);
    assert_string_equal(named("deepseek-chat")->daily_from_utc, "00:30");
}

static void a_name_is_the_provider_s_its_last_part_or_the_catalog_s(void **state)
{
    (void)state;
    const tr_price *price = named("together/meta-llama/Llama-4-Scout-17B-16E-Instruct");
    assert_ptr_equal(price, named("together/llama-4-scout-17b-16e-instruct"));
    assert_ptr_equal(price, named("together/llama-4-scout"));
    assert_string_equal(named("deepseek-chat")->catalog_model, "deepseek-v3");
    assert_true(tr_price_is_named(price, "together"));
    assert_true(tr_price_is_named(price, "LLAMA-4-SCOUT"));
    assert_false(tr_price_is_named(price, "toget"));
    assert_false(tr_price_is_named(price, "groq/llama-4-scout"));
}

static void an_unclear_or_unknown_name_is_refused_with_a_sentence(void **state)
{
    (void)state;
    refused("gpt-oss-120b", TR_ECONFLICT, "name one");
    refused("anthropic", TR_ECONFLICT, "name one");
    refused("claude-opus-46", TR_EUNKNOWN, "did you mean");
    refused("claude-opus-4-6@soon", TR_EPARSE, "expected a day");
    refused("claude-opus-4-6@2026-13", TR_EPARSE, "expected a day");
    refused("zzzzzzzzzzzz", TR_EUNKNOWN, "lists them");
    refused("", TR_EUNKNOWN, "no price of");
    refused("@2026", TR_EUNKNOWN, "no price of");
}

static void a_model_s_offers_are_one_a_provider_in_force_cheapest_first(void **state)
{
    (void)state;
    const tr_price *few[2], *all[64];
    size_t count = 0, again = 0;
    tr_price_offers("llama-3.3-70b", all, 64, &count);
    assert_true(count >= 2);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(all[i]->catalog_model, "llama-3.3-70b");
        assert_true(i == 0 || all[i - 1]->base.output_usd_per_mtoken <= all[i]->base.output_usd_per_mtoken);
        assert_true(strcmp(all[i]->from, all[i]->date) <= 0);
        for (size_t k = 0; k < i; k++)
            assert_true(strcmp(all[i]->provider, all[k]->provider) != 0 || strcmp(all[i]->model, all[k]->model) != 0);
    }
    tr_price_offers("llama-3.3-70b", few, 2, &again);
    assert_true(again == count && few[0] == all[0] && few[1]->base.output_usd_per_mtoken ==
                                                          all[1]->base.output_usd_per_mtoken);
    tr_price_offers("llama-3.3-70b", NULL, 0, &again);
    assert_int_equal(again, count);
    tr_price_offers("nobody-sells-this", all, 64, &count);
    assert_int_equal(count, 0);
    tr_price_offers("", all, 64, &count);
    assert_int_equal(count, 0);
    /* DeepSeek's sheet has its price of 2025 and what came after: one holds. */
    tr_price_offers("deepseek-v3", all, 64, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < tr_price_count(); k++) {
            const tr_price *other = tr_price_at(k);
            if (strcmp(other->provider, all[i]->provider) == 0 && strcmp(other->model, all[i]->model) == 0)
                assert_true(strcmp(other->from, all[i]->from) <= 0 || strcmp(other->from, other->date) > 0);
        }
}

/* Whatever is listed can be asked by its own name: that another model has the name in the catalog does not matter. */
static void every_price_is_named_by_its_provider_and_model(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_price_count(); i++) {
        const tr_price *price = tr_price_at(i), *found = NULL;
        char text[128];
        tr_error err = {.status = TR_OK};
        (void)snprintf(text, sizeof text, "%s/%s", price->provider, price->model);
        if (strcmp(price->from, price->date) > 0)
            continue;
        if (tr_price_named(text, &found, &err) != TR_OK)
            fail_msg("%s: %s", text, err.text);
        assert_string_equal(found->provider, price->provider);
        assert_string_equal(found->model, price->model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_price_is_named_by_its_provider_and_model),
        cmocka_unit_test(a_model_s_offers_are_one_a_provider_in_force_cheapest_first),
        cmocka_unit_test(every_price_has_input_output_a_date_and_a_provider_with_a_source),
        cmocka_unit_test(prices_stand_by_provider_then_model_then_day),
        cmocka_unit_test(a_model_a_price_names_is_in_the_catalog),
        cmocka_unit_test(the_sheet_s_own_ratios_come_out),
        cmocka_unit_test(a_price_is_the_one_in_force_on_its_day),
        cmocka_unit_test(of_prices_that_change_with_the_hour_the_one_of_most_hours_is_named),
        cmocka_unit_test(a_name_is_the_provider_s_its_last_part_or_the_catalog_s),
        cmocka_unit_test(an_unclear_or_unknown_name_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
