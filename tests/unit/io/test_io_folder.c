/* test_io_folder.c -- a model as it lies on the disk: config.json with what stands beside it, and what people get wrong. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "io/model_file.h"

/* Llama of 2 layers, hidden 8, 2 heads of 4 with 1 KV head, inner width 16, vocabulary 32, head of its own:
 * tables 2 x 256, final norm 8, a layer 64 + 32 + 32 + 64 + 3 x 128 + 2 x 8 = 592. */
#define CONFIG                                                                                               \
    "{\n \"architectures\": [\"LlamaForCausalLM\"],\n \"hidden_size\": 8,\n \"num_hidden_layers\": 2,\n"         \
    " \"num_attention_heads\": 2,\n \"num_key_value_heads\": 1,\n \"intermediate_size\": 16,\n"                 \
    " \"vocab_size\": 32,\n \"torch_dtype\": \"bfloat16\"\n}\n"
#define TOTAL_PARAM (2 * 256 + 8 + 2 * 592)

static test_folder folder;
static tr_model_file file; /* large */
static tr_error err;

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    memset(&err, 0, sizeof err);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

static void read_folder(void)
{
    if (tr_model_file_read(folder.path, NULL, &file, &err) != TR_OK)
        fail_msg("%s", err.text);
}

static void refuse(const char *path, tr_status expected, const char *part)
{
    const tr_status s = tr_model_file_read(path, NULL, &file, &err);
    if (s != expected || strstr(err.text, part) == NULL)
        fail_msg("%s: %s", tr_status_name(s), err.text);
}

static int noted(const char *part)
{
    for (int i = 0; i < file.note_count; i++)
        if (strstr(file.note[i], part) != NULL)
            return 1;
    for (int i = 0; i < file.note_count; i++)
        print_message("# note: %s\n", file.note[i]);
    return 0;
}

static void add_layer(tensor_file *f, int layer)
{
    static const struct {
        const char *name, *shape;
        uint64_t elem;
    } parts[] = {{"self_attn.q_proj", "[8,8]", 64}, {"self_attn.k_proj", "[4,8]", 32},
                 {"self_attn.v_proj", "[4,8]", 32}, {"self_attn.o_proj", "[8,8]", 64},
                 {"mlp.gate_proj", "[16,8]", 128},  {"mlp.up_proj", "[16,8]", 128},
                 {"mlp.down_proj", "[8,16]", 128},  {"input_layernorm", "[8]", 8},
                 {"post_attention_layernorm", "[8]", 8}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char name[96];
        (void)snprintf(name, sizeof name, "model.layers.%d.%s.weight", layer, parts[i].name);
        tensor_add(f, name, "BF16", parts[i].shape, 2 * parts[i].elem);
    }
}

static void add_rest(tensor_file *f)
{
    tensor_add(f, "model.embed_tokens.weight", "BF16", "[32,8]", 512);
    tensor_add(f, "model.norm.weight", "BF16", "[8]", 16);
    tensor_add(f, "lm_head.weight", "BF16", "[32,8]", 512);
}

static void a_config_alone_gives_the_counted_model(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    read_folder();
    assert_true(file.model.total_param == TOTAL_PARAM);
    assert_true(!(file.model.weight_total_byte > 0.0));
    assert_int_equal(file.note_count, 0);
    assert_non_null(strstr(file.model.source, "config.json"));
    assert_int_equal(strncmp(file.model.name, "tokenroof-io-", 13), 0); /* named after the folder */
    assert_int_equal(tr_model_file_read(folder_path(&folder, "config.json"), NULL, &file, &err), TR_OK);
    assert_true(file.model.total_param == TOTAL_PARAM);
}

static void keys_that_the_family_does_not_know_are_noted(void **state)
{
    (void)state;
    char text[sizeof CONFIG + 64];
    /* in place of the closing brace */
    (void)snprintf(text, sizeof text, "%.*s, \"num_experts\": 8, \"kv_lora_rank\": 64}", (int)sizeof CONFIG - 4,
                   CONFIG);
    folder_text(&folder, "config.json", text);
    read_folder();
    assert_int_equal(file.model.unread_count, 2);
    assert_true(noted("does not know num_experts, kv_lora_rank: counted as if they were not there"));
}

static void one_weight_file_gives_exact_bytes(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    tensor_file f = {.count = 0};
    add_layer(&f, 0);
    add_layer(&f, 1);
    add_rest(&f);
    tensor_write(&f, &folder, "model.safetensors");
    read_folder();
    assert_true(tr_tensors_language_param(&file.tensors) == TOTAL_PARAM);
    assert_true(file.model.weight_total_byte == 2.0 * TOTAL_PARAM);
    assert_true(file.model.weight.part[TR_PART_MIXER].byte == 2.0 && file.model.weight.part[TR_PART_OTHER].byte == 2.0);
    assert_true(noted("their language model has 1,704 parameters"));
    assert_false(noted("not explained"));
    assert_int_equal(tr_model_file_read(folder_path(&folder, "model.safetensors"), NULL, &file, &err), TR_OK);
    assert_true(file.model.total_param == TOTAL_PARAM);
}

static void listed_shards_are_added_up(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    tensor_file f = {.count = 0};
    add_layer(&f, 0);
    tensor_write(&f, &folder, "m-1.safetensors");
    add_layer(&f, 1);
    add_rest(&f);
    tensor_write(&f, &folder, "m-2.safetensors");
    folder_text(&folder, "model.safetensors.index.json",
                "{\"metadata\": {\"total_size\": 3408}, \"weight_map\": {\"a\": \"m-1.safetensors\", "
                "\"b\": \"m-2.safetensors\"}}");
    read_folder();
    assert_int_equal(file.file_count, 2);
    assert_int_equal(file.files_read, 2);
    assert_true(file.model.weight_total_byte == 3408.0);
    assert_false(noted("headers add up to"));
    (void)remove(folder_path(&folder, "m-2.safetensors"));
    read_folder();
    assert_true(noted("1 of the 2 weight files"));
    assert_true(file.model.weight_total_byte == 3408.0); /* as the index states */
}

static void an_index_alone_gives_its_bytes_and_a_note_where_they_do_not_fit(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    folder_text(&folder, "model.safetensors.index.json",
                "{\"metadata\": {\"total_size\": 3408, \"total_parameters\": 1704}, \"weight_map\": {}}");
    read_folder();
    assert_true(file.model.weight_total_byte == 3408.0);
    assert_int_equal(file.note_count, 0);
    folder_text(&folder, "model.safetensors.index.json",
                "{\"metadata\": {\"total_size\": 5000, \"total_parameters\": 2500}, \"weight_map\": {}}");
    read_folder();
    assert_true(file.model.weight_total_byte == 5000.0);
    assert_true(noted("5,000 bytes"));
    assert_true(noted("2,500 parameters"));
}

static void what_a_checkpoint_holds_beside_the_model_is_named(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    tensor_file f = {.count = 0};
    add_layer(&f, 0);
    add_layer(&f, 1);
    add_layer(&f, 2); /* beyond num_hidden_layers */
    tensor_add(&f, "model.layers.2.embed_tokens.weight", "BF16", "[32,8]", 512);
    tensor_add(&f, "vision_tower.w.weight", "BF16", "[4,4]", 32);
    add_rest(&f);
    tensor_write(&f, &folder, "model.safetensors");
    read_folder();
    assert_true(noted("multi-token prediction layers, 592 parameters"));
    assert_true(noted("stored again, 256 parameters"));
    assert_true(noted("vision and audio towers, 16 parameters"));
    assert_false(noted("not explained"));
    assert_true(file.model.weight_total_byte == 2.0 * TOTAL_PARAM); /* the language model's own */
}

static void parameters_that_nothing_explains_are_said_so(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    tensor_file f = {.count = 0};
    add_layer(&f, 0);
    add_layer(&f, 1);
    add_rest(&f);
    tensor_add(&f, "model.surprise.weight", "BF16", "[8,1]", 16);
    tensor_write(&f, &folder, "model.safetensors");
    read_folder();
    assert_true(noted("gives 1,704 parameters, the tensors 1,712: 8 not explained"));
}

static void formats_written_beside_the_config_are_used(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    folder_text(&folder, "hf_quant_config.json",
                "{\"producer\": {\"name\": \"modelopt\"}, \"quantization\": {\"quant_algo\": \"FP8\", "
                "\"kv_cache_quant_algo\": \"FP8\", \"exclude_modules\": [\"lm_head\"]}}");
    read_folder();
    assert_int_equal(file.model.weight_dtype, TR_DTYPE_FP8);
    assert_int_equal(file.model.kv_dtype, TR_DTYPE_FP8);
    assert_true(file.model.weight.part[TR_PART_MIXER].byte == 1.0 && file.model.weight.part[TR_PART_OTHER].byte == 2.0);
}

static void a_damaged_weight_file_is_an_error_with_its_name(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", CONFIG);
    folder_text(&folder, "model.safetensors", "version https://git-lfs.github.com/spec/v1\n");
    refuse(folder.path, TR_EDOMAIN, "model.safetensors");
    (void)remove(folder_path(&folder, "model.safetensors"));
    folder_text(&folder, "model.safetensors.index.json", "{\n\"metadata\": [}");
    refuse(folder.path, TR_EPARSE, "model.safetensors.index.json");
    assert_int_equal(err.line, 2);
}

static void paths_that_lead_nowhere_are_said_plainly(void **state)
{
    (void)state;
    refuse(folder.path, TR_EIO, "no config.json");
    refuse("/nonexistent/config.json", TR_EIO, "no such file");
    refuse("/nonexistent/model.gguf", TR_EIO, "no such file");
    refuse("/nonexistent/model.safetensors", TR_EIO, "no such file");
    folder_text(&folder, "a.gguf", "GGUF");
    folder_text(&folder, "b.gguf", "GGUF");
    refuse(folder.path, TR_EIO, "several .gguf files");
    refuse(folder_path(&folder, "a.gguf"), TR_EPARSE, "a.gguf");
    assert_int_equal(tr_model_file_read(NULL, NULL, &file, &err), TR_EMISSING);
}

static void errors_in_a_config_name_file_key_and_line(void **state)
{
    (void)state;
    folder_text(&folder, "config.json", "{\n \"architectures\": [\"LlamaForCausalLM\"],\n \"hidden_size\": -8\n}");
    refuse(folder.path, TR_EDOMAIN, "config.json");
    assert_string_equal(err.field, "hidden_size");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 17);
    folder_text(&folder, "config.json", "{\n\n \"architectures\": [\"LamaForCausalLM\"],\n \"hidden_size\": 8\n}");
    refuse(folder.path, TR_EUNKNOWN, "LlamaForCausalLM");
    assert_int_equal(err.line, 3);
    folder_text(&folder, "config.json", "{\n \"hidden_size\": 8,\n \"hidden_size\": 8}");
    refuse(folder.path, TR_ECONFLICT, "hidden_size");
    assert_int_equal(err.line, 3);
    folder_text(&folder, "config.json", "");
    refuse(folder.path, TR_EPARSE, "found nothing");
}

static void an_unknown_architecture_can_be_counted_as_a_known_family(void **state)
{
    (void)state;
    folder_text(&folder, "config.json",
                "{\"architectures\": [\"NobodysForCausalLM\"], \"hidden_size\": 8, \"num_hidden_layers\": 2, "
                "\"num_attention_heads\": 2, \"num_key_value_heads\": 1, \"intermediate_size\": 16, "
                "\"vocab_size\": 32}");
    refuse(folder.path, TR_EUNKNOWN, "NobodysForCausalLM");
    assert_int_equal(tr_model_file_read(folder.path, "llama", &file, &err), TR_OK);
    assert_true(file.model.total_param == TOTAL_PARAM);
    assert_int_equal(tr_model_file_read(folder.path, "lama", &file, &err), TR_EUNKNOWN);
}

/* A layer of CONFIG has 592 parameters. */
static void changes_follow_a_path_and_its_weights_are_not_compared(void **state)
{
    (void)state;
    tensor_file f = {0};
    char path[192];
    folder_text(&folder, "config.json", CONFIG);
    add_layer(&f, 0);
    add_layer(&f, 1);
    add_rest(&f);
    tensor_write(&f, &folder, "model.safetensors");
    static const char *const tails[] = {",layers=5", "/config.json,layers=5", "/model.safetensors,layers=2.5x"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", folder.path, tails[i]);
        assert_true(tr_model_is_path(path));
        if (tr_model_file_read(path, NULL, &file, &err) != TR_OK)
            fail_msg("%s: %s", path, err.text);
        assert_true(file.model.total_param == TOTAL_PARAM + 3 * 592);
        assert_int_equal(file.note_count, 0);
        assert_true(!(file.model.weight_total_byte > 0.0));
        assert_non_null(strstr(file.model.name, ",layers="));
    }
    (void)snprintf(path, sizeof path, "%s,lyers=5", folder.path);
    refuse(path, TR_EUNKNOWN, "config.json: a model has no 'lyers' to change; did you mean 'layers'?");
    assert_false(tr_model_is_path("deepseek-ai/DeepSeek-V3,layers=5"));
}

static void a_catalog_entry_is_read_from_any_place(void **state)
{
    (void)state;
    folder_text(&folder, "mine.json",
                "{\"name\": \"mine\", \"hf_id\": \"me/Mine\", \"licence\": \"MIT\", \"source\": \"own\",\n"
                " \"date\": \"2026-01-01\", \"config\": " CONFIG "}");
    assert_int_equal(tr_model_file_read(folder_path(&folder, "mine.json"), NULL, &file, &err), TR_OK);
    assert_string_equal(file.model.name, "mine");
    assert_string_equal(file.model.hf_id, "me/Mine");
    assert_string_equal(file.model.source, "own, 2026-01-01");
    assert_true(file.model.total_param == TOTAL_PARAM);
}

static void a_config_under_its_own_name_names_the_model(void **state)
{
    (void)state;
    folder_text(&folder, "tiny-llama.json", CONFIG);
    assert_int_equal(tr_model_file_read(folder_path(&folder, "tiny-llama.json"), NULL, &file, &err), TR_OK);
    assert_string_equal(file.model.name, "tiny-llama");
}

static void a_path_is_told_from_a_name(void **state)
{
    (void)state;
    assert_true(tr_model_is_path("config.json"));
    assert_true(tr_model_is_path("./x"));
    assert_true(tr_model_is_path("/anything"));
    assert_true(tr_model_is_path("Model.GGUF"));
    assert_true(tr_model_is_path(folder.path));
    assert_true(tr_model_is_path("."));
    assert_false(tr_model_is_path("deepseek-v3"));
    assert_false(tr_model_is_path("deepseek-ai/DeepSeek-V3"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_config_alone_gives_the_counted_model),
        CASE(keys_that_the_family_does_not_know_are_noted),
        CASE(one_weight_file_gives_exact_bytes),
        CASE(listed_shards_are_added_up),
        CASE(an_index_alone_gives_its_bytes_and_a_note_where_they_do_not_fit),
        CASE(what_a_checkpoint_holds_beside_the_model_is_named),
        CASE(parameters_that_nothing_explains_are_said_so),
        CASE(formats_written_beside_the_config_are_used),
        CASE(a_damaged_weight_file_is_an_error_with_its_name),
        CASE(paths_that_lead_nowhere_are_said_plainly),
        CASE(errors_in_a_config_name_file_key_and_line),
        CASE(an_unknown_architecture_can_be_counted_as_a_known_family),
        CASE(changes_follow_a_path_and_its_weights_are_not_compared),
        CASE(a_catalog_entry_is_read_from_any_place),
        CASE(a_config_under_its_own_name_names_the_model),
        CASE(a_path_is_told_from_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
