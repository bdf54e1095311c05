/* test_model_errors.c -- what is missing, contradictory, absurd or unknown is named with its key and line. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared.h"

static tr_model model, before;

/* A Llama, one key a line; the last ones are the case's own. */
#define LLAMA(heads, rest)                                                                                   \
    "{\n\"architectures\": [\"LlamaForCausalLM\"],\n\"hidden_size\": 4096,\n\"num_hidden_layers\": 2,\n"     \
    "\"intermediate_size\": 11008,\n\"vocab_size\": 32000,\n" heads rest "}"
#define HEADS "\"num_attention_heads\": 32,\n\"num_key_value_heads\": 8"
#define MIXTURE(rest)                                                                                        \
    "{\n\"architectures\": [\"Qwen3MoeForCausalLM\"],\n\"hidden_size\": 1024,\n\"num_hidden_layers\": 2,\n"  \
    "\"num_attention_heads\": 8,\n\"head_dim\": 128,\n\"moe_intermediate_size\": 256,\n"                     \
    "\"vocab_size\": 1000,\n" rest "}"

typedef struct refusal {
    const char *json;
    tr_status status;
    const char *field;
    int line;
    const char *says;
} refusal;

static void check(const refusal *r)
{
    tr_error err;
    memset(&err, 0, sizeof err);
    memset(&model, 7, sizeof model);
    memcpy(&before, &model, sizeof model);
    const tr_status s = count_text(r->json, &model, &err);
    if (s != r->status || strcmp(err.field, r->field) != 0 || err.line != r->line ||
        strstr(err.text, r->says) == NULL)
        fail_msg("%s\nstatus %s, field \"%s\", line %d: %s\nexpected %s, \"%s\", line %d: ... %s ...",
                 r->json, tr_status_name(s), err.field, err.line, err.text, tr_status_name(r->status),
                 r->field, r->line, r->says);
    assert_int_equal(err.status, r->status);
    assert_null(strchr(err.text, '\n'));
    assert_memory_equal(&before, &model, sizeof model);
    assert_int_equal(count_text(r->json, &model, NULL), r->status);
}

static void a_missing_key_is_named_with_its_other_spellings(void **state)
{
    (void)state;
    const refusal all[] = {
        {"{\n\"architectures\": [\"LlamaForCausalLM\"],\n\"num_hidden_layers\": 2}", TR_EMISSING,
         "hidden_size", 0, "is missing; expected a whole number under one of hidden_size|n_embd"},
        {LLAMA("\"pad\": 1", ""), TR_EMISSING, "num_attention_heads", 0, "num_attention_heads is missing"},
        {MIXTURE("\"num_experts\": 8"), TR_EMISSING, "num_experts_per_tok", 0, "is missing"},
        {"{\n\"hidden_size\": 4096}", TR_EMISSING, "architectures.0", 0,
         "expected the name of an architecture"},
        {"{\"text_config\": {\"hidden_size\": 4096}, \"architectures\": [\"LlamaForCausalLM\"]}", TR_EMISSING,
         "text_config.num_hidden_layers", 0, "is missing"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        check(&all[i]);
}

static void a_contradiction_names_the_key_its_line_and_what_was_expected(void **state)
{
    (void)state;
    const refusal all[] = {
        {LLAMA("\"num_attention_heads\": 32,\n\"num_key_value_heads\": 5", ""), TR_ECONFLICT,
         "num_key_value_heads", 8, "is 5, which does not divide the 32 query heads"},
        {LLAMA("\"num_attention_heads\": 33", ""), TR_ECONFLICT, "num_attention_heads", 7,
         "does not divide the hidden size 4096; expected a divisor, or head_dim"},
        {LLAMA(HEADS, ",\n\"tie_word_embeddings\": 1"), TR_EDOMAIN, "tie_word_embeddings", 9,
         "is a number; expected true or false"},
        {LLAMA(HEADS, ",\n\"layer_types\": [\"full_attention\",\n\"full_attention\", \"full_attention\"]"),
         TR_ECONFLICT, "layer_types.0", 9, "starts a list of 3 items; expected one for each of the 2 layers"},
        {MIXTURE("\"num_experts\": 8,\n\"num_experts_per_tok\": 9"), TR_ECONFLICT, "num_experts_per_tok", 10,
         "is 9; expected at most the 8 experts"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        check(&all[i]);
}

static void a_number_that_cannot_be_a_size_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"0", "-4096", "4096.5", "1e10", "\"4096\"", "true", "9007199254740991"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char json[512];
        (void)snprintf(json, sizeof json,
                       "{\n\"architectures\": [\"LlamaForCausalLM\"],\n\"hidden_size\": 4096,\n"
                       "\"num_hidden_layers\": 2, \"num_attention_heads\": 32, \"vocab_size\": 100,\n"
                       "\"intermediate_size\": %s}",
                       bad[i]);
        const refusal r = {json, TR_EDOMAIN, "intermediate_size", 5, "expected a whole number"};
        check(&r);
    }
    const refusal deep = {LLAMA("\"num_attention_heads\": 32,\n\"n_layer\": 1", ",\n\"rope\": 1"), TR_OK, "",
                          0, ""};
    assert_int_equal(count_text(deep.json, &model, NULL), TR_OK);
    const refusal layers = {"{\n\"architectures\": [\"LlamaForCausalLM\"],\n\"hidden_size\": 64,\n"
                            "\"num_hidden_layers\": 100000}",
                            TR_EDOMAIN, "num_hidden_layers", 4, "from 1 to 1024"};
    check(&layers);
    const refusal huge = {"{\"architectures\": [\"LlamaForCausalLM\"], \"hidden_size\": 1000000000,\n"
                          "\"num_hidden_layers\": 1024, \"num_attention_heads\": 1,\n"
                          "\"intermediate_size\": 1000000000, \"vocab_size\": 1000000000}",
                          TR_EDOMAIN, "hidden_size", 1, "parameters; expected fewer than 2^53"};
    check(&huge);
}

static void an_unknown_architecture_is_named_with_the_nearest_known_one(void **state)
{
    (void)state;
    const refusal all[] = {
        {"{\n\"architectures\": [\"LlamaForCausalLN\"],\n\"hidden_size\": 64}", TR_EUNKNOWN,
         "architectures.0", 2,
         "is \"LlamaForCausalLN\", which is not known; by its keys it is most like LlamaForCausalLM: --as llama"},
        {"{\n\"model_type\": \"qwen33\"}", TR_EUNKNOWN, "model_type", 2, "Qwen3ForCausalLM"},
        {"{\n\"architectures\": [\"BertModel\"], \"text_config\": {\"model_type\": \"bert\"}}", TR_EUNKNOWN,
         "architectures.0", 2, "is \"BertModel\""},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        check(&all[i]);
}

#define OF_A_STRANGER(own)                                                                                        \
    "{\n\"architectures\": [\"GlmNextMoeForCausalLM\"],\n\"hidden_size\": 4096,\n\"num_hidden_layers\": 4,\n"          \
    "\"vocab_size\": 100, \"intermediate_size\": 1024, \"num_attention_heads\": 32, " own "}"

/* Its name is near Glm4Moe: what its keys say decides. */
static void an_unknown_architecture_is_offered_the_family_with_its_keys_not_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *json, *as;
    } row[] = {
        {OF_A_STRANGER("\"kv_lora_rank\": 512, \"q_lora_rank\": 1536, \"qk_nope_head_dim\": 128, "
                       "\"qk_rope_head_dim\": 64, \"v_head_dim\": 128, \"n_routed_experts\": 64, "
                       "\"num_experts_per_tok\": 8, \"moe_intermediate_size\": 512"),
         "--as deepseek_v3 "},
        {OF_A_STRANGER("\"kv_lora_rank\": 512"), "--as deepseek_v3 "}, /* which cannot count it, and says why */
        {OF_A_STRANGER("\"kv_lora_rank\": 512, \"num_experts\": 64"), "--as deepseek_v3 "},
        {OF_A_STRANGER("\"kv_lora_rank\": 512, \"index_topk\": 2048"), "--as deepseek_v3 "},
        {OF_A_STRANGER("\"num_experts\": 64, \"num_experts_per_tok\": 8, \"moe_intermediate_size\": 512"),
         "--as mixtral "},
        {OF_A_STRANGER("\"hybrid_override_pattern\": \"M-*-\", \"mamba_num_heads\": 64, \"mamba_head_dim\": 64, "
                       "\"ssm_state_size\": 128, \"n_groups\": 8, \"conv_kernel\": 4"),
         "--as nemotron_h "},
        {OF_A_STRANGER("\"mamba_d_state\": 16, \"mamba_d_conv\": 4, \"mamba_expand\": 2, \"mamba_dt_rank\": 256, "
                       "\"attn_layer_period\": 8, \"attn_layer_offset\": 4, \"expert_layer_period\": 2, "
                       "\"expert_layer_offset\": 1, \"num_experts\": 16, \"num_experts_per_tok\": 2"),
         "--as jamba "},
        {OF_A_STRANGER("\"linear_num_key_heads\": 16, \"linear_num_value_heads\": 32, \"linear_key_head_dim\": 128, "
                       "\"linear_value_head_dim\": 128, \"linear_conv_kernel_dim\": 4"),
         "--as qwen3_next "},
        {OF_A_STRANGER("\"num_key_value_heads\": 8"), "--as llama "},
        {OF_A_STRANGER("\"text_config\": {\"model_type\": \"x\", \"kv_lora_rank\": 512}"), "--as deepseek_v3 "},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        tr_error err = {0};
        assert_int_equal(count_text(row[i].json, &model, &err), TR_EUNKNOWN);
        if (strstr(err.text, row[i].as) == NULL)
            fail_msg("%s: %s", row[i].json, err.text);
    }
}

static void keys_that_look_like_shapes_and_that_nothing_reads_are_named(void **state)
{
    (void)state;
    tr_error err = {0};
    /* counted as a Llama, an own architecture loses its experts, its latent and its state */
    assert_int_equal(count_text(LLAMA(HEADS, ",\n\"num_experts\": 64,\n\"kv_lora_rank\": 512,\n\"state_size\": 16"),
                                &model, &err),
                     TR_OK);
    assert_int_equal(model.unread_count, 3);
    assert_string_equal(model.unread[0], "num_experts");
    assert_string_equal(model.unread[1], "kv_lora_rank");
    assert_string_equal(model.unread[2], "state_size");
    assert_string_equal(model.unread[3], "");
    /* a list is one key; no, none and nothing say nothing; settings and other towers are no shapes */
    assert_int_equal(count_text(LLAMA(HEADS, ",\n\"compress_ratios\": [1, 4],\n\"kv_lora_rank\": null,"
                                             "\n\"num_experts\": 0,\n\"use_linear_attention\": false,"
                                             "\n\"conv_bias\": true,\n\"vision_config\": {\"window_size\": 8},"
                                             "\n\"rope_scaling\": {\"factor\": 8},\n\"moe_aux_loss\": 0.1"),
                                &model, &err),
                     TR_OK);
    assert_int_equal(model.unread_count, 1);
    assert_string_equal(model.unread[0], "compress_ratios");
    /* the first four are named, all are counted */
    assert_int_equal(count_text(LLAMA(HEADS, ",\n\"ssm_a\": 1,\n\"ssm_b\": 1,\n\"ssm_c\": 1,\n\"ssm_d\": 1,"
                                             "\n\"ssm_e\": 1"),
                                &model, &err),
                     TR_OK);
    assert_int_equal(model.unread_count, 5);
    assert_string_equal(model.unread[3], "ssm_d");
    /* a window of a family that has none, a list of kinds it does not know; not one that is switched off */
    assert_int_equal(count_text(LLAMA(HEADS, ",\n\"sliding_window\": 4096,\n\"layer_types\": [\"kda\", \"mla\"],"
                                             "\n\"n_shared_heads\": 2,\n\"q_rank\": 8"),
                                &model, &err),
                     TR_OK);
    assert_int_equal(model.unread_count, 4);
    assert_string_equal(model.unread[1], "layer_types");
    assert_int_equal(count_text(LLAMA(HEADS, ",\n\"sliding_window\": 4096,\n\"use_sliding_window\": false,"
                                             "\n\"max_window_layers\": 28,\n\"rope_theta\": 1e6,"
                                             "\n\"eos_token_id\": [1, 2],\n\"attention_dropout\": 0.1,"
                                             "\n\"router_aux_loss_coef\": 0.01,\n\"torch_dtype\": \"bfloat16\","
                                             "\n\"expert_parallel\": true,\n\"num_nextn_predict_layers\": 1,"
                                             "\n\"moe_implementation\": \"eager\",\n\"pretraining_tp\": 1,"
                                             "\n\"window_attention_dropout\": 0.1"),
                                &model, &err),
                     TR_OK);
    assert_int_equal(model.unread_count, 0);
    /* an indexer is read by those that have one */
    assert_int_equal(count_text(LLAMA(HEADS, ""), &model, &err), TR_OK);
    assert_int_equal(model.unread_count, 0);
}

#define HYBRID(layers)                                                                                       \
    "{\n\"architectures\": [\"NemotronHForCausalLM\"],\n\"hidden_size\": 1024,\n" layers                      \
    ",\n\"num_attention_heads\": 8,\n\"num_key_value_heads\": 2,\n\"head_dim\": 128,\n"                       \
    "\"intermediate_size\": 2048,\n\"vocab_size\": 1000,\n\"mamba_num_heads\": 16,\n"                          \
    "\"mamba_head_dim\": 64,\n\"n_groups\": 2,\n\"ssm_state_size\": 64,\n\"conv_kernel\": 4}"

#define JAMBA(own)                                                                                                \
    "{\"architectures\": [\"JambaForCausalLM\"], \"hidden_size\": 64, \"intermediate_size\": 128, \"vocab_size\": 100,"    \
    "\"num_attention_heads\": 4, \"num_key_value_heads\": 2, \"mamba_expand\": 2, \"mamba_d_state\": 16,"                 \
    "\"mamba_d_conv\": 4, \"mamba_dt_rank\": 4, \"num_experts\": 4, \"num_experts_per_tok\": 2,"                          \
    "\"expert_layer_period\": 2, \"expert_layer_offset\": 1, " own "}"

static void layers_told_only_by_a_pattern_or_a_list_of_kinds_are_counted(void **state)
{
    (void)state;
    static tr_model told;
    tr_error err = {0};
    static const char *const ways[] = {
        HYBRID("\"hybrid_override_pattern\": \"M-M*-\""),
        HYBRID("\"layers_block_type\": [\"mamba\", \"mlp\", \"mamba\", \"attention\", \"mlp\"]"),
        HYBRID("\"block_types\": [\"mamba\", \"mlp\", \"mamba\", \"attention\", \"mlp\"]"),
        HYBRID("\"layer_types\": [\"mamba2\", \"mlp\", \"mamba\", \"full_attention\", \"dense\"]"),
    };
    assert_int_equal(count_text(HYBRID("\"num_hidden_layers\": 5, \"hybrid_override_pattern\": \"M-M*-\""), &told,
                                &err),
                     TR_OK);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (count_text(ways[i], &model, &err) != TR_OK)
            fail_msg("%s", err.text);
        assert_memory_equal(&model, &told, sizeof model);
    }
    const char *json =
        "{\"architectures\": [\"Gemma3ForCausalLM\"], \"hidden_size\": 512, \"num_attention_heads\": 8,"
        "\"num_key_value_heads\": 4, \"head_dim\": 64, \"intermediate_size\": 2048, \"vocab_size\": 1000,"
        "\"sliding_window\": 128, \"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\"]}";
    assert_int_equal(count_text(json, &model, &err), TR_OK);
    assert_true(model.layers == 3 && model.stack_count == 3);
    /* in a config inside another one a list counts for more than what its class would have */
    assert_int_equal(count_text("{\"architectures\": [\"Gemma3ForConditionalGeneration\"], \"text_config\": "
                                "{\"model_type\": \"gemma3_text\", \"layer_types\": [\"sliding_attention\", "
                                "\"full_attention\", \"full_attention\"]}}",
                                &model, &err),
                     TR_OK);
    assert_true(model.layers == 3);
    /* a list in place of a period */
    assert_int_equal(count_text(JAMBA("\"num_hidden_layers\": 4, \"attn_layer_period\": 4, \"attn_layer_offset\": 2"), &told,
                                &err),
                     TR_OK);
    assert_int_equal(count_text(JAMBA("\"layers_block_type\": [\"mamba\", \"mamba\", \"attention\", \"mamba\"]"), &model,
                                &err),
                     TR_OK);
    assert_memory_equal(&model, &told, sizeof model);
    /* nothing tells them */
    assert_int_equal(count_text(HYBRID("\"pad\": 1"), &model, &err), TR_EMISSING);
    assert_string_equal(err.field, "num_hidden_layers");
}

static void an_unknown_architecture_is_likened_to_families_that_read_its_keys(void **state)
{
    (void)state;
    /* named like a GLM, but latent attention with windows: only one builder reads these keys */
    static const char latent[] =
        "{\n\"architectures\": [\"Glm4MoxForCausalLM\"],\n\"hidden_size\": 1024,\n\"num_hidden_layers\": 2,\n"
        "\"num_attention_heads\": 8,\n\"intermediate_size\": 2048,\n\"moe_intermediate_size\": 512,\n"
        "\"n_routed_experts\": 16,\n\"n_shared_experts\": 1,\n\"num_experts_per_tok\": 2,\n"
        "\"first_k_dense_replace\": 1,\n\"q_lora_rank\": 256,\n\"kv_lora_rank\": 128,\n"
        "\"qk_nope_head_dim\": 64,\n\"qk_rope_head_dim\": 32,\n\"v_head_dim\": 64,\n\"vocab_size\": 5000,\n"
        "\"sliding_window\": 128,\n\"layer_types\": [\"sliding_attention\", \"full_attention\"]}";
    tr_error err = {0};
    assert_int_equal(count_text(latent, &model, &err), TR_EUNKNOWN);
    assert_null(strstr(err.text, "Glm4MoeForCausalLM"));
    /* counted as what is proposed, every row is a latent one, and half of the layers have a window */
    const char *as = strstr(err.text, "--as ");
    char family[64];
    assert_non_null(as);
    (void)snprintf(family, sizeof family, "%.*s", (int)strcspn(as + 5, " "), as + 5);
    assert_int_equal(count_text_as(latent, family, &model, &err), TR_OK);
    assert_int_equal(model.unread_count, 0);
    assert_true(tr_model_kv_store_byte(&model, 1000, 2) == (1000 + 128) * (128 + 32) * 2);
    /* and a plain one is likened by its name */
    assert_int_equal(count_text("{\n\"architectures\": [\"Qwen3XForCausalLM\"],\n\"hidden_size\": 1024,\n"
                                "\"num_hidden_layers\": 2,\n\"num_attention_heads\": 8,\n"
                                "\"num_key_value_heads\": 2,\n\"intermediate_size\": 2048,\n"
                                "\"vocab_size\": 5000}",
                                &model, &err),
                     TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "Qwen3ForCausalLM"));
}

static void a_family_can_be_forced_by_architecture_or_model_type(void **state)
{
    (void)state;
    static const char json[] =
        "{\"architectures\": [\"NewForCausalLM\"], \"hidden_size\": 4096, \"vocab_size\": 32000,"
        "\"num_hidden_layers\": 2, \"num_attention_heads\": 32, \"intermediate_size\": 11008}";
    tr_error err;
    assert_int_equal(count_text(json, &model, &err), TR_EUNKNOWN);
    assert_int_equal(count_text_as(json, "LlamaForCausalLM", &model, &err), TR_OK);
    assert_string_equal(model.family, "LlamaForCausalLM");
    const double llama = model.total_param;
    assert_int_equal(count_text_as(json, "Qwen2", &model, &err), TR_OK);
    assert_true(model.total_param - llama == 2 * 3 * 4096);
    assert_int_equal(count_text_as(json, "lama", &model, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "LlamaForCausalLM"));
    assert_int_equal(tr_model_from_config(NULL, NULL, &model, &err), TR_EMISSING);
}

static void every_family_is_listed_once_and_found_by_its_name(void **state)
{
    (void)state;
    size_t count = 0;
    for (const char *name; (name = tr_model_family(count)) != NULL; count++) {
        tr_error err = {0};
        assert_true(strlen(name) > 4);
        for (size_t i = 0; i < count; i++)
            assert_string_not_equal(tr_model_family(i), name);
        /* known, so the complaint is about its keys */
        assert_int_equal(count_text_as("{}", name, &model, &err), TR_EMISSING);
    }
    assert_true(count > 100);
    assert_null(tr_model_family(count));
}

static void a_language_model_inside_another_config_is_found(void **state)
{
    (void)state;
    tr_error err = {0};
    static tr_model inner;
    static const char text[] =
        "{\"architectures\": [\"Qwen2ForCausalLM\"], \"hidden_size\": 896, \"vocab_size\": 151936,"
        "\"num_hidden_layers\": 24, \"num_attention_heads\": 14, \"num_key_value_heads\": 2,"
        "\"intermediate_size\": 4864, \"tie_word_embeddings\": true}";
    assert_int_equal(count_text(text, &inner, &err), TR_OK);
    char json[1024];
    (void)snprintf(json, sizeof json, "{\"architectures\": [\"InternVLChatModel\"], \"llm_config\": %s}",
                   text);
    assert_int_equal(count_text(json, &model, &err), TR_OK);
    assert_true(model.total_param == inner.total_param);
    assert_string_equal(model.family, "Qwen2ForCausalLM");
    /* Gemma 3 4B as published: the inner config names four keys, the class the rest */
    static const char gemma[] =
        "{\"architectures\": [\"Gemma3ForConditionalGeneration\"], \"text_config\": {"
        "\"hidden_size\": 2560, \"intermediate_size\": 10240, \"model_type\": \"gemma3_text\","
        "\"num_hidden_layers\": 34, \"sliding_window\": 1024}}";
    assert_int_equal(count_text(gemma, &model, &err), TR_OK);
    assert_true(model.total_param == 3880263168);
    assert_true(tr_model_kv_byte_per_token(&model, 2) == 5 * 2 * 2 * 4 * 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_key_is_named_with_its_other_spellings),
        cmocka_unit_test(a_contradiction_names_the_key_its_line_and_what_was_expected),
        cmocka_unit_test(a_number_that_cannot_be_a_size_is_refused),
        cmocka_unit_test(an_unknown_architecture_is_named_with_the_nearest_known_one),
        cmocka_unit_test(an_unknown_architecture_is_offered_the_family_with_its_keys_not_its_name),
        cmocka_unit_test(keys_that_look_like_shapes_and_that_nothing_reads_are_named),
        cmocka_unit_test(layers_told_only_by_a_pattern_or_a_list_of_kinds_are_counted),
        cmocka_unit_test(an_unknown_architecture_is_likened_to_families_that_read_its_keys),
        cmocka_unit_test(a_family_can_be_forced_by_architecture_or_model_type),
        cmocka_unit_test(every_family_is_listed_once_and_found_by_its_name),
        cmocka_unit_test(a_language_model_inside_another_config_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
