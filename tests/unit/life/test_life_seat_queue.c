/* test_life_seat_queue.c -- requests that queue for places: Erlang's formula by hand, and a simulation beside it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "life/racks.h"
#include "life/seat_queue.h"

#define assert_near(value, expected, relative) assert_true(fabs((value) / (expected)-1.0) <= (relative))

static void erlang_by_hand(void **state)
{
    (void)state;
    tr_seat_wait w;
    /* One place: the M/M/1 queue. It is taken for half of the time, and a wait is as long as an answer. */
    assert_int_equal(tr_seat_wait_of(1, 0.5, 100, &w, NULL), TR_OK);
    assert_near(w.share, 0.5, 1e-12);
    assert_near(w.mean_s, 100, 1e-12);
    /* Two places at 3/4, a load of 1.5: B = 1.125 / (1 + 1.5 + 1.125), C = B / (1 - 3/4 (1 - B)) = 9/14. */
    assert_int_equal(tr_seat_wait_of(2, 0.75, 10, &w, NULL), TR_OK);
    assert_near(w.share, 9.0 / 14, 1e-12);
    assert_near(w.mean_s, 9.0 / 14 * 10 / (2 * 0.25), 1e-12);
    assert_int_equal(tr_seat_wait_of(10, 0, 10, &w, NULL), TR_OK);
    assert_true(w.share == 0 && w.mean_s == 0);
    w.share = 42;
    assert_int_equal(tr_seat_wait_of(10, 1, 10, &w, NULL), TR_EDOMAIN);
    assert_int_equal(tr_seat_wait_of(10, (double)NAN, 10, &w, NULL), TR_EDOMAIN);
    assert_int_equal(tr_seat_wait_of(0, 0.5, 10, &w, NULL), TR_EDOMAIN);
    assert_int_equal(tr_seat_wait_of(10, 0.5, 0, &w, NULL), TR_EDOMAIN);
    assert_true(w.share == 42);
}

static tr_seat_queue queue_of(const tr_seat_queue_terms *terms)
{
    tr_seat_queue q;
    assert_int_equal(tr_seat_queue_of(terms, &q, NULL), TR_OK);
    return q;
}

/* One hour that never changes. */
static tr_seat_queue_terms steady(const double *share)
{
    return (tr_seat_queue_terms){.place_seq = 20,
                                 .period_s = 1,
                                 .answer_token = 200,
                                 .hour_share = share,
                                 .hour_count = 1,
                                 .hour_s = 1e7,
                                 .group_request = 1,
                                 .most_request = 1e6,
                                 .seed = 7};
}

static void simulated_requests_wait_as_erlang_says(void **state)
{
    (void)state;
    const double shares[] = {0.3, 0.6, 0.8, 0.9};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        const tr_seat_queue_terms terms = steady(&shares[i]);
        const tr_seat_queue q = queue_of(&terms);
        tr_seat_wait w;
        assert_int_equal(tr_seat_wait_of(20, shares[i], 200, &w, NULL), TR_OK);
        /* 300,000 to 900,000 requests. At 0.9 waits hang together for hundreds of answers: 6 %. */
        assert_true(q.request_count > 2.5e5 && q.hour_share == 1);
        assert_near(q.taken_share, shares[i], 0.01);
        assert_near(q.boarding_request, shares[i] * 20 / 200, 0.01);
        assert_true(fabs(q.wait_share - w.share) < 0.02);
        assert_true(fabs(q.wait_s - w.mean_s) < 0.5 + 0.06 * w.mean_s);
        /* With places free: half a period for the departure, one for the ride, K30. */
        assert_near(q.mean_s - q.wait_s, tr_train_mean_wait_s(1), 0.01);
    }
}

static void groups_and_days_have_no_closed_form_and_wait_longer(void **state)
{
    (void)state;
    const double mean = 0.6, day[4] = {0.2, 0.6, 1.0, 0.6};
    tr_seat_queue_terms terms = steady(&mean);
    const double alone = queue_of(&terms).wait_s;
    terms.group_request = 10; /* ten at once, as rarely */
    const tr_seat_queue group = queue_of(&terms);
    assert_true(group.wait_s > 5 * alone);
    assert_near(group.taken_share, 0.6, 0.03);
    terms = steady(day);
    terms.hour_count = 4;
    terms.hour_s = 4000; /* twenty answers an hour */
    terms.most_request = 1e6;
    const tr_seat_queue swings = queue_of(&terms);
    assert_true(swings.worst_hour_wait_s > swings.wait_s && swings.wait_s > alone);
    terms.most_request = 1e3; /* hours are cut short, and that is said */
    terms.hour_s = 1e6;
    assert_near(queue_of(&terms).hour_share, 1e3 / (2.4 * 1e6 * 20 / 200), 1e-12);
}

static void the_same_seed_is_the_same_answer(void **state)
{
    (void)state;
    const double share = 0.8;
    tr_seat_queue_terms terms = steady(&share);
    terms.hour_s = 1e5;
    const tr_seat_queue a = queue_of(&terms), b = queue_of(&terms);
    assert_memory_equal(&a, &b, sizeof a);
    terms.seed = 8;
    assert_true(queue_of(&terms).wait_s != a.wait_s);
}

static void what_has_no_end_is_refused(void **state)
{
    (void)state;
    const double full = 1.0, nothing = 0.0, some = 0.5;
    tr_seat_queue q = {.wait_share = 42};
    tr_seat_queue_terms terms = steady(&full);
    assert_int_equal(tr_seat_queue_of(&terms, &q, NULL), TR_EDOMAIN);
    terms = steady(&nothing);
    assert_int_equal(tr_seat_queue_of(&terms, &q, NULL), TR_EDOMAIN);
    for (int i = 0; i < 6; i++) {
        terms = steady(&some);
        double *const field[] = {&terms.place_seq, &terms.answer_token, &terms.hour_s, &terms.group_request,
                                 &terms.most_request, &terms.period_s};
        *field[i] = i % 2 ? 0 : (double)NAN;
        assert_int_equal(tr_seat_queue_of(&terms, &q, NULL), TR_EDOMAIN);
    }
    assert_true(q.wait_share == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erlang_by_hand),
        cmocka_unit_test(simulated_requests_wait_as_erlang_says),
        cmocka_unit_test(groups_and_days_have_no_closed_form_and_wait_longer),
        cmocka_unit_test(the_same_seed_is_the_same_answer),
        cmocka_unit_test(what_has_no_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
