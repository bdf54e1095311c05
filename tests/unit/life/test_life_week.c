/* test_life_week.c -- a week of traffic: its shape, what is idle, who waits, and what is paid. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "life/week.h"

#define assert_near(value, expected, relative) assert_true(fabs((value) / (expected)-1.0) <= (relative))

static tr_week_terms terms_of(double busiest_ratio, double weekend_ratio)
{
    const tr_swing swing = {busiest_ratio, weekend_ratio};
    return (tr_week_terms){.swing = swing,
                           .utilisation_share = tr_swing_mean_share(&swing),
                           .work_ratio = (double)NAN,
                           .work_price_ratio = 0.5};
}

static tr_week week_of(const tr_week_terms *terms)
{
    tr_week w;
    assert_int_equal(tr_week_of(terms, &w, NULL), TR_OK);
    return w;
}

static void a_cosine_has_its_two_ends_and_its_mean(void **state)
{
    (void)state;
    /* r = 3: a half either way; the busiest hour is 3/2 of the mean, so that 2/3 of the places are taken. */
    tr_week_terms terms = terms_of(3, 1);
    tr_week w = week_of(&terms);
    assert_near(terms.utilisation_share, 2.0 / 3, 1e-12);
    assert_near(w.hour[0].taken_share, 1.0 / 3, 1e-12);
    assert_near(w.hour[12].taken_share, 1, 1e-12);
    assert_near(w.hour[6].taken_share, 2.0 / 3, 1e-12);
    assert_near(w.hour[4].taken_share, 2.0 / 3 * 0.75, 1e-12); /* cos 60 degrees is 1/2 */
    assert_near(w.hour[167].taken_share, w.hour[1].taken_share, 1e-12);
    assert_near(w.utilisation_share, 2.0 / 3, 1e-12);
    /* Half the traffic at the weekend: (5 + 1) / 7 of two thirds. */
    terms = terms_of(3, 0.5);
    w = week_of(&terms);
    assert_near(terms.utilisation_share, 6.0 / 7 * 2 / 3, 1e-12);
    assert_near(w.hour[12].taken_share, 1, 1e-12);
    assert_near(w.hour[5 * 24 + 12].taken_share, 0.5, 1e-12);
    assert_near(w.utilisation_share, terms.utilisation_share, 1e-12);
    assert_true(tr_swing_of(1).busiest_ratio == 2.0 && tr_swing_of(2).busiest_ratio == 10.0);
    assert_true(tr_swing_of(0).busiest_ratio == 1.0 && isnan(tr_swing_mean_share(&(tr_swing){0.5, 1})));
}

static void work_fills_idle_places_within_a_day(void **state)
{
    (void)state;
    tr_week_terms terms = terms_of(3, 1); /* a third idle, and all of it filled */
    tr_week w = week_of(&terms);
    assert_near(w.work_share, 1.0 / 3, 1e-9);
    assert_true(w.idle_share < 1e-9 && w.overdue_share == 0 && w.late_users_share == 0);
    assert_near(w.most_work_ratio, 0.5, 1e-9);
    assert_true(w.work_mean_wait_s > 0 && w.work_longest_wait_s < 24 * 3600.0);
    for (int h = 0; h < TR_WEEK_HOURS; h++)
        assert_near(w.hour[h].taken_share + w.hour[h].work_share + w.hour[h].idle_share, 1, 1e-9);
    terms.work_ratio = 0.1; /* little enough to find room in most hours: 1/15 of the places */
    w = week_of(&terms);
    assert_near(w.work_share, 2.0 / 30, 1e-9);
    assert_near(w.idle_share, 1 - 2.0 / 3 - 2.0 / 30, 1e-9);
    terms.work_ratio = 0; /* none */
    w = week_of(&terms);
    assert_true(w.work_share == 0 && w.work_mean_wait_s == 0 && w.overdue_share == 0);
    terms.work_ratio = 1; /* twice what is idle: it piles up */
    w = week_of(&terms);
    assert_near(w.work_share, 1.0 / 3, 1e-9);
    assert_true(w.overdue_share > 0.5 && w.work_longest_wait_s == HUGE_VAL);
}

/* Later hours take what the busiest has no place for. */
static void what_finds_no_place_comes_later(void **state)
{
    (void)state;
    tr_week_terms terms = terms_of(3, 1);
    terms.utilisation_share = 0.8; /* the busiest hour asks for 1.2 of the places */
    const tr_week w = week_of(&terms);
    assert_near(w.hour[12].asked_share, 1.2, 1e-12);
    assert_true(w.hour[12].taken_share == 1 && w.late_users_share > 0 && w.late_users_share < 0.5);
    double taken = 0;
    for (int h = 0; h < TR_WEEK_HOURS; h++)
        taken += w.hour[h].taken_share;
    assert_near(taken / TR_WEEK_HOURS, 0.8, 1e-12); /* nobody is lost */
}

static void what_is_paid_covers_the_machine(void **state)
{
    (void)state;
    const double swings[] = {1.5, 3, 10}, prices[] = {0, 0.5, 1};
    for (int i = 0; i < 9; i++) {
        tr_week_terms terms = terms_of(swings[i / 3], i % 2 ? 0.5 : 1);
        terms.work_price_ratio = prices[i % 3];
        const tr_week w = week_of(&terms);
        assert_near(w.utilisation_share * w.alone_ratio, 1, 1e-12);
        assert_near(w.utilisation_share * w.users_ratio + w.work_share * w.work_pay_ratio, 1, 1e-12);
        assert_true(w.users_ratio <= w.alone_ratio && w.users_ratio >= 1 - 1e-12);
        assert_near((1 - w.own_discount_share) * w.alone_ratio, 1, 1e-12);
    }
    /* r = 3, everything filled at half the price: 1 / (2/3 + 1/6). */
    const tr_week_terms terms = terms_of(3, 1);
    const tr_week w = week_of(&terms);
    assert_near(w.alone_ratio, 1.5, 1e-9);
    assert_near(w.users_ratio, 1.2, 1e-9);
    assert_near(w.work_pay_ratio, 0.6, 1e-9);
    assert_near(w.own_discount_share, 1.0 / 3, 1e-9);
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    tr_week w = {.idle_share = 42};
    for (int i = 0; i < 5; i++) {
        tr_week_terms terms = terms_of(3, 1);
        double *const field[] = {&terms.swing.busiest_ratio, &terms.swing.weekend_ratio, &terms.utilisation_share,
                                 &terms.work_price_ratio, &terms.work_ratio};
        *field[i] = -1;
        assert_int_equal(tr_week_of(&terms, &w, NULL), TR_EDOMAIN);
        *field[i] = i < 4 ? (double)NAN : HUGE_VAL;
        assert_int_equal(tr_week_of(&terms, &w, NULL), TR_EDOMAIN);
    }
    assert_true(w.idle_share == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cosine_has_its_two_ends_and_its_mean),
        cmocka_unit_test(work_fills_idle_places_within_a_day),
        cmocka_unit_test(what_finds_no_place_comes_later),
        cmocka_unit_test(what_is_paid_covers_the_machine),
        cmocka_unit_test(what_is_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
