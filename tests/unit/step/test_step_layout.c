/* test_step_layout.c -- which layouts are legal, what a chip holds in one, what its links carry. */
#include "fixture.h"

#include <tokenroof/layout.h>
#include <tokenroof/operators.h>

static tr_model model;

static tr_system system_named(const char *name)
{
    tr_system system;
    tr_error err;
    if (tr_system_catalog_get(name, &system, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return system;
}

static void take(const char *name)
{
    tr_error err;
    if (tr_model_catalog_get(name, &model, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
}

static tr_status legal(const tr_system *system, tr_layout layout, tr_error *err)
{
    return tr_layout_check(&model, system, &layout, err);
}

static void heads_experts_layers_and_chips_limit_a_layout(void **state)
{
    (void)state;
    tr_error err;
    const tr_system system = system_named("8xh100-sxm");
    take("llama-3.1-70b"); /* 64 heads, 8 KV heads, 80 layers */
    assert_int_equal(legal(&system, (tr_layout){8, 1, 1, 1, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, (tr_layout){2, 1, 1, 4, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, (tr_layout){3, 1, 1, 1, 1, 0}, &err), TR_ENOFIT);
    assert_int_equal(legal(&system, (tr_layout){8, 1, 1, 1, 2, 0}, &err), TR_ENOFIT);
    assert_int_equal(legal(&system, (tr_layout){4, 2, 1, 1, 1, 0}, &err), TR_ENOFIT); /* no experts to share */
    assert_int_equal(legal(&system, (tr_layout){4, 1, 4, 1, 1, 0}, &err), TR_ENOFIT);
    assert_int_equal(legal(&system, (tr_layout){0.5, 1, 1, 1, 1, 0}, &err), TR_EDOMAIN);
    assert_int_equal(legal(&system, (tr_layout){(double)NAN, 1, 1, 1, 1, 0}, &err), TR_EDOMAIN);
    take("deepseek-v3");
    assert_int_equal(legal(&system, (tr_layout){1, 8, 8, 1, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, (tr_layout){4, 2, 8, 1, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, (tr_layout){4, 2, 3, 1, 1, 0}, &err), TR_ENOFIT);
}

static void the_list_holds_every_legal_layout_once(void **state)
{
    (void)state;
    tr_layout all[64];
    size_t count = 0;
    tr_error err;
    const tr_system system = system_named("8xh100-sxm");
    take("llama-3.1-70b");
    assert_int_equal(tr_layout_list(&model, &system, all, 64, &count, &err), TR_OK);
    assert_int_equal(count, 10); /* tp x pp x replicas = 8: three powers of two that add up to 3 */
    for (size_t i = 0; i < count; i++)
        assert_true(all[i].tp_rank * all[i].dp_rank * all[i].pp_rank * all[i].replica_count == 8.0);
    assert_int_equal(tr_layout_list(&model, &system, all, 3, &count, &err), TR_ECAPACITY);
    assert_int_equal(count, 10);
}

static void weights_of_all_chips_are_the_model_and_its_copies(void **state)
{
    (void)state;
    tr_layout_memory one, eight, split;
    tr_error err;
    const tr_system system = system_named("8xh200-sxm");
    take("llama-3.1-70b");
    const tr_layout alone = {1, 1, 1, 1, 8, 0}, tp = {8, 1, 1, 1, 1, 0}, pp = {1, 1, 1, 8, 1, 0};
    assert_int_equal(tr_layout_memory_of(&model, &system, &alone, NULL, 4096, 64, &one, &err), TR_OK);
    assert_int_equal(tr_layout_memory_of(&model, &system, &tp, NULL, 4096, 64, &eight, &err), TR_OK);
    assert_int_equal(tr_layout_memory_of(&model, &system, &pp, NULL, 4096, 64, &split, &err), TR_OK);
    tr_roofline roof;
    assert_int_equal(tr_roofline_of(&model, &system, NULL, &roof, &err), TR_OK);
    assert_close(one.weight_byte, roof.store_weight_byte, 1e-12);
    assert_close(eight.weight_byte, roof.store_weight_byte / 8, 2e-4); /* norms are on every chip */
    assert_close(one.kv_byte_per_seq, 4096.0 * 80 * 2 * 8 * 128 * 2, 0);
    assert_close(eight.kv_byte_per_seq, one.kv_byte_per_seq / 8, 0);
    assert_close(split.kv_byte_per_seq, one.kv_byte_per_seq / 8, 0);
    assert_true(one.max_batch_seq < eight.max_batch_seq);
}

static void latent_rows_are_copied_by_tp_and_spread_by_dp(void **state)
{
    (void)state;
    tr_layout_memory tp, dp;
    tr_error err;
    const tr_system system = system_named("8xb200-sxm");
    take("deepseek-v3");
    const tr_layout by_tp = {8, 1, 1, 1, 1, 0}, by_dp = {1, 8, 8, 1, 1, 0};
    assert_int_equal(tr_layout_memory_of(&model, &system, &by_tp, NULL, 4096, 64, &tp, &err), TR_OK);
    assert_int_equal(tr_layout_memory_of(&model, &system, &by_dp, NULL, 4096, 64, &dp, &err), TR_OK);
    assert_close(tp.kv_byte_per_seq, dp.kv_byte_per_seq, 0); /* of a sequence of its own */
    assert_true(dp.weight_byte > tp.weight_byte);            /* attention on each chip */
    assert_true(dp.max_batch_seq > 3 * tp.max_batch_seq);
}

static void a_collective_costs_its_start_and_its_bytes(void **state)
{
    (void)state;
    tr_error err;
    tr_collective c;
    const tr_system system = system_named("16xh100-sxm"); /* two domains of eight, 450 GB/s and 50 GB/s */
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_ALL_REDUCE, 1, 1e6, &c, &err), TR_OK);
    assert_close(c.time_s, 0, 0);
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_ALL_REDUCE, 8, 1000, &c, &err), TR_OK);
    assert_int_equal(c.algorithm, TR_ALGORITHM_ONE_SHOT);
    assert_close(c.link_byte, 7000, 0);
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_ALL_REDUCE, 8, 1e9, &c, &err), TR_OK);
    assert_int_equal(c.algorithm, TR_ALGORITHM_IN_SWITCH);
    assert_close(c.wire_s, 1e9 * 9 / 8 / 450e9, 1e-12);
    const double inside_s = c.time_s;
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_ALL_REDUCE, 16, 1e9, &c, &err), TR_OK);
    assert_true(c.scaleout);
    assert_true(c.time_s > inside_s + 1e9 / 8 / 50e9);
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_ALL_TO_ALL, 16, 15e6, &c, &err), TR_OK);
    assert_close(c.wire_s, 8e6 / 50e9, 1e-12); /* 8 of 15 others are in the other domain */
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_SEND, (double)NAN, 1, &c, &err), TR_EDOMAIN);
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_SEND, 2, (double)NAN, &c, &err), TR_EDOMAIN);
}

static void no_smaller_message_takes_longer(void **state)
{
    (void)state;
    const tr_system system = system_named("16xh100-sxm");
    for (int kind = 0; kind < 4; kind++)
        for (double group = 1; group <= 16; group *= 2) {
            double before = 0;
            for (double n = 1; n < 1e12; n *= 3) {
                tr_collective c;
                assert_int_equal(tr_collective_of(&system, (tr_collective_kind)kind, group, n, &c, NULL), TR_OK);
                assert_true(c.time_s >= before);
                before = c.time_s;
            }
        }
}

static void the_usual_layout_fits_wherever_one_does(void **state)
{
    (void)state;
    tr_layout y;
    tr_error err;
    take("llama-3.1-405b");
    tr_system system = system_named("16xh100-sxm");
    assert_int_equal(tr_layout_default(&model, &system, NULL, &y, &err), TR_OK);
    tr_layout_memory m;
    assert_int_equal(tr_layout_memory_of(&model, &system, &y, NULL, 0, 1, &m, &err), TR_OK);
    assert_true(m.weight_byte < m.capacity_byte);
    assert_close(y.tp_rank, 8, 0); /* two stages rather than two copies, or tp over the network */
    assert_close(y.pp_rank, 2, 0);
    take("deepseek-v3");
    system = system_named("gb200-nvl72");
    assert_int_equal(tr_layout_default(&model, &system, NULL, &y, &err), TR_OK);
    assert_close(y.dp_rank, 72, 0);
    assert_close(y.ep_rank, 72, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_experts_layers_and_chips_limit_a_layout),
        cmocka_unit_test(the_list_holds_every_legal_layout_once),
        cmocka_unit_test(weights_of_all_chips_are_the_model_and_its_copies),
        cmocka_unit_test(latent_rows_are_copied_by_tp_and_spread_by_dp),
        cmocka_unit_test(a_collective_costs_its_start_and_its_bytes),
        cmocka_unit_test(no_smaller_message_takes_longer),
        cmocka_unit_test(the_usual_layout_fits_wherever_one_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
