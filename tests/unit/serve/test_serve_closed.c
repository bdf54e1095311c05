/* test_serve_closed.c -- clients of one engine: how many decode together, and how long tokens and first tokens take. */
#include "fixture.h"

typedef struct server {
    tr_model model;
    tr_system system;
    tr_shard shard;
    tr_roofline roof;
    tr_calibration calibration;
} server;

static server v;

static void start(const char *model, const char *system, const char *engine, tr_layout layout)
{
    get_model(model, &v.model);
    v.system = get_system(system);
    v.shard = shard_with(&v.model, &v.system, get_engine(engine), layout, NULL);
    v.roof = roof_of(&v.model, &v.system);
    v.calibration = get_calibration(v.system.chip.name, engine);
}

static tr_service ask(tr_clients clients)
{
    tr_service s;
    tr_error err;
    if (tr_serve(&v.shard, &v.roof, &v.calibration, TR_DISTANCE_NEAR, &clients, &s, &err) != TR_OK)
        fail_msg("%s", err.text);
    return s;
}

static tr_clients clients(double concurrency_seq, double prompt_token, double output_token)
{
    return (tr_clients){.concurrency_seq = concurrency_seq, .prompt_token = prompt_token, .output_token = output_token};
}

static const tr_layout one = {1, 1, 1, 1, 1, 0}, eight = {8, 1, 1, 1, 1, 0};

static void more_clients_make_tokens_slower_and_the_machine_faster(void **state)
{
    (void)state;
    start("llama-3.1-70b", "8xh100-sxm", "vllm", eight);
    tr_service last = ask(clients(1, 1024, 1024));
    for (double n = 2; n <= 128; n *= 2) {
        const tr_service now = ask(clients(n, 1024, 1024));
        assert_true(now.tpot_s.predicted > last.tpot_s.predicted);
        assert_true(now.output_token_per_s.predicted > last.output_token_per_s.predicted);
        assert_true(now.batch_seq > last.batch_seq && now.batch_seq <= n);
        assert_true(now.ttft_s.low < now.ttft_s.predicted && now.ttft_s.predicted < now.ttft_s.high);
        last = now;
    }
}

static void longer_prompts_slow_the_tokens_beside_them(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    const tr_service brief = ask(clients(16, 256, 256)), wordy = ask(clients(16, 4096, 256));
    assert_true(wordy.tpot_s.predicted > 1.3 * brief.tpot_s.predicted);
    assert_true(wordy.prompt_share > brief.prompt_share && wordy.prompt_share < 1.0);
}

static void one_client_alone_meets_no_others_prompt(void **state)
{
    static const char *const engine[] = {"vllm", "sglang", "trtllm"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        start("llama-3.1-8b", "h100-sxm", engine[i], one);
        const tr_service s = ask(clients(1, 4096, 128));
        const tr_pass pass = {.decode_seq = 1.0, .decode_context_token = 4096 + 64, .token_per_seq = 1.0};
        tr_timing timing;
        tr_terms step;
        assert_int_equal(tr_timing_of(&v.shard, &v.calibration, &pass, &timing, NULL), TR_OK);
        tr_timing_rank(&timing, 1.0, 0.0, &step);
        assert_float_equal(s.tpot_s.predicted, step.step_s, 1e-12);
        assert_float_equal(s.prompt_share, 0.0, 1e-12);
    }
}

static void an_engine_takes_no_more_prompts_than_its_passes_have_time_for(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "sglang", one);
    for (double n = 1; n <= 64; n *= 2) {
        const tr_clients c = clients(n, 32768, 64);
        const tr_service s = ask(c);
        const tr_pass pass = {.prefill_seq = 1.0, .prefill_query_token = 32768, .token_per_seq = 1.0,
                              .decode_context_token = 32768 + 32};
        tr_timing timing;
        tr_terms prompt;
        assert_int_equal(tr_timing_of(&v.shard, &v.calibration, &pass, &timing, NULL), TR_OK);
        tr_timing_rank(&timing, 0.0, 1.0, &prompt);
        assert_true(s.request_per_s * prompt.step_s <= 1.0 + 1e-9);
    }
}

/* Its prompt delays none of its tokens, and takes the chips all the same: what a prompt adds to a step, over that and the
 * 128 steps of its request. A busy machine charges about the same for it. */
static void a_client_alone_pays_for_its_prompt(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    const tr_service alone = ask(clients(1, 4096, 128)), busy = ask(clients(32, 4096, 128));
    const tr_pass pass = {.decode_seq = 1.0, .decode_context_token = 4096 + 64, .token_per_seq = 1.0,
                          .prefill_seq = 1.0, .prefill_query_token = 4096};
    tr_timing timing;
    tr_terms step, mixed;
    assert_int_equal(tr_timing_of(&v.shard, &v.calibration, &pass, &timing, NULL), TR_OK);
    tr_timing_rank(&timing, 1.0, 0.0, &step);
    tr_timing_rank(&timing, 1.0, 1.0, &mixed);
    const double prompts_s = alone.batch_seq / 128.0 * (mixed.step_s - step.step_s);
    assert_true(alone.input_share > 0.0);
    assert_close(alone.input_share, prompts_s / (prompts_s + step.step_s), 0.02);
    assert_close(alone.input_share * alone.request_s.predicted, busy.input_share * busy.request_s.predicted, 0.35);
}

static void a_token_costs_its_step_and_its_share_of_a_prompt(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    const tr_service s = ask(clients(16, 2048, 256));
    assert_close(s.decode_terms.step_s, s.decode_s, 1e-2); /* at the batch it settles on */
    assert_close(s.tpot_s.predicted * (1.0 - s.prompt_share), s.decode_s, 1e-12);
    assert_close(s.e2e_s.predicted, s.ttft_s.predicted + 255.0 * s.tpot_s.predicted, 1e-12);
    /* Those that decode are those that do not wait for their first token. */
    const double decoding_s = 256.0 * s.tpot_s.predicted;
    assert_close(s.batch_seq, 16.0 * decoding_s / (decoding_s + s.ttft_s.predicted), 0.02);
}

static void tokens_in_the_cache_need_no_prefill(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    tr_clients c = clients(16, 8192, 256);
    const tr_service fresh = ask(c);
    c.cached_token = 7168;
    const tr_service cached = ask(c);
    assert_true(cached.ttft_s.predicted < 0.6 * fresh.ttft_s.predicted);
    assert_true(cached.tpot_s.predicted < fresh.tpot_s.predicted);
}

static void prompts_taken_elsewhere_leave_tokens_alone(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    tr_clients c = clients(16, 4096, 256);
    const tr_service beside = ask(c);
    c.prefill_apart = 1;
    const tr_service apart = ask(c);
    assert_true(apart.tpot_s.predicted < 0.8 * beside.tpot_s.predicted && apart.batch_seq > beside.batch_seq);
    assert_close(apart.tpot_s.predicted, apart.decode_s, 1e-12);
    assert_close(apart.prompt_share, 0.0, 0.0);
}

static void clients_beyond_the_room_wait(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    const tr_service s = ask(clients(16, 16384, 512));
    /* What the shard leaves, over 131,072 B x 16,640 tokens. */
    assert_close(s.room_seq, v.shard.cache_room_byte / (131072.0 * 16640.0), 1e-12);
    assert_false(s.saturated);
    assert_close(s.kv_used_share, 16.0 / s.room_seq, 1e-12);
    const tr_service many = ask(clients(400, 16384, 512));
    assert_true(many.saturated);
    assert_true(many.batch_seq <= many.flight_seq && many.flight_seq <= 1.15 * many.room_seq * (1 + 1e-9));
    /* What leaves is what decodes: no more tokens a second than the batch has in its steps. */
    assert_close(many.output_token_per_s.predicted, many.batch_seq / many.tpot_s.predicted, 0.01);
    assert_true(many.ttft_s.predicted > 10 * s.ttft_s.predicted);
    /* Little's law of the room: places, each free again after a request. */
    const double request_s = many.ttft_s.predicted + 512 * many.tpot_s.predicted;
    assert_close(many.request_per_s * request_s, 400.0, 1e-12);
}

static void arrivals_at_a_rate_keep_what_littles_law_says_in_flight(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    tr_clients c = clients(0, 1024, 256);
    c.request_per_s = 4.0;
    const tr_service s = ask(c);
    assert_close(s.request_per_s, 4.0, 1e-3);
    const tr_service same = ask(clients(4.0 * (s.ttft_s.predicted + 256 * s.tpot_s.predicted), 1024, 256));
    assert_close(same.tpot_s.predicted, s.tpot_s.predicted, 1e-3);
}

static void of_arrivals_that_are_given_tokens_and_dollars_are_too(void **state)
{
    (void)state;
    start("llama-3.1-70b", "8xh100-sxm", "vllm", eight);
    tr_clients c = clients(1, 1024, 512);
    for (double rate = 0.001; rate < 3.0; rate *= 10.0) {
        c.request_per_s = rate;
        const tr_service s = ask(c);
        assert_true(!s.saturated && s.request_s.bound == s.request_s.predicted);
        assert_true(s.output_token_per_s.bound == s.output_token_per_s.predicted);
        assert_close(s.output_token_per_s.bound, 512.0 * rate, 1e-12);
        assert_true(s.tpot_s.bound < s.tpot_s.predicted && s.ttft_s.bound < s.ttft_s.predicted);
    }
    const tr_service loop = ask(clients(1, 1024, 512));
    assert_true(loop.output_token_per_s.bound > loop.output_token_per_s.high);
}

static void drafts_that_are_accepted_make_tokens_faster(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    tr_clients c = clients(8, 1024, 512);
    const tr_service plain = ask(c);
    c.draft_token = 3.0;
    c.token_per_step = 1.0;
    const tr_service none = ask(c);
    c.token_per_step = 2.5;
    const tr_service some = ask(c);
    assert_true(none.tpot_s.predicted >= plain.tpot_s.predicted); /* verified in vain */
    assert_true(some.tpot_s.predicted < plain.tpot_s.predicted);
    assert_true(some.token_per_step == 2.5 && plain.token_per_step == 1.0);
}

static void start_drafting(const char *model, const char *by, double draft_token)
{
    static tr_model drafter;
    const tr_formats f = {.draft_token = draft_token};
    start(model, "8xh100-sxm", "vllm", eight);
    if (by != NULL) {
        get_model(by, &drafter);
        v.model.draft_model = &drafter;
    }
    v.shard = shard_with(&v.model, &v.system, get_engine("vllm"), eight, &f);
    assert_int_equal(tr_roofline_of(&v.model, &v.system, NULL, &f, &v.roof, NULL), TR_OK);
}

static tr_service ask_drafting(double concurrency_seq, double draft_token, double accept_share)
{
    tr_clients c = clients(concurrency_seq, 1024, 512);
    c.draft_token = draft_token;
    c.token_per_step = tr_draft_kept_token(draft_token, accept_share);
    return ask(c);
}

static void drafting_and_verifying_are_the_step(void **state)
{
    (void)state;
    static const char *const by[] = {"llama-3.2-1b", "llama-3.1-8b", NULL};
    double last_s = 1e9;
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
        start_drafting("llama-3.1-70b", by[i], 4);
        const tr_service s = ask_drafting(8, 4, 0.8);
        const tr_terms *t = &s.decode_terms;
        assert_close(s.draft_s.predicted + s.verify_s.predicted, t->step_s, 1e-12);
        assert_close(s.draft_s.bound + s.verify_s.bound, s.itl_s.bound, 1e-12);
        assert_true(s.draft_s.bound <= s.draft_s.low && s.draft_s.low <= s.draft_s.predicted);
        assert_true(s.draft_s.predicted <= s.draft_s.high && s.verify_s.bound <= s.verify_s.low);
        assert_true(by[i] != NULL ? s.draft_s.predicted > 1e-3 : s.draft_s.predicted == 0.0);
        assert_true(i != 1 || s.draft_s.predicted > last_s); /* eight billion draft more slowly than one */
        last_s = s.draft_s.predicted;
    }
}

static void the_speed_up_grows_with_acceptance_and_shrinks_with_the_batch(void **state)
{
    (void)state;
    double last_ratio[2] = {0, 0};
    for (double a = 0; a <= 1; a += 0.1) {
        double ratio[2];
        for (int large = 0; large < 2; large++) {
            start("llama-3.1-70b", "8xh100-sxm", "vllm", eight);
            const double plain_s = ask_drafting(large ? 256 : 1, 0, 0).tpot_s.predicted;
            start_drafting("llama-3.1-70b", "llama-3.2-1b", 4);
            ratio[large] = plain_s / ask_drafting(large ? 256 : 1, 4, a).tpot_s.predicted;
            assert_true(ratio[large] > last_ratio[large] && ratio[large] < tr_draft_kept_token(4, a) + 1e-9);
            last_ratio[large] = ratio[large];
        }
        assert_true(ratio[0] > ratio[1]); /* one sequence leaves the multiplies idle, many do not */
    }
}

static void replicas_and_ranks_share_the_clients(void **state)
{
    (void)state;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    const tr_service alone = ask(clients(16, 1024, 256));
    start("llama-3.1-8b", "4xh100-sxm", "vllm", (tr_layout){1, 1, 1, 1, 4, 0});
    const tr_service four = ask(clients(64, 1024, 256));
    assert_close(four.tpot_s.predicted, alone.tpot_s.predicted, 1e-12);
    assert_close(four.ttft_s.predicted, alone.ttft_s.predicted, 1e-12);
    assert_close(four.room_seq, 4.0 * alone.room_seq, 1e-12);
    assert_close(four.output_token_per_s.predicted, 4.0 * alone.output_token_per_s.predicted, 1e-12);
}

static void clients_that_are_no_numbers_are_refused(void **state)
{
    (void)state;
    tr_service s, before;
    tr_error err;
    memset(&s, 0x5a, sizeof s);
    before = s;
    start("llama-3.1-8b", "h100-sxm", "vllm", one);
    const tr_clients good = clients(4, 128, 128);
    static const double bad[] = {(double)NAN, -1.0, HUGE_VAL};
    for (int i = 0; i < 3; i++) {
        double *field;
        tr_clients c;
        double *const fields[] = {&c.concurrency_seq, &c.prompt_token, &c.output_token, &c.cached_token,
                                  &c.request_per_s, &c.request_per_client, &c.mean_batch_share, &c.chunk_token,
                                  &c.poll_step, &c.batch_wait_step, &c.draft_token, &c.token_per_step};
        for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
            c = good;
            field = fields[k];
            *field = bad[i];
            assert_int_equal(tr_serve(&v.shard, &v.roof, &v.calibration, TR_DISTANCE_NEAR, &c, &s, &err), TR_EDOMAIN);
        }
    }
    assert_int_equal(tr_serve(&v.shard, &v.roof, &v.calibration, TR_DISTANCE_NEAR, NULL, &s, &err), TR_EMISSING);
    assert_int_equal(tr_serve(NULL, &v.roof, NULL, TR_DISTANCE_NEAR, &good, &s, &err), TR_EMISSING);
    assert_int_equal(tr_serve(&v.shard, NULL, NULL, TR_DISTANCE_NEAR, &good, &s, &err), TR_EMISSING);
    assert_int_equal(tr_serve(&v.shard, &v.roof, &v.calibration, TR_DISTANCE_COUNT, &good, &s, &err), TR_EDOMAIN);
    start("deepseek-v3", "2xh100-sxm", "vllm", (tr_layout){2, 1, 1, 1, 1, 0});
    assert_int_equal(tr_serve(&v.shard, &v.roof, &v.calibration, TR_DISTANCE_NEAR, &good, &s, &err), TR_ENOFIT);
    /* Weights that leave room for less than one sequence. */
    start("llama-3.1-70b", "2xh100-sxm", "vllm", (tr_layout){2, 1, 1, 1, 1, 0});
    const tr_clients endless = clients(1, 1e7, 128);
    assert_int_equal(tr_serve(&v.shard, &v.roof, &v.calibration, TR_DISTANCE_NEAR, &endless, &s, &err), TR_ENOFIT);
    assert_memory_equal(&s, &before, sizeof s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_clients_make_tokens_slower_and_the_machine_faster),
        cmocka_unit_test(longer_prompts_slow_the_tokens_beside_them),
        cmocka_unit_test(one_client_alone_meets_no_others_prompt),
        cmocka_unit_test(an_engine_takes_no_more_prompts_than_its_passes_have_time_for),
        cmocka_unit_test(a_client_alone_pays_for_its_prompt),
        cmocka_unit_test(a_token_costs_its_step_and_its_share_of_a_prompt),
        cmocka_unit_test(tokens_in_the_cache_need_no_prefill),
        cmocka_unit_test(prompts_taken_elsewhere_leave_tokens_alone),
        cmocka_unit_test(clients_beyond_the_room_wait),
        cmocka_unit_test(arrivals_at_a_rate_keep_what_littles_law_says_in_flight),
        cmocka_unit_test(of_arrivals_that_are_given_tokens_and_dollars_are_too),
        cmocka_unit_test(drafts_that_are_accepted_make_tokens_faster),
        cmocka_unit_test(drafting_and_verifying_are_the_step),
        cmocka_unit_test(the_speed_up_grows_with_acceptance_and_shrinks_with_the_batch),
        cmocka_unit_test(replicas_and_ranks_share_the_clients),
        cmocka_unit_test(clients_that_are_no_numbers_are_refused),
    };
    return cmocka_run_group_tests_name("serve closed", tests, NULL, NULL);
}
