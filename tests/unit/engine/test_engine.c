/* An engine is found by any spelling and by version, and decides the cache's format where nobody asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/engine.h>

static const tr_engine *found(const char *text)
{
    const tr_engine *engine = NULL;
    tr_error err;
    if (tr_engine_find(text, &engine, &err) != TR_OK)
        fail_msg("%s: %s", text, err.text);
    return engine;
}

static void every_spelling_finds_its_engine(void **state)
{
    (void)state;
    static const char *const spelling[][2] = {
        {"vllm", "vllm"},
        {"vLLM", "vllm"},
        {"SGLang", "sglang"},
        {"trt-llm", "trtllm"},
        {"TensorRT-LLM", "trtllm"},
        {"trt", "trtllm"},
        {"llama.cpp", "llamacpp"},
        {"llamacpp", "llamacpp"},
        {"dynamo-trt", "trtllm"},
        {"dynamo-sglang", "sglang"},
        {"llama.cpp CUDA", "llamacpp"},
    };
    for (size_t i = 0; i < sizeof spelling / sizeof spelling[0]; i++)
        assert_string_equal(found(spelling[i][0])->name, spelling[i][1]);
}

static void a_version_gives_the_newest_record_at_or_before_it(void **state)
{
    (void)state;
    assert_true(found("vllm@0.6.3")->prefill_first);
    assert_true(found("vllm@0.10.2")->memory_share < 0.91);
    assert_string_equal(found("vllm@0.20.9")->version, "0.14");
    assert_string_equal(found("vllm@v0.21.0")->version, "0.21");
    assert_ptr_equal(found("vllm@99"), found("vllm"));
    assert_string_equal(found("trtllm@1.3.0rc14")->version, "1.0");
    assert_string_equal(found("trtllm@1.0.0rc3")->version, "1.0");
}

static void an_unknown_engine_or_version_says_what_is_known(void **state)
{
    (void)state;
    const tr_engine *engine = tr_engine_default();
    tr_error err;
    memset(&err, 0, sizeof err);
    assert_int_equal(tr_engine_find("vlm", &engine, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "did you mean \"vllm\"?"));
    assert_string_equal(err.field, "engine");
    assert_int_equal(tr_engine_find("qqqqqqq", &engine, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "llamacpp, mlx, sglang, trtllm, vllm"));
    assert_int_equal(tr_engine_find("vllm@0.2", &engine, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "0.6"));
    assert_int_equal(tr_engine_find(NULL, &engine, NULL), TR_EMISSING);
    assert_ptr_equal(engine, tr_engine_default()); /* untouched */
}

static void no_name_is_no_engine_in_particular(void **state)
{
    (void)state;
    assert_ptr_equal(found(""), tr_engine_default());
    assert_string_equal(tr_engine_default()->name, "");
    assert_int_equal(tr_engine_default()->memory_rule, TR_MEMORY_WHOLE);
}

static void versions_of_an_engine_stand_together_newest_first(void **state)
{
    (void)state;
    assert_true(tr_engine_count() >= 7);
    assert_null(tr_engine_at(tr_engine_count()));
    for (size_t i = 0; i < tr_engine_count(); i++) {
        const tr_engine *e = tr_engine_at(i);
        char text[64];
        (void)strcpy(text, e->name);
        if (i == 0 || strcmp(tr_engine_at(i - 1)->name, e->name) != 0)
            assert_ptr_equal(found(text), e);
        (void)strcat(strcat(text, "@"), e->version);
        assert_ptr_equal(found(text), e);
    }
}

static void every_record_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i <= tr_engine_count(); i++) {
        const tr_engine *e = i < tr_engine_count() ? tr_engine_at(i) : tr_engine_default();
        assert_non_null(tr_memory_rule_name(e->memory_rule));
        assert_true(e->memory_share > 0 && e->memory_share <= 1 && e->buffer_byte >= 0 &&
                    e->chunk_token >= 1);
        assert_true(e->max_seq >= 0 && e->block_token >= 1 && e->poll_step >= 1 && e->max_tp_rank >= 0);
        assert_true(e == tr_engine_default() ||
                    (e->date[0] != '\0' && e->source[0] != '\0' && e->title[0] != '\0'));
    }
    assert_null(tr_memory_rule_name((tr_memory_rule)4));
}

static void narrow_weights_alone_never_narrow_the_cache(void **state)
{
    (void)state;
    static tr_model fp8;
    fp8.weight_dtype = TR_DTYPE_FP8;
    fp8.kv_dtype = TR_DTYPE_BF16;
    assert_int_equal(tr_engine_kv_dtype(found("vllm"), &fp8, TR_DTYPE_NATIVE), TR_DTYPE_BF16);
    assert_int_equal(tr_engine_kv_dtype(found("sglang"), &fp8, TR_DTYPE_NATIVE), TR_DTYPE_BF16);
    assert_int_equal(tr_engine_kv_dtype(found("trtllm"), &fp8, TR_DTYPE_NATIVE), TR_DTYPE_BF16);
}

static void a_checkpoints_directive_counts_where_the_engine_honours_it_and_what_is_asked_wins(void **state)
{
    (void)state;
    static tr_model model;
    model.checkpoint_kv = TR_KV_DIRECTIVE_SCHEME;
    model.checkpoint_kv_dtype = TR_DTYPE_FP8;
    assert_int_equal(tr_engine_kv_dtype(found("vllm"), &model, TR_DTYPE_NATIVE), TR_DTYPE_FP8);
    assert_int_equal(tr_engine_kv_dtype(found("vllm@0.11"), &model, TR_DTYPE_NATIVE), TR_DTYPE_BF16);
    assert_int_equal(tr_engine_kv_dtype(found("trtllm"), &model, TR_DTYPE_NATIVE), TR_DTYPE_FP8);
    assert_int_equal(tr_engine_kv_dtype(found("sglang"), &model, TR_DTYPE_NATIVE), TR_DTYPE_BF16);
    model.checkpoint_kv = TR_KV_DIRECTIVE_ALGO; /* every engine believes ModelOpt */
    assert_int_equal(tr_engine_kv_dtype(found("sglang"), &model, TR_DTYPE_NATIVE), TR_DTYPE_FP8);
    model.checkpoint_kv = TR_KV_DIRECTIVE_SCHEME;
    assert_int_equal(tr_engine_kv_dtype(found("llama.cpp"), &model, TR_DTYPE_NATIVE), TR_DTYPE_BF16);
    assert_int_equal(tr_engine_kv_dtype(found("llama.cpp"), &model, TR_DTYPE_INT8), TR_DTYPE_INT8);
    assert_int_equal(tr_engine_kv_dtype(found("vllm"), &model, TR_DTYPE_BF16), TR_DTYPE_BF16);
    assert_int_equal(tr_engine_kv_dtype(tr_engine_default(), NULL, TR_DTYPE_NATIVE), TR_DTYPE_BF16);
}

static void a_cache_is_kept_in_the_formats_that_its_engine_has(void **state)
{
    (void)state;
    static const tr_dtype blocks[] = {TR_DTYPE_Q8_0, TR_DTYPE_Q5_1, TR_DTYPE_Q5_0, TR_DTYPE_Q4_1, TR_DTYPE_Q4_0,
                                      TR_DTYPE_IQ4_NL};
    static const char *const others[] = {"vllm", "sglang", "trtllm", "vllm@0.11"};
    static tr_model m;
    tr_error err = {0};
    assert_int_equal(tr_model_catalog_get("llama-3.1-8b", &m, NULL), TR_OK);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        assert_int_equal(tr_engine_kv_check(found("llama.cpp"), &m, blocks[i], &err), TR_OK);
        assert_int_equal(tr_engine_kv_check(tr_engine_default(), &m, blocks[i], &err), TR_OK);
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
            assert_int_equal(tr_engine_kv_check(found(others[k]), &m, blocks[i], &err), TR_ECONFLICT);
    }
    assert_string_equal(err.field, "kv_dtype");
    assert_non_null(strstr(err.text, "vLLM keeps its cache in fp32, bf16, fp8, int8 or fp4, not in iq4_nl; --engine llamacpp"));
    assert_int_equal(tr_engine_kv_check(found("vllm"), &m, TR_DTYPE_FP8, &err), TR_OK);
    assert_int_equal(tr_engine_kv_check(found("llama.cpp"), &m, TR_DTYPE_FP8, &err), TR_ECONFLICT);
    assert_int_equal(tr_engine_kv_check(found("llama.cpp"), &m, TR_DTYPE_FP32, &err), TR_OK);
    assert_int_equal(tr_engine_kv_check(found("llama.cpp"), NULL, TR_DTYPE_NATIVE, &err), TR_OK);
    /* a latent of 512 and 64 is whole blocks; heads of 80 are not */
    assert_int_equal(tr_model_catalog_get("deepseek-v3", &m, NULL), TR_OK);
    assert_int_equal(tr_engine_kv_check(found("llama.cpp"), &m, TR_DTYPE_Q8_0, &err), TR_OK);
    assert_int_equal(tr_model_catalog_get("llama-3.1-8b,head_dim=80", &m, NULL), TR_OK);
    assert_int_equal(tr_engine_kv_check(found("llama.cpp"), &m, TR_DTYPE_Q8_0, &err), TR_ECONFLICT);
    assert_non_null(strstr(err.text, "blocks of 32 elements"));
    assert_int_equal(tr_engine_kv_check(found("llama.cpp"), &m, TR_DTYPE_BF16, &err), TR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_finds_its_engine),
        cmocka_unit_test(a_version_gives_the_newest_record_at_or_before_it),
        cmocka_unit_test(an_unknown_engine_or_version_says_what_is_known),
        cmocka_unit_test(no_name_is_no_engine_in_particular),
        cmocka_unit_test(versions_of_an_engine_stand_together_newest_first),
        cmocka_unit_test(every_record_is_whole),
        cmocka_unit_test(narrow_weights_alone_never_narrow_the_cache),
        cmocka_unit_test(a_checkpoints_directive_counts_where_the_engine_honours_it_and_what_is_asked_wins),
        cmocka_unit_test(a_cache_is_kept_in_the_formats_that_its_engine_has),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
