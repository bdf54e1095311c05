/* test_io_safetensors.c -- headers of weight files: what they hold by part, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "io/safetensors.h"
#include "io/weight_index.h"

static tr_tensors parse(tensor_file *f, double layers, int tied)
{
    tr_tensors sums;
    tr_error err = {.text = ""};
    bytes all = tensor_finish(f);
    uint64_t header = 0;
    memcpy(&header, all.data, 8); /* little-endian machines only, as every one the tests run on */
    tr_tensors_init(&sums);
    sums.hidden_layers = layers;
    sums.tied = tied;
    const tr_status s = tr_safetensors_parse((const char *)all.data + 8, (size_t)header, all.size - 8 - header,
                                             &sums, &err);
    if (s != TR_OK)
        fail_msg("%s", err.text);
    bytes_free(&all);
    return sums;
}

static void tensors_are_counted_by_format_and_part(void **state)
{
    (void)state;
    tensor_file f = {.count = 0};
    tensor_add(&f, "model.embed_tokens.weight", "BF16", "[32, 8]", 512);
    tensor_add(&f, "model.layers.0.self_attn.q_proj.weight", "BF16", "[8, 8]", 128);
    tensor_add(&f, "model.layers.0.input_layernorm.weight", "F32", "[8]", 32);
    tensor_add(&f, "model.layers.0.mlp.gate.weight", "BF16", "[4, 8]", 64);
    tensor_add(&f, "model.layers.0.mlp.experts.3.up_proj.weight", "BF16", "[16, 8]", 256);
    tensor_add(&f, "model.layers.0.mlp.shared_experts.up_proj.weight", "BF16", "[16, 8]", 256);
    tensor_add(&f, "lm_head.weight", "BF16", "[32, 8]", 512);
    const tr_tensors s = parse(&f, 1.0, 0);
    assert_true(s.tensor_count == 7.0);
    assert_true(s.byte == 1760.0);
    assert_int_equal(s.format_count, 2);
    assert_string_equal(s.format[0].name, "BF16");
    assert_true(s.format[0].tensor_count == 6.0 && s.format[0].elem == 864.0 && s.format[0].byte == 1728.0);
    assert_true(s.param[TR_PART_ROUTED] == 128.0);
    assert_true(s.param[TR_PART_MIXER] == 64.0 && s.param[TR_PART_SHARED] == 128.0);
    assert_true(s.param[TR_PART_EMBEDDING] == 256.0 && s.param[TR_PART_HEAD] == 256.0);
    assert_true(s.param[TR_PART_OTHER] == 8.0 + 32.0);
    assert_int_equal(tr_tensors_part_dtype(&s, TR_PART_MIXER), TR_DTYPE_BF16);
    assert_int_equal(tr_tensors_part_dtype(&s, TR_PART_DENSE), TR_DTYPE_NATIVE);
    assert_true(tr_tensors_language_param(&s) == 872.0);
}

static void prediction_layers_repeats_towers_and_buffers_stand_apart(void **state)
{
    (void)state;
    tensor_file f = {.count = 0};
    tensor_add(&f, "model.layers.1.self_attn.q_proj.weight", "BF16", "[8, 8]", 128);
    tensor_add(&f, "model.layers.2.self_attn.q_proj.weight", "BF16", "[8, 8]", 128); /* beyond two layers */
    tensor_add(&f, "model.layers.2.embed_tokens.weight", "BF16", "[32, 8]", 512);
    tensor_add(&f, "model.layers.2.shared_head.head.weight", "BF16", "[32, 8]", 512);
    tensor_add(&f, "mtp.fc.weight", "BF16", "[8, 16]", 256);
    tensor_add(&f, "vision_tower.blocks.0.wq.weight", "BF16", "[4, 4]", 32);
    tensor_add(&f, "model.layers.0.self_attn.rotary_emb.inv_freq", "F32", "[4]", 16);
    tensor_add(&f, "lm_head.weight", "BF16", "[32, 8]", 512);
    const tr_tensors s = parse(&f, 2.0, 1);
    assert_true(tr_tensors_language_param(&s) == 64.0);
    assert_true(s.param[TR_BESIDE_PREDICTION] == 64.0 + 128.0);
    assert_true(s.param[TR_BESIDE_REPEATED] == 3 * 256.0); /* the tied head too */
    assert_true(s.param[TR_BESIDE_VISION] == 16.0);
    assert_true(s.param[TR_BESIDE_BUFFER] == 4.0);
}

static void scales_are_no_parameters_but_their_bytes_belong_to_the_part(void **state)
{
    (void)state;
    tensor_file f = {.count = 0};
    tensor_add(&f, "model.layers.0.mlp.up_proj.weight", "F8_E4M3", "[256, 128]", 32768);
    tensor_add(&f, "model.layers.0.mlp.up_proj.weight_scale_inv", "F32", "[2, 1]", 8);
    tensor_add(&f, "layers.0.ffn.experts.0.w1.scale", "F8_E8M0", "[16, 4]", 64);
    tensor_add(&f, "model.layers.0.router.scale", "BF16", "[8]", 16); /* a learned vector */
    const tr_tensors s = parse(&f, 1.0, 0);
    assert_true(s.scale_elem == 66.0 && s.scale_byte == 72.0);
    assert_true(tr_tensors_language_param(&s) == 32768.0 + 8.0);
    assert_true(s.part_byte[TR_PART_DENSE] == 32776.0);
    assert_true(s.part_byte[TR_PART_ROUTED] == 64.0);
}

static void packed_weights_count_as_the_weights_they_hold(void **state)
{
    (void)state;
    tensor_file f = {.count = 0};
    tensor_add(&f, "model.layers.0.mlp.experts.0.up_proj.weight", "U8", "[16, 8]", 128);        /* NVFP4: two a byte */
    tensor_add(&f, "model.layers.0.mlp.experts.0.up_proj.weight_scale", "F8_E4M3", "[16, 1]", 16);
    tensor_add(&f, "model.layers.0.mlp.experts.gate_up_proj_blocks", "U8", "[2, 4, 16]", 128);  /* MXFP4 */
    tensor_add(&f, "model.layers.0.mlp.experts.gate_up_proj_scales", "U8", "[2, 4]", 8);
    tensor_add(&f, "model.layers.0.self_attn.q_proj.qweight", "I32", "[8, 4]", 128);            /* eight a word */
    tensor_add(&f, "model.layers.0.self_attn.q_proj.qzeros", "I32", "[1, 4]", 16);
    tensor_add(&f, "model.layers.0.self_attn.k_proj.weight_packed", "I32", "[8, 4]", 128);
    tensor_add(&f, "model.layers.0.self_attn.k_proj.weight_shape", "I64", "[2]", 16);
    tensor_add(&f, "x.f4", "F4", "[4, 4]", 8);                                                  /* four bits each */
    const tr_tensors s = parse(&f, 1.0, 0);
    assert_true(s.param[TR_PART_ROUTED] == 256.0 + 256.0);
    assert_true(s.param[TR_PART_MIXER] == 256.0 + 256.0);
    assert_true(s.param[TR_PART_OTHER] == 16.0); /* of no layer */
    assert_int_equal(tr_tensors_part_dtype(&s, TR_PART_MIXER), TR_DTYPE_NATIVE); /* whole numbers hold them */
    assert_true(s.param[TR_BESIDE_BUFFER] == 2.0);
}

/* ---- what must be refused ------------------------------------------------- */

static tr_error refuse(const char *header, uint64_t payload_byte, tr_status expected)
{
    tr_tensors sums, before;
    tr_error err;
    memset(&err, 0, sizeof err);
    tr_tensors_init(&sums);
    before = sums;
    const tr_status s = tr_safetensors_parse(header, strlen(header), payload_byte, &sums, &err);
    if (s != expected)
        fail_msg("%s: %s (%s)", header, tr_status_name(s), err.text);
    assert_int_equal(err.status, expected);
    assert_memory_equal(&sums, &before, sizeof sums); /* nothing half done */
    return err;
}

#define ONE(dtype, shape, offsets) "{\"a\":{\"dtype\":" dtype ",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void a_header_that_lies_about_a_tensor_is_refused(void **state)
{
    (void)state;
    tr_error err = refuse(ONE("\"F32\"", "[4]", "[0,12]"), 12, TR_ECONFLICT);
    assert_non_null(strstr(err.text, "'a'"));
    (void)refuse(ONE("\"F4\"", "[3]", "[0,2]"), 2, TR_ECONFLICT); /* one and a half bytes */
    (void)refuse(ONE("\"F32\"", "[4]", "[0,16]"), 15, TR_EDOMAIN);
    (void)refuse(ONE("\"F32\"", "[4]", "[16,0]"), 16, TR_EDOMAIN);
    (void)refuse(ONE("\"F32\"", "[4]", "[-1,15]"), 16, TR_EPARSE);
    (void)refuse(ONE("\"F32\"", "[4]", "[0]"), 16, TR_EPARSE);
    (void)refuse(ONE("\"F32\"", "[-4]", "[0,16]"), 16, TR_EPARSE);
    (void)refuse(ONE("\"F32\"", "[4.0]", "[0,16]"), 16, TR_EPARSE);
    (void)refuse(ONE("\"F32\"", "4", "[0,16]"), 16, TR_EPARSE);
    (void)refuse(ONE("\"F32\"", "[1,1,1,1,1,1,1,1,4]", "[0,16]"), 16, TR_EPARSE);
    (void)refuse(ONE("\"F32\"", "[4294967296,4294967296,4294967296]", "[0,16]"), 16, TR_EDOMAIN);
    (void)refuse(ONE("\"F99\"", "[4]", "[0,16]"), 16, TR_EUNKNOWN);
    (void)refuse(ONE("7", "[4]", "[0,16]"), 16, TR_EPARSE);
    (void)refuse("{\"a\": 3}", 0, TR_EPARSE);
    (void)refuse("{\"__metadata__\": {\"a\": 3}}", 0, TR_EPARSE);
    (void)refuse("{\"__metadata__\": []}", 0, TR_EPARSE);
}

#define TWO(first, second)                                                                                   \
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":" first "},"                                      \
    "\"b\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":" second "}}"

static void tensors_cover_the_payload_without_overlap_or_gap(void **state)
{
    (void)state;
    tr_error err = refuse(TWO("[0,8]", "[4,12]"), 12, TR_ECONFLICT);
    assert_non_null(strstr(err.text, "'b' overlaps"));
    err = refuse(TWO("[0,8]", "[10,18]"), 18, TR_ECONFLICT);
    assert_non_null(strstr(err.text, "gap"));
    (void)refuse(TWO("[0,8]", "[0,8]"), 8, TR_ECONFLICT);
    (void)refuse(TWO("[0,8]", "[8,16]"), 20, TR_ECONFLICT);
    tr_tensors sums;
    tr_tensors_init(&sums);
    const char *swapped = TWO("[8,16]", "[0,8]"); /* any order in the header */
    assert_int_equal(tr_safetensors_parse(swapped, strlen(swapped), 16, &sums, NULL), TR_OK);
    assert_int_equal(tr_safetensors_parse("{}", 2, 0, &sums, NULL), TR_OK);
}

static void a_header_that_is_no_json_object_is_refused(void **state)
{
    (void)state;
    (void)refuse("", 0, TR_EPARSE);
    (void)refuse("[]", 0, TR_EPARSE);
    (void)refuse("{\"a\":", 0, TR_EPARSE);
    (void)refuse("{\"a\":1,\"a\":2}", 0, TR_EPARSE);
    (void)refuse(" {}", 0, TR_EPARSE);
}

static void a_file_whose_first_bytes_lie_is_refused(void **state)
{
    (void)state;
    test_folder folder;
    folder_make(&folder);
    tr_tensors sums;
    tr_error err;
    tr_tensors_init(&sums);
    folder_write(&folder, "short.safetensors", "\1\0\0", 3);
    assert_int_equal(tr_safetensors_read(folder_path(&folder, "short.safetensors"), &sums, &err), TR_EPARSE);
    assert_non_null(strstr(err.text, "short.safetensors"));
    folder_write(&folder, "long.safetensors", "\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
    assert_int_equal(tr_safetensors_read(folder_path(&folder, "long.safetensors"), &sums, &err), TR_EDOMAIN);
    folder_write(&folder, "beyond.safetensors", "\x10\0\0\0\0\0\0\0{}", 10);
    assert_int_equal(tr_safetensors_read(folder_path(&folder, "beyond.safetensors"), &sums, &err), TR_EDOMAIN);
    folder_write(&folder, "good.safetensors", "\2\0\0\0\0\0\0\0{}", 10);
    assert_int_equal(tr_safetensors_read(folder_path(&folder, "good.safetensors"), &sums, &err), TR_OK);
    assert_int_equal(tr_safetensors_read(folder_path(&folder, "absent.safetensors"), &sums, &err), TR_EIO);
    assert_int_equal(tr_safetensors_read(folder.path, &sums, &err), TR_EIO);
    folder_remove(&folder);
}

/* ---- the index ------------------------------------------------------------ */

static void an_index_gives_its_totals_and_the_distinct_files(void **state)
{
    (void)state;
    const char *text = "{\"metadata\": {\"total_size\": 688586727753, \"other\": {\"a\": [1, \"}\"]}, "
                       "\"total_parameters\": 684531386000},\n \"weight_map\": {\"a\": \"m-1.safetensors\", "
                       "\"b\": \"m-1.safetensors\", \"c\\\"d\": \"m-2.safetensors\", \"e\": \"m-1.safetensors\"}}";
    tr_weight_index index;
    tr_error err = {.text = ""};
    if (tr_weight_index_parse(text, strlen(text), &index, &err) != TR_OK)
        fail_msg("%s", err.text);
    assert_true(index.total_byte == 688586727753.0);
    assert_true(index.total_param == 684531386000.0);
    assert_true(index.tensor_count == 4.0);
    assert_int_equal(index.file_count, 2);
    assert_string_equal(index.file, "m-1.safetensors");
    assert_string_equal(index.file + strlen(index.file) + 1, "m-2.safetensors");
    tr_weight_index_free(&index);
    assert_int_equal(tr_weight_index_parse("{}", 2, &index, &err), TR_OK);
    assert_int_equal(index.file_count, 0);
    tr_weight_index_free(&index);
}

static tr_error refuse_index(const char *text, tr_status expected)
{
    tr_weight_index index;
    tr_error err;
    memset(&err, 0, sizeof err);
    const tr_status s = tr_weight_index_parse(text, strlen(text), &index, &err);
    if (s != expected)
        fail_msg("%s: %s (%s)", text, tr_status_name(s), err.text);
    return err;
}

static void a_malformed_index_is_refused_with_its_place(void **state)
{
    (void)state;
    tr_error err = refuse_index("{\"metadata\": {\n\"total_size\": \"big\"}}", TR_EPARSE);
    assert_int_equal(err.line, 2);
    (void)refuse_index("{\"metadata\": {\"total_size\": -3}}", TR_EDOMAIN);
    (void)refuse_index("{\"metadata\": {\"total_size\": 0.5}}", TR_EDOMAIN);
    (void)refuse_index("{\"metadata\": {\"total_size\": 1e300}}", TR_EDOMAIN);
    (void)refuse_index("{\"metadata\": 3}", TR_EPARSE);
    (void)refuse_index("{\"weight_map\": {\"a\": 3}}", TR_EPARSE);
    (void)refuse_index("{\"weight_map\": {\"a\": \"../../etc/passwd\"}}", TR_EPARSE);
    (void)refuse_index("{\"weight_map\": {\"a\": \"\"}}", TR_EPARSE);
    (void)refuse_index("{\"weight_map\": {\"a\": \"b}", TR_EPARSE);
    (void)refuse_index("{\"weight_map\": {\"a\" \"b\"}}", TR_EPARSE);
    (void)refuse_index("{\"a\": ]}", TR_EPARSE);
    (void)refuse_index("{\"a\": [1", TR_EPARSE);
    (void)refuse_index("{} {}", TR_EPARSE);
    (void)refuse_index("[]", TR_EPARSE);
    (void)refuse_index("", TR_EPARSE);
    char deep[256] = "{\"a\": ";
    memset(deep + 6, '[', 100);
    (void)refuse_index(deep, TR_ECAPACITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_counted_by_format_and_part),
        cmocka_unit_test(prediction_layers_repeats_towers_and_buffers_stand_apart),
        cmocka_unit_test(scales_are_no_parameters_but_their_bytes_belong_to_the_part),
        cmocka_unit_test(packed_weights_count_as_the_weights_they_hold),
        cmocka_unit_test(a_header_that_lies_about_a_tensor_is_refused),
        cmocka_unit_test(tensors_cover_the_payload_without_overlap_or_gap),
        cmocka_unit_test(a_header_that_is_no_json_object_is_refused),
        cmocka_unit_test(a_file_whose_first_bytes_lie_is_refused),
        cmocka_unit_test(an_index_gives_its_totals_and_the_distinct_files),
        cmocka_unit_test(a_malformed_index_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
