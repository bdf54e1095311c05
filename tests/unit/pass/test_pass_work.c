/* test_pass_work.c -- what ONE chip does, worked by hand: ranks, experts, caches, states, the head, drafts. */
#include "fixture.h"

static tr_op ops[TR_OP_LIST_MAX];
static tr_model model;

static size_t list(const tr_shard *shard, const tr_pass *pass)
{
    size_t count = 0;
    tr_error err;
    if (tr_operator_list(shard, pass, ops, TR_OP_LIST_MAX, &count, &err) != TR_OK)
        fail_msg("%s: %s", shard->model->name, err.text);
    return count;
}

static const tr_op *named(const char *name, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ops[i].name, name) == 0)
            return &ops[i];
    fail_msg("no %s in the list", name);
    return NULL;
}

static const tr_op *op_of(const tr_shard *shard, tr_pass pass, const char *name)
{
    return named(name, list(shard, &pass));
}

static tr_pass decodes(double batch_seq, double context_token)
{
    return (tr_pass){.decode_seq = batch_seq, .decode_context_token = context_token, .token_per_seq = 1.0};
}

static double kv_byte_of(const tr_shard *shard, const tr_pass *pass)
{
    double byte = 0.0;
    const size_t count = list(shard, pass);
    for (size_t i = 0; i < count; i++)
        byte += ops[i].count * ops[i].kv_byte;
    return byte;
}

/* One prompt of 8,192 tokens over 72 chips: 58 layers, each token 8 of 256 experts of 44 M parameters, all chips
 * multiply a 72nd: 58 x 8192 x 8 x 44.04e6 x 2 / 72 = 4.65e12 FLOP, not 72 times that. */
static void a_single_prompt_keeps_the_experts_of_72_chips_busy_for_itself_alone(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("gb200-nvl72");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 72, 72, 1, 1, 0});
    const tr_pass one = {.token_per_seq = 1.0, .prefill_seq = 1.0, .prefill_query_token = 8192.0};
    tr_pass full = one;
    full.prefill_seq = 72.0;
    const tr_op *op = op_of(&shard, one, "experts");
    const double flop = op->count * op->flop;
    assert_close(flop, 58.0 * 8192 * 8 * (3.0 * 7168 * 2048) * 2 / 72, 1e-12);
    assert_close(flop / op->flop_per_s, 0.93e-3, 0.02);
    op = op_of(&shard, full, "experts");
    assert_close(op->count * op->flop, 72.0 * flop, 1e-12);
}

static void ranks_without_a_sequence_do_no_work(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("gb200-nvl72");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 72, 72, 1, 1, 0});
    static const double batches[] = {1.0, 8.0, 36.0, 72.0};
    double before = 0.0;
    for (int i = 0; i < 4; i++) {
        const tr_op *op = op_of(&shard, decodes(batches[i], 4096.0), "experts");
        /* ceil(256 / 72) = 4 experts on a chip, of which tokens touch 1 - (1 - 8/256)^B. */
        assert_close(op->touched_count, 4.0 * (1.0 - pow(248.0 / 256, batches[i])), 1e-12);
        assert_close(op->m_row, batches[i] * 8 / 72, 1e-12);
        assert_true(op->weight_byte > before);
        before = op->weight_byte;
        assert_close(
            named("q-up", list(&shard, &(tr_pass){.decode_seq = batches[i], .token_per_seq = 1.0}))->m_row,
            1.0, 0.0); /* the busiest rank has one sequence in each */
    }
}

static void the_busiest_of_eight_ranks_has_two_of_nine_sequences(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("8xb200-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 8, 8, 1, 1, 0});
    assert_close(op_of(&shard, decodes(8.0, 1000.0), "attention")->batch_seq, 1.0, 0.0);
    assert_close(op_of(&shard, decodes(9.0, 1000.0), "attention")->batch_seq, 2.0, 0.0);
    assert_close(op_of(&shard, decodes(9.0, 1000.0), "experts")->m_row, 9.0 * 8 / 8, 1e-12); /* not of 16 */
    assert_close(op_of(&shard, decodes(16.0, 1000.0), "attention")->batch_seq, 2.0, 0.0);
}

static void the_head_is_each_ranks_own(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("gb200-nvl72");
    const tr_shard dp = shard_of(&model, &system, (tr_layout){1, 72, 72, 1, 1, 0});
    const tr_op *op = op_of(&dp, decodes(144.0, 0.0), "head");
    assert_close(op->flop, 2.0 * 2 * 7168 * 129280, 1e-12); /* two sequences of its own, all of the head */
    const tr_shard both = shard_of(&model, &system, (tr_layout){4, 18, 72, 1, 1, 0});
    op = op_of(&both, decodes(144.0, 0.0), "head");
    assert_close(op->flop, 2.0 * 8 * 7168 * 129280 / 4, 1e-12);
}

/* V3.2 at 128k: a sequence reads 61 x (131,072 x 132 B of index keys + 2,048 x 1,152 B of latents) = 1.20 GB. */
static void index_keys_are_132_bytes_and_scored_in_fp8(void **state)
{
    (void)state;
    get_model("deepseek-v3.2", &model);
    const tr_system system = get_system("8xb200-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 8, 8, 1, 1, 0});
    const tr_pass pass = decodes(8.0, 131072.0);
    assert_close(kv_byte_of(&shard, &pass), 61.0 * (131072.0 * 132 + 2048.0 * 1152), 1e-12);
    assert_close(kv_byte_of(&shard, &pass), 1.20e9, 5e-3);
    const tr_op *op = op_of(&shard, pass, "index");
    assert_int_equal(op->math_dtype, TR_DTYPE_FP8);
    assert_close(op->flop_per_s, system.chip.flop_per_s[TR_DTYPE_FP8], 0.0);
    assert_close(op->kv_byte, 131072.0 * 132, 1e-12);
    assert_close(op->kv_copy_count, 1.0, 0.0);
}

static void scores_over_an_fp8_latent_run_at_the_fp8_peak(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("8xh200-sxm");
    const tr_layout layout = {1, 8, 8, 1, 1, 0};
    const tr_formats fp8 = {.kv = TR_DTYPE_FP8};
    const tr_shard wide = shard_of(&model, &system, layout), narrow = shard_with(&model, &system, NULL, layout, &fp8);
    const tr_op *op = op_of(&wide, decodes(8.0, 4096.0), "attention");
    const double flop = op->flop, byte = op->kv_byte;
    assert_close(op->flop_per_s, system.chip.flop_per_s[TR_DTYPE_BF16], 0.0);
    op = op_of(&narrow, decodes(8.0, 4096.0), "attention");
    assert_int_equal(op->math_dtype, TR_DTYPE_FP8);
    assert_close(op->flop_per_s, system.chip.flop_per_s[TR_DTYPE_FP8], 0.0);
    assert_close(op->flop, flop, 0.0);
    assert_close(op->kv_byte, byte / 2.0, 1e-12);
}

static void a_state_is_read_and_written_back(void **state)
{
    (void)state;
    get_model("nemotron-nano-9b-v2", &model);
    const tr_system system = get_system("h100-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 1, 0});
    const tr_pass pass = decodes(256.0, 0.0);
    assert_close(kv_byte_of(&shard, &pass), 256.0 * 2 * model.state_byte_per_seq, 1e-12);
    assert_close(kv_byte_of(&shard, &pass) / system.chip.memory_byte_per_s, 22e-3, 0.02);
    const tr_pass prompt = {.token_per_seq = 1.0, .prefill_seq = 4.0, .prefill_query_token = 100.0};
    const tr_op *op = op_of(&shard, prompt, "state");
    assert_close(op->kv_byte, 4.0 * 2 * model.layer[op->layer].state_byte, 1e-12); /* once a pass, not once a token */
}

static void a_chunk_holds_what_is_left_over_its_multiples(void **state)
{
    (void)state;
    get_model("llama-4-scout", &model); /* 48 layers, every fourth sees all */
    const tr_system system = get_system("8xh200-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 8, 0});
    const tr_pass past = decodes(8.0, 8193.0), before = decodes(8.0, 8191.0);
    const double row = 2.0 * 8 * 128 * 2;
    assert_close(kv_byte_of(&shard, &past), row * (12.0 * 8193 + 36.0 * 1), 1e-12);
    assert_close(kv_byte_of(&shard, &before), row * 48.0 * 8191, 1e-12);
    assert_close(kv_byte_of(&shard, &past), 0.403e9, 2e-3);
}

static void scales_are_read_in_every_physics(void **state)
{
    (void)state;
    static const tr_weight_format formats[] = {TR_WEIGHT_FORMAT_FP4, TR_WEIGHT_FORMAT_INT4};
    static const double bytes[] = {0.5 + 1.0 / 16, 0.5 + 2.5 / 128};
    get_model("llama-3.1-8b", &model);
    const tr_system system = get_system("b200-sxm");
    for (int i = 0; i < 2; i++) {
        const tr_formats f = {.weight = formats[i]};
        const tr_shard shard = shard_with(&model, &system, NULL, (tr_layout){1, 1, 1, 1, 1, 0}, &f);
        const tr_op *op = op_of(&shard, decodes(1.0, 0.0), "ffn-up");
        assert_close(op->weight_byte, 4096.0 * 2 * 14336 * bytes[i], 1e-12);
        /* The pooled roof reads the same bytes. */
        tr_roofline roof;
        double sum = 0.0;
        const tr_pass pass = decodes(1.0, 0.0);
        const size_t count = list(&shard, &pass);
        for (size_t k = 0; k < count; k++)
            sum += ops[k].count * ops[k].weight_byte;
        assert_int_equal(tr_roofline_of(&model, &system, NULL, &f, &roof, NULL), TR_OK);
        assert_close(roof.fixed_weight_byte, sum, 1e-12);
    }
}

static void drafts_read_their_layers_and_the_head_once_for_each_token(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("8xb200-sxm");
    const tr_formats f = {.draft_token = 2.0};
    const tr_shard shard = shard_with(&model, &system, NULL, (tr_layout){2, 4, 8, 1, 1, 0}, &f);
    tr_pass pass = decodes(16.0, 1000.0);
    pass.token_per_seq = 3.0;
    const size_t drafting = list(&shard, &pass);
    double flop = 0.0, byte = 0.0, kv = 0.0;
    for (size_t i = 0; i < drafting; i++) {
        if (strcmp(ops[i].name, "draft") != 0)
            continue;
        assert_close(ops[i].count, 2.0, 0.0);
        if (ops[i].op_class == TR_OP_MOE) {
            assert_close(ops[i].flop, 2.0 * 16 * model.mtp_routed_param * 8 / 256 / 8, 1e-12);
            assert_close(ops[i].touched_count, 32.0 * (1.0 - pow(248.0 / 256, 16.0)), 1e-12);
        } else if (ops[i].op_class == TR_OP_GEMM || ops[i].op_class == TR_OP_ELEMENT) {
            assert_close(ops[i].m_row, 4.0, 0.0); /* 16 sequences on 4 ranks, a token each */
            flop += ops[i].flop / ops[i].flop_copy_count;
            byte += ops[i].weight_byte;
        }
        kv += ops[i].kv_byte;
    }
    const double fixed = model.mtp_param - model.mtp_routed_param;
    assert_close(flop, 2.0 * 4 * (fixed + model.head_param) / 2, 1e-12);
    assert_true(byte > (fixed + model.head_param) / 2);
    /* The prediction layer reads a cache of its own: 576 numbers a token of 4 sequences. */
    assert_close(kv, 4 * 1000.0 * 576 * 2, 1e-12);
    /* A plain decode drafts nothing, though the layers are resident. */
    const tr_pass plain = decodes(16.0, 1000.0);
    const size_t count = list(&shard, &plain);
    for (size_t i = 0; i < count; i++)
        assert_true(strncmp(ops[i].name, "draft", 5) != 0);
}

/* Llama-3.2-1B drafts for the 70B on tp 8: 4 passes of one token each of 8 sequences, all of its multiplies an eighth. */
static void another_model_drafts_a_pass_for_each_token(void **state)
{
    (void)state;
    static tr_model drafter;
    get_model("llama-3.1-70b", &model);
    get_model("llama-3.2-1b", &drafter);
    model.draft_model = &drafter;
    const tr_system system = get_system("8xh100-sxm");
    const tr_formats f = {.draft_token = 4.0};
    const tr_shard shard = shard_with(&model, &system, NULL, (tr_layout){8, 1, 1, 1, 1, 0}, &f);
    tr_pass pass = decodes(8.0, 1000.0);
    pass.token_per_seq = 5.0;
    double flop = 0.0, kv = 0.0, verified = 0.0;
    const size_t count = list(&shard, &pass);
    for (size_t i = 0; i < count; i++) {
        const int drafts = strcmp(ops[i].name, "draft") == 0;
        if (ops[i].op_class == TR_OP_GEMM)
            *(drafts ? &flop : &verified) += ops[i].count * ops[i].flop;
        kv += drafts ? ops[i].count * ops[i].kv_byte : 0.0;
    }
    assert_close(flop, 4 * 2.0 * 8 * drafter.multiply_param / 8, 1e-3);
    assert_close(verified, 2.0 * 8 * 5 * model.multiply_param / 8, 1e-3);
    assert_close(kv, 4 * 8 * 1000 * 32768.0 / 8, 1e-9);
    model.draft_model = NULL;
}

/* A TPU v6e multiplies FP8 at its BF16 rate: what kernels lose in FP8 on chips where it is twice as fast is not lost
 * there, unless FP8 is asked for. */
static void where_bf16_is_as_fast_narrow_weights_are_widened(void **state)
{
    (void)state;
    get_model("mixtral-8x7b", &model);
    const tr_layout layout = {8, 1, 1, 1, 1, 0};
    static const struct {
        const char *system;
        tr_dtype asked, used;
    } cases[] = {{"8xtpu-v6e", TR_DTYPE_NATIVE, TR_DTYPE_BF16},
                 {"8xtpu-v6e", TR_DTYPE_FP8, TR_DTYPE_FP8},
                 {"8xh100-sxm", TR_DTYPE_NATIVE, TR_DTYPE_FP8}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const tr_system system = get_system(cases[i].system);
        const tr_formats fp8 = {.weight = TR_WEIGHT_FORMAT_FP8, .math = cases[i].asked};
        const tr_shard shard = shard_with(&model, &system, NULL, layout, &fp8);
        const tr_op *op = op_of(&shard, decodes(64.0, 1024.0), "experts");
        assert_int_equal(op->math_dtype, cases[i].used);
        assert_close(op->flop_per_s, system.chip.flop_per_s[cases[i].used], 0.0);
    }
}

static void classes_and_phases_have_their_words(void **state)
{
    (void)state;
    for (int c = 0; c < TR_OP_CLASS_COUNT; c++)
        assert_true(strlen(tr_op_class_name((tr_op_class)c)) > 2);
    assert_string_equal(tr_op_class_name(TR_OP_DECODE_MLA), "decode-mla");
    assert_null(tr_op_class_name(TR_OP_CLASS_COUNT));
    assert_string_equal(tr_phase_name(TR_PHASE_DECODE), "decode");
    assert_string_equal(tr_phase_name(TR_PHASE_PREFILL), "prefill");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_prompt_keeps_the_experts_of_72_chips_busy_for_itself_alone),
        cmocka_unit_test(ranks_without_a_sequence_do_no_work),
        cmocka_unit_test(the_busiest_of_eight_ranks_has_two_of_nine_sequences),
        cmocka_unit_test(the_head_is_each_ranks_own),
        cmocka_unit_test(index_keys_are_132_bytes_and_scored_in_fp8),
        cmocka_unit_test(scores_over_an_fp8_latent_run_at_the_fp8_peak),
        cmocka_unit_test(a_state_is_read_and_written_back),
        cmocka_unit_test(a_chunk_holds_what_is_left_over_its_multiples),
        cmocka_unit_test(scales_are_read_in_every_physics),
        cmocka_unit_test(drafts_read_their_layers_and_the_head_once_for_each_token),
        cmocka_unit_test(another_model_drafts_a_pass_for_each_token),
        cmocka_unit_test(where_bf16_is_as_fast_narrow_weights_are_widened),
        cmocka_unit_test(classes_and_phases_have_their_words),
    };
    return cmocka_run_group_tests_name("pass work", tests, NULL, NULL);
}
