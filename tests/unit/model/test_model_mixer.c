/* test_model_mixer.c -- the kinds of mixer: what each row says, and the matrices of every layer. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/mixer.h"
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

static void every_kind_has_a_row_of_its_own(void **state)
{
    (void)state;
    for (tr_mixer a = TR_MIXER_NONE; a <= TR_MIXER_MAMBA; a++) {
        const tr_mixer_row *row = tr_mixer_row_of(a);
        assert_true(row != NULL && row->name != NULL);
        for (tr_mixer b = TR_MIXER_NONE; b < a; b++)
            assert_string_not_equal(row->name, tr_mixer_row_of(b)->name);
        /* heads that divide, or a state that is carried along */
        assert_true(!row->has_heads || !row->is_recurrent);
    }
    assert_string_equal(tr_mixer_row_of((tr_mixer)77)->name, "none");
    assert_true(tr_mixer_row_of(TR_MIXER_MLA)->has_heads && tr_mixer_row_of(TR_MIXER_MAMBA)->is_recurrent);
}

static void kv_heads_can_be_split_over_chips_and_a_latent_or_an_indexers_key_cannot(void **state)
{
    (void)state;
    const tr_layer *l = &catalog("llama-3.1-70b")->layer[0];
    assert_true(tr_cache_head_count(l, &l->cache[0]) == 8);
    l = &catalog("deepseek-v3.2")->layer[0];
    assert_int_equal(l->cache_count, 2);
    assert_true(tr_cache_head_count(l, &l->cache[0]) == 1 && tr_cache_head_count(l, &l->cache[1]) == 1);
    l = &catalog("minimax-m3")->layer[catalog("minimax-m3")->stack[10]];
    assert_int_equal(l->cache[1].kind, TR_CACHE_INDEX);
    assert_true(tr_cache_head_count(l, &l->cache[0]) == 4 && tr_cache_head_count(l, &l->cache[1]) == 1);
}

static void a_prompt_opens_latents_and_nothing_else(void **state)
{
    (void)state;
    const tr_layer *l = &catalog("deepseek-v3.2")->layer[0];
    assert_true(tr_cache_prompt_flop_per_row(l, &l->cache[0]) == 2 * 128 * (192 + 128.0));
    assert_true(tr_cache_prompt_flop_per_row(l, &l->cache[1]) == 0);
    l = &catalog("llama-3.1-70b")->layer[0];
    assert_true(tr_cache_prompt_flop_per_row(l, &l->cache[0]) == 0);
}

/* Parameters of a layer's matrices by part, and by what they do. */
typedef struct found {
    double part[TR_PART_COUNT];
    double kind[TR_MATRIX_DOWN + 1];
} found;

static void find(void *context, const tr_matrix *matrix)
{
    found *f = context;
    const double param = matrix->in_dim * matrix->out_dim * matrix->count;
    assert_true(matrix->in_dim > 0 && matrix->out_dim > 0 && matrix->count > 0);
    f->part[matrix->part] += param;
    f->kind[matrix->kind] += param;
}

static found matrices_of(const tr_model *m, const tr_layer *l)
{
    found f;
    memset(&f, 0, sizeof f);
    tr_layer_matrices(m, l, find, &f);
    return f;
}

static void a_layer_is_made_of_its_matrices(void **state)
{
    (void)state;
    const tr_model *m = catalog("llama-3.1-8b");
    const tr_layer *l = &m->layer[0];
    found f = matrices_of(m, l);
    assert_true(f.part[TR_PART_MIXER] == l->mixer_param && f.part[TR_PART_DENSE] == l->dense_param);
    assert_true(f.kind[TR_MATRIX_QUERY] == 4096.0 * 4096 && f.kind[TR_MATRIX_OUT] == 4096.0 * 4096);
    assert_true(f.kind[TR_MATRIX_KEY] == 4096.0 * 1024 && f.kind[TR_MATRIX_VALUE] == 4096.0 * 1024);
    assert_true(f.kind[TR_MATRIX_DOWN] == 4096.0 * 14336 && f.kind[TR_MATRIX_GATE] == 4096.0 * 14336);
    m = catalog("deepseek-v3");
    l = &m->layer[1];
    f = matrices_of(m, l);
    assert_true(f.part[TR_PART_MIXER] == l->mixer_param - 1536 - 512); /* two norms */
    assert_true(f.part[TR_PART_ROUTED] == l->routed_param && f.part[TR_PART_SHARED] == l->shared_param);
}

static void matrices_of_every_model_are_nearly_all_of_its_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_model_catalog_count(); i++) {
        const tr_model *m = catalog(tr_model_catalog_name(i));
        double named = 0, linear = 0;
        for (int k = 0; k < m->layer_kinds; k++) {
            const tr_layer *l = &m->layer[k];
            const found f = matrices_of(m, l);
            for (int part = TR_PART_MIXER; part <= TR_PART_ROUTED; part++) {
                const double all = tr_layer_part_param(l, (tr_part)part);
                if (!(f.part[part] <= all))
                    fail_msg("%s, layer %d, part %d: matrices of %.0f, parameters %.0f", m->name, k, part, f.part[part],
                             all);
                named += l->layer_count * f.part[part];
                linear += l->layer_count * all;
            }
        }
        if (!(named >= 0.98 * linear))
            fail_msg("%s: matrices name %.0f of %.0f", m->name, named, linear);
    }
}

static double heads_of(const tr_layer *layer, void *context)
{
    *(int *)context += 1;
    return layer->heads;
}

static void a_sum_over_layers_counts_each_as_often_as_it_occurs(void **state)
{
    (void)state;
    int calls = 0;
    const tr_model *m = catalog("qwen3-next-80b-a3b");
    double heads = 0;
    for (int i = 0; i < m->stack_count; i++)
        heads += m->layer[m->stack[i]].heads;
    assert_true(tr_model_sum(m, heads_of, &calls) == heads);
    assert_int_equal(calls, m->layer_kinds);
    assert_true(m->stack_count == 48);
    assert_int_equal(m->layer[m->stack[3]].mixer, TR_MIXER_ATTENTION);
    assert_int_equal(m->layer[m->stack[2]].mixer, TR_MIXER_LINEAR);
}

static void a_prediction_layer_says_what_a_token_meets_and_what_is_routed(void **state)
{
    (void)state;
    const tr_model *m = catalog("deepseek-v3");
    const double expert = 3 * 7168.0 * 2048;
    assert_true(m->mtp_layers == 1 && m->mtp_param == 11610068224.0);
    assert_true(m->mtp_routed_param == 256 * expert);
    assert_true(m->mtp_active_param == m->mtp_param - 248 * expert);
    m = catalog("llama-3.1-8b");
    assert_true(m->mtp_layers == 0 && m->mtp_param == 0 && m->mtp_active_param == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_row_of_its_own),
        cmocka_unit_test(kv_heads_can_be_split_over_chips_and_a_latent_or_an_indexers_key_cannot),
        cmocka_unit_test(a_prompt_opens_latents_and_nothing_else),
        cmocka_unit_test(a_layer_is_made_of_its_matrices),
        cmocka_unit_test(matrices_of_every_model_are_nearly_all_of_its_parameters),
        cmocka_unit_test(a_sum_over_layers_counts_each_as_often_as_it_occurs),
        cmocka_unit_test(a_prediction_layer_says_what_a_token_meets_and_what_is_routed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
