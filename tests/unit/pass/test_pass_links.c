/* test_pass_links.c -- what the links of a layout carry, and that nothing measured was faster. */
#include "fixture.h"

static tr_op ops[TR_OP_LIST_MAX];
static tr_model model;

static const tr_op *op_of(const tr_shard *shard, const tr_pass *pass, const char *name)
{
    size_t count = 0;
    tr_error err;
    if (tr_operator_list(shard, pass, ops, TR_OP_LIST_MAX, &count, &err) != TR_OK)
        fail_msg("%s: %s", shard->model->name, err.text);
    for (size_t i = 0; i < count; i++)
        if (strcmp(ops[i].name, name) == 0)
            return &ops[i];
    return NULL;
}

/* Best published transmit times of DeepEP's dispatch (FP8) and combine (BF16) on H100 nodes of eight, hidden 7168,
 * top 8 of 256, tokens a rank. Source: kernel tables of github.com/ai-dynamo/aiconfigurator at 095f58a51 (2026-08-21);
 * the two smallest of each number of nodes. */
static void no_measured_dispatch_across_nodes_is_faster_than_the_wire(void **state)
{
    (void)state;
    static const struct {
        double nodes, token, dispatch_s, combine_s; /* 0: the other is the best */
    } best[] = {{2, 8192, 1414e-6, 3338e-6}, {4, 8192, 3510e-6, 6881e-6}, {8, 8192, 0, 8742e-6},
                {2, 16384, 2740e-6, 0},      {4, 131072, 54949e-6, 106653e-6}};
    get_model("deepseek-v3", &model);
    assert_close(model.layer[model.layer_kinds - 1].expert_group_active_count, 4.0, 0.0);
    for (size_t i = 0; i < sizeof best / sizeof best[0]; i++) {
        const double chips = best[i].nodes * 8.0;
        char name[32];
        (void)snprintf(name, sizeof name, "%.0fxh100-sxm", chips);
        const tr_system system = get_system(name);
        const tr_shard shard = shard_of(&model, &system, (tr_layout){1, chips, chips, 1, 1, 0});
        const tr_pass pass = {.token_per_seq = 1.0, .prefill_seq = chips, .prefill_query_token = best[i].token};
        const double measured[] = {best[i].dispatch_s, best[i].combine_s};
        static const char *const names[] = {"dispatch", "combine"};
        for (int k = 0; k < 2; k++) {
            const tr_op *op = op_of(&shard, &pass, names[k]);
            tr_op_time t;
            assert_int_equal(tr_operator_time(op, &system, NULL, &t, NULL), TR_OK);
            if (measured[k] > 0.0 && !(t.link_s <= measured[k]))
                fail_msg("%s over %.0f nodes: %g s on the wire, %g measured", names[k], best[i].nodes, t.link_s,
                         measured[k]);
        }
    }
}

static void a_token_crosses_to_a_node_once_and_is_handed_on_inside(void **state)
{
    (void)state;
    get_model("qwen3-235b-a22b", &model); /* top 8 of 128, any of them */
    const tr_system system = get_system("16xh100-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 16, 16, 1, 1, 0});
    const tr_pass pass = {.token_per_seq = 1.0, .decode_seq = 160.0, .decode_context_token = 100.0};
    const tr_op *op = op_of(&shard, &pass, "combine");
    const double row = 4096.0 * 2.0, across = 1.0 - pow(0.5, 8.0), all = 15.0 * (1.0 - pow(15.0 / 16, 8.0));
    assert_close(op->across_byte, 10.0 * row * across, 1e-12);
    assert_close(op->message_byte, 10.0 * row * (all - across), 1e-12);
}

static void a_router_that_takes_experts_from_few_groups_reaches_fewer_nodes(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model); /* 4 of 8 groups */
    static const struct {
        double nodes, reached;
    } want[] = {
        /* of 8: 7 others, each chosen with 4/8, met with 1 - (3/4)^8 */
        {8, 7.0 * 0.5 * (1.0 - 0.1001129150390625)},
        /* of 4: two groups a node: one of them chosen 40 times of 70, both 15 times */
        {4, 3.0 * (40.0 / 70 * (1.0 - 0.1001129150390625) + 15.0 / 70 * (1.0 - 0.00390625))},
        /* of 16: half a group a node */
        {16, 15.0 * 0.5 * (1.0 - 0.34360891580581665)},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const double chips = 8.0 * want[i].nodes;
        char name[32];
        (void)snprintf(name, sizeof name, "%.0fxh100-sxm", chips);
        const tr_system system = get_system(name);
        const tr_shard shard = shard_of(&model, &system, (tr_layout){1, chips, chips, 1, 1, 0});
        const tr_pass pass = {.token_per_seq = 1.0, .decode_seq = chips, .decode_context_token = 100.0};
        assert_close(op_of(&shard, &pass, "combine")->across_byte, 7168.0 * 2 * want[i].reached, 1e-12);
    }
}

static void inside_one_domain_nothing_crosses(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("gb200-nvl72");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 72, 72, 1, 1, 0});
    const tr_pass pass = {.token_per_seq = 1.0, .decode_seq = 72.0, .decode_context_token = 100.0};
    const tr_op *op = op_of(&shard, &pass, "dispatch");
    assert_close(op->across_byte, 0.0, 0.0);
    assert_true(op->message_byte > 0.0 && op->message_byte <= 8.0 * 7168);
}

static void slices_gather_every_token_and_groups_send_it_where_it_goes(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("8xb200-sxm");
    const tr_pass pass = {.token_per_seq = 1.0, .decode_seq = 64.0, .decode_context_token = 100.0};
    const tr_shard slices = shard_of(&model, &system, (tr_layout){1, 8, 1, 1, 1, 0});
    assert_close(op_of(&slices, &pass, "gather")->message_byte, 64.0 * 7168, 1e-12); /* FP8 */
    assert_close(op_of(&slices, &pass, "scatter")->message_byte, 64.0 * 7168 * 2, 1e-12);
    const tr_shard groups = shard_of(&model, &system, (tr_layout){1, 8, 8, 1, 1, 0});
    assert_null(op_of(&groups, &pass, "gather"));
    assert_non_null(op_of(&groups, &pass, "dispatch"));
    const tr_shard tp = shard_of(&model, &system, (tr_layout){8, 1, 8, 1, 1, 0});
    assert_null(op_of(&tp, &pass, "dispatch")); /* every rank has every token */
    assert_close(op_of(&tp, &pass, "mixer-sum")->message_byte, 64.0 * 7168 * 2, 1e-12);
}

static void a_stage_sends_each_token_once_for_every_cut(void **state)
{
    (void)state;
    get_model("llama-3.1-70b", &model);
    const tr_system system = get_system("8xh100-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){2, 1, 1, 4, 1, 0});
    const tr_pass pass = {.token_per_seq = 1.0, .decode_seq = 64.0, .decode_context_token = 100.0};
    const tr_op *op = op_of(&shard, &pass, "stage");
    assert_close(op->count, 3.0, 0.0);
    assert_close(op->message_byte, 16.0 * 8192 * 2 / 2, 1e-12); /* a fourth of the batch, half a row a chip */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_measured_dispatch_across_nodes_is_faster_than_the_wire),
        cmocka_unit_test(a_token_crosses_to_a_node_once_and_is_handed_on_inside),
        cmocka_unit_test(a_router_that_takes_experts_from_few_groups_reaches_fewer_nodes),
        cmocka_unit_test(inside_one_domain_nothing_crosses),
        cmocka_unit_test(slices_gather_every_token_and_groups_send_it_where_it_goes),
        cmocka_unit_test(a_stage_sends_each_token_once_for_every_cut),
    };
    return cmocka_run_group_tests_name("pass links", tests, NULL, NULL);
}
