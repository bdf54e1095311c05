/* test_shard_host.c -- layers left to the host beside the chips: what lies where, and how few of them will do. */
#include "fixture.h"

static tr_model model;

static const tr_layout one = {1, 1, 1, 1, 1, 0};

static tr_shard shard_left(const tr_system *system, double layers, double expert_layers)
{
    const tr_formats formats = {.weight = TR_WEIGHT_FORMAT_NATIVE, .host_layer_count = layers,
                                .host_expert_layer_count = expert_layers};
    return shard_with(&model, system, get_engine("llamacpp"), one, &formats);
}

static const char *const names[] = {"llama-3.1-70b", "gemma-3-12b", "gpt-oss-120b", "deepseek-v3", "qwen3-30b-a3b"};

/* A tied table is the input table on the host and the head on the chip. */
static void a_model_split_between_card_and_host_is_whole(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=2TB");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        get_model(names[i], &model);
        const double whole = shard_left(&system, 0, 0).weight_byte;
        for (double n = 1.0; n <= model.layers + 1.0; n += 7.0) {
            const tr_shard layers = shard_left(&system, n, 0);
            const double twice = model.tied && n <= model.layers
                                     ? model.embedding_param * layers.weights.part[TR_PART_EMBEDDING].byte
                                     : 0.0;
            assert_close(layers.weight_byte + layers.host_weight_byte, whole + twice, 1e-12);
            if (!(model.routed_param > 0.0) || n > model.layers)
                continue;
            const tr_shard experts = shard_left(&system, 0, n);
            assert_close(experts.weight_byte + experts.host_weight_byte, whole + twice, 1e-12);
            assert_true(experts.weight_byte >= layers.weight_byte);
        }
    }
}

static void the_cache_of_a_layer_lies_with_its_layer(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=2TB");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        get_model(names[i], &model);
        const tr_shard alone = shard_left(&system, 0, 0);
        const double all = tr_shard_seq_byte(&alone, 8192.0);
        assert_true(tr_shard_host_seq_byte(&alone, 8192.0) <= 0.0);
        for (double n = 1.0; n <= model.layers; n += 5.0) {
            const tr_shard s = shard_left(&system, n, 0);
            const double there = tr_shard_host_seq_byte(&s, 8192.0);
            assert_close(tr_shard_seq_byte(&s, 8192.0) + there, all, 1e-12);
            assert_true(there > 0.0);
        }
    }
    get_model("llama-3.1-70b", &model); /* 80 layers alike */
    const tr_shard alone = shard_left(&system, 0, 0), some = shard_left(&system, 20, 0);
    assert_close(tr_shard_host_seq_byte(&some, 4096.0), 0.25 * tr_shard_seq_byte(&alone, 4096.0), 1e-12);
    get_model("gpt-oss-120b", &model); /* experts have no cache */
    const tr_shard experts = shard_left(&system, 0, 20);
    assert_true(tr_shard_host_seq_byte(&experts, 4096.0) <= 0.0);
}

static tr_formats placed(const tr_system *system, tr_weight_format weight, double batch_seq, double context_token)
{
    const tr_formats asked = {.weight = weight};
    tr_formats out = {0};
    tr_error err;
    if (tr_shard_place(&model, system, get_engine("llamacpp"), &one, &asked, batch_seq, context_token, &out, &err) !=
        TR_OK)
        fail_msg("%s: %s", model.name, err.text);
    return out;
}

/* With what llama.cpp leaves free on the card. */
static int holds(const tr_system *system, const tr_formats *formats, double batch_seq, double context_token)
{
    tr_shard s = shard_with(&model, system, get_engine("llamacpp"), one, formats);
    s.cache_room_byte -= 1024.0 * 1048576.0;
    return tr_shard_check(&s, batch_seq, context_token, NULL) == TR_OK;
}

static tr_weight_format q4_k_m(void)
{
    tr_weight_format format = TR_WEIGHT_FORMAT_NATIVE;
    assert_int_equal(tr_weight_format_parse("q4_k_m", &format, NULL), TR_OK);
    return format;
}

/* One layer less does not fit. */
static void as_few_layers_as_fit_are_left_to_the_host(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=768GB");
    double before = -1.0;
    get_model("llama-3.1-70b", &model);
    for (double context = 0.0; context <= 65536.0; context = context > 0.0 ? context * 4.0 : 1024.0) {
        tr_formats f = placed(&system, q4_k_m(), 1.0, context);
        assert_true(f.host_layer_count > 0.0 && f.host_expert_layer_count <= 0.0);
        assert_true(holds(&system, &f, 1.0, context));
        f.host_layer_count -= 1.0;
        assert_false(holds(&system, &f, 1.0, context));
        assert_true(f.host_layer_count >= before);
        before = f.host_layer_count;
    }
    get_model("llama-3.1-8b", &model); /* all of it fits */
    const tr_formats none = placed(&system, q4_k_m(), 1.0, 4096.0);
    assert_true(none.host_layer_count <= 0.0 && none.host_expert_layer_count <= 0.0);
}

/* Attention stays on the card until no expert is left there. */
static void of_a_mixture_the_experts_go_first(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=768GB");
    get_model("gpt-oss-120b", &model);
    tr_formats f = placed(&system, TR_WEIGHT_FORMAT_NATIVE, 1.0, 4096.0);
    assert_true(f.host_layer_count <= 0.0 && f.host_expert_layer_count > 0.0 &&
                f.host_expert_layer_count < model.layers);
    f.host_expert_layer_count -= 1.0;
    assert_false(holds(&system, &f, 1.0, 4096.0));
    get_model("deepseek-v3", &model);
    const tr_system small = get_system("rtx-4060+epyc-9654,mem=768GB");
    f = placed(&small, q4_k_m(), 1.0, 4096.0);
    assert_true(f.host_expert_layer_count >= model.layers && f.host_layer_count > 0.0);
}

static void no_place_is_found_where_neither_side_has_room(void **state)
{
    (void)state;
    const tr_formats asked = {.weight = q4_k_m()};
    tr_formats out = asked;
    tr_error err;
    const tr_system poor = get_system("rtx-4090+epyc-9654,mem=16GB"), bare = get_system("rtx-4090");
    get_model("llama-3.1-70b", &model);
    assert_int_equal(tr_shard_place(&model, &poor, get_engine("llamacpp"), &one, &asked, 1.0, 4096.0, &out, &err),
                     TR_ENOFIT);
    assert_non_null(strstr(err.text, "host"));
    assert_int_equal(tr_shard_place(&model, &bare, get_engine("llamacpp"), &one, &asked, 1.0, 4096.0, &out, &err),
                     TR_EUNKNOWN);
}

static void what_cannot_be_left_to_a_host_is_refused(void **state)
{
    (void)state;
    const tr_system system = get_system("2xrtx-4090+epyc-9654"), bare = get_system("rtx-4090");
    const tr_layout split = {2, 1, 1, 1, 1, 0};
    tr_formats f = {.host_layer_count = 3.0};
    tr_shard s;
    get_model("llama-3.1-8b", &model);
    assert_int_equal(tr_shard_of(&model, &bare, get_engine("llamacpp"), &one, &f, &s, NULL), TR_ECONFLICT);
    assert_int_equal(tr_shard_of(&model, &system, get_engine("vllm"), &one, &f, &s, NULL), TR_ECONFLICT);
    assert_int_equal(tr_shard_of(&model, &system, NULL, &split, &f, &s, NULL), TR_ENOFIT);
    assert_int_equal(tr_shard_of(&model, &system, get_engine("llamacpp"), &one, &f, &s, NULL), TR_OK);
    f.host_layer_count = 34.0; /* 32 layers and the head */
    assert_int_equal(tr_shard_of(&model, &system, get_engine("llamacpp"), &one, &f, &s, NULL), TR_EDOMAIN);
    f.host_layer_count = 1.5;
    assert_int_equal(tr_shard_of(&model, &system, get_engine("llamacpp"), &one, &f, &s, NULL), TR_EDOMAIN);
    f.host_layer_count = (double)NAN;
    assert_int_equal(tr_shard_of(&model, &system, get_engine("llamacpp"), &one, &f, &s, NULL), TR_EDOMAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_split_between_card_and_host_is_whole),
        cmocka_unit_test(the_cache_of_a_layer_lies_with_its_layer),
        cmocka_unit_test(as_few_layers_as_fit_are_left_to_the_host),
        cmocka_unit_test(of_a_mixture_the_experts_go_first),
        cmocka_unit_test(no_place_is_found_where_neither_side_has_room),
        cmocka_unit_test(what_cannot_be_left_to_a_host_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
