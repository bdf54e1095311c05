/* test_chip_catalog.c -- names people type: case, aliases, counts, near misses; and what the catalog
 * promises. */
#include "chip_test.h"

static void expect_system(const char *typed, const char *name, const char *chip, double count, double domain)
{
    tr_system system;
    tr_error err = { .text = "" };
    if (tr_system_catalog_get(typed, &system, &err) != TR_OK)
        fail_msg("%s: %s", typed, err.text);
    assert_string_equal(system.name, name);
    assert_string_equal(system.chip.name, chip);
    assert_same(system.chip_count, count);
    assert_same(system.domain_chip, domain);
}

static void a_name_is_found_whatever_its_case_and_separators(void **state)
{
    (void)state;
    const char *const typed[] = {"h100-sxm",      "H100-SXM",        "h100_sxm",       "H100 SXM",
                                 "  h100   sxm ", "NVIDIA H100 SXM", "nvidia-h100-sxm"};
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        expect_system(typed[i], "h100-sxm", "h100-sxm", 1.0, 1.0);
    expect_system("AMD Instinct MI300X", "mi300x", "mi300x", 1.0, 1.0);
    expect_system("GeForce RTX 4090", "rtx-4090", "rtx-4090", 1.0, 1.0);
}

static void an_alias_finds_its_chip_or_system(void **state)
{
    (void)state;
    expect_system("h100", "h100-sxm", "h100-sxm", 1.0, 1.0);
    expect_system("a100", "a100-sxm-80gb", "a100-sxm-80gb", 1.0, 1.0);
    expect_system("trillium", "tpu-v6e", "tpu-v6e", 1.0, 1.0);
    expect_system("hgx-h100", "dgx-h100", "h100-sxm", 8.0, 8.0);
    expect_system("NVL72", "gb200-nvl72", "gb200", 72.0, 72.0);
    expect_system("trn2.48xlarge", "trn2-instance", "trainium2", 16.0, 16.0);
}

static void a_count_may_stand_before_a_chip_or_a_system(void **state)
{
    (void)state;
    expect_system("8xh100-sxm", "8xh100-sxm", "h100-sxm", 8.0, 8.0);
    expect_system("8x h100-sxm", "8xh100-sxm", "h100-sxm", 8.0, 8.0);
    expect_system("8 x H100 SXM", "8xh100-sxm", "h100-sxm", 8.0, 8.0);
    expect_system("8*h100", "8xh100-sxm", "h100-sxm", 8.0, 8.0);
    expect_system("8\xc3\x97h100", "8xh100-sxm", "h100-sxm", 8.0, 8.0);
    expect_system("16xh100", "16xh100-sxm", "h100-sxm", 16.0, 8.0);
    expect_system("1xgb200-nvl72", "gb200-nvl72", "gb200", 72.0, 72.0);
    expect_system("8xgb200-nvl72", "8xgb200-nvl72", "gb200", 576.0, 72.0); /* racks keep their own domain */
    expect_system("4xl40s", "4xl40s", "l40s", 4.0, 4.0);      /* of one host, up to eight */
    expect_system("16xl40s", "16xl40s", "l40s", 16.0, 8.0);
}

static void a_bad_count_is_refused(void **state)
{
    (void)state;
    const char *const bad[] = {"0xh100", "8.5xh100", "99999999999xh100",
                               "00000000000000000000000000000000000000000000000000000000000000xh100"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_system system;
        tr_error err;
        assert_int_equal(tr_system_catalog_get(bad[i], &system, &err), TR_EDOMAIN);
        assert_string_equal(err.field, "chip_count");
    }
    tr_system system;
    assert_int_equal(tr_system_catalog_get("20000000xgb200-nvl72", &system, NULL),
                     TR_EDOMAIN); /* 1.44e9 chips */
}

static void a_near_miss_is_answered_with_the_name_that_was_meant(void **state)
{
    (void)state;
    static const struct { const char *typed, *meant;
    } miss[] = {
        {"h1000", "\"h100\""},         {"gb200-nvl27", "\"gb200-nvl72\""},
        {"mi30x", "\"mi300x\""},     {"8xh100-smx", "\"h100-sxm\""},
        {"tpuv5e", "\"tpu-v5e\""},   {"rtx-4091", "\"rtx-4090\""},
        {"dgx-h10", "\"dgx-h100\""},
    };
    for (size_t i = 0; i < sizeof miss / sizeof miss[0]; i++) {
        tr_system system;
        tr_error err;
        assert_int_equal(tr_system_catalog_get(miss[i].typed, &system, &err), TR_EUNKNOWN);
        if (strstr(err.text, "did you mean") == NULL || strstr(err.text, miss[i].meant) == NULL)
            fail_msg("%s: %s", miss[i].typed, err.text);
    }
}

static void a_name_near_nothing_gets_the_other_ways_to_say_it(void **state)
{
    (void)state;
    const char *const typed[] = { "zzzzzzzzzzzz", "", "   ", "8x", "0", "\xff\xfe" };
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        tr_system system;
        tr_error err;
        memset(&system, 7, sizeof system);
        const tr_system before = system;
        assert_int_equal(tr_system_catalog_get(typed[i], &system, &err), TR_EUNKNOWN);
        assert_non_null(strstr(err.text, "flops="));
        assert_memory_equal(&system, &before, sizeof system);
    }
    char lengthy[4000];
    memset(lengthy, 'h', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    tr_system system;
    assert_int_equal(tr_system_catalog_get(lengthy, &system, NULL), TR_EUNKNOWN);
    assert_null(tr_chip_catalog_find(lengthy));
}

static void every_catalog_chip_is_sound_and_sourced(void **state)
{
    (void)state;
    size_t without_figures = 0;
    assert_true(tr_chip_catalog_count() >= 54);
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        tr_error err = { .text = "" };
        assert_true(i == 0 || strcmp(tr_chip_catalog_at(i - 1)->name, chip->name) < 0);
        assert_ptr_equal(tr_chip_catalog_find(chip->name), chip);
        assert_true(chip->source[0] != '\0' && chip->date[0] != '\0' && chip->confidence[0] != '\0' &&
                    chip->year > 2000);
        if (chip->memory_byte <= 0.0) {
            without_figures++;
            assert_int_equal(tr_chip_check(chip, NULL), TR_EMISSING);
            continue;
        }
        if (tr_chip_check(chip, &err) != TR_OK)
            fail_msg("%s: %s", chip->name, err.text);
        assert_true((chip->usd_per_hour > 0.0) == (chip->price_source[0] != '\0'));
        assert_true(chip->tier_count >= 1);
        const double drain_s = chip->memory_byte / chip->memory_byte_per_s;
        assert_true(drain_s < (chip->kind == TR_CHIP_CPU ? 4.0 : 1.0));
        assert_true(chip->label_memory_byte <= 0.0 || fabs(chip->memory_byte / chip->label_memory_byte - 1.0) < 0.34);
        assert_true((chip->kind == TR_CHIP_CPU) == (chip->core_count > 0.0));
        assert_true(chip->staged_copy == 0 || chip->topology == TR_TOPOLOGY_HOST);
    }
    assert_int_equal(without_figures, 1); /* matx-one */
    assert_null(tr_chip_catalog_at(tr_chip_catalog_count()));
    assert_null(tr_chip_catalog_find("no such chip"));
}

static void every_alias_leads_back_to_its_chip(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++)
        for (size_t a = 0; tr_chip_catalog_alias(i, a) != NULL; a++)
            assert_ptr_equal(tr_chip_catalog_find(tr_chip_catalog_alias(i, a)), tr_chip_catalog_at(i));
    assert_null(tr_chip_catalog_alias(tr_chip_catalog_count(), 0));
}

static void every_catalog_system_can_be_built(void **state)
{
    (void)state;
    assert_true(tr_system_catalog_count() >= 30);
    for (size_t i = 0; i < tr_system_catalog_count(); i++) {
        tr_system system;
        tr_error err = { .text = "" };
        const char *name = tr_system_catalog_name(i);
        assert_true(i == 0 || strcmp(tr_system_catalog_name(i - 1), name) < 0);
        if (tr_system_catalog_get(name, &system, &err) != TR_OK)
            fail_msg("%s: %s", name, err.text);
        assert_string_equal(system.name, name);
        assert_true(system.source[0] != '\0' && system.date[0] != '\0' && system.title[0] != '\0');
        assert_true(system.domain_chip <= system.chip_count);
        assert_near(system.usd_per_hour, system.chip_count * system.chip.usd_per_hour, 1e-12);
    }
    assert_null(tr_system_catalog_name(tr_system_catalog_count()));
}

static void the_default_price_is_on_demand_else_the_next_kind_that_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        tr_price_kind first = TR_PRICE_NONE;
        for (int kind = TR_PRICE_KIND_COUNT - 1; kind > TR_PRICE_NONE; kind--) {
            const tr_chip_quote *quote = &chip->quote[kind];
            if (quote->kind == TR_PRICE_NONE)
                continue;
            first = (tr_price_kind)kind;
            assert_int_equal(quote->kind, kind);
            assert_true(quote->source[0] != '\0' && quote->date[0] != '\0');
        }
        assert_int_equal(chip->price_kind, first);
        assert_same(chip->usd_per_hour, chip->quote[first].usd_per_hour);
        assert_string_equal(chip->price_date, chip->quote[first].date);
        assert_string_equal(chip->price_source, chip->quote[first].source);
    }
    const tr_chip *h100 = tr_chip_catalog_find("h100-sxm"), *gb300 = tr_chip_catalog_find("gb300");
    assert_int_equal(h100->price_kind, TR_PRICE_ON_DEMAND);
    assert_same(h100->usd_per_hour, 2.95); /* the median of 37 providers, not the three-year contract's 1.30 */
    assert_int_equal(gb300->price_kind, TR_PRICE_3YR); /* nobody published another rental price of it */
}

static void a_price_of_a_kind_is_found_or_those_there_are_are_listed(void **state)
{
    (void)state;
    const tr_chip *h100 = tr_chip_catalog_find("h100-sxm"), *l40s = tr_chip_catalog_find("l40s");
    tr_chip_quote quote = {.usd_per_hour = -1.0};
    tr_error err;
    assert_int_equal(tr_chip_price(h100, TR_PRICE_3YR, &quote, NULL), TR_OK);
    assert_same(quote.usd_per_hour, 1.3);
    assert_int_equal(tr_chip_price(l40s, TR_PRICE_SPOT, &quote, NULL), TR_OK);
    assert_same(quote.usd_per_hour, 0.5); /* was filed as the low end of on-demand */
    assert_same(l40s->quote[TR_PRICE_ON_DEMAND].low_usd_per_hour, 0.79);
    assert_int_equal(tr_chip_price(l40s, TR_PRICE_3YR, &quote, &err), TR_EMISSING);
    assert_non_null(strstr(err.text, "no 3yr price; it has on-demand, spot, or give a number"));
    assert_int_equal(tr_chip_price(tr_chip_catalog_find("p40"), TR_PRICE_SPOT, &quote, &err), TR_EMISSING);
    assert_non_null(strstr(err.text, "no spot price; give a number"));
    assert_same(quote.usd_per_hour, 0.5); /* untouched */
    assert_int_equal(tr_chip_price(h100, TR_PRICE_NONE, &quote, NULL), TR_EMISSING);
    assert_int_equal(tr_chip_price(h100, (tr_price_kind)99, &quote, NULL), TR_EMISSING);
}

static void a_system_takes_a_price_by_kind_or_number(void **state)
{
    (void)state;
    tr_system s;
    assert_int_equal(tr_system_catalog_get("8xh100-sxm", &s, NULL), TR_OK);
    assert_same(s.usd_per_hour, 8 * 2.95);
    assert_int_equal(s.price_kind, TR_PRICE_ON_DEMAND);
    assert_int_equal(tr_system_price(&s, TR_PRICE_RESERVED, NULL), TR_OK);
    assert_same(s.usd_per_hour, 8 * 2.35);
    assert_int_equal(s.price_kind, TR_PRICE_RESERVED);
    assert_string_equal(s.price_date, "2026-03");
    assert_same(s.chip.tier[0].usd_per_byte_s, 2.35 / 3600.0 / s.chip.memory_byte); /* [C1] follows */
    assert_int_equal(tr_system_price_given(&s, 2.0, "by hand", NULL), TR_OK);
    assert_same(s.usd_per_hour, 16.0);
    assert_int_equal(s.price_kind, TR_PRICE_GIVEN);
    assert_string_equal(s.price_source, "by hand");
    assert_string_equal(s.price_date, "");
    assert_int_equal(tr_system_price_given(&s, 0.0, "by hand", NULL), TR_OK);
    assert_int_equal(s.price_kind, TR_PRICE_NONE);
    assert_int_equal(tr_system_price_given(&s, (double)NAN, "", NULL), TR_EDOMAIN);
    assert_int_equal(tr_system_price_given(&s, -1.0, "", NULL), TR_EDOMAIN);
}

int main(void)
{
    TESTS(tests) = {
        CASE(a_name_is_found_whatever_its_case_and_separators),
        CASE(an_alias_finds_its_chip_or_system),
        CASE(a_count_may_stand_before_a_chip_or_a_system),
        CASE(a_bad_count_is_refused),
        CASE(a_near_miss_is_answered_with_the_name_that_was_meant),
        CASE(a_name_near_nothing_gets_the_other_ways_to_say_it),
        CASE(every_catalog_chip_is_sound_and_sourced),
        CASE(every_alias_leads_back_to_its_chip),
        CASE(every_catalog_system_can_be_built),
        CASE(the_default_price_is_on_demand_else_the_next_kind_that_is_known),
        CASE(a_price_of_a_kind_is_found_or_those_there_are_are_listed),
        CASE(a_system_takes_a_price_by_kind_or_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
