/* test_base_quantity.c -- numbers with units: what is read, to the last bit, and what is refused. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/quantity.h"
#include "base/rng.h"
#include "unit_base.h"

static double parse(const char *text, tr_unit unit)
{
    double value = (double)NAN;
    tr_error err = {.text = ""};
    if (tr_quantity_parse(text, unit, &value, &err) != TR_OK)
        print_message("%s: %s\n", text, err.text);
    return value;
}

static void refuse(const char *text, tr_unit unit, tr_status expected, const char *part)
{
    double value = 42.0;
    tr_error err;
    memset(&err, 0, sizeof err);
    const tr_status s = tr_quantity_parse(text, unit, &value, &err);
    if (s != expected || strstr(err.text, part) == NULL)
        print_message("'%s': %s: %s\n", text, tr_status_name(s), err.text);
    assert_int_equal(s, expected);
    assert_int_equal(err.status, expected);
    assert_non_null(strstr(err.text, part));
    assert_null(strpbrk(err.text, "\n\t\r"));
    assert_true(value == 42.0);
    assert_int_equal(tr_quantity_parse(text, unit, &value, NULL), expected);
}

static void a_quantity_is_its_number_times_its_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        tr_unit unit;
        double value;
    } row[] = {
        {"3.35TB/s", TR_UNIT_BYTE_PER_S, 3.35e12}, {"3.35 TB/s", TR_UNIT_BYTE_PER_S, 3.35e12},
        {"  3.35  tb/s ", TR_UNIT_BYTE_PER_S, 3.35e12}, {"3.35T", TR_UNIT_BYTE_PER_S, 3.35e12},
        {"400Gbps", TR_UNIT_BYTE_PER_S, 5e10}, {"400 Gbit/s", TR_UNIT_BYTE_PER_S, 5e10},
        {"80GB", TR_UNIT_BYTE, 8e10}, {"80gb", TR_UNIT_BYTE, 8e10}, {"80GiB", TR_UNIT_BYTE, 85899345920.0},
        {"1kB", TR_UNIT_BYTE, 1000.0}, {"1KiB", TR_UNIT_BYTE, 1024.0}, {"1PiB", TR_UNIT_BYTE, 0x1p50},
        {"512 B", TR_UNIT_BYTE, 512.0}, {"70272", TR_UNIT_BYTE, 70272.0},
        {"20ms", TR_UNIT_SECOND, 0.02}, {"0.1ms", TR_UNIT_SECOND, 1e-4}, {"3us", TR_UNIT_SECOND, 3e-6},
        {"3\xC2\xB5s", TR_UNIT_SECOND, 3e-6}, {"3\xCE\xBCs", TR_UNIT_SECOND, 3e-6}, {"7ns", TR_UNIT_SECOND, 7e-9},
        {"1.5min", TR_UNIT_SECOND, 90.0}, {"2h", TR_UNIT_SECOND, 7200.0}, {"1 d", TR_UNIT_SECOND, 86400.0},
        {"2 years", TR_UNIT_SECOND, 63115200.0}, {"12", TR_UNIT_SECOND, 12.0},
        {"2PFLOP/s", TR_UNIT_FLOP_PER_S, 2e15}, {"2 PFLOPS", TR_UNIT_FLOP_PER_S, 2e15},
        {"2pflops", TR_UNIT_FLOP_PER_S, 2e15}, {"989T", TR_UNIT_FLOP_PER_S, 989e12},
        {"1979 TOPS", TR_UNIT_FLOP_PER_S, 1979e12}, {"2E", TR_UNIT_FLOP, 2e18}, {"2E1", TR_UNIT_FLOP, 20.0},
        {"2E+3 TFLOP", TR_UNIT_FLOP, 2e15}, {"3.8e25", TR_UNIT_FLOP, 3.8e25},
        {"671B", TR_UNIT_PARAM, 671e9}, {"671e9", TR_UNIT_PARAM, 671e9}, {"7b", TR_UNIT_PARAM, 7e9},
        {"350m", TR_UNIT_PARAM, 350e6}, {"1.04T", TR_UNIT_PARAM, 1.04e12},
        {"$2.50", TR_UNIT_USD, 2.5}, {"-$2.50", TR_UNIT_USD, -2.5}, {"$-2.50", TR_UNIT_USD, -2.5},
        {"2.50 USD", TR_UNIT_USD, 2.5}, {"$1.2M", TR_UNIT_USD, 1.2e6},
        {"$2.50/h", TR_UNIT_USD_PER_HOUR, 2.5}, {"$2.50 / h", TR_UNIT_USD_PER_HOUR, (double)NAN},
        {"$0.10/kWh", TR_UNIT_USD_PER_KWH, 0.1}, {"0.1", TR_UNIT_USD_PER_KWH, 0.1}, {"$0.10/h", TR_UNIT_USD_PER_KWH, (double)NAN},
        {"2.5", TR_UNIT_USD_PER_HOUR, 2.5}, {"$0.42/M", TR_UNIT_USD_PER_MTOKEN, 0.42},
        {"$0.42/Mtoken", TR_UNIT_USD_PER_MTOKEN, 0.42}, {"0.42/mtok", TR_UNIT_USD_PER_MTOKEN, 0.42},
        {"50%", TR_UNIT_RATIO, 0.5}, {"0.5", TR_UNIT_RATIO, 0.5}, {"2x", TR_UNIT_RATIO, 2.0},
        {"700W", TR_UNIT_WATT, 700.0}, {"120kW", TR_UNIT_WATT, 120e3}, {"5mW", TR_UNIT_WATT, 5e-3},
        {"5MW", TR_UNIT_WATT, 5e6}, {"1kWh", TR_UNIT_JOULE, 3.6e6}, {"3mJ", TR_UNIT_JOULE, 3e-3},
        {"64", TR_UNIT_SEQ, 64.0}, {"1k", TR_UNIT_SEQ, 1000.0}, {"64 seq", TR_UNIT_SEQ, 64.0},
        {"50 token/s", TR_UNIT_TOKEN_PER_S, 50.0}, {"50tok/s", TR_UNIT_TOKEN_PER_S, 50.0},
        {"295 FLOP/byte", TR_UNIT_FLOP_PER_BYTE, 295.0},
        {"4k", TR_UNIT_NONE, 4000.0}, {"+4", TR_UNIT_NONE, 4.0}, {"-4", TR_UNIT_NONE, -4.0},
        {".5", TR_UNIT_NONE, 0.5}, {"5.", TR_UNIT_NONE, 5.0}, {"1e-3", TR_UNIT_NONE, 1e-3},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (row[i].value != row[i].value) {
            double value = 0.0;
            assert_int_equal(tr_quantity_parse(row[i].text, row[i].unit, &value, NULL), TR_EPARSE);
            continue;
        }
        assert_same_double(parse(row[i].text, row[i].unit), row[i].value);
    }
}

static void a_context_counts_k_as_1024_and_other_tokens_as_1000(void **state)
{
    (void)state;
    assert_same_double(parse("128k", TR_UNIT_CONTEXT), 131072.0);
    assert_same_double(parse("100k", TR_UNIT_CONTEXT), 102400.0);
    assert_same_double(parse("8192", TR_UNIT_CONTEXT), 8192.0);
    assert_same_double(parse("1M", TR_UNIT_CONTEXT), 1048576.0);
    assert_same_double(parse("1m", TR_UNIT_CONTEXT), 1048576.0);
    assert_same_double(parse("1.5K", TR_UNIT_CONTEXT), 1536.0);
    assert_same_double(parse("128 Ki", TR_UNIT_CONTEXT), 131072.0);
    assert_same_double(parse("128k token", TR_UNIT_CONTEXT), 131072.0);
    assert_same_double(parse("128k", TR_UNIT_TOKEN), 128000.0);
    assert_same_double(parse("15T tokens", TR_UNIT_TOKEN), 15e12);
    assert_same_double(parse("15B", TR_UNIT_TOKEN), 15e9);
}

static void what_is_not_a_quantity_is_refused_with_what_was_expected(void **state)
{
    (void)state;
    refuse("", TR_UNIT_NONE, TR_EPARSE, "expected a plain number");
    refuse("   ", TR_UNIT_SECOND, TR_EPARSE, "expected a time");
    refuse("abc", TR_UNIT_BYTE, TR_EPARSE, "expected bytes");
    refuse("-", TR_UNIT_BYTE, TR_EPARSE, "not a number");
    refuse(".", TR_UNIT_BYTE, TR_EPARSE, "not a number");
    refuse("e5", TR_UNIT_BYTE, TR_EPARSE, "not a number");
    refuse("0x10", TR_UNIT_NONE, TR_EPARSE, "'x10' does not fit");
    refuse("1,5", TR_UNIT_NONE, TR_EPARSE, "',5' does not fit");
    refuse("1.2.3", TR_UNIT_NONE, TR_EPARSE, "'.3' does not fit");
    refuse("5m", TR_UNIT_SECOND, TR_EPARSE, "expected a time");
    refuse("5 apples", TR_UNIT_SECOND, TR_EPARSE, "'apples' does not fit");
    refuse("5s s", TR_UNIT_SECOND, TR_EPARSE, "does not fit");
    refuse("80GB", TR_UNIT_BYTE_PER_S, TR_EPARSE, "expected a bandwidth");
    refuse("80GB/s", TR_UNIT_BYTE, TR_EPARSE, "expected bytes");
    refuse("400Gb/s", TR_UNIT_BYTE_PER_S, TR_EPARSE, "Gbit/s");
    refuse("80Gb", TR_UNIT_BYTE, TR_EPARSE, "expected bytes");
    refuse("5m", TR_UNIT_NONE, TR_EPARSE, "'m' does not fit");
    refuse("12e", TR_UNIT_NONE, TR_EPARSE, "'e' does not fit");
    refuse("$5", TR_UNIT_BYTE, TR_EPARSE, "not a number");
    refuse("$$5", TR_UNIT_USD, TR_EPARSE, "not a number");
    refuse("$", TR_UNIT_USD, TR_EPARSE, "expected dollars");
    refuse("--5", TR_UNIT_NONE, TR_EPARSE, "not a number");
    refuse("5\n\x01%", TR_UNIT_SECOND, TR_EPARSE, "?%");
}

static void what_no_double_can_hold_is_refused(void **state)
{
    (void)state;
    refuse("nan", TR_UNIT_NONE, TR_EDOMAIN, "not a finite number");
    refuse("-inf", TR_UNIT_SECOND, TR_EDOMAIN, "not a finite number");
    refuse("Infinity", TR_UNIT_SECOND, TR_EDOMAIN, "not a finite number");
    refuse("1e309", TR_UNIT_NONE, TR_EDOMAIN, "too large");
    refuse("1e300T", TR_UNIT_NONE, TR_EDOMAIN, "too large");
    refuse("1e99999999999999999999", TR_UNIT_NONE, TR_EDOMAIN, "too large");
    refuse("1e-99999999999999999999", TR_UNIT_NONE, TR_EDOMAIN, "too small");
    refuse("1e-400", TR_UNIT_NONE, TR_EDOMAIN, "too small");
    assert_same_double(parse("0e99999999999", TR_UNIT_NONE), 0.0);
    assert_same_double(parse("-0", TR_UNIT_NONE), -0.0);
    assert_same_double(parse("5e-324", TR_UNIT_NONE), 5e-324);
    assert_same_double(parse("1.7976931348623157e308", TR_UNIT_NONE), 1.7976931348623157e308);
}

static void the_unit_is_applied_before_the_one_rounding(void **state)
{
    (void)state;
    /* 0.1 x 60 in doubles is 6.000000000000001 for some factors; digits times 60 is exact. */
    assert_same_double(parse("0.1min", TR_UNIT_SECOND), 6.0);
    tr_rng rng;
    tr_rng_seed(&rng, 20261);
    static const struct {
        const char *suffix;
        uint64_t factor;
        tr_unit unit;
    } row[] = {{"min", 60, TR_UNIT_SECOND},     {"h", 3600, TR_UNIT_SECOND},        {"d", 86400, TR_UNIT_SECOND},
               {"KiB", 1024, TR_UNIT_BYTE},     {"GiB", 1073741824, TR_UNIT_BYTE},  {"k", 1024, TR_UNIT_CONTEXT},
               {"kB", 1000, TR_UNIT_BYTE},      {"M", 1000000, TR_UNIT_NONE},       {"Wh", 3600, TR_UNIT_JOULE},
               {"GB/s", 1000000000, TR_UNIT_BYTE_PER_S}};
    for (int i = 0; i < 20000; i++) {
        const size_t k = (size_t)tr_rng_below(&rng, sizeof row / sizeof row[0]);
        const uint64_t mantissa = tr_rng_next(&rng) >> (31 + tr_rng_below(&rng, 32));
        const int decimals = (int)tr_rng_below(&rng, 12);
        char text[80];
        char exact[80];
        (void)snprintf(text, sizeof text, "%llue-%d%s", (unsigned long long)mantissa, decimals, row[k].suffix);
        (void)snprintf(exact, sizeof exact, "%llue-%d", (unsigned long long)(mantissa * row[k].factor), decimals);
        assert_same_double(parse(text, row[k].unit), strtod(exact, NULL));
    }
}

static void any_decimal_is_read_as_strtod_reads_it(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 7);
    for (int i = 0; i < 40000; i++) { /* every other one about as long as people type, near the exact powers */
        const int brief = i % 2;
        char text[96];
        size_t n = 0;
        const int before = (int)tr_rng_below(&rng, brief ? 9 : 25);
        const int after = (int)tr_rng_below(&rng, brief ? 9 : 25);
        for (int k = 0; k <= before; k++)
            text[n++] = (char)('0' + tr_rng_below(&rng, 10));
        text[n++] = '.';
        for (int k = 0; k < after; k++)
            text[n++] = (char)('0' + tr_rng_below(&rng, 10));
        (void)snprintf(text + n, sizeof text - n, "e%d",
                       brief ? (int)tr_rng_below(&rng, 60) - 30 : (int)tr_rng_below(&rng, 560) - 290);
        const double want = strtod(text, NULL);
        double got = 1.0;
        const tr_status s = tr_quantity_parse(text, TR_UNIT_NONE, &got, NULL);
        if (isinf(want)) {
            assert_int_equal(s, TR_EDOMAIN);
        } else if (s == TR_OK) {
            assert_same_double(got, want);
        } else {
            assert_true(want == 0.0);
        }
    }
}

static void digits_past_the_buffer_still_decide_a_tie(void **state)
{
    (void)state;
    /* 2^53 + 1 is half way between two doubles: ties go to even (2^53), a 1 ten thousand digits later goes up. */
    char text[10100];
    memset(text, '0', sizeof text);
    memcpy(text, "9007199254740993.", 17);
    text[10050] = '\0';
    assert_same_double(parse(text, TR_UNIT_NONE), 9007199254740992.0);
    text[10049] = '1';
    assert_same_double(parse(text, TR_UNIT_NONE), 9007199254740994.0);
    memset(text, '0', 10000);
    memcpy(text + 10000, "25", 3);
    assert_same_double(parse(text, TR_UNIT_NONE), 25.0);
    memset(text, '1', 400);
    text[400] = '\0';
    refuse(text, TR_UNIT_NONE, TR_EDOMAIN, "too large");
}

static void a_part_of_a_text_is_read_without_looking_past_it(void **state)
{
    (void)state;
    double value = 0.0;
    assert_int_equal(tr_quantity_parse_span("128k,5", 4, TR_UNIT_CONTEXT, &value, NULL), TR_OK);
    assert_same_double(value, 131072.0);
    assert_int_equal(tr_quantity_parse_span("12e5", 3, TR_UNIT_NONE, &value, NULL), TR_EPARSE);
    assert_int_equal(tr_quantity_parse_span("12.5", 3, TR_UNIT_NONE, &value, NULL), TR_OK);
    assert_same_double(value, 12.0);
}

static void a_comma_locale_changes_nothing(void **state)
{
    (void)state;
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
        print_message("# SKIP: locale de_DE.UTF-8 absent\n");
        skip();
    }
    char point[8];
    (void)snprintf(point, sizeof point, "%.1f", 0.5);
    char number[32];
    char quantity[64];
    (void)tr_number_format(0.1, number, sizeof number);
    (void)tr_quantity_format(3.35e12, TR_UNIT_BYTE_PER_S, quantity, sizeof quantity);
    const double value = parse("3.35TB/s", TR_UNIT_BYTE_PER_S);
    (void)setlocale(LC_ALL, "C");
    assert_string_equal(point, "0,5"); /* the locale is indeed in force */
    assert_string_equal(number, "0.1");
    assert_string_equal(quantity, "3.35 TB/s");
    assert_same_double(value, 3.35e12);
}

static void every_unit_says_what_it_accepts(void **state)
{
    (void)state;
    for (int u = 0; u < TR_UNIT_COUNT; u++)
        assert_true(strlen(tr_unit_expected((tr_unit)u)) > 5);
    assert_string_equal(tr_unit_expected(TR_UNIT_COUNT), "a number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quantity_is_its_number_times_its_unit),
        cmocka_unit_test(a_context_counts_k_as_1024_and_other_tokens_as_1000),
        cmocka_unit_test(what_is_not_a_quantity_is_refused_with_what_was_expected),
        cmocka_unit_test(what_no_double_can_hold_is_refused),
        cmocka_unit_test(the_unit_is_applied_before_the_one_rounding),
        cmocka_unit_test(any_decimal_is_read_as_strtod_reads_it),
        cmocka_unit_test(digits_past_the_buffer_still_decide_a_tie),
        cmocka_unit_test(a_part_of_a_text_is_read_without_looking_past_it),
        cmocka_unit_test(a_comma_locale_changes_nothing),
        cmocka_unit_test(every_unit_says_what_it_accepts),
    };
    return cmocka_run_group_tests_name("base quantity", tests, NULL, NULL);
}
