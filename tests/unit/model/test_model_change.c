/* test_model_change.c -- changes behind a model's name: counts follow by the architecture, mistakes are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/model_change.h"
#include "shared.h"

static tr_model changed, known;

static const tr_model *get(const char *name, tr_model *out)
{
    tr_error err = {0};
    if (tr_model_catalog_get(name, out, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return out;
}

static void refuse(const char *name, tr_status status, const char *part)
{
    tr_error err = {0};
    static tr_model before;
    memset(&changed, 7, sizeof changed);
    memcpy(&before, &changed, sizeof before);
    const tr_status s = tr_model_catalog_get(name, &changed, &err);
    if (s != status || strstr(err.text, part) == NULL)
        fail_msg("%s: expected %s with '%s', got %s: %s", name, tr_status_name(status), part, tr_status_name(s), err.text);
    assert_memory_equal(&before, &changed, sizeof before);
    assert_int_equal(tr_model_catalog_get(name, &changed, NULL), status);
}

/* Sizes of one family differ only by such numbers, so that a changed one must count as the other does. */
static void one_size_of_a_family_changed_into_another_counts_as_that_one(void **state)
{
    (void)state;
    static const struct {
        const char *from, *is;
    } row[] = {
        {"llama-3.1-8b,layers=80,hidden=8192,heads=64,ffn=28672", "llama-3.1-70b"},
        {"llama-3.1-70b,layers=32,hidden=0.5x,heads=0.5x,ffn=0.5x", "llama-3.1-8b"},
        {"gpt-oss-20b,layers=36,experts=4x", "gpt-oss-120b"},
        {"gpt-oss-120b,layers=24,experts=32", "gpt-oss-20b"},
        {"deepseek-v3,heads=64,experts=384,vocab=163840,dense_layers=1,n_group=1,topk_group=1", "kimi-k2"},
        {"qwen3-32b,layers=36,hidden=4096,heads=32,ffn=12288", "qwen3-8b"},
        {"mixtral-8x7b,layers=56,hidden=6144,heads=48,ffn=16384", "mixtral-8x22b"},
        {"glm-4.5-air,layers=2x,hidden=5120,ffn=12288,expert_ffn=1536,experts=160,dense_layers=3,use_qk_norm=true",
         "glm-4.5"},
        {"gemma-3-12b,layers=62,hidden=5376,ffn=21504,heads=32,kv_heads=16,head_dim=128", "gemma-3-27b"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        get(row[i].from, &changed);
        get(row[i].is, &known);
        if (changed.total_param != known.total_param || changed.active_param != known.active_param ||
            tr_model_kv_store_byte(&changed, 1e5, 2) != tr_model_kv_store_byte(&known, 1e5, 2) ||
            tr_model_attention_flop(&changed, 1e5) != tr_model_attention_flop(&known, 1e5))
            fail_msg("%s: %.0f, %.0f active, is not %s: %.0f, %.0f", row[i].from, changed.total_param,
                     changed.active_param, row[i].is, known.total_param, known.active_param);
        assert_string_equal(changed.name, row[i].from);
        assert_string_equal(changed.hf_id, "");
        assert_non_null(strstr(changed.source, "; changed: "));
        assert_true(!(changed.weight_total_byte > 0));
    }
}

static void fewer_and_more_layers_keep_the_order_of_a_stack(void **state)
{
    (void)state;
    static const char *const names[] = {"gpt-oss-20b",     "gemma-3-27b",     "kimi-linear-48b-a3b", "nemotron-h-56b",
                                        "granite-4.0-h-small", "qwen3-next-80b-a3b", "minimax-m1-80k", "deepseek-v4-pro",
                                        "llama-4-scout",   "llama-3.3-nemotron-super-49b", "jamba-1.5-mini"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64];
        get(names[i], &known);
        (void)snprintf(name, sizeof name, "%s,layers=2x", names[i]);
        get(name, &changed);
        assert_int_equal(changed.stack_count, 2 * known.stack_count);
        for (int k = 0; k < known.stack_count; k++)
            assert_string_equal(changed.layer[changed.stack[k]].attention, known.layer[known.stack[k]].attention);
        if (strstr(names[i], "gemma") == NULL && strstr(names[i], "deepseek") == NULL) /* a period does not end here */
            for (int k = 0; k < known.stack_count; k++)
                assert_string_equal(changed.layer[changed.stack[known.stack_count + k]].attention,
                                    known.layer[known.stack[k]].attention);
        (void)snprintf(name, sizeof name, "%s,layers=8", names[i]);
        get(name, &changed);
        assert_true(changed.layers == 8);
        for (int k = 0; k < changed.stack_count; k++)
            assert_string_equal(changed.layer[changed.stack[k]].attention, known.layer[known.stack[k]].attention);
    }
}

/* A sparse layer of DeepSeek-V3 has the same parameters wherever it stands. */
static void each_layer_less_takes_the_same_away(void **state)
{
    (void)state;
    const double whole = get("deepseek-v3", &known)->total_param;
    const double one = whole - get("deepseek-v3,layers=60", &changed)->total_param;
    assert_true(whole - get("deepseek-v3,layers=30", &changed)->total_param == 31 * one);
    assert_true(changed.mtp_param == known.mtp_param);
    /* 4 KV heads of 128 less in each of 80 layers, keys and values */
    assert_true(get("llama-3.1-70b", &known)->total_param - get("llama-3.1-70b,kv_heads=4", &changed)->total_param ==
                80.0 * 2 * 4 * 128 * 8192);
    assert_true(tr_model_kv_byte_per_token(&changed, 0) == 0.5 * tr_model_kv_byte_per_token(&known, 0));
}

static void a_key_of_the_config_can_be_changed_by_its_own_name(void **state)
{
    (void)state;
    assert_true(tr_model_kv_byte_per_token(get("deepseek-v3,kv_lora_rank=256", &changed), 0) == 61.0 * (256 + 64) * 2);
    assert_true(tr_model_kv_byte_per_token(get("deepseek-v3,kv_rank=0.5x", &changed), 0) == 61.0 * (256 + 64) * 2);
    assert_true(get("llama-3.1-8b,num_hidden_layers=16", &changed)->layers == 16);
    assert_true(get("llama-3.1-8b,n_layer=16", &changed)->layers == 16); /* as others spell it */
    assert_int_equal(get("llama-3.1-8b,tie_word_embeddings=true", &changed)->tied, 1);
    assert_true(get("llama-3.1-8b,context=64k", &changed)->max_context_token == 65536);
    assert_true(get("llama-3.1-8b,kv-heads=4", &changed)->layer[0].kv_heads == 4);
    assert_true(get("llama-2-7b,kv_heads=0.25x", &changed)->layer[0].kv_heads == 8); /* not stated: as many as heads */
    assert_true(get("llama-3.1-8b,layers=32", &changed)->layers == 32); /* as it is: no mistake */
    assert_true(get("llama-3.1-8b, layers = 16 ", &changed)->layers == 16);
    get("unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit,layers=16", &changed);
    assert_string_equal(changed.name, "llama-3.1-8b,layers=16");
    assert_int_equal(changed.weight_dtype, TR_DTYPE_INT4);
}

static void a_change_that_cannot_be_made_is_told(void **state)
{
    (void)state;
    refuse("deepseek-v3,lyers=30", TR_EUNKNOWN, "did you mean 'layers'? known: layers, hidden, heads, kv_heads");
    refuse("deepseek-v3,shoe=30", TR_EUNKNOWN, "known: layers, hidden");
    refuse("deepseek-v33,layers=30", TR_EUNKNOWN, "did you mean \"deepseek-v3\"?");
    refuse("deepseek-v3,layers", TR_EPARSE, "key=value");
    refuse("deepseek-v3,", TR_EUNKNOWN, "did you mean \"deepseek-v3\"?");
    refuse("deepseek-v3,layers=", TR_EPARSE, "layers");
    refuse("deepseek-v3,layers=30GB", TR_EPARSE, "layers");
    refuse("deepseek-v3,layers=30,num_hidden_layers=20", TR_ECONFLICT, "given twice");
    refuse("deepseek-v3,kv_heads=4", TR_ECONFLICT, "changes nothing");
    refuse("llama-3.1-8b,experts=8", TR_ECONFLICT, "changes nothing");
    refuse("llama-3.1-8b,experts=2x", TR_EMISSING, "give it as a number");
    refuse("llama-3.1-8b,kv_heads=3", TR_ECONFLICT, "does not divide the 32 query heads");
    refuse("llama-3.1-8b,kv_heads=0.3x", TR_EDOMAIN, "whole number");
    refuse("llama-3.1-8b,layers=0", TR_EDOMAIN, "whole number");
    refuse("llama-3.1-8b,layers=1e9", TR_EDOMAIN, "whole number");
    refuse("llama-3.1-8b,layers=-1", TR_EDOMAIN, "whole number");
    refuse("mixtral-8x7b,active_experts=9", TR_ECONFLICT, "at most the 8 experts");
    refuse("llama-3.1-8b,layers=30,hidden=4096,heads=32,kv_heads=8,ffn=14336,vocab=128256,context=131072,head_dim=128,q_rank=512",
           TR_ECAPACITY, "bytes");
}

static void a_name_is_told_from_what_follows_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *changes;
        size_t base;
    } row[] = {
        {"deepseek-v3", "", 11},
        {"deepseek-v3,layers=30", "layers=30", 11},
        {"a/b,layers=30,heads=2x", "layers=30,heads=2x", 3},
        {"with,comma/config.json,layers=3", "layers=3", 22},
        {"with,comma/config.json", "", 22},
        {"a,b.json", "", 8},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        size_t base = 99;
        assert_string_equal(tr_model_changes(row[i].text, &base), row[i].changes);
        assert_int_equal(base, row[i].base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_size_of_a_family_changed_into_another_counts_as_that_one),
        cmocka_unit_test(fewer_and_more_layers_keep_the_order_of_a_stack),
        cmocka_unit_test(each_layer_less_takes_the_same_away),
        cmocka_unit_test(a_key_of_the_config_can_be_changed_by_its_own_name),
        cmocka_unit_test(a_change_that_cannot_be_made_is_told),
        cmocka_unit_test(a_name_is_told_from_what_follows_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
