/* test_model_property.c -- laws that every counted model obeys: the published ones, and thousands made by
 * chance. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/config_flat.h"
#include "io/json_flat.h"
#include "model/weights.h"
#include "shared.h"

static tr_model model, other;

/* ---- every model at hand ------------------------------------------------------------ */

typedef void (*law)(const char *name, const tr_model *m);

static void for_facts(law check)
{
    static char line[16384];
    FILE *file = fopen(TR_SOURCE_ROOT "/tests/unit/model/facts.jsonl", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        tr_flat *flat = NULL;
        tr_config *config = NULL;
        assert_int_equal(tr_flat_parse(line, strlen(line), &flat, NULL), TR_OK);
        assert_int_equal(tr_config_from_flat(flat, "config", &config, NULL), TR_OK);
        assert_int_equal(tr_model_from_config(config, NULL, &model, NULL), TR_OK);
        check(tr_flat_find(flat, "name")->text, &model);
        tr_config_destroy(config);
        tr_flat_destroy(flat);
    }
    (void)fclose(file);
}

static void for_catalog(law check)
{
    for (size_t i = 0; i < tr_model_catalog_count(); i++) {
        tr_error err = {0};
        if (tr_model_catalog_get(tr_model_catalog_name(i), &model, &err) != TR_OK)
            fail_msg("%s: %s", tr_model_catalog_name(i), err.text);
        check(tr_model_catalog_name(i), &model);
    }
}

static void for_all(law check)
{
    for_facts(check);
    for_catalog(check);
}

#define HOLDS(name, law)                                                                                     \
    do {                                                                                                     \
        if (!(law))                                                                                          \
            fail_msg("%s: %s", name, #law);                                                                  \
    } while (0)

/* ---- laws -------------------------------------------------------------------------- */

static double layer_param(const tr_layer *l)
{
    return l->mixer_param + l->norm_param + l->dense_param + l->routed_param + l->shared_param +
           l->router_param;
}

static void parts_add_up(const char *name, const tr_model *m)
{
    double sum = m->embedding_param + m->head_param + m->final_param + m->lookup_param, routed = 0, state = 0;
    for (int i = 0; i < m->layer_kinds; i++) {
        sum += m->layer[i].layer_count * layer_param(&m->layer[i]);
        routed += m->layer[i].layer_count * m->layer[i].routed_param;
        state += m->layer[i].layer_count * m->layer[i].state_byte;
    }
    HOLDS(name, sum == m->total_param);
    HOLDS(name, routed == m->routed_param);
    HOLDS(name, state == m->state_byte_per_seq);
    HOLDS(name, m->total_param == floor(m->total_param) && m->total_param > 0);
    HOLDS(name, m->active_param > 0 && m->active_param <= m->total_param);
    HOLDS(name, m->multiply_param > 0 && m->multiply_param <= m->active_param);
    HOLDS(name, m->stream_param >= m->multiply_param && m->stream_param <= m->total_param);
    HOLDS(name, m->layer_kinds >= 1 && m->layer_kinds <= TR_LAYER_MAX && m->layers >= 1);
    double parts = 0;
    for (int part = 0; part < TR_PART_COUNT; part++) {
        const tr_part_format *f = &m->weight.part[part];
        HOLDS(name, f->byte > 0.4 && f->byte <= 4 && f->dtype != TR_DTYPE_NATIVE);
        HOLDS(name, m->weight.part[TR_PART_OTHER].byte >= f->byte);
        parts += tr_model_part_param(m, (tr_part)part);
    }
    HOLDS(name, parts == m->total_param);
    HOLDS(name, m->unread_count == 0 || strcmp(m->unread[0], "sliding_window") == 0);
    double blocks = 0;
    for (int i = 0; i < m->layer_kinds; i++)
        blocks += m->layer[i].layer_count;
    HOLDS(name, blocks == m->stack_count);
    HOLDS(name, m->mtp_routed_param <= m->mtp_param && m->mtp_active_param <= m->mtp_param);
    HOLDS(name, (m->mtp_layers > 0) == (m->mtp_param > 0));
    HOLDS(name, m->weight_dtype != TR_DTYPE_NATIVE && m->kv_dtype != TR_DTYPE_NATIVE);
}

static void caches_grow_and_reads_stay_below(const char *name, const tr_model *m)
{
    const double state = m->state_byte_per_seq;
    double stored = -1, read = -1, flop = -1, shared = 0, own = 0;
    int wraps = 0;
    for (int i = 0; i < m->layer_kinds; i++)
        for (int k = 0; k < m->layer[i].cache_count; k++) {
            shared += m->layer[i].cache[k].shared;
            own += m->layer[i].cache[k].row_byte; /* a format of its own */
            wraps = wraps || m->layer[i].cache[k].wraps;
        }
    for (double n = 0; n <= 3e6; n = n < 1 ? 1 : 2 * n + 1) {
        const double s = tr_model_kv_store_byte(m, n, 2), r = tr_model_kv_read_byte(m, n, 2);
        HOLDS(name, wraps || (s >= stored && r >= read && tr_model_attention_flop(m, n) >= flop));
        HOLDS(name, shared > 0 || r <= s + state);
        HOLDS(name, r >= state);
        HOLDS(name, own > 0 || tr_model_kv_store_byte(m, n, 1) == s / 2);
        /* a step adds at least the slope of a context whose windows are full; a chunk that ends takes its rows away */
        HOLDS(name,
              wraps || tr_model_kv_store_byte(m, n + 4096, 2) - s >= 4096 * tr_model_kv_byte_per_token(m, 2) - 1e6);
        stored = s;
        read = r;
        flop = tr_model_attention_flop(m, n);
    }
    HOLDS(name, tr_model_kv_store_byte(m, 0, 2) == 0);
    const double whole = tr_model_prefill_attention_flop(m, 0, 5000);
    HOLDS(name, whole > 0 && whole <= tr_model_prefill_attention_flop(m, 0, 5001));
}

/* The widths kept in a layer give back its matrices, so that a list of operators can be made from them. */
static void widths_give_the_matrices_back(const char *name, const tr_model *m)
{
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        const double outer = l->out_rank > 0
                                 ? l->out_dim / l->out_groups_count * l->out_rank + l->out_rank * m->hidden
                                 : l->out_dim * m->hidden;
        double matrices = m->hidden * l->in_dim + outer;
        if (l->kv_rank > 0)
            matrices += l->kv_rank * l->heads * (l->head_dim - l->rope_dim + l->value_dim);
        if (l->q_rank > 0)
            matrices += l->q_rank * l->heads * l->head_dim;
        if (l->index_heads > 0)
            matrices += (l->q_rank > 0 ? l->q_rank : m->hidden) * l->index_heads * l->index_dim;
        if (l->in_dim > 0) {
            /* what is left: norms, biases, convolutions, low-rank gates, compressors */
            HOLDS(name, matrices <= l->mixer_param * 1.0001);
            HOLDS(name, matrices >= l->mixer_param * 0.90 || m->lookup_param > 0 || m->hidden < 1000);
        }
        const double dense = l->ffn_matrices * m->hidden * l->dense_dim;
        HOLDS(name, dense <= l->dense_param && dense + 2 * l->dense_dim + m->hidden >= l->dense_param);
        const double routed = l->experts * l->ffn_matrices * l->expert_in_dim * l->expert_dim;
        HOLDS(name, routed <= l->routed_param);
        HOLDS(name, routed + l->experts * (2 * l->expert_dim + m->hidden) >= l->routed_param);
        HOLDS(name, l->ffn_matrices * m->hidden * l->shared_dim <= l->shared_param);
        HOLDS(name, l->experts_active <= l->experts);
    }
}

static void parts_of_every_model_add_up(void **state)
{
    (void)state;
    for_all(parts_add_up);
}

static void caches_grow_with_context_and_reads_stay_below_what_is_stored(void **state)
{
    (void)state;
    for_all(caches_grow_and_reads_stay_below);
}

static void the_widths_of_a_layer_give_its_matrices_back(void **state)
{
    (void)state;
    for_all(widths_give_the_matrices_back);
}

/* ---- made by chance ------------------------------------------------------------------ */

static uint64_t seed;

/* 0 .. below-1, xorshift */
static unsigned chance(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % below;
}

typedef struct shape {
    unsigned heads, groups, head_dim, layers, ffn, vocab, experts, top_k;
    const char *architecture;
} shape;

static shape random_shape(void)
{
    static const char *const dense[] = {"LlamaForCausalLM",   "Qwen2ForCausalLM",  "Qwen3ForCausalLM",
                                        "Gemma2ForCausalLM",  "CohereForCausalLM", "Olmo2ForCausalLM",
                                        "GPTNeoXForCausalLM", "Glm4ForCausalLM",   "Starcoder2ForCausalLM"};
    static const char *const sparse[] = {"MixtralForCausalLM", "Qwen3MoeForCausalLM", "OlmoeForCausalLM",
                                         "Dots1ForCausalLM"};
    shape s = {0};
    s.groups = 1 + chance(8);
    s.heads = s.groups * (1 + chance(8));
    s.head_dim = 16 * (1 + chance(8));
    s.layers = 1 + chance(40);
    s.ffn = 1 + chance(9000);
    s.vocab = 1 + chance(200000);
    if (chance(2)) {
        s.experts = 1 + chance(64);
        s.top_k = 1 + chance(s.experts);
        s.architecture = sparse[chance(4)];
    } else {
        s.architecture = dense[chance(9)];
    }
    return s;
}

static void count_shape(const shape *s, unsigned layers, tr_model *out)
{
    char json[1024];
    (void)snprintf(json, sizeof json,
                   "{\"architectures\":[\"%s\"],\"hidden_size\":%u,\"num_hidden_layers\":%u,"
                   "\"num_attention_heads\":%u,\"num_key_value_heads\":%u,\"head_dim\":%u,"
                   "\"intermediate_size\":%u,\"vocab_size\":%u,\"num_experts\":%u,"
                   "\"num_experts_per_tok\":%u,\"sliding_window\":77,\"tie_word_embeddings\":false}",
                   s->architecture, s->heads * s->head_dim, layers, s->heads, s->groups, s->head_dim, s->ffn,
                   s->vocab, s->experts, s->top_k);
    tr_error err = {0};
    if (count_text(json, out, &err) != TR_OK)
        fail_msg("%s: %s", json, err.text);
}

static void twice_the_layers_are_twice_the_stack(void **state)
{
    (void)state;
    seed = 20261121;
    for (int i = 0; i < 2000; i++) {
        const shape s = random_shape();
        count_shape(&s, s.layers, &model);
        count_shape(&s, 2 * s.layers, &other);
        const double outside =
            model.embedding_param + model.head_param + model.final_param + model.lookup_param;
        assert_true(2 * (model.total_param - outside) == other.total_param - outside);
        assert_true(2 * model.routed_param == other.routed_param);
        assert_true(other.layers == 2 * model.layers);
        if (strcmp(s.architecture, "Gemma2ForCausalLM") !=
            0) /* which alternates, from a full or windowed layer */
            assert_true(2 * tr_model_kv_store_byte(&model, 1000, 2) ==
                        tr_model_kv_store_byte(&other, 1000, 2));
        parts_add_up(s.architecture, &model);
        caches_grow_and_reads_stay_below(s.architecture, &model);
        widths_give_the_matrices_back(s.architecture, &model);
    }
}

static void more_experts_add_parameters_but_no_work(void **state)
{
    (void)state;
    seed = 7;
    for (int i = 0; i < 500; i++) {
        shape s = random_shape();
        if (s.experts == 0)
            continue;
        count_shape(&s, s.layers, &model);
        s.experts *= 2;
        count_shape(&s, s.layers, &other);
        assert_true(other.routed_param == 2 * model.routed_param);
        /* only the routers grow */
        assert_true(other.active_param - model.active_param <=
                    s.layers * (s.experts / 2) * (1.0 + s.heads * s.head_dim));
        assert_true(tr_model_attention_flop(&other, 1e5) == tr_model_attention_flop(&model, 1e5));
    }
}

static void a_window_never_stores_more_than_full_attention(void **state)
{
    (void)state;
    seed = 99;
    for (int i = 0; i < 500; i++) {
        shape s = random_shape();
        s.experts = s.top_k = 0;
        s.architecture = "MistralForCausalLM"; /* windowed by its key */
        count_shape(&s, s.layers, &model);
        s.architecture = "LlamaForCausalLM"; /* which has no such key */
        count_shape(&s, s.layers, &other);
        assert_true(model.total_param == other.total_param);
        for (double n = 0; n < 1e6; n = 3 * n + 11) {
            assert_true(tr_model_kv_store_byte(&model, n, 2) <= tr_model_kv_store_byte(&other, n, 2));
            assert_true(tr_model_attention_flop(&model, n) <= tr_model_attention_flop(&other, n));
            assert_true(tr_model_prefill_attention_flop(&model, n, 50) <=
                        tr_model_prefill_attention_flop(&other, n, 50));
        }
        assert_true(tr_model_kv_byte_per_token(&model, 2) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_every_model_add_up),
        cmocka_unit_test(caches_grow_with_context_and_reads_stay_below_what_is_stored),
        cmocka_unit_test(the_widths_of_a_layer_give_its_matrices_back),
        cmocka_unit_test(twice_the_layers_are_twice_the_stack),
        cmocka_unit_test(more_experts_add_parameters_but_no_work),
        cmocka_unit_test(a_window_never_stores_more_than_full_attention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
