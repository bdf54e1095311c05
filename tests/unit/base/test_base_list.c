/* test_base_list.c -- comma lists and ranges of quantities. */
#include "unit_base.h"

#define CAPACITY 64

static void expect(const char *text, tr_unit unit, size_t count, const double *want)
{
    double value[CAPACITY];
    size_t n = 0;
    tr_error err = {.text = ""};
    const tr_status s = tr_quantity_list_parse(text, unit, value, CAPACITY, &n, &err);
    if (s != TR_OK || n != count)
        print_message("%s: %zu values, %s\n", text, n, err.text);
    assert_int_equal(s, TR_OK);
    assert_int_equal(n, count);
    for (size_t i = 0; i < n; i++)
        assert_same_double(value[i], want[i]);
}
#define EXPECT(text, unit, ...)                                                            \
    expect(text, unit, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static void refuse(const char *text, size_t capacity, tr_status expected, const char *part)
{
    double value[CAPACITY];
    for (size_t i = 0; i < CAPACITY; i++)
        value[i] = -7.0;
    size_t n = 999;
    tr_error err = {.text = ""};
    const tr_status s = tr_quantity_list_parse(text, TR_UNIT_NONE, value, capacity, &n, &err);
    if (s != expected || strstr(err.text, part) == NULL)
        print_message("%s: %s: %s\n", text, tr_status_name(s), err.text);
    assert_int_equal(s, expected);
    assert_non_null(strstr(err.text, part));
    assert_int_equal(n, 999);
    for (size_t i = 0; i < CAPACITY; i++)
        assert_true(value[i] == -7.0);
}

static void a_list_holds_its_numbers_in_the_order_typed(void **state)
{
    (void)state;
    EXPECT("1,8,64", TR_UNIT_SEQ, 1, 8, 64);
    EXPECT(" 64 , 8,1 ", TR_UNIT_SEQ, 64, 8, 1);
    EXPECT("128k", TR_UNIT_CONTEXT, 131072);
    EXPECT("4k,1M,77", TR_UNIT_CONTEXT, 4096, 1048576, 77);
    EXPECT("5,5", TR_UNIT_NONE, 5, 5);
}

static void a_range_steps_doubles_or_counts_by_one(void **state)
{
    (void)state;
    EXPECT("1..8", TR_UNIT_NONE, 1, 2, 3, 4, 5, 6, 7, 8);
    EXPECT("1..100x10", TR_UNIT_NONE, 1, 10, 100);
    EXPECT("1..100x2", TR_UNIT_NONE, 1, 2, 4, 8, 16, 32, 64);
    EXPECT("1..12+5", TR_UNIT_NONE, 1, 6, 11);
    EXPECT("10ms..30ms+10ms", TR_UNIT_SECOND, 0.01, 0.02, 0.03);
    EXPECT("4k..16kx2", TR_UNIT_CONTEXT, 4096, 8192, 16384);
    EXPECT("128k..512k+128k", TR_UNIT_CONTEXT, 131072, 262144, 393216, 524288);
    EXPECT("1, 10..30+10 ,7", TR_UNIT_NONE, 1, 10, 20, 30, 7);
    EXPECT("3..3", TR_UNIT_NONE, 3);
    EXPECT("3..3x2", TR_UNIT_NONE, 3);
    EXPECT("0..1e+1+5", TR_UNIT_NONE, 0, 5, 10);
    EXPECT("-2..0", TR_UNIT_NONE, -2, -1, 0);
    EXPECT("0.5..1.5+.5", TR_UNIT_NONE, 0.5, 1.0, 1.5);
}

static void a_range_reaches_its_end_in_spite_of_rounding(void **state)
{
    (void)state;
    double value[CAPACITY];
    size_t n = 0;
    assert_int_equal(tr_quantity_list_parse("0..0.3+0.1", TR_UNIT_NONE, value, CAPACITY, &n, NULL), TR_OK);
    assert_int_equal(n, 4);
    assert_same_double(value[3], 0.3); /* 3 x 0.1 is a little more than 0.3 */
    assert_int_equal(tr_quantity_list_parse("1..2x1.0905077326652577", TR_UNIT_NONE, value, CAPACITY, &n, NULL),
                     TR_OK);
    assert_int_equal(n, 9); /* the eighth root of two, eight times */
}

static void a_list_nobody_can_mean_is_refused_and_writes_nothing(void **state)
{
    (void)state;
    refuse("", CAPACITY, TR_EPARSE, "not a number");
    refuse("1,,2", CAPACITY, TR_EPARSE, "not a number");
    refuse("1,2,", CAPACITY, TR_EPARSE, "not a number");
    refuse("1,2,x", CAPACITY, TR_EPARSE, "'x' is not a number");
    refuse("8..1", CAPACITY, TR_EDOMAIN, "a range goes up");
    refuse("..5", CAPACITY, TR_EPARSE, "not a number");
    refuse("5..", CAPACITY, TR_EPARSE, "not a number");
    refuse("1..5x1", CAPACITY, TR_EDOMAIN, "factor above 1");
    refuse("0..5x2", CAPACITY, TR_EDOMAIN, "starts above 0");
    refuse("1..5x", CAPACITY, TR_EPARSE, "not a number");
    refuse("1..5+0", CAPACITY, TR_EDOMAIN, "step above 0");
    refuse("1..5+-1", CAPACITY, TR_EDOMAIN, "step above 0");
    refuse("1..5x2x2", CAPACITY, TR_EPARSE, "does not fit");
    refuse("1..2..3", CAPACITY, TR_EPARSE, "does not fit");
}

static void more_values_than_there_is_room_for_are_refused_quickly(void **state)
{
    (void)state;
    refuse("1,2,3", 2, TR_ECAPACITY, "more than 2 values");
    refuse("1..100", CAPACITY, TR_ECAPACITY, "more than 64 values");
    refuse("0..1e300+1e-300", CAPACITY, TR_ECAPACITY, "more than");
    refuse("1e300..1e300+1e-300,1", 1, TR_ECAPACITY, "more than 1"); /* the step is lost in rounding */
    refuse("1", 0, TR_ECAPACITY, "more than 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_holds_its_numbers_in_the_order_typed),
        cmocka_unit_test(a_range_steps_doubles_or_counts_by_one),
        cmocka_unit_test(a_range_reaches_its_end_in_spite_of_rounding),
        cmocka_unit_test(a_list_nobody_can_mean_is_refused_and_writes_nothing),
        cmocka_unit_test(more_values_than_there_is_room_for_are_refused_quickly),
    };
    return cmocka_run_group_tests_name("base list", tests, NULL, NULL);
}
