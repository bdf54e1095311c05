/* test_io_checkpoint.c -- the header of a real checkpoint, written tensor by tensor from its published layout.
 *
 * DeepSeek-V3 as on Hugging Face: 61 layers and a prediction layer, FP8 in
 * blocks of 128 x 128 with a scale each. Hugging Face counts 684,531,386,000
 * stored elements (safetensors.total): the sum of what is told apart here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "io/safetensors.h"

enum { HIDDEN = 7168, LAYERS = 61, DENSE = 3, EXPERTS = 256, VOCABULARY = 129280 };

static tensor_file checkpoint;

static void vector(const char *name, const char *format, uint64_t length)
{
    char shape[32];
    (void)snprintf(shape, sizeof shape, "[%llu]", (unsigned long long)length);
    tensor_add(&checkpoint, name, format, shape, length * (format[0] == 'F' ? 4 : 2));
}

static void matrix(const char *name, const char *format, uint64_t rows, uint64_t columns, uint64_t byte)
{
    char shape[64];
    (void)snprintf(shape, sizeof shape, "[%llu,%llu]", (unsigned long long)rows, (unsigned long long)columns);
    tensor_add(&checkpoint, name, format, shape, rows * columns * byte);
}

/* An FP8 matrix and its block scales. */
static void linear(const char *prefix, const char *name, uint64_t rows, uint64_t columns)
{
    char full[160];
    (void)snprintf(full, sizeof full, "%s%s.weight", prefix, name);
    matrix(full, "F8_E4M3", rows, columns, 1);
    (void)snprintf(full, sizeof full, "%s%s.weight_scale_inv", prefix, name);
    matrix(full, "F32", (rows + 127) / 128, (columns + 127) / 128, 4);
}

static void named(const char *prefix, const char *name, uint64_t length)
{
    char full[160];
    (void)snprintf(full, sizeof full, "%s%s.weight", prefix, name);
    vector(full, "BF16", length);
}

static void gated(const char *prefix, uint64_t width)
{
    linear(prefix, "gate_proj", width, HIDDEN);
    linear(prefix, "up_proj", width, HIDDEN);
    linear(prefix, "down_proj", HIDDEN, width);
}

static void layer(int number)
{
    char p[96], q[128];
    (void)snprintf(p, sizeof p, "model.layers.%d.self_attn.", number);
    linear(p, "q_a_proj", 1536, HIDDEN);
    named(p, "q_a_layernorm", 1536);
    linear(p, "q_b_proj", 128 * 192, 1536);
    linear(p, "kv_a_proj_with_mqa", 576, HIDDEN);
    named(p, "kv_a_layernorm", 512);
    linear(p, "kv_b_proj", 128 * 256, 512);
    linear(p, "o_proj", HIDDEN, 128 * 128);
    (void)snprintf(p, sizeof p, "model.layers.%d.", number);
    named(p, "input_layernorm", HIDDEN);
    named(p, "post_attention_layernorm", HIDDEN);
    (void)snprintf(p, sizeof p, "model.layers.%d.mlp.", number);
    if (number < DENSE) {
        gated(p, 18432);
        return;
    }
    (void)snprintf(q, sizeof q, "%sgate.weight", p);
    matrix(q, "BF16", EXPERTS, HIDDEN, 2);
    (void)snprintf(q, sizeof q, "%sgate.e_score_correction_bias", p);
    vector(q, "F32", EXPERTS);
    for (int i = 0; i < EXPERTS; i++) {
        (void)snprintf(q, sizeof q, "%sexperts.%d.", p, i);
        gated(q, 2048);
    }
    (void)snprintf(q, sizeof q, "%sshared_experts.", p);
    gated(q, 2048);
}

static void deepseek_v3_checkpoint_comes_apart_into_its_published_total(void **state)
{
    (void)state;
    matrix("model.embed_tokens.weight", "BF16", VOCABULARY, HIDDEN, 2);
    for (int i = 0; i <= LAYERS; i++)
        layer(i);
    matrix("model.layers.61.embed_tokens.weight", "BF16", VOCABULARY, HIDDEN, 2);
    matrix("model.layers.61.shared_head.head.weight", "BF16", VOCABULARY, HIDDEN, 2);
    matrix("model.layers.61.eh_proj.weight", "BF16", HIDDEN, 2 * HIDDEN, 2);
    named("model.layers.61.", "shared_head.norm", HIDDEN);
    named("model.layers.61.", "enorm", HIDDEN);
    named("model.layers.61.", "hnorm", HIDDEN);
    named("model.", "norm", HIDDEN);
    matrix("lm_head.weight", "BF16", VOCABULARY, HIDDEN, 2);
    bytes_add(&checkpoint.header, "}", 1);

    tr_tensors s;
    tr_error err = {.text = ""};
    tr_tensors_init(&s);
    s.hidden_layers = LAYERS;
    if (tr_safetensors_parse((const char *)checkpoint.header.data, checkpoint.header.size, checkpoint.payload, &s,
                             &err) != TR_OK)
        fail_msg("%s", err.text);
    bytes_free(&checkpoint.header);
    assert_true(tr_tensors_language_param(&s) == 671026419200.0);
    assert_true(s.param[TR_BESIDE_PREDICTION] == 11610068224.0);
    assert_true(s.param[TR_BESIDE_REPEATED] == 1853358080.0);
    assert_true(s.scale_elem == 41540496.0);
    assert_true(tr_tensors_language_param(&s) + s.param[TR_BESIDE_PREDICTION] + s.param[TR_BESIDE_REPEATED] +
                    s.scale_elem ==
                684531386000.0);
    assert_true(s.param[TR_PART_ROUTED] == 58.0 * EXPERTS * 3 * 2048 * HIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deepseek_v3_checkpoint_comes_apart_into_its_published_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
