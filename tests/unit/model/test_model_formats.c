/* test_model_formats.c -- the same model in another format: names, and the conventions of checkpoints. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/weights.h"
#include "shared.h"

static tr_model model; /* large */

static const tr_model *catalog(const char *name)
{
    tr_error err = {0};
    if (tr_model_catalog_get(name, &model, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return &model;
}

static tr_weights in_format(const tr_model *m, const char *name)
{
    tr_weights w = {.part = {{0, TR_DTYPE_NATIVE}}};
    tr_error err = {0};
    tr_weight_format format = -1;
    if (tr_weight_format_parse(name, &format, &err) != TR_OK || tr_model_weights(m, format, &w, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return w;
}

#define LINEAR_FROM TR_PART_MIXER
#define LINEAR_TO TR_PART_ROUTED

static void expect(const tr_weights *w, double linear, tr_dtype dtype, double other, tr_dtype other_dtype)
{
    for (int part = 0; part < TR_PART_COUNT; part++) {
        const int is_linear = part >= LINEAR_FROM && part <= LINEAR_TO;
        assert_true(fabs(w->part[part].byte - (is_linear ? linear : other)) < 1e-15);
        assert_int_equal(w->part[part].dtype, is_linear ? dtype : other_dtype);
    }
}

static void a_format_is_stored_by_the_convention_of_its_checkpoints(void **state)
{
    (void)state;
    const tr_model *m = catalog("llama-3.1-70b");
    tr_weights w = in_format(m, "fp32");
    expect(&w, 4, TR_DTYPE_FP32, 4, TR_DTYPE_FP32);
    w = in_format(m, "bf16");
    expect(&w, 2, TR_DTYPE_BF16, 2, TR_DTYPE_BF16);
    w = in_format(m, "fp8");
    expect(&w, 1 + 4.0 / 16384, TR_DTYPE_FP8, 2, TR_DTYPE_BF16);
    w = in_format(m, "int8");
    expect(&w, 1 + 4.0 / 16384, TR_DTYPE_INT8, 2, TR_DTYPE_BF16);
    w = in_format(m, "fp4");
    expect(&w, 0.5 + 1.0 / 16, TR_DTYPE_FP4, 2, TR_DTYPE_BF16);
    w = in_format(m, "int4");
    expect(&w, 0.5 + 2.5 / 128, TR_DTYPE_INT4, 2, TR_DTYPE_BF16);
    w = in_format(m, "native");
    assert_true(same_weights(&w, &m->weight));
}

static void latent_attention_of_an_fp4_checkpoint_stays_in_fp8(void **state)
{
    (void)state;
    const tr_weights w = in_format(catalog("deepseek-v3"), "fp4");
    assert_true(w.part[TR_PART_MIXER].byte == 1 + 4.0 / 16384);
    assert_int_equal(w.part[TR_PART_MIXER].dtype, TR_DTYPE_FP8);
    assert_true(w.part[TR_PART_ROUTED].byte == 0.5625 && w.part[TR_PART_DENSE].byte == 0.5625);
    assert_true(w.part[TR_PART_HEAD].byte == 2);
    /* Kimi Linear: latent attention in 7 of 27 layers, delta attention in the others */
    const tr_model *m = catalog("kimi-linear-48b-a3b");
    double latent = 0, all = 0;
    for (int i = 0; i < m->layer_kinds; i++) {
        all += m->layer[i].layer_count * m->layer[i].mixer_param;
        latent += m->layer[i].mixer == TR_MIXER_MLA ? m->layer[i].layer_count * m->layer[i].mixer_param : 0;
    }
    const tr_weights mixed = in_format(m, "fp4");
    const double byte = (latent * (1 + 4.0 / 16384) + (all - latent) * 0.5625) / all;
    assert_true(latent > 0 && latent < all / 2);
    assert_true(fabs(mixed.part[TR_PART_MIXER].byte - byte) < 1e-15);
    assert_int_equal(mixed.part[TR_PART_MIXER].dtype, TR_DTYPE_FP4);
}

static void a_checkpoint_published_in_a_format_is_taken_as_published(void **state)
{
    (void)state;
    static const char *const published[][2] = {{"deepseek-v3", "fp8"},
                                               {"llama-3.1-70b-fp8", "fp8"}, /* one scale a tensor */
                                               {"gpt-oss-120b", "fp4"},      /* experts alone, by 32 */
                                               {"deepseek-v3.1-nvfp4", "fp4"},
                                               {"kimi-k2-thinking", "int4"}, /* by 32, no zero point */
                                               {"qwen3-8b", "bf16"}};
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const tr_model *m = catalog(published[i][0]);
        const tr_weights w = in_format(m, published[i][1]);
        assert_true(same_weights(&w, &m->weight));
    }
    assert_true(in_format(catalog("kimi-k2-thinking"), "int4").part[TR_PART_ROUTED].byte == 0.5 + 2.0 / 32);
    /* and in another one it is not */
    assert_true(in_format(catalog("gpt-oss-120b"), "bf16").part[TR_PART_ROUTED].byte == 2);
    assert_true(in_format(catalog("deepseek-v3"), "int4").part[TR_PART_ROUTED].byte == 0.5 + 2.5 / 128);
}

static void plain_numbers_take_the_payload_literally_for_every_parameter(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double byte;
    } row[] = {{"native", 1.25}, {"fp32", 4}, {"bf16", 2}, {"fp8", 1}, {"int8", 1}, {"fp4", 0.5}, {"int4", 0.5}};
    const tr_model_numbers numbers = {8e9, 0, 1000, 1.25};
    assert_int_equal(tr_model_from_numbers(&numbers, &model, NULL), TR_OK);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const tr_weights w = in_format(&model, row[i].name);
        for (int part = 0; part < TR_PART_COUNT; part++)
            assert_true(w.part[part].byte == row[i].byte);
        assert_true(tr_model_stored_byte(&model, &w) == 8e9 * row[i].byte);
    }
    tr_weights w, before;
    tr_weight_format mix;
    tr_error err = {0};
    memset(&w, 7, sizeof w);
    before = w;
    assert_int_equal(tr_weight_format_parse("q4_k_m", &mix, NULL), TR_OK);
    assert_int_equal(tr_model_weights(&model, mix, &w, &err), TR_ECONFLICT);
    assert_non_null(strstr(err.text, "q4_k_m"));
    assert_memory_equal(&w, &before, sizeof w);
}

static void every_format_has_a_name_that_reads_back(void **state)
{
    (void)state;
    tr_weight_format count = 0, back = -1;
    for (const char *name; (name = tr_weight_format_name(count)) != NULL; count++) {
        assert_int_equal(tr_weight_format_parse(name, &back, NULL), TR_OK);
        assert_int_equal(back, count);
    }
    assert_true(count > TR_WEIGHT_FORMAT_INT4 + 20);
    assert_string_equal(tr_weight_format_name(TR_WEIGHT_FORMAT_NATIVE), "native");
    assert_null(tr_weight_format_name(-1));
    static const struct {
        const char *text;
        tr_weight_format format;
    } row[] = {{"FP16", TR_WEIGHT_FORMAT_BF16},  {"nvfp4", TR_WEIGHT_FORMAT_FP4},      {"w8a8", TR_WEIGHT_FORMAT_INT8},
               {"tf32", TR_WEIGHT_FORMAT_FP32},  {"torch.bfloat16", TR_WEIGHT_FORMAT_BF16},
               {"auto", TR_WEIGHT_FORMAT_NATIVE}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        assert_int_equal(tr_weight_format_parse(row[i].text, &back, NULL), TR_OK);
        assert_int_equal(back, row[i].format);
    }
    tr_error err = {0};
    back = 3;
    assert_int_equal(tr_weight_format_parse("q4_k_mm", &back, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "did you mean 'q4_k_m'?"));
    assert_int_equal(tr_weight_format_parse("potato", &back, &err), TR_EUNKNOWN);
    assert_null(strstr(err.text, "did you mean"));
    assert_int_equal(tr_weight_format_parse(NULL, &back, &err), TR_EMISSING);
    assert_int_equal(back, 3);
}

static void a_format_that_is_none_is_refused_and_the_output_left_alone(void **state)
{
    (void)state;
    tr_weights w, before;
    tr_error err = {0};
    memset(&w, 7, sizeof w);
    before = w;
    const tr_model *m = catalog("qwen3-8b");
    assert_int_equal(tr_model_weights(m, -1, &w, &err), TR_EDOMAIN);
    assert_int_equal(tr_model_weights(m, 10000, &w, &err), TR_EDOMAIN);
    assert_string_equal(err.field, "weight_format");
    assert_int_equal(tr_model_weights(NULL, 0, &w, &err), TR_EMISSING);
    assert_int_equal(tr_model_weights(m, 0, NULL, &err), TR_EMISSING);
    assert_memory_equal(&w, &before, sizeof w);
}

static void bytes_of_the_parts_are_those_of_the_whole(void **state)
{
    (void)state;
    const tr_model *m = catalog("deepseek-v3");
    double param = 0, byte = 0;
    for (int part = 0; part < TR_PART_COUNT; part++) {
        param += tr_model_part_param(m, (tr_part)part);
        byte += tr_model_part_param(m, (tr_part)part) * m->weight.part[part].byte;
    }
    assert_true(param == m->total_param);
    assert_true(tr_model_stored_byte(m, &m->weight) == byte);
    assert_true(fabs(tr_model_mean_byte(m, &m->weight, TR_PARTS_ALL) * param / byte - 1) < 1e-15);
    assert_true(tr_model_part_param(m, TR_PART_ROUTED) == m->routed_param);
    assert_true(tr_model_part_param(m, TR_PART_HEAD) == m->head_param);
    assert_true(tr_model_mean_byte(m, &m->weight, 1 << TR_PART_HEAD) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_format_is_stored_by_the_convention_of_its_checkpoints),
        cmocka_unit_test(latent_attention_of_an_fp4_checkpoint_stays_in_fp8),
        cmocka_unit_test(a_checkpoint_published_in_a_format_is_taken_as_published),
        cmocka_unit_test(plain_numbers_take_the_payload_literally_for_every_parameter),
        cmocka_unit_test(every_format_has_a_name_that_reads_back),
        cmocka_unit_test(a_format_that_is_none_is_refused_and_the_output_left_alone),
        cmocka_unit_test(bytes_of_the_parts_are_those_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
