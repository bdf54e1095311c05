/* test_figure_axis_map.c -- places along an axis and the ticks that stand there. */
#include <math.h>

#include "figure/axis_map.h"
#include "unit_figure.h"

static tr_fig_ticks ticks_of(tr_scale scale, tr_unit unit, double min, double max, int level)
{
    tr_fig_ticks ticks;
    assert_int_equal(tr_fig_ticks_at(scale, unit, min, max, level, &ticks), 1);
    return ticks;
}

static void the_logarithm_agrees_with_libm(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 7);
    for (int i = 0; i < 100000; i++) {
        const double v = tr_rng_log_uniform(&rng, 1e-280, 1e280);
        assert_true(fabs(tr_fig_log10(v) - log10(v)) <= 4e-14 + 4e-16 * fabs(log10(v)));
    }
    assert_true(tr_fig_log10(1.0) == 0.0);
}

static void linear_ticks_step_by_one_two_or_five(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 11);
    for (int i = 0; i < 3000; i++) {
        const double min = (tr_rng_uniform(&rng) - 0.5) * tr_rng_log_uniform(&rng, 1e-6, 1e9);
        const double max = min + tr_rng_log_uniform(&rng, 1e-6, 1e9);
        const int level = (int)tr_rng_below(&rng, 3);
        const tr_fig_ticks t = ticks_of(TR_SCALE_LINEAR, TR_UNIT_NONE, min, max, level);
        assert_true(t.count >= 2 && t.count <= FIG_TICK_MAX);
        const double step = t.tick[1].value - t.tick[0].value;
        const double lead = step / pow(10.0, floor(log10(step) + 1e-6));
        if (fabs(min) < 1e6 * step) /* else the step is below the last bit of the ticks */
            assert_true(fabs(lead - 1.0) < 1e-4 || fabs(lead - 2.0) < 1e-4 || fabs(lead - 5.0) < 1e-4);
        for (size_t k = 0; k < t.count; k++)
            assert_true(t.tick[k].value >= min - 1e-9 * step && t.tick[k].value <= max + 1e-9 * step);
    }
}

static void a_logarithmic_axis_goes_by_one_two_five_then_by_decades(void **state)
{
    (void)state;
    const tr_fig_ticks fine = ticks_of(TR_SCALE_LOG, TR_UNIT_NONE, 1.0, 100.0, 0);
    static const double FINE[] = {1, 2, 5, 10, 20, 50, 100};
    assert_int_equal(fine.count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_true(fabs(fine.tick[i].value - FINE[i]) < 1e-9);
    const tr_fig_ticks decades = ticks_of(TR_SCALE_LOG, TR_UNIT_NONE, 1e-6, 1e6, 1);
    assert_int_equal(decades.count, 13);
    const tr_fig_ticks threes = ticks_of(TR_SCALE_LOG, TR_UNIT_NONE, 1e-6, 1e6, 3);
    assert_int_equal(threes.count, 5);
    assert_true(fabs(threes.tick[2].value - 1.0) < 1e-12);
}

static void less_than_a_decade_of_a_logarithmic_axis_has_even_ticks(void **state)
{
    (void)state;
    const tr_fig_ticks t = ticks_of(TR_SCALE_LOG, TR_UNIT_NONE, 3.0, 7.0, 0);
    assert_true(t.count >= 3);
    assert_true(fabs((t.tick[2].value - t.tick[1].value) - (t.tick[1].value - t.tick[0].value)) < 1e-12);
}

static void contexts_are_counted_in_powers_of_two(void **state)
{
    (void)state;
    const tr_fig_ticks t = ticks_of(TR_SCALE_LOG, TR_UNIT_CONTEXT, 1024.0, 131072.0, 0);
    assert_int_equal(t.count, 8);
    assert_string_equal(t.tick[0].text, "1k");
    assert_string_equal(t.tick[7].text, "128k");
    const tr_fig_ticks linear = ticks_of(TR_SCALE_LINEAR, TR_UNIT_CONTEXT, 0.0, 131072.0, 0);
    const double step = linear.tick[1].value - linear.tick[0].value;
    assert_true(step == 8192.0);
}

static void sequences_come_whole(void **state)
{
    (void)state;
    const tr_fig_ticks t = ticks_of(TR_SCALE_LINEAR, TR_UNIT_SEQ, 1.0, 4.0, 0);
    assert_int_equal(t.count, 4);
    assert_string_equal(t.tick[0].text, "1");
    assert_string_equal(t.tick[3].text, "4");
}

static void even_ticks_share_one_prefix_and_say_it_once(void **state)
{
    (void)state;
    tr_fig_ticks t = ticks_of(TR_SCALE_LINEAR, TR_UNIT_SECOND, 0.0, 0.002, 2);
    tr_fig_ticks_trim(&t, TR_UNIT_SECOND);
    assert_int_equal(t.count, 5);
    static const char *const TEXT[5] = {"0", "0.5", "1", "1.5", "2\xC2\xA0ms"};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(t.tick[i].text, TEXT[i]);
}

static void a_suffix_that_is_part_of_the_number_is_never_dropped(void **state)
{
    (void)state;
    tr_fig_ticks t = ticks_of(TR_SCALE_LINEAR, TR_UNIT_CONTEXT, 0.0, 8192.0, 3);
    tr_fig_ticks_trim(&t, TR_UNIT_CONTEXT);
    for (size_t i = 1; i < t.count; i++)
        assert_non_null(strchr(t.tick[i].text, 'k'));
}

static void a_widened_range_holds_the_old_one_and_ends_on_good_values(void **state)
{
    (void)state;
    double min = 0.0, max = 0.00312;
    tr_fig_range_widen(TR_SCALE_LINEAR, TR_UNIT_SECOND, &min, &max);
    assert_true(min == 0.0 && fabs(max - 0.004) < 1e-12);
    min = 3.2e-6;
    max = 0.9;
    tr_fig_range_widen(TR_SCALE_LOG, TR_UNIT_SECOND, &min, &max);
    assert_true(fabs(min - 2e-6) < 1e-15 && fabs(max - 1.0) < 1e-12);
}

static void quantities_are_grouped_and_stay_on_one_line(void **state)
{
    (void)state;
    char text[FIG_TICK_TEXT];
    tr_fig_quantity(12800.0, TR_UNIT_SEQ, text, sizeof text);
    assert_string_equal(text, "12,800");
    tr_fig_quantity(2.5e-6, TR_UNIT_SECOND, text, sizeof text);
    assert_string_equal(text, "2.5\xC2\xA0\xC2\xB5s");
}

static void long_times_are_counted_as_a_clock_does(void **state)
{
    (void)state;
    tr_fig_ticks t = ticks_of(TR_SCALE_LOG, TR_UNIT_SECOND, 0.1, 1e6, 0);
    const char *const want[] = {"100\xC2\xA0ms", "1\xC2\xA0s", "10\xC2\xA0s", "1\xC2\xA0min", "10\xC2\xA0min",
                                "1\xC2\xA0h", "10\xC2\xA0h", "1\xC2\xA0" "d", "10\xC2\xA0" "d"};
    assert_int_equal(t.count, 9);
    for (size_t i = 0; i < t.count; i++)
        assert_string_equal(t.tick[i].text, want[i]);
    t = ticks_of(TR_SCALE_LOG, TR_UNIT_SECOND, 0.1, 1e6, 3);
    assert_int_equal(t.count, 2); /* 1 s and 1 h */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_logarithm_agrees_with_libm),
        cmocka_unit_test(linear_ticks_step_by_one_two_or_five),
        cmocka_unit_test(a_logarithmic_axis_goes_by_one_two_five_then_by_decades),
        cmocka_unit_test(less_than_a_decade_of_a_logarithmic_axis_has_even_ticks),
        cmocka_unit_test(contexts_are_counted_in_powers_of_two),
        cmocka_unit_test(sequences_come_whole),
        cmocka_unit_test(even_ticks_share_one_prefix_and_say_it_once),
        cmocka_unit_test(a_suffix_that_is_part_of_the_number_is_never_dropped),
        cmocka_unit_test(a_widened_range_holds_the_old_one_and_ends_on_good_values),
        cmocka_unit_test(quantities_are_grouped_and_stay_on_one_line),
        cmocka_unit_test(long_times_are_counted_as_a_clock_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
