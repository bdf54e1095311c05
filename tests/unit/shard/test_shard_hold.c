/* test_shard_hold.c -- what one chip holds of a model: weights, cache, state, and what is copied. */
#include "fixture.h"

static tr_model model;

static double store_byte(const tr_model *m)
{
    const tr_system endless = plain_system(1e15, 1e12, 0.0, 0.0);
    return shard_of(m, &endless, (tr_layout){1, 1, 1, 1, 1, 0}).weight_byte;
}

static void weights_of_all_chips_are_the_model_and_its_copies(void **state)
{
    (void)state;
    const tr_system system = get_system("8xh200-sxm");
    get_model("llama-3.1-70b", &model);
    const tr_shard one = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 8, 0});
    const tr_shard eight = shard_of(&model, &system, (tr_layout){8, 1, 1, 1, 1, 0});
    const tr_shard split = shard_of(&model, &system, (tr_layout){1, 1, 1, 8, 1, 0});
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(one.weight_byte, roof.store_weight_byte, 1e-12);
    assert_close(one.weight_byte, model.total_param * 2.0, 1e-12);
    assert_close(eight.weight_byte, one.weight_byte / 8, 2e-4); /* norms are on every chip */
    /* Ten of eighty layers, and one of two tables. */
    assert_close(split.weight_byte, (one.weight_byte - 4.0 * model.head_param) / 8 + 2.0 * model.head_param, 1e-5);
    assert_close(tr_shard_seq_byte(&one, 4096.0), 4096.0 * 80 * 2 * 8 * 128 * 2, 0);
    assert_close(tr_shard_seq_byte(&eight, 4096.0), tr_shard_seq_byte(&one, 4096.0) / 8, 0);
    assert_close(tr_shard_seq_byte(&split, 4096.0), tr_shard_seq_byte(&one, 4096.0) / 8, 0);
}

static void latent_rows_are_copied_by_tp_and_spread_by_dp(void **state)
{
    (void)state;
    const tr_system system = get_system("8xb200-sxm");
    get_model("deepseek-v3", &model);
    const tr_shard tp = shard_of(&model, &system, (tr_layout){8, 1, 1, 1, 1, 0});
    const tr_shard dp = shard_of(&model, &system, (tr_layout){1, 8, 8, 1, 1, 0});
    /* 61 layers of 512 + 64 elements, each its own sequence's. */
    assert_close(tr_shard_seq_byte(&tp, 4096.0), 4096.0 * 61 * 576 * 2, 0);
    assert_close(tr_shard_seq_byte(&dp, 4096.0), tr_shard_seq_byte(&tp, 4096.0), 0);
    assert_true(dp.weight_byte > tp.weight_byte); /* attention on each chip */
    assert_true(tr_shard_max_batch_seq(&dp, 4096.0) > 3 * tr_shard_max_batch_seq(&tp, 4096.0));
}

static double share_of_one(const char *name, double tp)
{
    const tr_system system = get_system("8xmi300x");
    get_model(name, &model);
    const tr_shard one = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 1, 0});
    const tr_shard split = shard_of(&model, &system, (tr_layout){tp, 1, 1, 1, 1, 0});
    return tr_shard_seq_byte(&split, 65536.0) / tr_shard_seq_byte(&one, 65536.0);
}

/* Layer by layer and cache by cache, in bytes: never a mean over elements and bytes. */
static void a_hybrids_cache_is_shared_out_cache_by_cache(void **state)
{
    (void)state;
    double whole = 0.0, mine = 0.0;
    get_model("kimi-linear-48b-a3b", &model);
    for (int i = 0; i < model.layer_kinds; i++) {
        const tr_layer *l = &model.layer[i];
        const double rows = l->cache_count > 0 ? 65536.0 * 576 * 2 : 0.0; /* a latent has no heads to split */
        whole += l->layer_count * (l->state_byte + rows);
        mine += l->layer_count * (l->state_byte / 8.0 + rows);
    }
    assert_close(share_of_one("kimi-linear-48b-a3b", 8.0), mine / whole, 1e-12);
    assert_close(mine / whole, 0.934, 1e-3);
    /* qwen3-next: two KV heads on eight chips are a quarter each, states an eighth. */
    const double next = share_of_one("qwen3-next-80b-a3b", 8.0);
    whole = mine = 0.0;
    for (int i = 0; i < model.layer_kinds; i++) {
        const tr_layer *l = &model.layer[i];
        const double rows = l->cache_count > 0 ? 65536.0 * l->cache[0].elem * 2.0 : 0.0;
        whole += l->layer_count * (l->state_byte + rows);
        mine += l->layer_count * (l->state_byte / 8.0 + rows / 2.0);
    }
    assert_close(next, mine / whole, 1e-12);
    assert_close(next, 0.483, 1e-3);
    assert_close(share_of_one("llama-3.1-70b", 8.0), 0.125, 1e-12);
    assert_close(share_of_one("qwen3-235b-a22b", 8.0), 0.25, 1e-12); /* 4 KV heads on 8 ranks */
}

static void an_indexers_keys_are_copied_beside_split_heads(void **state)
{
    (void)state;
    const double share = share_of_one("minimax-m3", 8.0);
    double whole = 0.0, mine = 0.0;
    for (int i = 0; i < model.layer_kinds; i++)
        for (int k = 0; k < model.layer[i].cache_count; k++) {
            const tr_cache *cache = &model.layer[i].cache[k];
            const double row = cache->row_byte > 0.0 ? cache->row_byte : cache->elem * 2.0;
            const double byte = cache->shared ? 0.0 : model.layer[i].layer_count * row;
            whole += byte;
            mine += cache->kind == TR_CACHE_INDEX ? byte : byte / fmin(8.0, model.layer[i].kv_heads);
        }
    assert_close(share, mine / whole, 1e-12);
    assert_close(share, 0.330, 2e-3);
}

static void a_chunk_that_starts_anew_keeps_its_room(void **state)
{
    (void)state;
    get_model("llama-4-scout", &model);
    const tr_system system = get_system("8xh200-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){8, 1, 8, 1, 1, 0});
    for (double context = 8190.0; context < 8196.0; context += 1.0)
        assert_true(tr_shard_seq_byte(&shard, context + 1.0) >= tr_shard_seq_byte(&shard, context));
}

static void weights_with_scales_take_their_scales_room(void **state)
{
    (void)state;
    get_model("llama-3.1-70b", &model);
    const tr_system system = get_system("8xb200-sxm");
    const double linear = model.total_param - model.embedding_param - model.head_param - model.final_param;
    const struct {
        tr_weight_format format;
        double byte;
    } cases[] = {{TR_WEIGHT_FORMAT_FP4, 0.5 + 1.0 / 16}, {TR_WEIGHT_FORMAT_INT4, 0.5 + 2.0 / 128 + 0.5 / 128}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const tr_formats formats = {.weight = cases[i].format};
        const tr_shard shard = shard_with(&model, &system, NULL, (tr_layout){1, 1, 1, 1, 1, 0}, &formats);
        const double counted = linear * cases[i].byte + 2.0 * (model.total_param - linear);
        assert_close(shard.weight_byte, counted, 1e-4); /* norms of the layers stay in BF16 */
    }
}

static void prediction_layers_are_resident_where_drafts_are_asked(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    assert_true(model.mtp_param > 11e9);
    const tr_system system = get_system("8xb200-sxm");
    const tr_layout layout = {8, 1, 1, 1, 1, 0};
    const tr_formats drafts = {.draft_token = 1.0};
    const tr_shard without = shard_of(&model, &system, layout);
    const tr_shard with = shard_with(&model, &system, NULL, layout, &drafts);
    const double more = with.weight_byte - without.weight_byte;
    const double byte = model.weight.part[TR_PART_ROUTED].byte;
    assert_close(more, model.mtp_param / 8.0 * byte, 0.02);
}

/* What drafts has weights and a cache beside the target's: Llama-3.2-1B has 16 layers of 8 KV heads of 64, 32 KiB a
 * token in BF16, and 1,235,814,400 parameters; DeepSeek's layer a latent of 576 numbers a token. */
static void what_drafts_is_held_beside_the_target(void **state)
{
    (void)state;
    static tr_model drafter;
    get_model("llama-3.1-70b", &model);
    get_model("llama-3.2-1b", &drafter);
    const tr_system system = get_system("8xh100-sxm");
    const tr_layout layout = {8, 1, 1, 1, 1, 0};
    const tr_formats drafts = {.draft_token = 4.0};
    const tr_shard without = shard_of(&model, &system, layout);
    const tr_shard none = shard_with(&model, &system, NULL, layout, &drafts);
    assert_true(none.draft_weight_byte == 0.0 && none.weight_byte == without.weight_byte);
    model.draft_model = &drafter;
    const tr_shard with = shard_with(&model, &system, NULL, layout, &drafts);
    /* 33 norms of 2048 are on every chip. */
    assert_close(with.draft_weight_byte, 2.0 * 1235814400.0 / 8 + 2.0 * 33 * 2048 * 7 / 8, 1e-12);
    assert_close(with.weight_byte, without.weight_byte + with.draft_weight_byte, 1e-15);
    assert_close(tr_shard_seq_byte(&with, 1000) - tr_shard_seq_byte(&without, 1000), 1000 * 32768.0 / 8, 1e-9);
    assert_true(tr_shard_max_batch_seq(&with, 4096) < tr_shard_max_batch_seq(&without, 4096));
    tr_shard idle = shard_of(&model, &system, layout); /* named, and nothing is drafted */
    assert_true(idle.weight_byte == without.weight_byte);
    assert_int_equal(tr_shard_draft(&idle, &idle, NULL), TR_EUNKNOWN);
    get_model("deepseek-v3", &model);
    const tr_system blackwell = get_system("8xb200-sxm");
    const tr_shard plain = shard_of(&model, &blackwell, layout);
    const tr_shard own = shard_with(&model, &blackwell, NULL, layout, &drafts);
    assert_close(tr_shard_seq_byte(&own, 1000) - tr_shard_seq_byte(&plain, 1000), 1000 * 576 * 2.0, 1e-9);
}

/* 14 heads of Qwen2.5-0.5B do not go over 4 chips: each has all of it. */
static void a_drafter_that_cannot_be_split_is_whole_on_every_chip(void **state)
{
    (void)state;
    static tr_model drafter;
    tr_shard draft;
    get_model("llama-3.1-70b", &model);
    get_model("qwen2.5-0.5b", &drafter);
    model.draft_model = &drafter;
    const tr_system system = get_system("4xh100-sxm");
    const tr_formats drafts = {.draft_token = 2.0};
    const tr_shard with = shard_with(&model, &system, NULL, (tr_layout){4, 1, 1, 1, 1, 0}, &drafts);
    assert_int_equal(tr_shard_draft(&with, &draft, NULL), TR_OK);
    assert_true(draft.layout.tp_rank == 1.0);
    assert_close(with.draft_weight_byte, 2.0 * drafter.total_param, 1e-9);
}

static void an_engine_told_to_leave_more_memory_holds_less(void **state)
{
    (void)state;
    get_model("llama-3.1-70b", &model);
    const tr_system system = get_system("8xh100-sxm");
    const tr_layout layout = {8, 1, 1, 1, 1, 0};
    double last = 1e18;
    for (double share = 0.95; share > 0.5; share -= 0.1) {
        const tr_formats told = {.memory_share = share};
        const tr_shard shard = shard_with(&model, &system, get_engine("vllm"), layout, &told);
        assert_close(shard.reserve_byte, shard.memory_byte * (1.0 - share), 1e-9);
        assert_true(shard.cache_room_byte < last);
        last = shard.cache_room_byte;
    }
}

static void files_that_are_smaller_shrink_every_part_and_larger_ones_stay_beside(void **state)
{
    (void)state;
    tr_model toy = toy_model(0); /* by parts: 2.2e9 stored, 2.1e9 read */
    const double counted = store_byte(&toy);
    assert_true(counted == 2.2e9);
    toy.weight_total_byte = 1.1e9;
    assert_close(store_byte(&toy), 1.1e9, 1e-15);
    toy.weight_total_byte = 2.3e9;
    assert_close(store_byte(&toy), 2.3e9, 1e-15);
    const tr_system system = toy_system(2.0);
    const tr_shard half = shard_of(&toy, &system, (tr_layout){2, 1, 1, 1, 1, 0});
    assert_close(half.weight_byte, 1.15e9, 1e-15);
}

/* Llama-3.1-8B: the stream twice, and what the FFN's two up matrices and the down one take and give: 2 B each. */
static void activations_are_the_widest_layer_of_the_engines_token_budget(void **state)
{
    (void)state;
    get_model("llama-3.1-8b", &model);
    const tr_system one = get_system("h100-sxm"), two = get_system("2xh100-sxm");
    tr_engine engine = *tr_engine_default();
    engine.chunk_token = 2048.0;
    const tr_shard alone = shard_with(&model, &one, &engine, (tr_layout){1, 1, 1, 1, 1, 0}, NULL);
    const tr_shard half = shard_with(&model, &two, &engine, (tr_layout){2, 1, 1, 1, 1, 0}, NULL);
    assert_close(alone.activation_byte, 2048.0 * 2 * (2 * 4096 + 3 * 14336), 1e-12);
    assert_close(half.activation_byte, 2048.0 * 2 * (2 * 4096 + 3 * 14336 / 2), 1e-12);
    assert_close(half.buffer_byte - alone.buffer_byte, 2.0 * 2048 * 4096 * 2, 1e-12); /* two messages */
    const tr_shard board = shard_of(&model, &one, (tr_layout){1, 1, 1, 1, 1, 0});
    assert_close(board.activation_byte + board.buffer_byte + board.reserve_byte, 0.0, 0.0);
}

static void formats_out_of_range_are_refused(void **state)
{
    (void)state;
    get_model("llama-3.1-8b", &model);
    const tr_system system = get_system("h100-sxm");
    const tr_layout one = {1, 1, 1, 1, 1, 0};
    tr_shard shard;
    tr_error err;
    const tr_formats bad[] = {{.kv = TR_DTYPE_COUNT}, {.math = (tr_dtype)99}, {.draft_token = -1.0},
                              {.draft_token = (double)NAN}, {.draft_token = 1025.0}, {.weight = 9999}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tr_shard_of(&model, &system, NULL, &one, &bad[i], &shard, &err), TR_EDOMAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_of_all_chips_are_the_model_and_its_copies),
        cmocka_unit_test(latent_rows_are_copied_by_tp_and_spread_by_dp),
        cmocka_unit_test(a_hybrids_cache_is_shared_out_cache_by_cache),
        cmocka_unit_test(an_indexers_keys_are_copied_beside_split_heads),
        cmocka_unit_test(a_chunk_that_starts_anew_keeps_its_room),
        cmocka_unit_test(weights_with_scales_take_their_scales_room),
        cmocka_unit_test(what_drafts_is_held_beside_the_target),
        cmocka_unit_test(a_drafter_that_cannot_be_split_is_whole_on_every_chip),
        cmocka_unit_test(prediction_layers_are_resident_where_drafts_are_asked),
        cmocka_unit_test(an_engine_told_to_leave_more_memory_holds_less),
        cmocka_unit_test(files_that_are_smaller_shrink_every_part_and_larger_ones_stay_beside),
        cmocka_unit_test(activations_are_the_widest_layer_of_the_engines_token_budget),
        cmocka_unit_test(formats_out_of_range_are_refused),
    };
    return cmocka_run_group_tests_name("shard hold", tests, NULL, NULL);
}
