/* test_pass_list.c -- the operator list is the work of the two equations taken apart, nothing more or less. */
#include "fixture.h"

static tr_op ops[TR_OP_LIST_MAX];

/* A chip no model is too large for. */
static tr_system endless(double count)
{
    tr_system system = plain_system(1e15, 3e12, 0, 0);
    system.chip_count = system.domain_chip = count;
    system.chip.topology = TR_TOPOLOGY_SWITCH;
    system.chip.scaleup_byte_per_s = 1e12;
    return system;
}

typedef struct totals {
    double flop, weight_byte, kv_byte;
} totals;

/* Over all chips, copies counted once. */
static totals totals_of(const tr_model *model, const tr_system *system, const tr_layout *layout, const tr_pass *pass)
{
    size_t count = 0;
    tr_error err;
    const tr_shard shard = shard_of(model, system, *layout);
    if (tr_operator_list(&shard, pass, ops, TR_OP_LIST_MAX, &count, &err) != TR_OK)
        fail_msg("%s: %s", model->name, err.text);
    totals sum = {0, 0, 0};
    const double chips = layout->tp_rank * layout->dp_rank;
    for (size_t i = 0; i < count; i++) {
        const tr_op *op = &ops[i];
        sum.flop += op->count * op->flop * chips / op->flop_copy_count;
        sum.weight_byte += op->count * op->weight_byte * chips / op->weight_copy_count;
        sum.kv_byte += op->count * op->kv_byte * chips / op->kv_copy_count;
    }
    return sum;
}

/* The same work from the model's own sums, without a list: R2, R3 and R5. */
static totals equations_of(const tr_model *m, const tr_load *load)
{
    const int prefill = load->phase == TR_PHASE_PREFILL;
    const double head = m->tied ? m->embedding_param : m->head_param;
    const double batch = load->batch_seq, query = prefill ? load->query_token : 1.0, context = load->context_token;
    const double attention = prefill ? tr_model_prefill_attention_flop(m, context, query)
                                     : tr_model_attention_flop(m, context);
    const tr_part_format *part = m->weight.part;
    totals sum = {.flop = batch * (2.0 * (query * (m->multiply_param - head) + head) + attention)};
    double other = m->stream_param - head;
    sum.weight_byte = head * part[m->tied ? TR_PART_EMBEDDING : TR_PART_HEAD].byte;
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        const double idle = l->experts > 0.0 ? 1.0 - l->experts_active / l->experts : 0.0;
        const double touched = l->experts > 0.0 ? 1.0 - pow(idle, batch * query) : 0.0;
        other -= l->layer_count * (l->mixer_param + l->dense_param + l->shared_param + l->routed_param);
        sum.weight_byte += l->layer_count *
                           (l->mixer_param * part[TR_PART_MIXER].byte + l->dense_param * part[TR_PART_DENSE].byte +
                            l->shared_param * part[TR_PART_SHARED].byte +
                            l->routed_param * touched * part[TR_PART_ROUTED].byte);
    }
    sum.weight_byte += other * part[TR_PART_OTHER].byte;
    const double written = prefill ? tr_model_kv_store_byte(m, query, 0.0) : 0.0;
    sum.kv_byte = batch * (tr_model_kv_read_byte(m, context, 0.0) + m->state_byte_per_seq + written);
    return sum;
}

/* A sparse cache's many queries together read more than one does: only its decodes have a closed form. */
static int picks_rows(const tr_model *m)
{
    for (int i = 0; i < m->layer_kinds; i++)
        for (int k = 0; k < m->layer[i].cache_count; k++)
            if (m->layer[i].cache[k].read_cap > 0.0)
                return 1;
    return 0;
}

static void compare(const tr_model *model, const tr_system *system, const tr_layout *layout, const tr_load *load,
                    double share)
{
    tr_pass pass;
    tr_error err;
    assert_int_equal(tr_pass_of(load, &pass, &err), TR_OK);
    const totals want = equations_of(model, load), sum = totals_of(model, system, layout, &pass);
    if (!(fabs(sum.flop - want.flop) <= share * want.flop))
        fail_msg("%s: flop %.17g, by the equations %.17g", model->name, sum.flop, want.flop);
    if (!(fabs(sum.weight_byte - want.weight_byte) <= 1e-12 * want.weight_byte))
        fail_msg("%s: weights %.17g, by the equations %.17g", model->name, sum.weight_byte, want.weight_byte);
    if (!(load->phase == TR_PHASE_PREFILL && picks_rows(model)) &&
        !(fabs(sum.kv_byte - want.kv_byte) <= 1e-12 * want.kv_byte))
        fail_msg("%s: kv %.17g, by the equations %.17g", model->name, sum.kv_byte, want.kv_byte);
}

static const tr_load loads[] = {{TR_PHASE_DECODE, 1, 0, 1},       {TR_PHASE_DECODE, 64, 4096, 1},
                                {TR_PHASE_DECODE, 7, 131072, 1},  {TR_PHASE_PREFILL, 1, 0, 2048},
                                {TR_PHASE_PREFILL, 3, 8192, 17},  {TR_PHASE_PREFILL, 2, 100000, 4096}};

static void the_list_sums_to_the_two_equations_for_every_model_of_the_catalog(void **state)
{
    (void)state;
    static tr_model model;
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    for (size_t i = 0; tr_model_catalog_name(i) != NULL; i++) {
        get_model(tr_model_catalog_name(i), &model);
        for (size_t k = 0; k < sizeof loads / sizeof loads[0]; k++)
            compare(&model, &system, &one, &loads[k], 1e-12);
    }
}

static void flops_of_one_decoded_token_are_equal_to_the_last_digits(void **state)
{
    (void)state;
    static tr_model model;
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    static const char *const name[] = {"llama-3.1-70b", "deepseek-v3", "qwen3-235b-a22b"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        get_model(name[i], &model);
        compare(&model, &system, &one, &loads[0], 1e-15);
        compare(&model, &system, &one, &loads[1], 1e-15);
    }
}

static void copies_named_the_sums_hold_in_every_layout_of_eight_chips(void **state)
{
    (void)state;
    static tr_model model;
    const tr_system system = endless(8);
    static const char *const name[] = {"llama-3.1-70b", "deepseek-v3", "qwen3-235b-a22b", "gpt-oss-120b"};
    const tr_load load = {TR_PHASE_DECODE, 64, 4096, 1};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        tr_layout all[64];
        size_t count = 0;
        int tried = 0;
        tr_error err;
        get_model(name[i], &model);
        assert_int_equal(tr_layout_list(&model, &system, NULL, all, 64, &count, &err), TR_OK);
        for (size_t k = 0; k < count; k++)
            if (all[k].pp_rank < 2.0 && all[k].replica_count < 2.0) {
                compare(&model, &system, &all[k], &load, 1e-12);
                tried++;
            }
        assert_true(tried >= 1);
    }
}

static void copied_kv_heads_are_read_by_every_chip_that_copies_them(void **state)
{
    (void)state;
    static tr_model model;
    get_model("llama-3.1-70b", &model); /* 8 KV heads */
    const tr_system system = endless(16);
    const tr_shard shard = shard_of(&model, &system, (tr_layout){16, 1, 1, 1, 1, 0});
    const tr_pass pass = {.decode_seq = 4, .decode_context_token = 1000, .token_per_seq = 1};
    size_t count = 0;
    tr_error err;
    assert_int_equal(tr_operator_list(&shard, &pass, ops, TR_OP_LIST_MAX, &count, &err), TR_OK);
    for (size_t i = 0; i < count; i++)
        if (ops[i].op_class == TR_OP_DECODE_ATTENTION) {
            /* One head of 128 in keys and values, BF16. */
            assert_close(ops[i].kv_byte, 4.0 * 1000 * 1 * 256 * 2, 0);
            assert_close(ops[i].kv_copy_count, 2, 0);
            return;
        }
    fail_msg("no attention in the list");
}

static void a_verified_draft_reads_the_cache_once_and_multiplies_for_each_token(void **state)
{
    (void)state;
    static tr_model model;
    get_model("llama-3.1-8b", &model);
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    const tr_pass plain = {.decode_seq = 8, .decode_context_token = 4096, .token_per_seq = 1};
    tr_pass wide = plain;
    wide.token_per_seq = 4;
    const totals a = totals_of(&model, &system, &one, &plain), b = totals_of(&model, &system, &one, &wide);
    assert_close(b.flop, 4 * a.flop, 1e-12);
    assert_close(b.kv_byte, a.kv_byte, 0);
    assert_close(b.weight_byte, a.weight_byte, 0);
}

static void a_mixed_pass_reads_weights_once_for_both_phases(void **state)
{
    (void)state;
    static tr_model model;
    get_model("llama-3.1-8b", &model);
    const tr_system system = endless(1);
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    const tr_pass decode_only = {.decode_seq = 8, .decode_context_token = 4096, .token_per_seq = 1};
    const tr_pass prefill_only = {.token_per_seq = 1, .prefill_seq = 2, .prefill_query_token = 512};
    tr_pass both = decode_only;
    both.prefill_seq = 2;
    both.prefill_query_token = 512;
    const totals d = totals_of(&model, &system, &one, &decode_only),
                 p = totals_of(&model, &system, &one, &prefill_only);
    const totals m = totals_of(&model, &system, &one, &both);
    assert_close(m.flop, d.flop + p.flop, 1e-12);
    assert_close(m.kv_byte, d.kv_byte + p.kv_byte, 1e-12);
    assert_close(m.weight_byte, d.weight_byte, 0);
}

static void skewed_routing_loads_the_busiest_rank_more_and_touches_fewer_experts(void **state)
{
    (void)state;
    static tr_model model;
    get_model("deepseek-v3", &model);
    const tr_system system = endless(8);
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 8, 8, 1, 1, 0});
    tr_pass pass = {.decode_seq = 512, .decode_context_token = 1000, .token_per_seq = 1};
    double flop[2] = {0, 0}, touched[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        size_t count = 0;
        pass.routing_skew_ratio = k == 0 ? 0 : 1.2;
        assert_int_equal(tr_operator_list(&shard, &pass, ops, TR_OP_LIST_MAX, &count, NULL), TR_OK);
        for (size_t i = 0; i < count; i++)
            if (ops[i].op_class == TR_OP_MOE) {
                flop[k] = ops[i].flop;
                touched[k] = ops[i].touched_count;
            }
    }
    assert_true(flop[1] > 1.2 * flop[0]);
    assert_true(touched[1] < touched[0]);
    assert_true(touched[0] > 31.9);
}

static void a_pass_of_nothing_or_of_nan_is_refused(void **state)
{
    (void)state;
    static tr_model model;
    get_model("llama-3.1-8b", &model);
    const tr_system system = endless(1);
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 1, 0});
    const tr_pass good = {.decode_seq = 1, .token_per_seq = 1};
    tr_pass bad = good;
    size_t count = 99;
    tr_error err;
    bad.decode_seq = 0;
    assert_int_equal(tr_operator_list(&shard, &bad, ops, 8, &count, &err), TR_EDOMAIN);
    bad = good;
    bad.routing_skew_ratio = NAN;
    assert_int_equal(tr_operator_list(&shard, &bad, ops, 8, &count, &err), TR_EDOMAIN);
    bad = good;
    bad.token_per_seq = NAN;
    assert_int_equal(tr_operator_list(&shard, &bad, ops, 8, &count, &err), TR_EDOMAIN);
    assert_int_equal(count, 99);
    assert_int_equal(tr_operator_list(&shard, &good, NULL, 0, &count, &err), TR_ECAPACITY);
    assert_true(count > 5 && count < 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_sums_to_the_two_equations_for_every_model_of_the_catalog),
        cmocka_unit_test(flops_of_one_decoded_token_are_equal_to_the_last_digits),
        cmocka_unit_test(copies_named_the_sums_hold_in_every_layout_of_eight_chips),
        cmocka_unit_test(copied_kv_heads_are_read_by_every_chip_that_copies_them),
        cmocka_unit_test(a_verified_draft_reads_the_cache_once_and_multiplies_for_each_token),
        cmocka_unit_test(a_mixed_pass_reads_weights_once_for_both_phases),
        cmocka_unit_test(skewed_routing_loads_the_busiest_rank_more_and_touches_fewer_experts),
        cmocka_unit_test(a_pass_of_nothing_or_of_nan_is_refused),
    };
    return cmocka_run_group_tests_name("pass list", tests, NULL, NULL);
}
