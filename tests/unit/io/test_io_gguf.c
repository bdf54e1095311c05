/* test_io_gguf.c -- GGUF headers: exact parameters and bytes by type, the model they describe, and what is refused. */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "io/gguf.h"
#include "io/gguf_config.h"
#include "io/model_file.h"
#include "model/keys.h"
#include "model/weights.h"

enum { F32 = 0, F16 = 1, Q8_0 = 8, MXFP4 = 39 };

/* A Llama of 2 layers, hidden 64, 2 heads of 32 with 1 KV head, inner width 128, vocabulary 96, tied or not.
 * A layer: q and o 64 x 64, k and v 64 x 32, three of 64 x 128, two norms of 64 = 36,992. */
#define LAYER_PARAM (2 * 4096 + 2 * 2048 + 3 * 8192 + 128)
#define TABLE_PARAM (96 * 64)

static void llama_values(gguf_file *f)
{
    gguf_text(f, "general.architecture", "llama");
    gguf_text(f, "general.name", "Tiny");
    gguf_u32(f, "llama.block_count", 2);
    gguf_u32(f, "llama.embedding_length", 64);
    gguf_u32(f, "llama.feed_forward_length", 128);
    gguf_u32(f, "llama.attention.head_count", 2);
    gguf_u32(f, "llama.attention.head_count_kv", 1);
    gguf_u32(f, "llama.context_length", 4096);
    gguf_texts(f, "tokenizer.ggml.tokens", 90); /* the table is padded to 96 */
}

static void llama_tensors(gguf_file *f, int tied)
{
    gguf_tensor(f, "token_embd.weight", F16, 64, 96, 0, 2 * TABLE_PARAM);
    gguf_tensor(f, "output_norm.weight", F32, 64, 0, 0, 256);
    if (!tied)
        gguf_tensor(f, "output.weight", F16, 64, 96, 0, 2 * TABLE_PARAM);
    gguf_tensor(f, "rope_freqs.weight", F32, 16, 0, 0, 64);
    for (int i = 0; i < 2; i++) {
        static const struct {
            const char *name;
            uint64_t d0, d1;
        } parts[] = {{"attn_q", 64, 64},   {"attn_k", 64, 32},   {"attn_v", 64, 32},  {"attn_output", 64, 64},
                     {"ffn_up", 64, 128},  {"ffn_gate", 64, 128}, {"ffn_down", 128, 64}, {"attn_norm", 64, 0},
                     {"ffn_norm", 64, 0}};
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            char name[64];
            (void)snprintf(name, sizeof name, "blk.%d.%s.weight", i, parts[k].name);
            if (parts[k].d1 > 0)
                gguf_tensor(f, name, Q8_0, parts[k].d0, parts[k].d1, 0, parts[k].d0 * parts[k].d1 / 32 * 34);
            else
                gguf_tensor(f, name, F32, parts[k].d0, 0, 0, parts[k].d0 * 4);
        }
    }
}

static void read_model(const char *path, tr_model_file *file)
{
    tr_error err = {.text = ""};
    if (tr_model_file_read(path, NULL, file, &err) != TR_OK)
        fail_msg("%s", err.text);
}

static tr_model_file file; /* large */

static void a_gguf_file_gives_exact_parameters_and_bytes(void **state)
{
    (void)state;
    test_folder folder;
    folder_make(&folder);
    gguf_file f = {.payload = 0};
    llama_values(&f);
    llama_tensors(&f, 0);
    bytes all = gguf_finish(&f);
    folder_write(&folder, "tiny.gguf", all.data, all.size);
    read_model(folder_path(&folder, "tiny.gguf"), &file);
    const tr_model *m = &file.model;
    assert_string_equal(m->name, "tiny");
    assert_string_equal(m->family, "LlamaForCausalLM");
    assert_true(m->total_param == 2 * TABLE_PARAM + 64 + 2 * LAYER_PARAM);
    assert_true(tr_tensors_language_param(&file.tensors) == m->total_param);
    assert_true(m->vocab == 96.0 && !m->tied && m->max_context_token == 4096.0);
    assert_true(file.tensors.param[TR_BESIDE_BUFFER] == 16.0); /* rope_freqs */
    const double linear = 2 * (LAYER_PARAM - 128);
    assert_true(m->weight_total_byte == linear / 32 * 34 + 2.0 * 2 * TABLE_PARAM + 4.0 * (64 + 2 * 128));
    for (int part = 0; part < TR_PART_COUNT; part++) {
        const int table = part == TR_PART_EMBEDDING || part == TR_PART_HEAD;
        const int filled = table || part == TR_PART_MIXER || part == TR_PART_DENSE || part == TR_PART_OTHER;
        const double byte = table ? 2.0 : part == TR_PART_OTHER ? 4.0 : 34.0 / 32.0;
        assert_true(!filled || m->weight.part[part].byte == byte);
    }
    assert_int_equal(m->weight.part[TR_PART_DENSE].dtype, TR_DTYPE_Q8_0);
    assert_int_equal(m->weight.part[TR_PART_HEAD].dtype, TR_DTYPE_BF16);
    assert_int_equal(m->weight_dtype, TR_DTYPE_Q8_0);
    read_model(folder.path, &file); /* the folder of a single file */
    assert_string_equal(file.model.name, "tiny");
    folder_remove(&folder);
    bytes_free(&all);
}

static void without_an_output_table_the_head_is_the_embedding(void **state)
{
    (void)state;
    test_folder folder;
    folder_make(&folder);
    gguf_file f = {.payload = 0};
    llama_values(&f);
    llama_tensors(&f, 1);
    bytes all = gguf_finish(&f);
    folder_write(&folder, "tied.bin", all.data, all.size); /* told by its first bytes, not by its name */
    read_model(folder_path(&folder, "tied.bin"), &file);
    assert_true(file.model.tied);
    assert_true(file.model.total_param == TABLE_PARAM + 64 + 2 * LAYER_PARAM);
    folder_remove(&folder);
    bytes_free(&all);
}

static void a_split_file_is_read_from_all_its_parts(void **state)
{
    (void)state;
    test_folder folder;
    folder_make(&folder);
    gguf_file f = {.payload = 0};
    llama_values(&f);
    gguf_tensor(&f, "token_embd.weight", F16, 64, 96, 0, 2 * TABLE_PARAM);
    bytes all = gguf_finish(&f);
    folder_write(&folder, "t-00001-of-00002.gguf", all.data, all.size);
    bytes_free(&all);
    gguf_tensor(&f, "output_norm.weight", F32, 64, 0, 0, 256);
    all = gguf_finish(&f);
    folder_write(&folder, "t-00002-of-00002.gguf", all.data, all.size);
    bytes_free(&all);
    read_model(folder_path(&folder, "t-00002-of-00002.gguf"), &file); /* any of them */
    assert_true(file.tensors.tensor_count == 2.0);
    assert_int_equal(file.files_read, 2);
    read_model(folder.path, &file);
    assert_true(file.tensors.tensor_count == 2.0);
    assert_string_equal(file.model.name, "t");
    (void)remove(folder_path(&folder, "t-00001-of-00002.gguf"));
    tr_error err = {.text = ""};
    assert_int_equal(tr_model_file_read(folder_path(&folder, "t-00002-of-00002.gguf"), NULL, &file, &err), TR_EIO);
    assert_non_null(strstr(err.text, "t-00001-of-00002.gguf is not here"));
    folder_remove(&folder);
}

static const char *noted(const char *part)
{
    for (int i = 0; i < file.note_count; i++)
        if (strstr(file.note[i], part) != NULL)
            return file.note[i];
    return NULL;
}

/* The first of two parts: the tables and one layer of two; general.file_type says what the other is stored in. */
static void a_split_file_with_parts_missing_is_filled_up_as_its_mix_stores_it(void **state)
{
    (void)state;
    test_folder folder;
    folder_make(&folder);
    for (int told = 0; told < 2; told++) {
        gguf_file f = {.payload = 0};
        llama_values(&f);
        gguf_u32(&f, "split.no", 0);
        gguf_u32(&f, "split.count", 2);
        gguf_u32(&f, "split.tensors.count", 22);
        if (told)
            gguf_u32(&f, "general.file_type", 7);
        gguf_tensor(&f, "token_embd.weight", Q8_0, 64, 96, 0, TABLE_PARAM / 32 * 34);
        gguf_tensor(&f, "output.weight", Q8_0, 64, 96, 0, TABLE_PARAM / 32 * 34);
        gguf_tensor(&f, "blk.0.ffn_up.weight", Q8_0, 64, 128, 0, 8192 / 32 * 34);
        bytes all = gguf_finish(&f);
        folder_write(&folder, "t-00001-of-00002.gguf", all.data, all.size);
        bytes_free(&all);
        read_model(folder_path(&folder, "t-00001-of-00002.gguf"), &file);
        const tr_model *m = &file.model;
        assert_true(m->total_param == 2 * TABLE_PARAM + 64 + 2 * LAYER_PARAM && m->weight_total_byte == 0);
        assert_non_null(noted("1 of 2 parts is not here: 3 of 22 tensors read"));
        assert_non_null(noted(told ? "as the mix Q8_0" : "at the bytes a weight of these"));
        assert_string_equal(m->weight_name, told ? "Q8_0" : "");
        assert_true(m->weight.part[TR_PART_MIXER].byte == 34.0 / 32 && m->weight.part[TR_PART_DENSE].byte == 34.0 / 32);
        assert_true(m->weight.part[TR_PART_OTHER].byte == (told ? 4.0 : 34.0 / 32)); /* norms in F32 */
    }
    folder_remove(&folder);
}

static void a_file_names_its_mix_by_its_number(void **state)
{
    (void)state;
    static const struct {
        uint32_t number;
        const char *name, *format;
    } row[] = {{0, "F32", "fp32"},    {1, "F16", "f16"},     {7, "Q8_0", "q8_0"},  {15, "Q4_K_M", "q4_k_m"},
               {19, "IQ2_XXS", "iq2_xxs"}, {32, "BF16", "bf16"}, {38, "MXFP4_MOE", "mxfp4_moe"},
               {39, "NVFP4", "fp4"},  {41, "Q2_0", "q2_0"},  {1024 + 15, "Q4_K_M", "q4_k_m"},
               {4, "", "native"},     {33, "", "native"},    {99, "", "native"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char name[TR_WEIGHT_NAME_MAX];
        assert_string_equal(tr_weight_format_name(tr_weight_format_of_file(row[i].number, name)), row[i].format);
        assert_string_equal(name, row[i].name);
    }
}

static void read_head(const test_folder *folder, const char *name, const bytes *all, size_t size)
{
    tr_error err = {.text = ""};
    folder_write(folder, name, all->data, size);
    if (tr_model_head_read(folder_path(folder, name), NULL, &file, &err) != TR_OK)
        fail_msg("%s", err.text);
}

/* The header alone gives the same model; an unfinished download says what is missing, a head does not. */
static void a_header_alone_gives_the_same_model_as_the_whole_file(void **state)
{
    (void)state;
    static tr_model whole;
    test_folder folder;
    folder_make(&folder);
    gguf_file f = {.payload = 0};
    llama_values(&f);
    gguf_u32(&f, "general.file_type", 7);
    llama_tensors(&f, 0);
    const uint64_t payload = f.payload;
    bytes all = gguf_finish(&f);
    const size_t header = all.size - (size_t)payload;
    folder_write(&folder, "m.gguf", all.data, all.size);
    read_model(folder_path(&folder, "m.gguf"), &file);
    assert_null(noted("unfinished"));
    whole = file.model;
    for (size_t size = header; size < all.size; size += 9973) {
        read_head(&folder, "m.gguf", &all, size);
        assert_memory_equal(&file.model, &whole, sizeof whole);
        assert_null(noted("unfinished"));
        read_model(folder_path(&folder, "m.gguf"), &file);
        assert_memory_equal(&file.model, &whole, sizeof whole);
        assert_non_null(noted("unfinished"));
    }
    folder_remove(&folder);
    bytes_free(&all);
}

static void files_that_hold_no_model_say_what_they_hold(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value, *told;
    } row[] = {{"general.architecture", "clip", "projector"}, {"general.type", "mmproj", "projector"},
               {"general.type", "adapter", "LoRA"},           {"general.type", "imatrix", "importance matrix"}};
    test_folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        tr_error err = {.text = ""};
        gguf_file f = {.payload = 0};
        gguf_text(&f, row[i].key, row[i].value);
        bytes all = gguf_finish(&f);
        folder_write(&folder, "m.gguf", all.data, all.size);
        assert_int_equal(tr_model_file_read(folder_path(&folder, "m.gguf"), NULL, &file, &err), TR_EUNKNOWN);
        if (strstr(err.text, row[i].told) == NULL || strstr(err.text, "m.gguf") == NULL)
            fail_msg("%s", err.text);
        bytes_free(&all);
    }
    folder_remove(&folder);
}

/* ---- metadata to keys ----------------------------------------------------- */

static tr_gguf *parse(bytes *all, tr_status expected, tr_error *err)
{
    tr_gguf *gguf = NULL;
    FILE *in = fmemopen(all->data, all->size, "rb");
    assert_non_null(in);
    const tr_status s = tr_gguf_parse(in, all->size, &gguf, err);
    (void)fclose(in);
    if (s != expected)
        fail_msg("%s: %s", tr_status_name(s), err == NULL ? "" : err->text);
    return gguf;
}

static tr_config *convert(gguf_file *f)
{
    tr_error err = {.text = ""};
    bytes all = gguf_finish(f);
    tr_gguf *gguf = parse(&all, TR_OK, &err);
    tr_config *config = NULL;
    if (tr_config_from_gguf(gguf, &config, &err) != TR_OK)
        fail_msg("%s", err.text);
    tr_gguf_destroy(gguf);
    bytes_free(&all);
    return config;
}

static double number(const tr_config *config, const char *key)
{
    tr_keys keys;
    tr_value value;
    tr_keys_init(&keys, config, "", NULL);
    return tr_keys_find(&keys, key, &value) ? value.number : -1.0;
}

static const char *text(const tr_config *config, const char *key)
{
    static char out[64];
    tr_keys keys;
    tr_value value;
    tr_keys_init(&keys, config, "", NULL);
    out[0] = '\0';
    if (tr_keys_find(&keys, key, &value) && value.kind == TR_VALUE_TEXT)
        (void)snprintf(out, sizeof out, "%s", value.text);
    return out;
}

static void deepseek_metadata_gives_the_latent_widths(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    gguf_text(&f, "general.architecture", "deepseek2");
    gguf_u32(&f, "deepseek2.block_count", 62);
    gguf_u32(&f, "deepseek2.nextn_predict_layers", 1);
    gguf_u32(&f, "deepseek2.embedding_length", 7168);
    gguf_u32(&f, "deepseek2.feed_forward_length", 18432);
    gguf_u32(&f, "deepseek2.attention.head_count", 128);
    gguf_u32(&f, "deepseek2.attention.head_count_kv", 1);
    gguf_u32(&f, "deepseek2.attention.key_length", 576);
    gguf_u32(&f, "deepseek2.attention.key_length_mla", 192);
    gguf_u32(&f, "deepseek2.attention.value_length", 512);
    gguf_u32(&f, "deepseek2.attention.value_length_mla", 128);
    gguf_u32(&f, "deepseek2.attention.kv_lora_rank", 512);
    gguf_u32(&f, "deepseek2.attention.q_lora_rank", 1536);
    gguf_u32(&f, "deepseek2.rope.dimension_count", 64);
    gguf_u32(&f, "deepseek2.expert_count", 256);
    gguf_u32(&f, "deepseek2.expert_used_count", 8);
    gguf_u32(&f, "deepseek2.expert_shared_count", 1);
    gguf_u32(&f, "deepseek2.expert_feed_forward_length", 2048);
    gguf_u32(&f, "deepseek2.leading_dense_block_count", 3);
    gguf_u32(&f, "deepseek2.vocab_size", 129280);
    gguf_tensor(&f, "output.weight", F16, 64, 96, 0, 2 * TABLE_PARAM);
    gguf_tensor(&f, "blk.3.exp_probs_b.bias", F32, 256, 0, 0, 1024);
    tr_config *config = convert(&f);
    assert_true(number(config, "num_hidden_layers") == 61.0);
    assert_true(number(config, "qk_nope_head_dim") == 128.0);
    assert_true(number(config, "qk_rope_head_dim") == 64.0);
    assert_true(number(config, "v_head_dim") == 128.0);
    assert_string_equal(text(config, "topk_method"), "noaux_tc");
    tr_model *m = malloc(sizeof *m);
    assert_non_null(m);
    tr_error err = {.text = ""};
    if (tr_model_from_config(config, NULL, m, &err) != TR_OK)
        fail_msg("%s", err.text);
    assert_true(m->total_param == 671026419200.0); /* DeepSeek-V3 to the last parameter */
    assert_true(m->mtp_param == 11610068224.0);
    free(m);
    tr_config_destroy(config);
}

static void windows_are_read_as_a_list_as_a_period_or_in_turns(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    gguf_text(&f, "general.architecture", "gemma3");
    gguf_u32(&f, "gemma3.block_count", 4);
    gguf_u32(&f, "gemma3.attention.sliding_window", 1024);
    gguf_bools(&f, "gemma3.attention.sliding_window_pattern", "1101");
    gguf_texts(&f, "tokenizer.ggml.tokens", 7);
    tr_config *config = convert(&f);
    assert_string_equal(text(config, "layer_types.1"), "sliding_attention");
    assert_string_equal(text(config, "layer_types.2"), "full_attention");
    assert_true(number(config, "vocab_size") == 7.0);
    tr_config_destroy(config);

    gguf_text(&f, "general.architecture", "gemma3");
    gguf_u32(&f, "gemma3.block_count", 4);
    gguf_u32(&f, "gemma3.vocab_size", 7);
    gguf_u32(&f, "gemma3.attention.sliding_window_pattern", 6);
    config = convert(&f);
    assert_true(number(config, "sliding_window_pattern") == 6.0);
    tr_config_destroy(config);

    gguf_text(&f, "general.architecture", "gpt-oss");
    gguf_u32(&f, "gpt-oss.block_count", 4);
    gguf_u32(&f, "gpt-oss.vocab_size", 7);
    gguf_u32(&f, "gpt-oss.expert_count", 8);
    gguf_u32(&f, "gpt-oss.expert_feed_forward_length", 2880);
    config = convert(&f);
    assert_string_equal(text(config, "layer_types.0"), "sliding_attention");
    assert_string_equal(text(config, "layer_types.3"), "full_attention");
    assert_true(number(config, "intermediate_size") == 2880.0);
    tr_config_destroy(config);
}

static void biases_and_norms_are_told_from_the_tensors(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    llama_values(&f);
    gguf_u32(&f, "llama.expert_count", 8);
    gguf_tensor(&f, "blk.0.attn_q.bias", F32, 64, 0, 0, 256);
    tr_config *config = convert(&f);
    assert_true(number(config, "attention_bias") == 1.0);
    assert_string_equal(text(config, "architectures.0"), "MixtralForCausalLM");
    tr_config_destroy(config);
}

static void refuse_config(gguf_file *f, tr_status expected, const char *part)
{
    tr_error err = {.text = ""};
    bytes all = gguf_finish(f);
    tr_gguf *gguf = parse(&all, TR_OK, &err);
    tr_config *config = NULL;
    const tr_status s = tr_config_from_gguf(gguf, &config, &err);
    if (s != expected || strstr(err.text, part) == NULL)
        fail_msg("%s: %s", tr_status_name(s), err.text);
    assert_null(config);
    tr_gguf_destroy(gguf);
    bytes_free(&all);
}

static void an_architecture_nobody_knows_is_named_with_the_nearest(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    gguf_text(&f, "general.architecture", "qwen3moo");
    refuse_config(&f, TR_EUNKNOWN, "qwen3moe");
    gguf_u32(&f, "general.alignment", 32);
    refuse_config(&f, TR_EMISSING, "architecture");
    gguf_text(&f, "general.architecture", "llama");
    refuse_config(&f, TR_EMISSING, "block_count");
    llama_values(&f);
    const uint32_t uneven[2] = {1, 2};
    gguf_u32s(&f, "llama.attention.sliding_window", uneven, 2);
    refuse_config(&f, TR_EUNKNOWN, "layer to layer");
    gguf_text(&f, "general.architecture", "gpt-oss");
    refuse_config(&f, TR_ECONFLICT, "with experts");
}

/* ---- what must be refused ------------------------------------------------- */

/* Inside the header it says how many bytes it needs at the least: more than there are, and no more than it has. */
static void a_cut_inside_the_header_says_how_much_more_is_needed(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    llama_values(&f);
    gguf_bools(&f, "flags", "10101");
    gguf_tensor(&f, "token_embd.weight", F16, 64, 96, 0, 2 * TABLE_PARAM);
    gguf_tensor(&f, "output_norm.weight", F32, 64, 0, 0, 256);
    const size_t tail = f.values.size + f.tensors.size + 24; /* without the padding before the payload */
    bytes all = gguf_finish(&f);
    for (size_t size = 0; size < all.size; size += size < tail + 64 ? 1 : 997) {
        tr_error err = {.text = ""};
        tr_gguf *gguf = NULL;
        FILE *in = size == 0 ? fopen("/dev/null", "rb") : fmemopen(all.data, size, "rb");
        assert_non_null(in);
        const tr_status s = tr_gguf_parse(in, size, &gguf, &err);
        (void)fclose(in);
        if (size < tail) {
            assert_true(s == TR_EPARSE && gguf == NULL && err.value > (double)size && err.value <= (double)tail);
            assert_non_null(strstr(err.text, "at least"));
        } else {
            assert_true(s == TR_OK && tr_gguf_size_byte(gguf) == (double)size);
            assert_true(tr_gguf_whole_byte(gguf) == (double)all.size);
            assert_int_equal(tr_gguf_tensor_count(gguf), 2);
        }
        tr_gguf_destroy(gguf);
    }
    bytes_free(&all);
}

static void refuse_bytes(bytes *all, tr_status expected, const char *part)
{
    tr_error err = {.text = ""};
    assert_null(parse(all, expected, &err));
    if (strstr(err.text, part) == NULL)
        fail_msg("expected '%s' in: %s", part, err.text);
}

static void a_file_of_another_kind_or_version_is_refused(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    llama_values(&f);
    bytes all = gguf_finish(&f);
    static const char *const other[][2] = {{"gGUF", "does not start with GGUF"}, {"FUGG", "big-endian"},
                                           {"tjgg", "GGJT"}, {"<!do", "web page"}, {"vers", "LFS"}, {"PK\3\4", "zip"}};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        memcpy(all.data, other[i][0], 4);
        refuse_bytes(&all, TR_EPARSE, other[i][1]);
    }
    memcpy(all.data, "GGUF", 4);
    all.data[4] = 1;
    refuse_bytes(&all, TR_EPARSE, "version 1");
    all.data[4] = 0;
    all.data[7] = 3;
    refuse_bytes(&all, TR_EPARSE, "big-endian");
    all.data[7] = 0;
    all.data[4] = 3;
    memset(all.data + 16, 0xff, 8); /* number of metadata entries */
    refuse_bytes(&all, TR_EDOMAIN, "more metadata");
    memset(all.data + 16, 0, 8);
    memset(all.data + 8, 0xff, 8); /* number of tensors */
    refuse_bytes(&all, TR_EDOMAIN, "more tensors");
    bytes_free(&all);
}

static void a_tensor_that_lies_is_refused(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    gguf_tensor(&f, "a", 99, 64, 0, 0, 256);
    bytes all = gguf_finish(&f);
    refuse_bytes(&all, TR_EUNKNOWN, "'a'");
    bytes_free(&all);
    gguf_tensor(&f, "a", Q8_0, 63, 0, 0, 256); /* rows of 63 are no whole blocks of 32 */
    all = gguf_finish(&f);
    refuse_bytes(&all, TR_EDOMAIN, "blocks");
    bytes_free(&all);
    gguf_tensor(&f, "a", F32, (uint64_t)1 << 40, (uint64_t)1 << 40, 0, 256);
    all = gguf_finish(&f);
    refuse_bytes(&all, TR_EDOMAIN, "2^58");
    bytes_free(&all);
    gguf_tensor(&f, "a", F32, 64, 0, 0, 64); /* says 256 bytes, the next one starts after 64 */
    gguf_tensor(&f, "b", F32, 64, 0, 0, 256);
    all = gguf_finish(&f);
    refuse_bytes(&all, TR_ECONFLICT, "'b' overlaps");
    bytes_free(&all);
}

static void metadata_that_lies_is_refused(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    gguf_u32(&f, "a", 1);
    gguf_u32(&f, "a", 2);
    bytes all = gguf_finish(&f);
    refuse_bytes(&all, TR_ECONFLICT, "twice");
    bytes_free(&all);
    gguf_u32(&f, "", 1);
    all = gguf_finish(&f);
    refuse_bytes(&all, TR_EPARSE, "empty");
    bytes_free(&all);
    gguf_u32(&f, "general.alignment", 0);
    all = gguf_finish(&f);
    refuse_bytes(&all, TR_EDOMAIN, "alignment");
    bytes_free(&all);
    gguf_u32(&f, "k", 1);
    f.values.data[9] = 77; /* the kind */
    all = gguf_finish(&f);
    refuse_bytes(&all, TR_EPARSE, "unknown kind");
    bytes_free(&all);
    gguf_texts(&f, "k", 3);
    memset(f.values.data + 17, 0xff, 8); /* the number of items */
    all = gguf_finish(&f);
    refuse_bytes(&all, TR_EPARSE, "more items");
    bytes_free(&all);
}

static void metadata_of_every_kind_is_read(void **state)
{
    (void)state;
    gguf_file f = {.payload = 0};
    gguf_text(&f, "text", "abc");
    gguf_u32(&f, "number", 4000000000u);
    gguf_bools(&f, "bools", "101");
    gguf_texts(&f, "texts", 5);
    static const struct {
        uint32_t kind;
        int width;
        uint64_t raw;
        double value;
    } kinds[] = {{0, 1, 200, 200},           {1, 1, 0xfe, -2},  {2, 2, 65535, 65535},
                 {3, 2, 0xfffe, -2},         {5, 4, 0xfffffffe, -2}, {6, 4, 0x3fc00000, 1.5},
                 {7, 1, 1, 1},               {10, 8, 1u << 20, 1 << 20}, {11, 8, UINT64_MAX - 1, -2},
                 {12, 8, 0x3ff8000000000000u, 1.5}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char key[8];
        (void)snprintf(key, sizeof key, "k%u", kinds[i].kind);
        bytes_number(&f.values, strlen(key), 8);
        bytes_add(&f.values, key, strlen(key));
        bytes_number(&f.values, kinds[i].kind, 4);
        bytes_number(&f.values, kinds[i].raw, kinds[i].width);
        f.value_count++;
    }
    bytes all = gguf_finish(&f);
    tr_gguf *gguf = parse(&all, TR_OK, NULL);
    assert_int_equal(tr_gguf_value_count(gguf), 4 + sizeof kinds / sizeof kinds[0]);
    assert_string_equal(tr_gguf_find(gguf, "text")->text, "abc");
    assert_true(tr_gguf_find(gguf, "number")->number == 4000000000.0);
    const tr_gguf_value *bools = tr_gguf_find(gguf, "bools");
    assert_true(bools->list_count == 3.0 && bools->list[0] > 0.0 && !(bools->list[1] > 0.0));
    assert_true(tr_gguf_find(gguf, "texts")->list_count == 5.0 && tr_gguf_find(gguf, "texts")->list == NULL);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        assert_true(tr_gguf_value_at(gguf, 4 + i)->number == kinds[i].value);
    assert_null(tr_gguf_find(gguf, "absent"));
    assert_null(tr_gguf_value_at(gguf, 99));
    tr_gguf_destroy(gguf);
    tr_gguf_destroy(NULL);
    bytes_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gguf_file_gives_exact_parameters_and_bytes),
        cmocka_unit_test(without_an_output_table_the_head_is_the_embedding),
        cmocka_unit_test(a_split_file_is_read_from_all_its_parts),
        cmocka_unit_test(a_split_file_with_parts_missing_is_filled_up_as_its_mix_stores_it),
        cmocka_unit_test(a_file_names_its_mix_by_its_number),
        cmocka_unit_test(a_header_alone_gives_the_same_model_as_the_whole_file),
        cmocka_unit_test(files_that_hold_no_model_say_what_they_hold),
        cmocka_unit_test(deepseek_metadata_gives_the_latent_widths),
        cmocka_unit_test(windows_are_read_as_a_list_as_a_period_or_in_turns),
        cmocka_unit_test(biases_and_norms_are_told_from_the_tensors),
        cmocka_unit_test(an_architecture_nobody_knows_is_named_with_the_nearest),
        cmocka_unit_test(a_cut_inside_the_header_says_how_much_more_is_needed),
        cmocka_unit_test(a_file_of_another_kind_or_version_is_refused),
        cmocka_unit_test(a_tensor_that_lies_is_refused),
        cmocka_unit_test(metadata_that_lies_is_refused),
        cmocka_unit_test(metadata_of_every_kind_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
