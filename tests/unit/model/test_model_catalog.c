/* test_model_catalog.c -- models compiled in are found by any of their names, and a near miss is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared.h"

static tr_model model;

static void every_entry_counts_and_carries_its_name_and_source(void **state)
{
    (void)state;
    const size_t count = tr_model_catalog_count();
    assert_true(count >= 100);
    for (size_t i = 0; i < count; i++) {
        const char *name = tr_model_catalog_name(i);
        tr_error err = {0};
        if (tr_model_catalog_get(name, &model, &err) != TR_OK)
            fail_msg("%s: %s", name, err.text);
        assert_string_equal(model.name, name);
        assert_true(strlen(model.hf_id) > 0 && strlen(model.source) > 0 && strlen(model.family) > 0);
        assert_true(i == 0 || strcmp(tr_model_catalog_name(i - 1), name) < 0);
    }
    assert_null(tr_model_catalog_name(count));
}

static void a_model_is_found_by_name_or_id_in_any_case(void **state)
{
    (void)state;
    static const char *const names[] = {"deepseek-v3", "DeepSeek-V3", "deepseek-ai/DeepSeek-V3",
                                        "DEEPSEEK-AI/deepseek-v3"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(tr_model_catalog_get(names[i], &model, NULL), TR_OK);
        assert_string_equal(model.name, "deepseek-v3");
        assert_string_equal(model.note, "");
        assert_true(model.total_param == 671026419200);
    }
}

/* Ids as they stand on Hugging Face. */
static void a_model_packed_again_is_found_with_the_format_its_name_says(void **state)
{
    (void)state;
    static const struct {
        const char *id, *name, *format;
    } row[] = {
        {"unsloth/DeepSeek-R1-GGUF", "deepseek-r1", "native"},
        {"unsloth/DeepSeek-R1-GGUF:Q4_K_M", "deepseek-r1", "q4_k_m"},
        {"unsloth/Llama-3.2-3B-Instruct", "llama-3.2-3b", "native"},
        {"unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit", "llama-3.1-8b", "int4"},
        {"unsloth/Meta-Llama-3.1-8B-Instruct-unsloth-bnb-4bit", "llama-3.1-8b", "int4"},
        {"unsloth/gpt-oss-20b-GGUF", "gpt-oss-20b", "native"},
        {"RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8", "llama-3.1-8b", "fp8"},
        {"RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", "llama-3.3-70b", "fp8"},
        {"RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a8", "llama-3.1-8b", "int8"},
        {"RedHatAI/Meta-Llama-3.1-70B-Instruct-quantized.w4a16", "llama-3.1-70b", "int4"},
        {"RedHatAI/Qwen3-8B-NVFP4", "qwen3-8b", "fp4"},
        {"bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", "llama-3.1-8b", "native"},
        {"bartowski/google_gemma-3-27b-it-GGUF", "gemma-3-27b", "native"},
        {"bartowski/Qwen_Qwen3-32B-GGUF", "qwen3-32b", "native"},
        {"Qwen/Qwen3-32B-AWQ", "qwen3-32b", "int4"},
        {"Qwen/Qwen2.5-72B-Instruct-GPTQ-Int4", "qwen2.5-72b", "int4"},
        {"Qwen/Qwen2.5-72B-Instruct-GPTQ-Int8", "qwen2.5-72b", "int8"},
        {"hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4", "llama-3.1-70b", "int4"},
        {"TheBloke/Llama-2-7B-Chat-GGUF", "llama-2-7b", "native"},
        {"nvidia/DeepSeek-R1-FP4", "deepseek-r1", "fp4"},
        {"amd/Llama-3.1-405B-Instruct-FP8-KV", "llama-3.1-405b", "fp8"},
        {"casperhansen/llama-3-70b-instruct-awq", "llama-3-70b", "int4"},
        {"Meta-Llama-3.1-8B-Instruct-Q4_K_M", "llama-3.1-8b", "q4_k_m"},
        {"nvidia/DeepSeek-R1-0528-NVFP4-v2", "deepseek-r1", "fp4"},
        {"lmstudio-community/gpt-oss-20b-MLX-8bit", "gpt-oss-20b", "int8"},
        {"mlx-community/Qwen3-30B-A3B-4bit-DWQ", "qwen3-30b-a3b", "int4"},
        {"mlx-community/Llama-3.3-70B-Instruct-4bit", "llama-3.3-70b", "int4"},
        {"mlx-community/Llama-3.3-70B-Instruct-6bit", "llama-3.3-70b", "q6_k"},
        {"ibnzterrell/Meta-Llama-3.3-70B-Instruct-AWQ-INT4", "llama-3.3-70b", "int4"},
        {"Intel/DeepSeek-R1-0528-int4-asym-AutoRound-inc", "deepseek-r1", "int4"},
        {"unsloth/Qwen2.5-Coder-32B-Instruct-128K-GGUF", "qwen2.5-coder-32b", "native"},
        {"unsloth/DeepSeek-R1-GGUF:UD-Q4_K_XL", "deepseek-r1", "q4_k_m"},
        {"unsloth/gemma-3-27b-it-qat-GGUF", "gemma-3-27b", "native"},
        {"TheBloke/CodeLlama-34B-Instruct-GPTQ", "codellama-34b", "int4"},
        {"neuralmagic/Meta-Llama-3-8B-Instruct-FP8-KV", "llama-3-8b", "fp8"},
        {"turboderp/Llama-3.1-8B-Instruct-exl3", "llama-3.1-8b", "native"},
        {"llama3.3:70b", "llama-3.3-70b", "native"},
        {"llama3.1:8b-instruct-q4_K_M", "llama-3.1-8b", "q4_k_m"},
        {"gpt-oss:20b", "gpt-oss-20b", "native"},
        {"unsloth/Qwen3-30B-A3B-GGUF", "qwen3-30b-a3b", "native"},
        {"lmstudio-community/Qwen3-8B-GGUF:Q8_0", "qwen3-8b", "q8_0"},
        {"ggml-org/gpt-oss-20b-GGUF:MXFP4_MOE", "gpt-oss-20b", "mxfp4_moe"},
        {"mlx-community/Qwen3-8B-4bit", "qwen3-8b", "int4"},
        {"TheBloke/Llama-2-7B-GGUF", "llama-2-7b", "native"},
        {"Qwen/Qwen3-8B-GGUF:IQ2_XXS", "qwen3-8b", "iq2_xxs"},
        {"Qwen/Qwen3-8B-FP8", "qwen3-8b", "fp8"},
        {"hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", "qwen3-8b", "q4_k_m"},
        {"huggingface.co/bartowski/Llama-3.2-3B-Instruct-GGUF:IQ3_M", "llama-3.2-3b", "iq3_m"},
        {"https://huggingface.co/unsloth/Qwen3-8B-GGUF", "qwen3-8b", "native"},
        {"https://huggingface.co/Qwen/Qwen3-8B-GGUF/resolve/main/Qwen3-8B-Q5_K_M.gguf", "qwen3-8b", "q5_k_m"},
        {"ollama.com/library/llama3.1:70b", "llama-3.1-70b", "native"},
        {"qwen3:30b-a3b", "qwen3-30b-a3b", "native"},
        {"qwen3:30b-a3b-instruct-q8_0", "qwen3-30b-a3b", "q8_0"},
        {"phi4:latest", "phi-4", "native"},
        {"llama2:70b-chat-q3_K_S", "llama-2-70b", "q3_k_s"},
        {"unsloth/Qwen3.5-35B-A3B-GGUF:UD-Q6_K_XL", "qwen3.5-35b-a3b", "q6_k"},
        {"mradermacher/Qwen3-8B-i1-GGUF:i1-IQ4_XS", "qwen3-8b", "iq4_xs"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        tr_error err = {0};
        size_t index = 0;
        tr_weight_format format = -1;
        if (tr_model_catalog_find_format(row[i].id, &index, &format, &err) != TR_OK)
            fail_msg("%s: %s", row[i].id, err.text);
        assert_string_equal(tr_model_catalog_name(index), row[i].name);
        assert_string_equal(tr_weight_format_name(format), row[i].format);
        tr_weights weights;
        assert_int_equal(tr_model_catalog_get(row[i].name, &model, NULL), TR_OK);
        assert_int_equal(tr_model_weights(&model, format, &weights, NULL), TR_OK);
        assert_int_equal(tr_model_catalog_get(row[i].id, &model, NULL), TR_OK);
        assert_true(same_weights(&model.weight, &weights));
        assert_true(format == TR_WEIGHT_FORMAT_NATIVE || strstr(model.source, "by its name") != NULL);
        assert_true(strstr(model.note, row[i].id) == model.note && strstr(model.note, row[i].name) != NULL);
        assert_true(format == TR_WEIGHT_FORMAT_NATIVE || strstr(model.note, row[i].format) != NULL);
    }
}

static void a_checkpoint_of_its_own_in_the_catalog_is_not_taken_for_one_packed_again(void **state)
{
    (void)state;
    size_t index;
    tr_weight_format format = -1;
    assert_int_equal(tr_model_catalog_find_format("nvidia/Llama-3.1-70B-Instruct-FP8", &index, &format, NULL), TR_OK);
    assert_string_equal(tr_model_catalog_name(index), "llama-3.1-70b-fp8");
    assert_int_equal(format, TR_WEIGHT_FORMAT_NATIVE);
}

static void a_name_packed_again_that_is_near_several_is_answered_with_them(void **state)
{
    (void)state;
    static const struct {
        const char *id, *told;
    } row[] = {
        {"TheBloke/Mistral-7B-Instruct-v0.2-AWQ", "did you mean mistral-7b-v0.1, mistral-7b-v0.3?"},
        {"casperhansen/mixtral-instruct-awq", "did you mean mixtral-8x22b, mixtral-8x7b?"},
        {"somebody/Qwen3-32B", "did you mean qwen3-32b?"}, /* of one's own, perhaps trained on */
        {"mradermacher/Llama-3.3-70B-Instruct-abliterated-GGUF", "did you mean \"llama-3.3-70b\"?"},
        {"DavidAU/Qwen3-8B-192k-GGUF", "did you mean \"qwen3-8b\"?"},
        {"phi4:14b", "did you mean \"phi-4\"?"},
        {"qwen3:30b", "did you mean qwen3-30b-a3b"},
        {"llama3:latest", "did you mean llama-3-70b, llama-3-8b"},
        {"gemma3", "did you mean gemma-3-12b, gemma-3-1b, gemma-3-27b?"},
        {"deepseek-r1:671b", "did you mean \"deepseek-r1\"?"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        tr_error err = {0};
        assert_int_equal(tr_model_catalog_get(row[i].id, &model, &err), TR_EUNKNOWN);
        if (strstr(err.text, row[i].told) == NULL || strstr(err.text, row[i].id) == NULL)
            fail_msg("%s: %s", row[i].id, err.text);
    }
}

static void a_stranger_with_a_known_name_is_not_believed(void **state)
{
    (void)state;
    size_t index = 99;
    tr_weight_format format = 98;
    tr_error err = {0};
    static const char *const names[] = {"somebody/Qwen3-32B", "unsloth/No-Such-Model-GGUF", "-GGUF", "x/-FP8", "GGUF"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(tr_model_catalog_find_format(names[i], &index, &format, &err), TR_EUNKNOWN);
    assert_int_equal(tr_model_catalog_find_format(NULL, &index, &format, &err), TR_EMISSING);
    assert_true(index == 99 && format == 98);
}

static void a_near_miss_gets_a_suggestion_and_leaves_the_model_alone(void **state)
{
    (void)state;
    static tr_model before;
    tr_error err = {0};
    memset(&model, 7, sizeof model);
    memcpy(&before, &model, sizeof model);
    assert_int_equal(tr_model_catalog_get("deepsek-v3", &model, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "did you mean \"deepseek-v3\"?"));
    assert_string_equal(err.field, "model");
    assert_int_equal(tr_model_catalog_get("zzzzzzzzzzzzzzzz", &model, &err), TR_EUNKNOWN);
    assert_null(strstr(err.text, "did you mean"));
    assert_int_equal(tr_model_catalog_get("", &model, &err), TR_EUNKNOWN);
    assert_int_equal(tr_model_catalog_get(NULL, &model, &err), TR_EMISSING);
    assert_memory_equal(&before, &model, sizeof model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_counts_and_carries_its_name_and_source),
        cmocka_unit_test(a_model_is_found_by_name_or_id_in_any_case),
        cmocka_unit_test(a_model_packed_again_is_found_with_the_format_its_name_says),
        cmocka_unit_test(a_checkpoint_of_its_own_in_the_catalog_is_not_taken_for_one_packed_again),
        cmocka_unit_test(a_name_packed_again_that_is_near_several_is_answered_with_them),
        cmocka_unit_test(a_stranger_with_a_known_name_is_not_believed),
        cmocka_unit_test(a_near_miss_gets_a_suggestion_and_leaves_the_model_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
