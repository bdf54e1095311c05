/* test_model_weights.c -- bytes a parameter by part, from every way a config states its formats. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/weights.h"
#include "shared.h"

static tr_model model;

#define MIXTURE(more)                                                                                        \
    "{\"architectures\":[\"DeepseekV3ForCausalLM\"],\"hidden_size\":1024,\"num_hidden_layers\":4,"           \
    "\"num_attention_heads\":8,\"intermediate_size\":2048,\"moe_intermediate_size\":512,"                    \
    "\"n_routed_experts\":16,\"n_shared_experts\":1,\"num_experts_per_tok\":2,\"first_k_dense_replace\":1,"  \
    "\"q_lora_rank\":256,\"kv_lora_rank\":128,\"qk_nope_head_dim\":64,\"qk_rope_head_dim\":32,"              \
    "\"v_head_dim\":64,\"vocab_size\":5000,\"tie_word_embeddings\":false" more "}"
#define DENSE(more)                                                                                          \
    "{\"architectures\":[\"LlamaForCausalLM\"],\"hidden_size\":1024,\"num_hidden_layers\":4,"                \
    "\"num_attention_heads\":8,\"intermediate_size\":2048,\"vocab_size\":5000" more "}"
#define QUANT(text) ",\"torch_dtype\":\"bfloat16\",\"quantization_config\":{" text "}"

static void count(const char *json)
{
    tr_error err = {0};
    if (count_text(json, &model, &err) != TR_OK)
        fail_msg("%s", err.text);
}

static double part_byte(tr_part part) { return model.weight.part[part].byte; }

/* All linear parts that are not routed experts. */
static double linear_byte(void)
{
    return tr_model_mean_byte(&model, &model.weight, 1 << TR_PART_MIXER | 1 << TR_PART_DENSE | 1 << TR_PART_SHARED);
}

static void expect(double routed, double linear, double other, tr_dtype dtype)
{
    static const tr_part wide[] = {TR_PART_EMBEDDING, TR_PART_HEAD, TR_PART_OTHER};
    assert_true(model.routed_param == 0 || part_byte(TR_PART_ROUTED) == routed);
    assert_true(fabs(linear_byte() - linear) < 1e-12);
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        assert_true(part_byte(wide[i]) == other);
    assert_int_equal(model.weight_dtype, dtype);
}

static void a_plain_checkpoint_has_its_dtype_everywhere(void **state)
{
    (void)state;
    count(MIXTURE(",\"torch_dtype\":\"bfloat16\""));
    expect(2, 2, 2, TR_DTYPE_BF16);
    assert_true(tr_model_weight_byte(&model) == 2);
    count(MIXTURE(",\"dtype\":\"float32\""));
    expect(4, 4, 4, TR_DTYPE_FP32);
    count(MIXTURE(",\"torch_dtype\":\"float16\""));
    expect(2, 2, 2, TR_DTYPE_BF16);
    count(MIXTURE(""));
    expect(2, 2, 2, TR_DTYPE_BF16);
    assert_int_equal(model.kv_dtype, TR_DTYPE_BF16);
}

static void an_fp8_checkpoint_has_one_byte_a_linear_parameter_and_two_for_the_rest(void **state)
{
    (void)state;
    const double byte = 1 + 4.0 / (128 * 128);
    count(MIXTURE(QUANT("\"quant_method\":\"fp8\",\"fmt\":\"e4m3\",\"weight_block_size\":[128,128]")));
    expect(byte, byte, 2, TR_DTYPE_FP8);
    double inside = model.routed_param;
    for (int i = 0; i < model.layer_kinds; i++) {
        const tr_layer *l = &model.layer[i];
        inside += l->layer_count * (l->mixer_param + l->dense_param + l->shared_param);
    }
    const double average = (inside * byte + (model.total_param - inside) * 2) / model.total_param;
    assert_true(fabs(tr_model_weight_byte(&model) - average) < 1e-12);
    count(DENSE(QUANT("\"quant_method\":\"fbgemm_fp8\"")));
    expect(1, 1, 2, TR_DTYPE_FP8);
}

static void four_bit_formats_carry_their_scales(void **state)
{
    (void)state;
    count(DENSE(QUANT("\"quant_method\":\"modelopt\",\"quant_algo\":\"NVFP4\",\"ignore\":[\"lm_head\"]")));
    expect(0.5625, 0.5625, 2, TR_DTYPE_FP4);
    count(DENSE(QUANT("\"quant_method\":\"awq\",\"bits\":4,\"group_size\":128")));
    expect(0.5 + 2.5 / 128, 0.5 + 2.5 / 128, 2, TR_DTYPE_INT4);
    count(DENSE(QUANT("\"quant_method\":\"gptq\",\"bits\":4,\"group_size\":-1")));
    expect(0.5, 0.5, 2, TR_DTYPE_INT4);
    count(DENSE(QUANT("\"quant_method\":\"bitsandbytes\",\"load_in_8bit\":true")));
    expect(1, 1, 2, TR_DTYPE_INT8);
    count(DENSE(
        QUANT("\"quant_method\":\"compressed-tensors\",\"format\":\"pack-quantized\",\"config_groups\":{"
              "\"group_0\":{\"weights\":{\"num_bits\":4,\"type\":\"int\",\"group_size\":32}}}")));
    expect(0.5 + 2.0 / 32, 0.5 + 2.0 / 32, 2, TR_DTYPE_INT4);
    count(DENSE(
        QUANT("\"quant_method\":\"compressed-tensors\",\"config_groups\":{\"group_0\":{\"weights\":{"
              "\"num_bits\":4,\"type\":\"float\",\"group_size\":32,\"scale_dtype\":\"torch.uint8\"}}}")));
    expect(0.53125, 0.53125, 2, TR_DTYPE_FP4);
}

static void modules_left_wide_stay_wide(void **state)
{
    (void)state;
    /* gpt-oss: experts alone are quantised */
    count(MIXTURE(QUANT("\"quant_method\":\"mxfp4\",\"modules_to_not_convert\":[\"model.layers.*.self_attn\","
                        "\"model.layers.*.mlp.router\",\"model.embed_tokens\",\"lm_head\"]")));
    assert_true(part_byte(TR_PART_ROUTED) == 0.53125);
    assert_true(linear_byte() > 0.53125 && linear_byte() < 2);
    /* Kimi K2.5: attention, shared experts and the dense FFN stay wide by patterns */
    count(
        MIXTURE(QUANT("\"quant_method\":\"compressed-tensors\",\"config_groups\":{\"group_0\":{\"weights\":{"
                      "\"num_bits\":4,\"type\":\"int\",\"group_size\":32}}},\"ignore\":[\"lm_head\","
                      "\"re:.*self_attn.*\",\"re:.*shared_experts.*\","
                      "\"re:.*mlp\\\\.(gate|up|gate_up|down)_proj.*\"]")));
    expect(0.5625, 2, 2, TR_DTYPE_INT4);
    /* norms and routers in a list change nothing */
    count(DENSE(
        QUANT("\"quant_method\":\"fp8\",\"modules_to_not_convert\":[\"lm_head\","
              "\"model.layers.0.input_layernorm\",\"model.layers.0.mlp.gate\","
              "\"model.layers.0.self_attn.kv_a_layernorm\",\"model.layers.0.self_attn.indexers_proj\"]")));
    expect(1, 1, 2, TR_DTYPE_FP8);
}

static void a_layer_named_in_a_list_stays_wide_alone(void **state)
{
    (void)state;
    count(DENSE(QUANT("\"quant_method\":\"fp8\",\"ignore\":[\"model.layers.0*\",\"model.layers.3.*\"]")));
    expect(1.5, 1.5, 2, TR_DTYPE_BF16); /* with the tables, more is wide than not */
    const double half = linear_byte();
    count(DENSE(QUANT("\"quant_method\":\"fp8\",\"ignore\":[\"model.layers.1.self_attn*\","
                      "\"model.layers.1.mlp*\",\"model.layers.2.self_attn*\",\"model.layers.2.mlp*\"]")));
    assert_true(linear_byte() == half);
}

static void formats_may_be_listed_module_by_module(void **state)
{
    (void)state;
    count(MIXTURE(
        QUANT("\"quant_method\":\"modelopt\",\"quant_algo\":\"MIXED_PRECISION\",\"quantized_layers\":{"
              "\"model.layers.0.mlp.down_proj\":{\"quant_algo\":\"MXFP8\"},"
              "\"model.layers.0.self_attn.o_proj\":{\"quant_algo\":\"MXFP8\"},"
              "\"model.layers.1.mlp.experts.0.w1\":{\"quant_algo\":\"NVFP4\",\"group_size\":16},"
              "\"model.layers.2.mlp.experts.0.w1\":{\"quant_algo\":\"NVFP4\",\"group_size\":16},"
              "\"model.layers.3.mlp.experts.0.w1\":{\"quant_algo\":\"NVFP4\",\"group_size\":16}}")));
    assert_true(part_byte(TR_PART_ROUTED) == 0.5625);
    assert_true(linear_byte() > 1 && linear_byte() < 2);
    assert_int_equal(model.weight_dtype, TR_DTYPE_FP4);
}

static void groups_may_have_targets_of_their_own(void **state)
{
    (void)state;
    count(MIXTURE(QUANT("\"quant_method\":\"compressed-tensors\",\"config_groups\":{"
                        "\"group_0\":{\"targets\":[\"re:.*self_attn.*\"],\"weights\":{\"num_bits\":8,"
                        "\"type\":\"float\"}},"
                        "\"group_1\":{\"targets\":[\"re:.*mlp.experts.*\"],\"weights\":{\"num_bits\":4,"
                        "\"type\":\"float\",\"group_size\":16}}}")));
    assert_true(part_byte(TR_PART_ROUTED) == 0.5625);
    assert_true(linear_byte() > 1 && linear_byte() < 2);
    count(MIXTURE(QUANT("\"quant_method\":\"quark\",\"global_quant_config\":{\"weight\":{\"dtype\":\"fp4\","
                        "\"group_size\":32}},\"exclude\":[\"lm_head\",\"re:.*self_attn.*\"]")));
    assert_true(part_byte(TR_PART_ROUTED) == 0.53125);
    assert_true(linear_byte() > 0.53125 && linear_byte() < 2);
}

static void the_cache_dtype_is_read_where_it_is_stated(void **state)
{
    (void)state;
    count(DENSE(QUANT("\"quant_algo\":\"FP8\",\"kv_cache_scheme\":\"FP8\"")));
    assert_int_equal(model.kv_dtype, TR_DTYPE_FP8);
    count(DENSE(QUANT("\"quant_method\":\"modelopt\",\"quant_algo\":\"NVFP4\",\"kv_cache_scheme\":{"
                      "\"num_bits\":8,\"type\":\"float\",\"dynamic\":false}")));
    assert_int_equal(model.kv_dtype, TR_DTYPE_FP8);
    count(
        DENSE(QUANT("\"quant_method\":\"modelopt\",\"quant_algo\":\"NVFP4\",\"kv_cache_quant_algo\":null")));
    assert_int_equal(model.kv_dtype, TR_DTYPE_BF16);
}

static void who_says_what_the_cache_is_in_is_kept(void **state)
{
    (void)state;
    count(DENSE(",\"torch_dtype\":\"bfloat16\""));
    assert_int_equal(model.checkpoint_kv, TR_KV_DIRECTIVE_NONE);
    assert_int_equal(model.checkpoint_kv_dtype, TR_DTYPE_NATIVE);
    /* FP8 weights alone say nothing about the cache */
    count(DENSE(QUANT("\"quant_method\":\"fp8\"")));
    assert_int_equal(model.checkpoint_kv, TR_KV_DIRECTIVE_NONE);
    assert_int_equal(model.kv_dtype, TR_DTYPE_BF16);
    count(DENSE(QUANT("\"quant_method\":\"compressed-tensors\",\"config_groups\":{\"group_0\":{\"weights\":{"
                      "\"num_bits\":8,\"type\":\"float\"}}},\"kv_cache_scheme\":{\"num_bits\":8,\"type\":\"float\"}")));
    assert_int_equal(model.checkpoint_kv, TR_KV_DIRECTIVE_SCHEME);
    assert_int_equal(model.checkpoint_kv_dtype, TR_DTYPE_FP8);
    count(DENSE(QUANT("\"quant_method\":\"modelopt\",\"quant_algo\":\"NVFP4\",\"kv_cache_quant_algo\":\"FP8\"")));
    assert_int_equal(model.checkpoint_kv, TR_KV_DIRECTIVE_ALGO);
    assert_int_equal(model.checkpoint_kv_dtype, TR_DTYPE_FP8);
    assert_int_equal(model.kv_dtype, TR_DTYPE_FP8);
    count(DENSE(QUANT("\"quant_method\":\"modelopt\",\"quant_algo\":\"NVFP4\",\"kv_cache_quant_algo\":\"NVFP4\"")));
    assert_int_equal(model.checkpoint_kv_dtype, TR_DTYPE_FP4);
    count(DENSE(QUANT("\"quant_method\":\"modelopt\",\"quant_algo\":\"NVFP4\",\"kv_cache_quant_algo\":\"none\"")));
    assert_int_equal(model.checkpoint_kv, TR_KV_DIRECTIVE_NONE);
    assert_int_equal(model.kv_dtype, TR_DTYPE_BF16);
}

static void an_unknown_quantisation_is_named(void **state)
{
    (void)state;
    tr_error err = {0};
    const char *json = DENSE(",\n"
                             "\"quantization_config\":{\"quant_method\":\"magic\"}");
    assert_int_equal(count_text(json, &model, &err), TR_EUNKNOWN);
    assert_string_equal(err.field, "quantization_config.quant_method");
    assert_int_equal(err.line, 2);
    assert_non_null(strstr(err.text, "magic"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_checkpoint_has_its_dtype_everywhere),
        cmocka_unit_test(an_fp8_checkpoint_has_one_byte_a_linear_parameter_and_two_for_the_rest),
        cmocka_unit_test(four_bit_formats_carry_their_scales),
        cmocka_unit_test(modules_left_wide_stay_wide),
        cmocka_unit_test(a_layer_named_in_a_list_stays_wide_alone),
        cmocka_unit_test(formats_may_be_listed_module_by_module),
        cmocka_unit_test(groups_may_have_targets_of_their_own),
        cmocka_unit_test(the_cache_dtype_is_read_where_it_is_stated),
        cmocka_unit_test(who_says_what_the_cache_is_in_is_kept),
        cmocka_unit_test(an_unknown_quantisation_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
