/* test_serve_apart.c -- prompts on machines of their own, users that think, percentiles, the most that holds. */
#include "fixture.h"

static tr_model model;
static tr_system system_of_eight;
static tr_shard shard;
static tr_roofline roof;
static tr_calibration calibration;

static void start(void)
{
    get_model("llama-3.1-70b", &model);
    system_of_eight = get_system("8xh100-sxm");
    shard = shard_with(&model, &system_of_eight, get_engine("vllm"), (tr_layout){8, 1, 1, 1, 1, 0}, NULL);
    roof = roof_of(&model, &system_of_eight);
    calibration = get_calibration("h100-sxm", "vllm");
}

static tr_service ask(const tr_prefill_side *side, tr_clients clients)
{
    tr_service s;
    tr_error err;
    if (tr_serve_apart(&shard, &roof, side, &calibration, TR_DISTANCE_NEAR, &clients, &s, &err) != TR_OK)
        fail_msg("%s", err.text);
    return s;
}

static double most(const tr_prefill_side *side, tr_clients clients)
{
    double rate = 0;
    tr_error err;
    if (tr_serve_most(&shard, &roof, side, &calibration, TR_DISTANCE_NEAR, &clients, &rate, &err) != TR_OK)
        fail_msg("%s", err.text);
    return rate;
}

static const tr_clients base = {.concurrency_seq = 64, .prompt_token = 8192, .output_token = 1024};

static void prompts_elsewhere_cost_their_pass_their_wait_and_their_transfer(void **state)
{
    (void)state;
    start();
    const tr_prefill_side side = {&shard, &roof, 1, 0}, fast = {&shard, &roof, 1, 1e15};
    tr_clients one = base;
    one.concurrency_seq = 1;
    const tr_service alone = ask(&side, one), busy = ask(&side, base), together = ask(NULL, base);
    assert_true(alone.prefill_busy_share > 0 && busy.prefill_busy_share > alone.prefill_busy_share);
    assert_true(busy.ttft_s.predicted > alone.ttft_s.predicted && busy.wait_s > alone.wait_s);
    assert_true(busy.tpot_s.predicted < together.tpot_s.predicted);
    assert_true(busy.prompt_share == 0);
    assert_true(alone.send_s > 0);
    const tr_service sent = ask(&fast, one);
    assert_close(alone.ttft_s.predicted - sent.ttft_s.predicted, alone.send_s, 0.02);
    /* All clients are somewhere: at the prompts, or at the decoding machines. */
    assert_close(busy.request_per_s * (busy.e2e_s.predicted + busy.tpot_s.predicted), 64, 1e-4);
}

static void more_prefill_machines_lift_the_most_that_holds_until_decoding_binds(void **state)
{
    (void)state;
    start();
    const tr_prefill_side few = {&shard, &roof, 1, 0}, some = {&shard, &roof, 2, 0}, many = {&shard, &roof, 100, 0},
                          more = {&shard, &roof, 200, 0};
    tr_clients brief = base;
    brief.output_token = 128;
    assert_true(most(&some, brief) > 1.5 * most(&few, brief));
    assert_close(most(&more, brief), most(&many, brief), 0.01);
}

static void users_that_think_keep_fewer_requests_in_flight(void **state)
{
    (void)state;
    start();
    tr_clients users = base;
    users.think_s = 30;
    const tr_service s = ask(NULL, users), none = ask(NULL, base);
    assert_true(s.flight_seq < none.flight_seq && s.tpot_s.predicted < none.tpot_s.predicted);
    const double cycle_s = users.think_s + s.ttft_s.predicted + users.output_token * s.tpot_s.predicted;
    assert_close(s.request_per_s * cycle_s, 64, 1e-4);
    users.think_s = 0;
    assert_close(ask(NULL, users).tpot_s.predicted, none.tpot_s.predicted, 1e-12);
}

static void more_arrivals_than_hold_are_told(void **state)
{
    (void)state;
    start();
    tr_clients arrivals = base;
    const double rate = most(NULL, base);
    arrivals.request_per_s = 0.9 * rate;
    tr_service s = ask(NULL, arrivals);
    assert_false(s.saturated);
    assert_close(s.request_per_s, arrivals.request_per_s, 1e-12);
    assert_close(s.output_token_per_s.low, s.output_token_per_s.high, 1e-9);
    arrivals.request_per_s = 1.2 * rate;
    s = ask(NULL, arrivals);
    assert_true(s.saturated);
}

static void percentiles_grow_and_without_waits_are_the_mean(void **state)
{
    (void)state;
    static const tr_interval of[] = {TR_INTERVAL_TTFT, TR_INTERVAL_TPOT, TR_INTERVAL_E2E};
    start();
    tr_clients arrivals = base;
    arrivals.request_per_s = 0.8 * most(NULL, base);
    tr_service s = ask(NULL, arrivals);
    for (int i = 0; i < 3; i++) {
        double last = tr_service_statistic_ratio(&s, &arrivals, of[i], TR_STATISTIC_P50);
        assert_close(tr_service_statistic_ratio(&s, &arrivals, of[i], TR_STATISTIC_MEAN), 1, 1e-12);
        for (int p = TR_STATISTIC_P90; p < TR_STATISTIC_COUNT; p++) {
            const double now = tr_service_statistic_ratio(&s, &arrivals, of[i], (tr_statistic)p);
            assert_true(now >= last);
            last = now;
        }
        assert_true(last > 1);
    }
    s.wait_s = s.wait_share = s.prompt_share = 0;
    for (int i = 0; i < 3; i++)
        assert_close(tr_service_statistic_ratio(&s, &arrivals, of[i], TR_STATISTIC_P99), 1, 1e-12);
}

static void fewer_clients_than_ranks_leave_ranks_idle(void **state)
{
    (void)state;
    start();
    tr_clients two = base;
    two.concurrency_seq = 2;
    tr_shard copies = shard_with(&model, &system_of_eight, get_engine("vllm"), (tr_layout){2, 1, 1, 1, 4, 0}, NULL);
    tr_service s;
    assert_int_equal(tr_serve(&copies, &roof, &calibration, TR_DISTANCE_NEAR, &two, &s, NULL), TR_OK);
    assert_true(s.batch_seq <= 2 && s.flight_seq <= 2);
    assert_close(s.request_per_s * (s.e2e_s.predicted + s.tpot_s.predicted), 2, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompts_elsewhere_cost_their_pass_their_wait_and_their_transfer),
        cmocka_unit_test(more_prefill_machines_lift_the_most_that_holds_until_decoding_binds),
        cmocka_unit_test(users_that_think_keep_fewer_requests_in_flight),
        cmocka_unit_test(more_arrivals_than_hold_are_told),
        cmocka_unit_test(percentiles_grow_and_without_waits_are_the_mean),
        cmocka_unit_test(fewer_clients_than_ranks_leave_ranks_idle),
    };
    return cmocka_run_group_tests_name("serve apart", tests, NULL, NULL);
}
