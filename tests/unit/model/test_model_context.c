/* test_model_context.c -- cached bytes and attention FLOPs against hand-worked values, and laws they obey. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/context.h"
#include "shared.h"

/* Large, so not on the stack. */
static tr_model model;

static const tr_model *of(const char *json)
{
    tr_error err = {0};
    const tr_status s = count_text(json, &model, &err);
    if (s != TR_OK)
        fail_msg("%s", err.text);
    return &model;
}

#define LLAMA_70B                                                                                            \
    "{\"architectures\":[\"LlamaForCausalLM\"],\"hidden_size\":8192,\"num_hidden_layers\":80,"               \
    "\"num_attention_heads\":64,\"num_key_value_heads\":8,\"intermediate_size\":28672,"                      \
    "\"vocab_size\":128256,\"tie_word_embeddings\":false}"
#define DEEPSEEK(arch, more)                                                                                 \
    "{\"architectures\":[\"" arch "\"],\"hidden_size\":7168,\"num_hidden_layers\":61,"                       \
    "\"num_attention_heads\":128,\"intermediate_size\":18432,\"moe_intermediate_size\":2048,"                \
    "\"n_routed_experts\":256,\"n_shared_experts\":1,\"num_experts_per_tok\":8,\"first_k_dense_replace\":3," \
    "\"q_lora_rank\":1536,\"kv_lora_rank\":512,\"qk_nope_head_dim\":128,\"qk_rope_head_dim\":64,"            \
    "\"v_head_dim\":128,\"topk_method\":\"noaux_tc\",\"vocab_size\":129280,"                                 \
    "\"tie_word_embeddings\":false" more "}"
#define DEEPSEEK_V3 DEEPSEEK("DeepseekV3ForCausalLM", "")
#define DEEPSEEK_V32                                                                                         \
    DEEPSEEK("DeepseekV32ForCausalLM", ",\"index_topk\":2048,\"index_n_heads\":64,\"index_head_dim\":128")
/* Every third layer full, the others 1,024 tokens wide. */
#define GEMMA_LIKE                                                                                           \
    "{\"architectures\":[\"Gemma3ForCausalLM\"],\"hidden_size\":512,\"num_hidden_layers\":6,"                \
    "\"num_attention_heads\":8,\"num_key_value_heads\":4,\"head_dim\":64,\"intermediate_size\":2048,"        \
    "\"vocab_size\":1000,\"sliding_window\":1024,\"sliding_window_pattern\":3}"
#define QWEN_NEXT_LIKE                                                                                       \
    "{\"architectures\":[\"Qwen3NextForCausalLM\"],\"hidden_size\":2048,\"num_hidden_layers\":4,"            \
    "\"num_attention_heads\":16,\"num_key_value_heads\":2,\"head_dim\":256,\"intermediate_size\":5120,"      \
    "\"vocab_size\":1000,\"linear_conv_kernel_dim\":4,\"linear_key_head_dim\":128,"                          \
    "\"linear_num_key_heads\":16,\"linear_num_value_heads\":32,\"linear_value_head_dim\":128,"               \
    "\"moe_intermediate_size\":512,\"num_experts\":512,\"num_experts_per_tok\":10,"                          \
    "\"shared_expert_intermediate_size\":512,\"tie_word_embeddings\":false}"

static void grouped_attention_keeps_a_key_and_a_value_for_each_kv_head(void **state)
{
    (void)state;
    const tr_model *m = of(LLAMA_70B);
    /* 80 layers x 2 x 8 heads x 128 x 2 bytes */
    assert_true(tr_model_kv_byte_per_token(m, 2) == 327680);
    assert_true(tr_model_kv_store_byte(m, 1000, 2) == 327680e3);
    assert_true(tr_model_kv_read_byte(m, 1000, 1) == 163840e3);
    assert_true(tr_model_kv_store_byte(m, 0, 2) == 0);
    /* no dtype asked for: the model's own, BF16 */
    assert_true(tr_model_kv_byte_per_token(m, 0) == 327680);
    assert_true(tr_model_kv_byte_per_token(m, NAN) == 327680);
}

static void latent_attention_keeps_the_latent_and_the_rotary_key(void **state)
{
    (void)state;
    const tr_model *m = of(DEEPSEEK_V3);
    assert_true(tr_model_kv_byte_per_token(m, 2) == 61 * (512 + 64) * 2);
    assert_true(tr_model_kv_byte_per_token(m, 2) == 70272);
}

static void a_window_keeps_its_rows_and_no_more(void **state)
{
    (void)state;
    const tr_model *m = of(GEMMA_LIKE);
    const double row = 2 * 4 * 64 * 2; /* K and V, 4 heads of 64, BF16 */
    assert_true(tr_model_kv_store_byte(m, 1000, 2) == 6 * 1000 * row);
    assert_true(tr_model_kv_store_byte(m, 1024, 2) == 6 * 1024 * row);
    assert_true(tr_model_kv_store_byte(m, 5000, 2) == (2 * 5000 + 4 * 1024) * row);
    assert_true(tr_model_kv_read_byte(m, 5000, 2) == (2 * 5000 + 4 * 1024) * row);
}

static void one_more_token_adds_the_rows_that_have_no_cap(void **state)
{
    (void)state;
    const tr_model *m = of(GEMMA_LIKE);
    const double row = 2 * 4 * 64 * 2;
    assert_true(tr_model_kv_byte_per_token(m, 2) == 2 * row);
    const double step = tr_model_kv_store_byte(m, 9001, 2) - tr_model_kv_store_byte(m, 9000, 2);
    assert_true(step == tr_model_kv_byte_per_token(m, 2));
}

static void a_sparse_query_reads_its_picks_and_every_indexer_key(void **state)
{
    (void)state;
    const tr_model *m = of(DEEPSEEK_V32);
    /* an indexer's key is 128 numbers in FP8 and a scale of 4 bytes, whatever the cache is in */
    const double stored = 61 * 100e3 * (576 * 2.0 + 132);
    const double read = 61 * (2048 * 576 * 2.0 + 100e3 * 132);
    assert_true(tr_model_kv_store_byte(m, 100e3, 2) == stored);
    assert_true(tr_model_kv_read_byte(m, 100e3, 2) == read);
    assert_true(tr_model_kv_store_byte(m, 100e3, 1) == 61 * 100e3 * (576 + 132.0));
    assert_true(tr_model_kv_byte_per_token(m, 2) == 61 * (576 * 2.0 + 132));
    /* below the top-k everything is read */
    assert_true(tr_model_kv_read_byte(m, 1000, 2) == tr_model_kv_store_byte(m, 1000, 2));
    assert_true(tr_model_attention_flop(m, 100e3) ==
                61 * (2048 * 2 * 128 * (2 * 512 + 64) + 100e3 * 2 * 64 * 128.0));
}

static void deepseek_v32_reads_1_2_gb_of_a_sequence_of_128k(void **state)
{
    (void)state;
    const tr_model *m = of(DEEPSEEK_V32);
    const double read = tr_model_kv_read_byte(m, 131072, 2);
    assert_true(read > 1.195e9 && read < 1.205e9);
    for (int k = 0; k < m->layer[0].cache_count; k++) {
        const tr_cache *cache = &m->layer[0].cache[k];
        const int index = cache->kind == TR_CACHE_INDEX;
        assert_int_equal(cache->math, index ? TR_DTYPE_FP8 : TR_DTYPE_NATIVE);
        assert_true(tr_cache_row_byte(cache, TR_DTYPE_BF16) == (index ? 132 : 1152));
        assert_true(tr_cache_row_byte(cache, TR_DTYPE_FP8) == (index ? 132 : 576));
        assert_true(tr_cache_row_byte(cache, TR_DTYPE_Q8_0) == (index ? 132 : 612));
    }
}

/* Every fourth layer full, the others in chunks of 8,192. */
#define LLAMA4                                                                                               \
    "{\"architectures\":[\"Llama4ForCausalLM\"],\"hidden_size\":5120,\"num_hidden_layers\":48,"                 \
    "\"num_attention_heads\":40,\"num_key_value_heads\":8,\"head_dim\":128,\"intermediate_size\":8192,"        \
    "\"intermediate_size_mlp\":16384,\"vocab_size\":202048,\"num_local_experts\":16,"                        \
    "\"num_experts_per_tok\":1,\"attention_chunk_size\":8192}"

static void a_chunk_begins_anew_after_its_last_token(void **state)
{
    (void)state;
    const tr_model *m = of(LLAMA4);
    const double row = 2 * 8 * 128 * 2;
    assert_true(tr_model_kv_store_byte(m, 8191, 2) == 48 * 8191 * row);
    /* the next token sees itself alone in 36 layers */
    assert_true(tr_model_kv_store_byte(m, 8192, 2) == 12 * 8192 * row);
    assert_true(tr_model_kv_store_byte(m, 8193, 2) == (12 * 8193 + 36) * row);
    assert_true(tr_model_kv_read_byte(m, 8193, 2) == (12 * 8193 + 36) * row);
    assert_true(tr_model_kv_read_byte(m, 20000, 2) == (12 * 20000 + 36 * (20000 - 16384)) * row);
    assert_true(tr_model_kv_byte_per_token(m, 2) == 12 * row);
    const double flop = 4 * 40 * 128;
    assert_true(tr_model_attention_flop(m, 8193) == (12 * 8193 + 36) * flop);
    /* a prompt is cut into triangles of a chunk each */
    const double triangle = 8192.0 * 8193 / 2, rest = 3616.0 * 3617 / 2;
    assert_true(tr_model_prefill_attention_flop(m, 0, 20000) ==
                (12 * (20000.0 * 20001 / 2) + 36 * (2 * triangle + rest)) * flop);
    assert_true(tr_model_prefill_attention_flop(m, 8192, 1) == (12 * 8193 + 36) * flop);
    assert_true(tr_model_prefill_attention_flop(m, 0, 9000) + tr_model_prefill_attention_flop(m, 9000, 11000) ==
                tr_model_prefill_attention_flop(m, 0, 20000));
}

/* An own mixture with latent attention: 45 layers see a window, every fourth the whole context. */
static void a_window_on_latent_layers_counts(void **state)
{
    (void)state;
    char json[4096];
    int at = snprintf(json, sizeof json,
                      "{\"architectures\":[\"DeepseekV3ForCausalLM\"],\"hidden_size\":4096,"
                      "\"num_hidden_layers\":60,\"num_attention_heads\":64,\"intermediate_size\":8192,"
                      "\"moe_intermediate_size\":1024,\"n_routed_experts\":64,\"n_shared_experts\":1,"
                      "\"num_experts_per_tok\":4,\"first_k_dense_replace\":1,\"q_lora_rank\":1024,"
                      "\"kv_lora_rank\":512,\"qk_nope_head_dim\":128,\"qk_rope_head_dim\":64,"
                      "\"v_head_dim\":128,\"vocab_size\":100000,\"sliding_window\":4096,\"layer_types\":[");
    for (int i = 0; i < 60; i++)
        at += snprintf(json + at, sizeof json - (size_t)at, "%s\"%s_attention\"", i > 0 ? "," : "",
                       i % 4 == 3 ? "full" : "sliding");
    (void)snprintf(json + at, sizeof json - (size_t)at, "]}");
    const tr_model *m = of(json);
    const double row = (512 + 64) * 2;
    assert_true(tr_model_kv_byte_per_token(m, 2) == 15 * row); /* 17.3 kB, and not 69.1 */
    assert_true(tr_model_kv_store_byte(m, 100e3, 2) == (15 * 100e3 + 45 * 4096) * row);
    assert_true(tr_model_attention_flop(m, 100e3) == (15 * 100e3 + 45 * 4096) * (2 * 64 * 1088.0));
    assert_int_equal(m->unread_count, 0);
}

/* Mean of the rows at points a sixteenth apart, in the middle of each piece. */
static double slow_mean(const tr_cache *cache, double from, double to)
{
    double sum = 0;
    const double step = 1.0 / 16;
    for (double x = from; x < to; x += step)
        sum += tr_cache_read_row(cache, x + step / 2);
    return sum * step / (to - from);
}

static void rows_over_a_run_of_contexts_are_averaged_piece_by_piece(void **state)
{
    (void)state;
    const tr_cache kinds[] = {
        {.token_per_row = 1},
        {.token_per_row = 1, .row_cap = 50},
        {.token_per_row = 1, .read_cap = 20},
        {.token_per_row = 1, .row_cap = 50, .read_cap = 20},
        {.token_per_row = 1, .row_cap = 32, .wraps = 1},
        {.token_per_row = 1, .row_cap = 32, .read_cap = 9, .wraps = 1},
        {.token_per_row = 4},
        {.token_per_row = 4, .read_cap = 10},
        {.token_per_row = 4, .row_cap = 13},
        {.token_per_row = 128, .read_cap = 1},
    };
    const double ends[] = {0, 1, 3, 4, 17, 31, 32, 33, 63, 64, 100, 200, 257};
    enum { N = sizeof ends / sizeof ends[0] };
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (int a = 0; a < N; a++)
            for (int b = a; b < N; b++) {
                const double got = tr_cache_read_row_mean(&kinds[k], ends[a], ends[b]);
                const double wanted =
                    a == b ? tr_cache_read_row(&kinds[k], ends[a]) : slow_mean(&kinds[k], ends[a], ends[b]);
                assert_true(fabs(got - wanted) <= 1e-12 * wanted);
            }
    /* far out a short run loses nothing */
    assert_true(tr_cache_read_row_mean(&kinds[0], 1e9, 1e9 + 1) == 1e9 + 0.5);
    assert_true(tr_cache_read_row_mean(&kinds[1], 1e9, 1e9 + 1) == 50);
}

static void a_recurrent_state_is_read_whole_whatever_the_context(void **state)
{
    (void)state;
    const tr_model *m = of(QWEN_NEXT_LIKE);
    /* three delta layers: 32 heads x 128 x 128 in FP32, 3 inputs of 2 x 2048 + 4096 channels in BF16 */
    const double bytes = 3 * (32 * 128 * 128 * 4.0 + 3 * (2 * 16 * 128 + 32 * 128) * 2.0);
    assert_true(m->state_byte_per_seq == bytes);
    assert_true(tr_model_kv_read_byte(m, 0, 2) == bytes);
    assert_true(tr_model_kv_read_byte(m, 10, 2) == bytes + 10 * 2 * 2 * 256 * 2);
    assert_true(tr_model_kv_store_byte(m, 0, 2) == 0);
    assert_true(tr_model_attention_flop(m, 0) > 0);
}

static void attention_costs_as_much_as_the_weights_at_54k_tokens_for_llama_70b(void **state)
{
    (void)state;
    const tr_model *m = of(LLAMA_70B);
    assert_true(tr_model_attention_flop(m, 1) == 4 * 80 * 64 * 128);
    const double equal_token = 2 * m->active_param / tr_model_attention_flop(m, 1);
    assert_true(equal_token > 53.7e3 && equal_token < 53.9e3);
    /* absorbed latent attention: 2 x 61 x 128 x (2 x 512 + 64) a token; equal at 4.4 thousand */
    m = of(DEEPSEEK_V3);
    assert_true(tr_model_attention_flop(m, 1) == 2 * 61 * 128 * 1088.0);
    const double latent_token = 2 * m->active_param / tr_model_attention_flop(m, 1);
    assert_true(latent_token > 4.4e3 && latent_token < 4.5e3);
}

static void a_prompt_costs_the_triangle_of_its_pairs(void **state)
{
    (void)state;
    const tr_model *m = of(LLAMA_70B);
    const double row = 4 * 80 * 64 * 128;
    assert_true(tr_model_prefill_attention_flop(m, 0, 1000) == row * 1000 * 1001 / 2);
    assert_true(tr_model_prefill_attention_flop(m, 500, 1) == row * 501);
    assert_true(tr_model_prefill_attention_flop(m, 500, 0) == 0);
    /* latent attention at full width: 2 x 128 heads x (192 + 128) */
    m = of(DEEPSEEK_V3);
    assert_true(tr_model_prefill_attention_flop(m, 0, 1000) == 61 * 2 * 128 * 320.0 * 1000 * 1001 / 2);
}

static double slow_prefill(const tr_model *m, double context, double query)
{
    double sum = 0;
    for (double i = 1; i <= query; i++)
        sum += tr_model_attention_flop(m, context + i);
    return sum;
}

static void a_prompt_in_two_chunks_costs_what_it_costs_in_one(void **state)
{
    (void)state;
    static const char *const models[] = {LLAMA_70B, DEEPSEEK_V3, GEMMA_LIKE, QWEN_NEXT_LIKE};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        const tr_model *m = of(models[i]);
        const double whole = tr_model_prefill_attention_flop(m, 0, 3000);
        const double parts =
            tr_model_prefill_attention_flop(m, 0, 1234) + tr_model_prefill_attention_flop(m, 1234, 1766);
        assert_true(whole == parts);
        if (i != 1) /* decode absorbs the latent, prefill does not */
            assert_true(whole == slow_prefill(m, 0, 3000));
    }
}

static void compressed_rows_are_summed_exactly(void **state)
{
    (void)state;
    static tr_model m;
    const double ratios[] = {1, 4, 128}, caps[] = {0, 1, 7, 512};
    memset(&m, 0, sizeof m);
    m.layer_kinds = 1;
    m.kv_dtype = TR_DTYPE_BF16;
    m.layer[0].layer_count = 1;
    m.layer[0].mixer = TR_MIXER_ATTENTION;
    m.layer[0].cache_count = 1;
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 8; c++) {
            m.layer[0].cache[0] = (tr_cache){.elem = 1, .token_per_row = ratios[r], .flop_per_row = 1};
            if (c < 4)
                m.layer[0].cache[0].row_cap = caps[c];
            else
                m.layer[0].cache[0].read_cap = caps[c - 4];
            for (double n = 0; n < 700; n += 97)
                for (double q = 0; q < 900; q += 111)
                    assert_true(tr_model_prefill_attention_flop(&m, n, q) == slow_prefill(&m, n, q));
        }
}

static void layers_that_share_a_cache_store_it_once_and_read_it_each(void **state)
{
    (void)state;
    /* Hunyuan-Large's way: every second layer reuses the keys and values of the one before */
    const tr_model *m = of("{\"architectures\":[\"HunYuanMoEForCausalLM\"],\"hidden_size\":512,"
                           "\"num_hidden_layers\":6,\"num_attention_heads\":8,\"num_key_value_heads\":2,"
                           "\"intermediate_size\":64,\"vocab_size\":1000,\"num_experts\":4,\"moe_topk\":1,"
                           "\"num_shared_expert\":1,\"use_cla\":true,\"cla_share_factor\":2}");
    const double row = 2 * 2 * 64 * 2;
    assert_true(tr_model_kv_byte_per_token(m, 2) == 3 * row);
    assert_true(tr_model_kv_store_byte(m, 100, 2) == 3 * 100 * row);
    assert_true(tr_model_kv_read_byte(m, 100, 2) == 6 * 100 * row);
    /* three layers lack both projections */
    double mixers = 0;
    for (int i = 0; i < m->layer_kinds; i++)
        mixers += m->layer[i].layer_count * m->layer[i].mixer_param;
    assert_true(mixers == 6 * 2 * 512 * 512 + 3 * 2 * 512 * 128);
}

static void compressed_attention_keeps_a_row_for_many_tokens_and_a_window_beside(void **state)
{
    (void)state;
    /* DeepSeek-V4's way: ratios 0, 4 and 128, one vector of 512 a row, indexer keys of 128 at ratio 4 */
    const tr_model *m = of("{\"architectures\":[\"DeepseekV4ForCausalLM\"],\"hidden_size\":1024,"
                           "\"num_hidden_layers\":3,\"num_attention_heads\":16,\"head_dim\":512,"
                           "\"vocab_size\":1000,\"moe_intermediate_size\":64,\"n_routed_experts\":8,"
                           "\"n_shared_experts\":1,\"num_experts_per_tok\":2,\"q_lora_rank\":256,"
                           "\"o_lora_rank\":128,\"o_groups\":4,\"index_head_dim\":128,\"index_n_heads\":8,"
                           "\"index_topk\":50,\"sliding_window\":128,\"hc_mult\":4,"
                           "\"compress_ratios\":[0,4,128]}");
    /* at 1,000 tokens: windows of 128; 250 rows and 250 indexer keys; 7 rows */
    assert_true(tr_model_kv_store_byte(m, 1000, 2) ==
                2.0 * (3 * 128 * 512 + 250 * 512 + 7 * 512) + 250 * 132);
    assert_true(tr_model_kv_read_byte(m, 1000, 2) == 2.0 * (3 * 128 * 512 + 50 * 512 + 7 * 512) + 250 * 132);
    assert_true(tr_model_kv_byte_per_token(m, 2) == 2.0 * (512 / 4.0 + 512 / 128.0) + 132 / 4.0);
    assert_true(tr_model_attention_flop(m, 1000) ==
                (3 * 128 + 50 + 7) * (4 * 16 * 512.0) + 250 * (2 * 8 * 128.0));
}

static void state_space_layers_cost_the_same_at_any_context(void **state)
{
    (void)state;
    /* Mamba-2: 8 heads of 64, state 128, 2 groups, 4 inputs of convolution */
    const tr_model *m = of("{\"architectures\":[\"Mamba2ForCausalLM\"],\"hidden_size\":256,"
                           "\"num_hidden_layers\":3,\"num_heads\":8,\"head_dim\":64,\"n_groups\":2,"
                           "\"state_size\":128,\"conv_kernel\":4,\"vocab_size\":1000}");
    const double channels = 512 + 2 * 2 * 128, cells = 512 * 128;
    assert_true(m->state_byte_per_seq == 3 * (4 * cells + 2 * 3 * channels));
    assert_true(tr_model_kv_store_byte(m, 1e6, 2) == 0);
    assert_true(tr_model_kv_read_byte(m, 1e6, 2) == m->state_byte_per_seq);
    assert_true(tr_model_attention_flop(m, 0) == 3 * (5 * cells + 2 * 4 * channels));
    assert_true(tr_model_attention_flop(m, 1e6) == tr_model_attention_flop(m, 0));
    assert_true(tr_model_prefill_attention_flop(m, 0, 100) == 100 * tr_model_attention_flop(m, 0));
}

static void lookup_tables_are_counted_but_neither_multiply_nor_stream(void **state)
{
    (void)state;
    /* Gemma 3n E4B: 6.87 billion in the language model, of which 2.35 billion are per-layer embeddings */
    const tr_model *m = of("{\"architectures\":[\"Gemma3nForConditionalGeneration\"],"
                           "\"text_config\":{\"model_type\":\"gemma3n_text\"}}");
    assert_true(m->lookup_param == 262144.0 * 35 * 256);
    assert_true(m->total_param > 6.865e9 && m->total_param < 6.875e9);
    assert_true(m->multiply_param == m->total_param - m->lookup_param);
    assert_true(m->stream_param == m->multiply_param);
    /* 20 layers keep a cache, every fifth of them whole; the other 15 read theirs */
    assert_true(tr_model_kv_byte_per_token(m, 2) == 4 * 2 * 2 * 256 * 2);
    assert_true(tr_model_kv_store_byte(m, 1e4, 2) == (4 * 1e4 + 16 * 512) * 2 * 2 * 256 * 2);
    assert_true(tr_model_kv_read_byte(m, 1e4, 2) == (7 * 1e4 + 28 * 512) * 2 * 2 * 256 * 2);
}

static void a_model_of_plain_numbers_is_taken_literally(void **state)
{
    (void)state;
    const tr_model_numbers numbers = {671e9, 37e9, 70272, 1};
    tr_error err;
    assert_int_equal(tr_model_from_numbers(&numbers, &model, &err), TR_OK);
    assert_true(model.stream_param == 671e9 && model.multiply_param == 37e9);
    assert_true(tr_model_weight_byte(&model) == 1);
    assert_true(tr_model_kv_byte_per_token(&model, 2) == 70272);
    assert_true(tr_model_kv_store_byte(&model, 100, 1) == 7027200);
    assert_true(tr_model_kv_read_byte(&model, 100, 0) == 7027200);
    assert_true(tr_model_attention_flop(&model, 1e6) == 0);
    assert_string_equal(model.family, "inline");
    const tr_model_numbers dense = {8e9, 0, 0, 2};
    assert_int_equal(tr_model_from_numbers(&dense, &model, &err), TR_OK);
    assert_true(model.active_param == 8e9);
}

static void plain_numbers_out_of_range_are_refused_and_leave_the_model_alone(void **state)
{
    (void)state;
    const tr_model_numbers bad[] = {{0, 0, 0, 1},        {-1, 0, 0, 1},    {NAN, 0, 0, 1},
                                    {1e9, NAN, 0, 1},    {1e9, 2e9, 0, 1}, {1e9, 1e9, -1, 1},
                                    {1e9, 1e9, NAN, 1},  {1e9, 1e9, 0, 0}, {1e9, 1e9, 0, NAN},
                                    {INFINITY, 1, 0, 1}, {1e9, -1, 0, 1}};
    memset(&model, 7, sizeof model);
    static tr_model before;
    memcpy(&before, &model, sizeof model);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_error err = {0};
        assert_int_equal(tr_model_from_numbers(&bad[i], &model, &err), i == 4 ? TR_ECONFLICT : TR_EDOMAIN);
        assert_true(strlen(err.field) > 0 && strlen(err.text) > 0);
        assert_memory_equal(&before, &model, sizeof model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grouped_attention_keeps_a_key_and_a_value_for_each_kv_head),
        cmocka_unit_test(latent_attention_keeps_the_latent_and_the_rotary_key),
        cmocka_unit_test(a_window_keeps_its_rows_and_no_more),
        cmocka_unit_test(one_more_token_adds_the_rows_that_have_no_cap),
        cmocka_unit_test(a_sparse_query_reads_its_picks_and_every_indexer_key),
        cmocka_unit_test(deepseek_v32_reads_1_2_gb_of_a_sequence_of_128k),
        cmocka_unit_test(a_chunk_begins_anew_after_its_last_token),
        cmocka_unit_test(a_window_on_latent_layers_counts),
        cmocka_unit_test(rows_over_a_run_of_contexts_are_averaged_piece_by_piece),
        cmocka_unit_test(a_recurrent_state_is_read_whole_whatever_the_context),
        cmocka_unit_test(attention_costs_as_much_as_the_weights_at_54k_tokens_for_llama_70b),
        cmocka_unit_test(a_prompt_costs_the_triangle_of_its_pairs),
        cmocka_unit_test(a_prompt_in_two_chunks_costs_what_it_costs_in_one),
        cmocka_unit_test(compressed_rows_are_summed_exactly),
        cmocka_unit_test(layers_that_share_a_cache_store_it_once_and_read_it_each),
        cmocka_unit_test(compressed_attention_keeps_a_row_for_many_tokens_and_a_window_beside),
        cmocka_unit_test(state_space_layers_cost_the_same_at_any_context),
        cmocka_unit_test(lookup_tables_are_counted_but_neither_multiply_nor_stream),
        cmocka_unit_test(a_model_of_plain_numbers_is_taken_literally),
        cmocka_unit_test(plain_numbers_out_of_range_are_refused_and_leave_the_model_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
