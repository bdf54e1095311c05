/* test_model_gguf.c -- sizes of GGUF files by their mix: to the byte, and bits a weight as llama.cpp publishes them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/gguf_mix.h"
#include "model/gguf_type.h"
#include "model/weights.h"
#include "shared.h"

static tr_model model; /* large */

static size_t mix_of(const char *name)
{
    for (size_t i = 0; tr_gguf_mix_name(i) != NULL; i++)
        if (tr_text_same(tr_gguf_mix_name(i), name))
            return i;
    fail_msg("no mix %s", name);
    return 0;
}

static double size_byte(const char *name, const char *mix, int importance)
{
    tr_weights w;
    if (strcmp(model.name, name) != 0)
        assert_int_equal(tr_model_catalog_get(name, &model, NULL), TR_OK);
    const size_t index = mix_of(mix);
    tr_gguf_mix_weights(&model, index, importance < 0 ? tr_gguf_mix_importance(index) : importance, &w);
    return tr_model_stored_byte(&model, &w);
}

/* ggml-org/llama.cpp tools/quantize/README.md at 311c2c9: bits a weight of Llama-3.1-8B. */
static void bits_a_weight_are_those_that_llama_cpp_publishes_for_llama_8b(void **state)
{
    (void)state;
    static const struct {
        const char *mix;
        double bit;
    } row[] = {
        {"IQ1_S", 2.0042},  {"IQ1_M", 2.1460},  {"IQ2_XXS", 2.3824}, {"IQ2_XS", 2.5882}, {"IQ2_S", 2.7403},
        {"IQ2_M", 2.9294},  {"IQ3_XXS", 3.2548}, {"IQ3_XS", 3.4977}, {"IQ3_S", 3.6606},  {"IQ3_M", 3.7628},
        {"IQ4_XS", 4.4597}, {"IQ4_NL", 4.6818}, {"Q2_K_S", 2.9697},  {"Q2_K", 3.1593},   {"Q3_K_S", 3.6429},
        {"Q3_K_L", 4.2979}, {"Q4_K_S", 4.6672}, {"Q4_K_M", 4.8944},  {"Q5_K_S", 5.5704}, {"Q5_K_M", 5.7036},
        {"Q6_K", 6.5633},   {"Q8_0", 8.5008},   {"F16", 16.0005},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const double bit = 8 * size_byte("llama-3.1-8b", row[i].mix, -1) / model.total_param;
        if (!(fabs(bit - row[i].bit) < 0.00005))
            fail_msg("%s: %.4f bits, published %.4f", row[i].mix, bit, row[i].bit);
    }
}

/* Sizes that people see: llama-bench prints them beside the model, in GiB to two places. */
static void files_are_as_large_as_llama_bench_says(void **state)
{
    (void)state;
    static const struct {
        const char *name, *mix;
        double gib;
    } row[] = {{"llama-3.1-70b", "q4_k_m", 39.59},
               {"gpt-oss-20b", "mxfp4_moe", 11.27},
               {"gpt-oss-120b", "mxfp4_moe", 59.02},
               {"qwen3-30b-a3b", "q4_k_m", 17.28}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        assert_true(fabs(size_byte(row[i].name, row[i].mix, -1) / 1073741824.0 - row[i].gib) < 0.005);
}

/* Files on Hugging Face, in bytes: their metadata, mostly the vocabulary, is what the tensors leave. */
static void published_files_are_the_tensors_and_a_header(void **state)
{
    (void)state;
    static const struct {
        const char *name, *mix;
        double file_byte, header_byte; /* at most */
    } row[] = {{"gpt-oss-20b", "mxfp4_moe", 12109566560.0, 14e6}, /* ggml-org/gpt-oss-20b-GGUF, 2025-08 */
               {"qwen3-8b", "q4_k_m", 5027783488.0, 7e6},         /* Qwen/Qwen3-8B-GGUF, 2025-05 */
               {"qwen3-30b-a3b", "q4_k_m", 18556685824.0, 7e6},   /* Qwen/Qwen3-30B-A3B-GGUF, 2025-05 */
               {"qwen3-4b", "q8_0", 4280405792.0, 7e6}};          /* unsloth/Qwen3-4B-GGUF, 2025-05 */
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const double header = row[i].file_byte - size_byte(row[i].name, row[i].mix, -1);
        if (!(header > 1e6 && header < row[i].header_byte))
            fail_msg("%s in %s: %.0f bytes are left for the header", row[i].name, row[i].mix, header);
    }
    /* 2025-01, when one tensor of queries, keys and values was always Q5_K in this mix: 0.03 % less than now */
    assert_true(fabs(size_byte("phi-4", "q4_k_m", 0) / 9053114816.0 - 1) < 5e-4); /* bartowski/phi-4-GGUF */
}

static void fused_queries_keys_and_values_go_by_the_rule_of_values(void **state)
{
    (void)state;
    assert_int_equal(tr_model_catalog_get("phi-4", &model, NULL), TR_OK);
    tr_weights w;
    tr_gguf_mix_weights(&model, mix_of("q4_k_m"), 0, &w);
    /* 20 of 40 layers in Q6_K; the way out, two thirds as large, in Q4_K */
    const double qkv = 5120.0 * 7680, out = 5120.0 * 5120;
    assert_true(fabs(w.part[TR_PART_MIXER].byte - (qkv * (4.5 + 6.5625) / 2 + out * 4.5) / 8 / (qkv + out)) < 1e-15);
}

static void a_latent_is_opened_by_two_tensors_that_are_no_values(void **state)
{
    (void)state;
    assert_int_equal(tr_model_catalog_get("deepseek-v2-lite", &model, NULL), TR_OK);
    tr_weights w;
    tr_gguf_mix_weights(&model, mix_of("q4_k_m"), 0, &w);
    /* 16 heads of 128 and 64, values of 128, a latent of 512: q, down, out in Q4_K; keys' rows of 128 in Q5_0, values'
     * of 512 in Q4_K; a norm of 512 */
    const double four = 2048.0 * 16 * 192 + 2048.0 * 576 + 16 * 128 * 2048.0 + 16 * 128 * 512.0;
    const double key = 16 * 128 * 512.0, norm = 512;
    assert_true(fabs(w.part[TR_PART_MIXER].byte - (four * 4.5 + key * 5.5 + norm * 32) / 8 / (four + key + norm)) < 1e-15);
    /* QuantFactory/DeepSeek-V2-Lite-Chat-GGUF, 2024-06, when the two were one tensor in Q4_K */
    assert_true(fabs(size_byte("deepseek-v2-lite", "q4_k_m", 0) / 10364416768.0 - 1) < 5e-4);
}

/* One line of the list: model, mix, importance matrix, weights, bytes. */
static int compare(char *line)
{
    char *field[6];
    int n = 0;
    for (char *at = line; at != NULL && n < 6; n++) {
        field[n] = at;
        at = strchr(at, ',');
        if (at != NULL)
            *at++ = '\0';
    }
    if (n < 6 || strcmp(field[0], "model") == 0)
        return 0;
    for (char *c = field[0]; *c != '\0'; c++)
        *c = tr_text_lower(*c);
    const double got = size_byte(field[0], field[1], strcmp(field[2], "yes") == 0), wanted = strtod(field[4], NULL);
    assert_true(model.total_param == strtod(field[3], NULL));
    if (got != wanted)
        fail_msg("%s %s (%s): %.0f bytes, the list has %.0f", field[0], field[1], field[2], got, wanted);
    if (!(fabs(8 * got / model.total_param - strtod(field[5], NULL)) < 0.00006))
        fail_msg("%s %s: %.4f bits, the list has %s", field[0], field[1], 8 * got / model.total_param, field[5]);
    return 1;
}

static void sizes_agree_to_the_byte_with_the_list_of_files(void **state)
{
    (void)state;
    char path[512], line[1024];
    int rows = 0;
    if (!shared_path("facts/gguf_sizes.csv", path, sizeof path)) {
        print_message("# SKIP %s absent\n", path);
        skip();
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        rows += compare(line);
    (void)fclose(file);
    assert_true(rows >= 60);
}

/* Rows of a list of facts, each handed on in fields. Commas within quotes do not part them. */
static void each_row(const char *list, int (*take)(char **field, int n))
{
    char path[512], line[1024];
    int rows = 0;
    if (!shared_path(list, path, sizeof path)) {
        print_message("# SKIP %s absent\n", path);
        skip();
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char *field[12] = {line};
        int n = 1, quoted = 0;
        for (char *c = line; *c != '\0' && n < 12; c++) {
            quoted ^= *c == '"';
            if (*c == ',' && !quoted) {
                *c = '\0';
                field[n++] = c + 1;
            }
        }
        rows += take(field, n);
    }
    (void)fclose(file);
    assert_true(rows >= 30);
}

static int check_type(char **field, int n)
{
    if (n < 7 || strcmp(field[0], "type") == 0)
        return 0;
    const tr_gguf_type *type = tr_gguf_type_of((unsigned)strtoul(field[1], NULL, 10));
    if (field[2][0] == '\0') { /* removed */
        assert_null(type);
        return 1;
    }
    if (type == NULL || strcmp(type->name, field[0]) != 0 || type->block_elem != strtod(field[2], NULL) ||
        type->block_byte != strtod(field[3], NULL))
        fail_msg("%s: not as the list has it", field[0]);
    assert_true(8 * tr_gguf_type_byte(type) == strtod(field[4], NULL));
    tr_dtype cache = TR_DTYPE_NATIVE;
    const int is_cache = tr_dtype_parse(field[0], &cache, NULL) == TR_OK && strcmp(field[6], "yes") == 0;
    assert_int_equal(is_cache, strcmp(field[6], "yes") == 0);
    assert_true(!is_cache || tr_dtype_byte(cache) == tr_gguf_type_byte(type));
    return 1;
}

static int check_mix(char **field, int n)
{
    if (n < 4 || field[1][0] == '\0' || strcmp(field[0], "file_type") == 0)
        return 0;
    tr_weight_format format;
    char name[TR_WEIGHT_NAME_MAX];
    assert_int_equal(tr_weight_format_parse(field[0], &format, NULL), TR_OK);
    assert_int_equal(tr_weight_format_of_file(strtod(field[1], NULL), name), format);
    assert_string_equal(name, field[0]);
    return 1;
}

static void every_type_and_mix_of_the_lists_is_known(void **state)
{
    (void)state;
    each_row("facts/gguf_types.csv", check_type);
    each_row("facts/gguf_mixes.csv", check_mix);
}

static void eight_experts_keep_their_keys_and_values_in_eight_bits(void **state)
{
    (void)state;
    assert_int_equal(tr_model_catalog_get("mixtral-8x7b", &model, NULL), TR_OK);
    tr_weights w;
    tr_gguf_mix_weights(&model, mix_of("q4_k_s"), 0, &w);
    /* 32 layers: q 4.5 bits, k and v 8.5 of a quarter of its size each, the way out 5.5 */
    const double q = 4096.0 * 4096, kv = 4096.0 * 1024;
    assert_true(w.part[TR_PART_MIXER].byte == (q * 4.5 + 2 * kv * 8.5 + q * 5.5) / 8 / (2 * q + 2 * kv));
    /* the first 4 of 32 ways down in 5.5 bits */
    assert_true(fabs(w.part[TR_PART_ROUTED].byte - (4.5 + (5.5 - 4.5) * 4 / 32 / 3) / 8) < 1e-15);
}

static void rows_that_no_block_divides_fall_back_to_smaller_blocks(void **state)
{
    (void)state;
    /* rows of 896 are not a multiple of 256: Q4_K becomes Q5_0, the tied head Q8_0 */
    assert_int_equal(tr_model_catalog_get("qwen2.5-0.5b", &model, NULL), TR_OK);
    assert_true(model.hidden == 896 && model.tied);
    tr_weights w;
    tr_gguf_mix_weights(&model, mix_of("q4_k_s"), 0, &w);
    assert_true(w.part[TR_PART_EMBEDDING].byte == 34.0 / 32);
    assert_int_equal(w.part[TR_PART_EMBEDDING].dtype, TR_DTYPE_Q8_0);
    assert_int_equal(w.part[TR_PART_MIXER].dtype, TR_DTYPE_Q5_0);
}

static void every_mix_of_every_model_has_bytes_between_one_bit_and_four_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_model_catalog_count(); i++) {
        assert_int_equal(tr_model_catalog_get(tr_model_catalog_name(i), &model, NULL), TR_OK);
        double before = 0;
        for (size_t mix = 0; tr_gguf_mix_name(mix) != NULL; mix++) {
            tr_weights w;
            tr_gguf_mix_weights(&model, mix, 0, &w);
            for (int part = 0; part < TR_PART_COUNT; part++)
                if (!(w.part[part].byte > 0.125 && w.part[part].byte <= 4 && w.part[part].dtype != TR_DTYPE_NATIVE))
                    fail_msg("%s, %s, part %d: %g bytes", model.name, tr_gguf_mix_name(mix), part, w.part[part].byte);
            before = tr_model_stored_byte(&model, &w);
            assert_true(before > 0.125 * model.total_param && before < 2.2 * model.total_param);
        }
    }
}

static void types_have_the_blocks_of_ggml(void **state)
{
    (void)state;
    assert_true(tr_gguf_type_byte(tr_gguf_type_of(TR_GGUF_Q4_K)) == 144.0 / 256);
    assert_true(tr_gguf_type_byte(tr_gguf_type_of(TR_GGUF_Q8_0)) == tr_dtype_byte(TR_DTYPE_Q8_0));
    assert_true(tr_gguf_type_byte(tr_gguf_type_of(TR_GGUF_IQ4_NL)) == tr_dtype_byte(TR_DTYPE_IQ4_NL));
    assert_null(tr_gguf_type_of(4)); /* removed */
    assert_null(tr_gguf_type_of(1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_a_weight_are_those_that_llama_cpp_publishes_for_llama_8b),
        cmocka_unit_test(files_are_as_large_as_llama_bench_says),
        cmocka_unit_test(published_files_are_the_tensors_and_a_header),
        cmocka_unit_test(fused_queries_keys_and_values_go_by_the_rule_of_values),
        cmocka_unit_test(a_latent_is_opened_by_two_tensors_that_are_no_values),
        cmocka_unit_test(sizes_agree_to_the_byte_with_the_list_of_files),
        cmocka_unit_test(every_type_and_mix_of_the_lists_is_known),
        cmocka_unit_test(eight_experts_keep_their_keys_and_values_in_eight_bits),
        cmocka_unit_test(rows_that_no_block_divides_fall_back_to_smaller_blocks),
        cmocka_unit_test(every_mix_of_every_model_has_bytes_between_one_bit_and_four_bytes),
        cmocka_unit_test(types_have_the_blocks_of_ggml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
