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

static void the_default_price_is_the_rental_else_the_low_end_of_on_demand(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        double rental = 0.0, low = 0.0;
        const tr_chip_quote *quote;
        for (size_t q = 0; (quote = tr_chip_catalog_quote(i, q)) != NULL; q++) {
            assert_true(quote->source[0] != '\0' && quote->date[0] != '\0');
            assert_true(quote->low_usd_per_hour > 0.0 && quote->low_usd_per_hour <= quote->high_usd_per_hour);
            if (strcmp(quote->kind, "rental-3yr") == 0)
                rental = quote->low_usd_per_hour;
            if (strcmp(quote->kind, "on-demand") == 0)
                low = quote->low_usd_per_hour;
        }
        assert_same(chip->usd_per_hour, rental > 0.0 ? rental : low);
        assert_same(chip->low_usd_per_hour, low);
    }
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
        CASE(the_default_price_is_the_rental_else_the_low_end_of_on_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
