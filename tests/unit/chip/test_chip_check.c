/* test_chip_check.c -- a chip that is wrong in one place is refused, and the place is named. */
#include "chip_test.h"

static void expect_refused(const tr_chip *chip, tr_status status, const char *field)
{
    tr_error err = { .text = "" };
    const tr_status s = tr_chip_check(chip, &err);
    if (s != status || strcmp(err.field, field) != 0 || err.text[0] == '\0')
        fail_msg("expected %s on %s, got %s on %s: %s", tr_status_name(status), field, tr_status_name(s),
                 err.field, err.text);
    assert_int_equal(tr_chip_check(chip, NULL), status);
}

static void every_number_outside_its_range_is_refused_and_nan_too(void **state)
{
    (void)state;
    static const struct { size_t offset; const char *field;
    } number[] = {
        {offsetof(tr_chip, flop_per_s) + TR_DTYPE_BF16 * sizeof(double), "flop_per_s[bf16]"},
        {offsetof(tr_chip, flop_per_s) + TR_DTYPE_FP4 * sizeof(double), "flop_per_s[fp4]"},
        {offsetof(tr_chip, flop_per_s) + TR_DTYPE_INT4 * sizeof(double), "flop_per_s"},
        {offsetof(tr_chip, measured_flop_per_s) + TR_DTYPE_FP8 * sizeof(double), "measured_flop_per_s[fp8]"},
        {offsetof(tr_chip, memory_byte), "memory_byte"},
        {offsetof(tr_chip, memory_byte_per_s), "memory_byte_per_s"},
        {offsetof(tr_chip, power_w), "power_w"},
        {offsetof(tr_chip, all_in_power_w), "all_in_power_w"},
        {offsetof(tr_chip, label_memory_byte), "label_memory_byte"},
        {offsetof(tr_chip, cache_byte), "cache_byte"},
        {offsetof(tr_chip, cache_byte_per_s), "cache_byte_per_s"},
        {offsetof(tr_chip, core_count), "core_count"},
        {offsetof(tr_chip, memory_channel_count), "memory_channel_count"},
        {offsetof(tr_chip, idle_power_w), "idle_power_w"},
        {offsetof(tr_chip, pair_byte_per_s), "pair_byte_per_s"},
        {offsetof(tr_chip, torus_dimension), "torus_dimension[0]"},
        {offsetof(tr_chip, host_byte_per_s), "host_byte_per_s"},
        {offsetof(tr_chip, scaleup_byte_per_s), "scaleup_byte_per_s"},
        {offsetof(tr_chip, scaleup_domain_chip), "scaleup_domain_chip"},
        {offsetof(tr_chip, scaleout_byte_per_s), "scaleout_byte_per_s"},
        {offsetof(tr_chip, usd_per_hour), "usd_per_hour"},
    };
    const double bad[] = { -1.0, -HUGE_VAL, (double)NAN, 1e25 };
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            tr_chip chip = plain_chip();
            memcpy((char *)&chip + number[i].offset, &bad[k], sizeof bad[k]);
            expect_refused(&chip, TR_EDOMAIN, number[i].field);
        }
}

static void a_bandwidth_in_gigabytes_instead_of_bytes_is_caught(void **state)
{
    (void)state;
    tr_chip chip = plain_chip();
    chip.memory_byte_per_s = 3350.0;
    expect_refused(&chip, TR_EDOMAIN, "memory_byte_per_s");
    chip = plain_chip();
    chip.memory_byte = 80.0;
    expect_refused(&chip, TR_EDOMAIN, "memory_byte");
    chip = plain_chip();
    chip.flop_per_s[TR_DTYPE_BF16] = 989.4;
    expect_refused(&chip, TR_EDOMAIN, "flop_per_s[bf16]");
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    tr_chip chip = plain_chip();
    chip.memory_byte = 0.0;
    chip.tier_count = 0;
    expect_refused(&chip, TR_EMISSING, "memory_byte");
    chip = plain_chip();
    chip.memory_byte_per_s = 0.0;
    chip.tier_count = 0;
    expect_refused(&chip, TR_EMISSING, "memory_byte_per_s");
    chip = plain_chip();
    memset(chip.flop_per_s, 0, sizeof chip.flop_per_s);
    expect_refused(&chip, TR_EMISSING, "flop_per_s");
    chip = plain_chip();
    chip.name[0] = '\0';
    expect_refused(&chip, TR_EMISSING, "name");
}

static void texts_end_within_their_arrays_and_hold_no_control_characters(void **state)
{
    (void)state;
    tr_chip chip = plain_chip();
    memset(chip.title, 'x', sizeof chip.title);
    expect_refused(&chip, TR_ECAPACITY, "title");
    chip = plain_chip();
    memcpy(chip.note, "two\nlines", 10);
    expect_refused(&chip, TR_EDOMAIN, "note");
    chip = plain_chip();
    memcpy(chip.confidence, "very", 5);
    expect_refused(&chip, TR_EDOMAIN, "confidence");
    memcpy(chip.confidence, "announced", 10);
    assert_int_equal(tr_chip_check(&chip, NULL), TR_OK);
}

static void a_torus_has_a_link_rate_and_sides_that_hold_its_domain(void **state)
{
    (void)state;
    tr_chip chip = plain_chip();
    chip.topology = TR_TOPOLOGY_TORUS;
    expect_refused(&chip, TR_EMISSING, "pair_byte_per_s");
    chip.pair_byte_per_s = 50e9;
    expect_refused(&chip, TR_EMISSING, "torus_dimension");
    chip.torus_dimension[1] = 16.0;
    expect_refused(&chip, TR_EDOMAIN, "torus_dimension");
    chip.torus_dimension[0] = 16.5;
    expect_refused(&chip, TR_EDOMAIN, "torus_dimension");
    chip.torus_dimension[0] = 16.0;
    chip.scaleup_domain_chip = 257.0;
    expect_refused(&chip, TR_ECONFLICT, "torus_dimension");
    chip.scaleup_domain_chip = 256.0;
    assert_int_equal(tr_chip_check(&chip, NULL), TR_OK);
}

static void a_kind_and_a_topology_are_words_that_there_are(void **state)
{
    (void)state;
    tr_chip chip = plain_chip();
    const int bad[] = {-1, 4, 1000};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memcpy(&chip.kind, &bad[i], sizeof bad[i]);
        expect_refused(&chip, TR_EDOMAIN, "kind");
    }
    chip = plain_chip();
    const int six = 5;
    memcpy(&chip.topology, &six, sizeof six);
    expect_refused(&chip, TR_EDOMAIN, "topology");
    chip = plain_chip();
    chip.staged_copy = 2;
    expect_refused(&chip, TR_EDOMAIN, "staged_copy");
}

static void a_date_is_one_that_a_calendar_has(void **state)
{
    (void)state;
    static const char good[][12] = { "2026", "2026-08", "2026-08-22", "2024-02-29", "2000-02-29" };
    static const char bad[][12] = {"26",        "2026-13",    "2026-00",   "2026-02-29", "1900-02-29",
                                   "2026-8-22", "2026/08/22", "yesterday", "2026-08-"};
    tr_chip chip = plain_chip();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        memcpy(chip.date, good[i], sizeof chip.date);
        assert_int_equal(tr_chip_check(&chip, NULL), TR_OK);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memcpy(chip.date, bad[i], sizeof chip.date);
        expect_refused(&chip, TR_EDOMAIN, "date");
    }
}

static void a_price_lies_in_its_range_and_under_its_kind(void **state)
{
    (void)state;
    tr_chip chip = plain_chip();
    tr_chip_quote *quote = &chip.quote[TR_PRICE_SPOT];
    *quote = (tr_chip_quote){TR_PRICE_SPOT, 2.0, 1.0, 3.0, "shop", "2026"};
    assert_int_equal(tr_chip_check(&chip, NULL), TR_OK);
    quote->low_usd_per_hour = 2.5;
    expect_refused(&chip, TR_ECONFLICT, "quote");
    quote->low_usd_per_hour = (double)NAN;
    expect_refused(&chip, TR_EDOMAIN, "quote");
    quote->low_usd_per_hour = 1.0;
    quote->kind = TR_PRICE_3YR;
    expect_refused(&chip, TR_ECONFLICT, "quote");
    quote->kind = TR_PRICE_NONE; /* no price, and yet numbers */
    expect_refused(&chip, TR_ECONFLICT, "quote");
    chip = plain_chip();
    chip.price_kind = TR_PRICE_KIND_COUNT;
    expect_refused(&chip, TR_EDOMAIN, "price_kind");
}

static void tiers_go_from_fast_to_slow_and_start_with_the_chips_own(void **state)
{
    (void)state;
    const tr_tier ddr = {.name = "ddr", .capacity_byte = 256e9, .read_byte_per_s = 63e9},
                  disk = {.name = "disk", .capacity_byte = 24e12, .read_byte_per_s = 285e6};
    tr_chip chip = plain_chip();
    chip.tier[1] = ddr;
    chip.tier[2] = disk;
    chip.tier_count = 3;
    assert_int_equal(tr_chip_check(&chip, NULL), TR_OK);
    chip.tier[1] = disk;
    chip.tier[2] = ddr;
    expect_refused(&chip, TR_ECONFLICT, "tier");
    chip.tier[1] = ddr;
    expect_refused(&chip, TR_ECONFLICT, "tier"); /* ddr twice */
    chip.tier_count = 2;
    chip.tier[0].capacity_byte = 81e9;
    expect_refused(&chip, TR_ECONFLICT, "tier");
    chip = plain_chip();
    chip.tier_count = TR_TIER_MAX + 1;
    expect_refused(&chip, TR_EDOMAIN, "tier_count");
    chip.tier_count = -1;
    expect_refused(&chip, TR_EDOMAIN, "tier_count");
    chip = plain_chip();
    chip.tier[1] = (tr_tier){ .name = "ddr", .capacity_byte = (double)NAN, .read_byte_per_s = 63e9 };
    chip.tier_count = 2;
    expect_refused(&chip, TR_EDOMAIN, "tier.capacity_byte");
    chip.tier[1] = ddr;
    chip.tier[1].usd_per_byte = -1e-9;
    expect_refused(&chip, TR_EDOMAIN, "tier.usd_per_byte");
}

int main(void)
{
    TESTS(tests) = {
        CASE(every_number_outside_its_range_is_refused_and_nan_too),
        CASE(a_bandwidth_in_gigabytes_instead_of_bytes_is_caught),
        CASE(what_is_missing_is_named),
        CASE(texts_end_within_their_arrays_and_hold_no_control_characters),
        CASE(a_torus_has_a_link_rate_and_sides_that_hold_its_domain),
        CASE(a_kind_and_a_topology_are_words_that_there_are),
        CASE(a_date_is_one_that_a_calendar_has),
        CASE(a_price_lies_in_its_range_and_under_its_kind),
        CASE(tiers_go_from_fast_to_slow_and_start_with_the_chips_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
