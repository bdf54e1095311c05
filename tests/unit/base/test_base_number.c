/* test_base_number.c -- writing numbers: for programs exactly, for people readably, for pictures fast. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/text.h"
#include "unit_base.h"

static const char *number(double value)
{
    static char text[32];
    const size_t length = tr_number_format(value, text, sizeof text);
    assert_int_equal(length, strlen(text));
    return text;
}

static const char *person(double value, tr_unit unit)
{
    static char text[64];
    const size_t length = tr_quantity_format(value, unit, text, sizeof text);
    assert_int_equal(length, strlen(text));
    return text;
}

static const char *fixed(double value, int decimals)
{
    static char text[24];
    const size_t length = tr_text_fixed(text, sizeof text, value, decimals);
    assert_int_equal(length, strlen(text));
    return text;
}

static void a_number_is_laid_out_as_javascript_does(void **state)
{
    (void)state;
    assert_string_equal(number(0.0), "0");
    assert_string_equal(number(-0.0), "-0");
    assert_string_equal(number(1.0), "1");
    assert_string_equal(number(-70272.0), "-70272");
    assert_string_equal(number(671e9), "671000000000");
    assert_string_equal(number(9007199254740993.0), "9007199254740992");
    assert_string_equal(number(123456789012345680000.0), "123456789012345680000");
    assert_string_equal(number(1e20), "100000000000000000000");
    assert_string_equal(number(1e21), "1e+21");
    assert_string_equal(number(3.8e25), "3.8e+25");
    assert_string_equal(number(0.1), "0.1");
    assert_string_equal(number(0.0128), "0.0128");
    assert_string_equal(number(123.456), "123.456");
    assert_string_equal(number(1e-6), "0.000001");
    assert_string_equal(number(1e-7), "1e-7");
    assert_string_equal(number(1.0 / 3.0), "0.3333333333333333");
    assert_string_equal(number(DBL_MAX), "1.7976931348623157e+308");
    assert_string_equal(number(DBL_MIN), "2.2250738585072014e-308");
    assert_string_equal(number(5e-324), "5e-324");
    assert_string_equal(number((double)NAN), "null");
    assert_string_equal(number(HUGE_VAL), "null");
    assert_string_equal(number(-HUGE_VAL), "null");
}

static int digits_of(const char *text)
{
    int count = 0;
    int zeros = 0;
    for (const char *p = text; *p != '\0' && *p != 'e'; p++) {
        if (!tr_text_is_digit(*p) || (count == 0 && *p == '0'))
            continue;
        count++;
        zeros = *p == '0' ? zeros + 1 : 0;
    }
    return count - zeros;
}

static void check_shortest(double value)
{
    const char *text = number(value);
    assert_same_double(strtod(text, NULL), value);
    const int digits = digits_of(text);
    if (digits > 1) { /* one digit less, rounded either way, must not read back */
        char shorter[64];
        (void)snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
        if (strtod(shorter, NULL) == value)
            print_message("%s could be %s\n", text, shorter);
        assert_true(strtod(shorter, NULL) != value);
    }
}

static void any_double_reads_back_from_its_shortest_decimal(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 99);
    for (int i = 0; i < 40000; i++) {
        const double value = double_of_bits(tr_rng_next(&rng));
        if (isfinite(value))
            check_shortest(value);
    }
    for (int i = 0; i < 10000; i++) /* numbers that people type */
        check_shortest((double)tr_rng_below(&rng, 1000000) / 1000.0);
    for (int i = -1074; i < 1024; i++) { /* the uneven gaps at powers of two */
        check_shortest(ldexp(1.0, i));
        check_shortest(nextafter(ldexp(1.0, i), 0.0) > 0.0 ? nextafter(ldexp(1.0, i), 0.0) : 1.0);
    }
    for (uint64_t bits = 1; bits < 2000; bits++) /* subnormals */
        check_shortest(double_of_bits(bits));
}

static void a_short_buffer_is_cut_and_told(void **state)
{
    (void)state;
    char text[4] = "zzz";
    assert_int_equal(tr_number_format(123456.0, text, sizeof text), 6);
    assert_string_equal(text, "123");
    assert_int_equal(tr_number_format(5.0, NULL, 0), 1);
    assert_int_equal(tr_quantity_format(3.35e12, TR_UNIT_BYTE_PER_S, text, sizeof text), 9);
    assert_string_equal(text, "3.3");
}

static void a_quantity_reads_well(void **state)
{
    (void)state;
    static const struct {
        double value;
        tr_unit unit;
        const char *text;
    } row[] = {
        {3.35e12, TR_UNIT_BYTE_PER_S, "3.35 TB/s"}, {999.96e9, TR_UNIT_BYTE, "1 TB"}, {512, TR_UNIT_BYTE, "512 B"},
        {70272, TR_UNIT_BYTE, "70.27 kB"}, {1e30, TR_UNIT_FLOP, "1e12 EFLOP"}, {2e15, TR_UNIT_FLOP_PER_S, "2 PFLOP/s"},
        {0.0128, TR_UNIT_SECOND, "12.8 ms"}, {0.06001, TR_UNIT_SECOND, "60.01 ms"},
        {0.01049e-3, TR_UNIT_SECOND, "10.49 us"}, {90, TR_UNIT_SECOND, "90 s"}, {600, TR_UNIT_SECOND, "10 min"},
        {7300, TR_UNIT_SECOND, "2.028 h"}, {1e6, TR_UNIT_SECOND, "11.57 d"}, {1e9, TR_UNIT_SECOND, "31.69 y"},
        {1e-9, TR_UNIT_SECOND, "1 ns"}, {0, TR_UNIT_SECOND, "0 s"},
        {671e9, TR_UNIT_PARAM, "671 B"}, {8.03e9, TR_UNIT_PARAM, "8.03 B"}, {1.04e12, TR_UNIT_PARAM, "1.04 T"},
        {0.42, TR_UNIT_USD, "$0.42"}, {0.2133, TR_UNIT_USD, "$0.2133"}, {2.5, TR_UNIT_USD, "$2.50"},
        {1234.5, TR_UNIT_USD, "$1234.50"}, {1234.06, TR_UNIT_USD, "$1234.06"}, {999.999, TR_UNIT_USD, "$1000.00"},
        {9999.99, TR_UNIT_USD, "$9999.99"}, {9999.996, TR_UNIT_USD, "$10 K"}, {3.2e6, TR_UNIT_USD, "$3.2 M"},
        {-2.5, TR_UNIT_USD, "-$2.50"}, {2.5, TR_UNIT_USD_PER_HOUR, "$2.50/h"}, {0, TR_UNIT_USD, "$0.00"},
        {0.1, TR_UNIT_USD_PER_KWH, "$0.10/kWh"},
        {0.00123, TR_UNIT_USD_PER_MTOKEN, "$0.00123/M"},
        {0.2133, TR_UNIT_RATIO, "21.33%"}, {1, TR_UNIT_RATIO, "100%"}, {0, TR_UNIT_RATIO, "0%"},
        {131072, TR_UNIT_CONTEXT, "128k"}, {1048576, TR_UNIT_CONTEXT, "1M"}, {100000, TR_UNIT_CONTEXT, "100000"},
        {700, TR_UNIT_CONTEXT, "700"}, {163840, TR_UNIT_CONTEXT, "160k"}, {0, TR_UNIT_CONTEXT, "0"},
        {65536, TR_UNIT_TOKEN, "65536"}, {99999.6, TR_UNIT_TOKEN, "100 k"}, {14.8e12, TR_UNIT_TOKEN, "14.8 T"},
        {600.49, TR_UNIT_SEQ, "600.5"}, {999.96, TR_UNIT_NONE, "1000"}, {12345.6, TR_UNIT_NONE, "12346"},
        {1e-5, TR_UNIT_NONE, "1e-5"}, {0.00012, TR_UNIT_NONE, "0.00012"}, {1.0 / 3.0, TR_UNIT_NONE, "0.3333"},
        {700, TR_UNIT_WATT, "700 W"}, {120e3, TR_UNIT_WATT, "120 kW"}, {3.6e6, TR_UNIT_JOULE, "3.6 MJ"},
        {65536, TR_UNIT_TOKEN_PER_S, "65536 token/s"}, {1.2e6, TR_UNIT_TOKEN_PER_S, "1.2 M token/s"},
        {295.2, TR_UNIT_FLOP_PER_BYTE, "295.2 FLOP/byte"},
        {(double)NAN, TR_UNIT_SECOND, "nan"}, {HUGE_VAL, TR_UNIT_SEQ, "inf"}, {-HUGE_VAL, TR_UNIT_SEQ, "-inf"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        assert_string_equal(person(row[i].value, row[i].unit), row[i].text);
}

static void what_a_person_reads_means_the_number_to_four_digits(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 5);
    for (int i = 0; i < 40000; i++) {
        const tr_unit unit = (tr_unit)tr_rng_below(&rng, TR_UNIT_COUNT);
        const double value = tr_rng_log_uniform(&rng, 1e-12, 1e28) * (tr_rng_below(&rng, 2) ? 1.0 : -1.0);
        const char *text = person(value, unit);
        assert_true(strlen(text) < 40);
        double back = 0.0;
        if (tr_quantity_parse(text, unit, &back, NULL) != TR_OK)
            print_message("%.17g, unit %d: %s\n", value, (int)unit, text);
        assert_int_equal(tr_quantity_parse(text, unit, &back, NULL), TR_OK);
        /* To the cent from a dollar up; a context between whole k keeps a decimal. */
        const double slack = fabs(value) * 0.00051 + (unit == TR_UNIT_CONTEXT && fabs(value) >= 1.0 ? 0.5 : 0.0) +
                             (fabs(value) >= 1.0 && tr_text_holds(text, "$") ? 0.00501 : 0.0);
        if (!(fabs(back - value) <= slack))
            print_message("%.17g, unit %d: %s\n", value, (int)unit, text);
        assert_true(fabs(back - value) <= slack);
    }
}

static void a_coordinate_is_written_without_printf(void **state)
{
    (void)state;
    assert_string_equal(fixed(0.0, 2), "0");
    assert_string_equal(fixed(-0.0, 2), "0");
    assert_string_equal(fixed(12.5, 2), "12.5");
    assert_string_equal(fixed(12.345, 1), "12.3");
    assert_string_equal(fixed(0.07, 2), "0.07");
    assert_string_equal(fixed(0.999, 2), "1");
    assert_string_equal(fixed(-3.0, 3), "-3");
    assert_string_equal(fixed(-0.001, 2), "0");
    assert_string_equal(fixed(-0.5, 0), "-1");
    assert_string_equal(fixed(120.0, 0), "120");
    assert_string_equal(fixed(100.0, 2), "100");
    assert_string_equal(fixed((double)NAN, 2), "0");
    assert_string_equal(fixed(HUGE_VAL, 2), "1000000000");
    assert_string_equal(fixed(-1e300, 9), "-1000000000");
    assert_string_equal(fixed(123456789.123456789, 9), "123456789.123456784");
    tr_rng rng;
    tr_rng_seed(&rng, 3);
    for (int i = 0; i < 20000; i++) {
        const int decimals = (int)tr_rng_below(&rng, 5);
        const double value = (tr_rng_uniform(&rng) - 0.5) * 10000.0;
        const double back = strtod(fixed(value, decimals), NULL);
        assert_true(fabs(back - value) <= 0.5 * pow(10.0, -decimals) + 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_laid_out_as_javascript_does),
        cmocka_unit_test(any_double_reads_back_from_its_shortest_decimal),
        cmocka_unit_test(a_short_buffer_is_cut_and_told),
        cmocka_unit_test(a_quantity_reads_well),
        cmocka_unit_test(what_a_person_reads_means_the_number_to_four_digits),
        cmocka_unit_test(a_coordinate_is_written_without_printf),
    };
    return cmocka_run_group_tests_name("base number", tests, NULL, NULL);
}
