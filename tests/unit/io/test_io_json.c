/* test_io_json.c -- JSON text to flat keys: positions, limits, and what is refused. */
#define _POSIX_C_SOURCE 200809L

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
#include "model/keys.h"

static tr_flat *parse(const char *text)
{
    tr_flat *flat = NULL;
    tr_error err = {.text = ""};
    const tr_status s = tr_flat_parse(text, strlen(text), &flat, &err);
    if (s != TR_OK)
        print_message("%d:%d %s\n", err.line, err.column, err.text);
    assert_int_equal(s, TR_OK);
    return flat;
}

static tr_error refuse(const char *text, size_t size, tr_status expected)
{
    tr_flat *flat = NULL;
    tr_error err;
    memset(&err, 0, sizeof err);
    assert_int_equal(tr_flat_parse(text, size, &flat, &err), expected);
    assert_null(flat);
    assert_int_equal(err.status, expected);
    assert_true(strlen(err.text) > 0);
    assert_null(strchr(err.text, '\n'));
    assert_int_equal(tr_flat_parse(text, size, &flat, NULL), expected); /* err may be NULL */
    return err;
}

#define REFUSE(text, expected) refuse(text, strlen(text), expected)

static void assert_entry(const tr_flat *flat, const char *key, tr_flat_kind kind, int line, int column)
{
    const tr_flat_entry *e = tr_flat_find(flat, key);
    assert_non_null(e);
    assert_int_equal(e->kind, kind);
    assert_int_equal(e->line, line);
    assert_int_equal(e->column, column);
}

static void every_value_has_its_path_line_and_column(void **state)
{
    (void)state;
    tr_flat *flat = parse("{\n"
                          "  \"hidden_size\": 4096,\n"
                          "  \"text_config\": {\"layer_types\": [\"full\",\n"
                          "      \"window\"], \"tied\" : true },\n"
                          "  \"eps\": 1e-06, \"none\": null, \"list\": [], \"object\": {},\n"
                          "  \"nested\": [[1, 2], {\"a\": [3]}]}\n");
    assert_entry(flat, "hidden_size", TR_FLAT_NUMBER, 2, 18);
    assert_entry(flat, "text_config.layer_types.0", TR_FLAT_TEXT, 3, 35);
    assert_entry(flat, "text_config.layer_types.1", TR_FLAT_TEXT, 4, 7);
    assert_entry(flat, "text_config.tied", TR_FLAT_BOOL, 4, 27);
    assert_entry(flat, "eps", TR_FLAT_NUMBER, 5, 10);
    assert_entry(flat, "none", TR_FLAT_NULL, 5, 25);
    assert_entry(flat, "list", TR_FLAT_EMPTY_LIST, 5, 39);
    assert_entry(flat, "object", TR_FLAT_EMPTY_OBJECT, 5, 53);
    assert_entry(flat, "nested.0.1", TR_FLAT_NUMBER, 6, 18);
    assert_entry(flat, "nested.1.a.0", TR_FLAT_NUMBER, 6, 29);
    assert_true(tr_flat_find(flat, "hidden_size")->number == 4096.0);
    assert_true(tr_flat_find(flat, "hidden_size")->whole);
    assert_false(tr_flat_find(flat, "eps")->whole);
    assert_string_equal(tr_flat_find(flat, "text_config.layer_types.1")->text, "window");
    assert_int_equal(tr_flat_count(flat), 11);
    assert_string_equal(tr_flat_at(flat, 0)->key, "hidden_size");
    assert_string_equal(tr_flat_at(flat, 10)->key, "nested.1.a.0");
    assert_null(tr_flat_at(flat, 11));
    assert_null(tr_flat_find(flat, "absent"));
    tr_flat_destroy(flat);
}

static void texts_with_quotes_braces_and_escapes_do_not_lose_the_place(void **state)
{
    (void)state;
    tr_flat *flat = parse("{\"a\": \"x\\\"}],: \\\\\", \"b\\u00e9\\\"\": \"\\ud83d\\ude00\",\n\"c\": -0.5}");
    assert_string_equal(tr_flat_find(flat, "a")->text, "x\"}],: \\");
    assert_string_equal(tr_flat_find(flat, "b\xc3\xa9\"")->text, "\xf0\x9f\x98\x80");
    assert_entry(flat, "c", TR_FLAT_NUMBER, 2, 6);
    assert_true(tr_flat_find(flat, "c")->number == -0.5);
    tr_flat_destroy(flat);
}

static void an_empty_object_has_no_entries(void **state)
{
    (void)state;
    tr_flat *flat = parse(" \r\n\t{ } \n");
    assert_int_equal(tr_flat_count(flat), 0);
    assert_null(tr_flat_find(flat, "x"));
    tr_flat_destroy(flat);
    tr_flat_destroy(NULL);
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    tr_flat *flat = parse("\xef\xbb\xbf{\"a\": 1}");
    assert_entry(flat, "a", TR_FLAT_NUMBER, 1, 7);
    tr_flat_destroy(flat);
}

static void python_infinity_is_null_but_nan_is_refused(void **state)
{
    (void)state;
    tr_flat *flat = parse("{\"time_step_limit\": [0.0, Infinity, -Infinity],\n \"x\": \"Infinity\"}");
    assert_entry(flat, "time_step_limit.1", TR_FLAT_NULL, 1, 27);
    assert_int_equal(tr_flat_find(flat, "time_step_limit.2")->kind, TR_FLAT_NULL);
    assert_string_equal(tr_flat_find(flat, "x")->text, "Infinity");
    assert_int_equal(tr_flat_find(flat, "x")->line, 2);
    tr_flat_destroy(flat);
    const tr_error err = REFUSE("{\"hidden_size\":\n NaN}", TR_EPARSE);
    assert_int_equal(err.line, 2);
    (void)REFUSE("{\"a\": 1Infinity}", TR_EPARSE);
    (void)REFUSE("{\"a\": Infinit}", TR_EPARSE);
    (void)REFUSE("{Infinity: 1}", TR_EPARSE);
}

static void malformed_text_is_refused_with_its_position(void **state)
{
    (void)state;
    tr_error err = REFUSE("{\n \"a\": 1,\n \"b\" 2\n}", TR_EPARSE);
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.text, "not valid JSON"));
    err = REFUSE("{\"a\": 1}\n{\"b\": 2}", TR_EPARSE);
    assert_int_equal(err.line, 2);
    (void)REFUSE("{\"a\": [1, 2}", TR_EPARSE);
    (void)REFUSE("{\"a\": 01}", TR_EPARSE);
    (void)REFUSE("{\"a\": +1}", TR_EPARSE);
    (void)REFUSE("{\"a\": .5}", TR_EPARSE);
    (void)REFUSE("{'a': 1}", TR_EPARSE);
    (void)REFUSE("{\"a\": 1,}", TR_EPARSE);
    (void)REFUSE("{\"a\": \"x\ny\"}", TR_EPARSE);
    (void)REFUSE("{\"a\": True}", TR_EPARSE);
    (void)REFUSE("{\"a\": \"\\ud800\"}", TR_EPARSE);
    (void)REFUSE("{\"a\": \"\\u0000\"}", TR_EPARSE);
    (void)REFUSE("// comment\n{}", TR_EPARSE);
    (void)REFUSE("{", TR_EPARSE);
    (void)refuse("{\"a\": 1}\0", 9, TR_EPARSE);
    (void)refuse("{\"a\0b\": 1}", 10, TR_EPARSE);
}

static void nothing_at_all_is_refused(void **state)
{
    (void)state;
    tr_error err = REFUSE("", TR_EPARSE);
    assert_non_null(strstr(err.text, "found nothing"));
    (void)REFUSE(" \n\t ", TR_EPARSE);
    (void)REFUSE("\xef\xbb\xbf", TR_EPARSE);
}

static void only_an_object_is_accepted_at_the_outside(void **state)
{
    (void)state;
    tr_error err = REFUSE("\n[1, 2]", TR_EPARSE);
    assert_non_null(strstr(err.text, "expected an object in braces, found a list"));
    assert_int_equal(err.line, 2);
    err = REFUSE("42", TR_EPARSE);
    assert_non_null(strstr(err.text, "found a number"));
    (void)REFUSE("\"text\"", TR_EPARSE);
    (void)REFUSE("null", TR_EPARSE);
}

static void a_key_given_twice_is_refused_with_its_line(void **state)
{
    (void)state;
    tr_error err = REFUSE("{\"hidden_size\": 1,\n\n \"hidden_size\": 1}", TR_ECONFLICT);
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.text, "hidden_size"));
    err = REFUSE("{\"a.b\": 1,\n\"a\": {\"b\": 2}}", TR_ECONFLICT); /* meet only on the flat path */
    assert_int_equal(err.line, 2);
    assert_string_equal(err.field, "a.b");
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    const tr_error err = REFUSE("{\"a\":\n \"\xff\"}", TR_EPARSE);
    assert_int_equal(err.line, 2);
    (void)REFUSE("{\"\xc0\xaf\": 1}", TR_EPARSE);
    (void)REFUSE("\xff\xfe{\"a\": 1}", TR_EPARSE);
}

static void integers_count_exactly_up_to_two_to_the_53_and_no_further(void **state)
{
    (void)state;
    tr_flat *flat = parse("{\"a\": 9007199254740992, \"b\": -9007199254740992, \"c\": 1e300}");
    assert_true(tr_flat_find(flat, "a")->number == 9007199254740992.0);
    tr_flat_destroy(flat);
    tr_error err = REFUSE("{\n\"hidden_size\": 9007199254740993}", TR_EDOMAIN);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 16);
    assert_string_equal(err.field, "hidden_size");
    (void)REFUSE("{\"a\": -9007199254740993}", TR_EDOMAIN);
    err = REFUSE("{\"a\": 1,\n \"b\": 1000000000000000019884624838656}", TR_EDOMAIN);
    assert_int_equal(err.line, 2);
    (void)REFUSE("{\"a\": 1e999}", TR_EDOMAIN);
    (void)REFUSE("{\"a\": -1e999}", TR_EDOMAIN);
}

static char *nested(size_t depth)
{
    char *text = malloc(8 * depth + 16), *at = text;
    assert_non_null(text);
    for (size_t i = 0; i < depth; i++)
        at += sprintf(at, "{\"a\":");
    at += sprintf(at, "1");
    for (size_t i = 0; i < depth; i++)
        *at++ = '}';
    *at = '\0';
    return text;
}

static void depth_is_limited(void **state)
{
    (void)state;
    char *text = nested(TR_JSON_DEPTH_MAX);
    tr_flat_destroy(parse(text));
    free(text);
    text = nested(TR_JSON_DEPTH_MAX + 1);
    const tr_error err = REFUSE(text, TR_ECAPACITY);
    assert_non_null(strstr(err.text, "32 deep"));
    free(text);
    text = nested(100000); /* deeper than the parser itself goes */
    (void)REFUSE(text, TR_ECAPACITY);
    free(text);
}

static void long_paths_and_large_texts_are_refused(void **state)
{
    (void)state;
    char text[4096];
    char name[1100];
    memset(name, 'k', sizeof name);
    name[1023] = '\0';
    (void)snprintf(text, sizeof text, "{\"%s\": 1}", name);
    tr_flat_destroy(parse(text));
    name[1023] = 'k';
    name[1024] = '\0';
    (void)snprintf(text, sizeof text, "{\"%s\": 1}", name);
    (void)REFUSE(text, TR_ECAPACITY);

    char *huge = malloc(TR_JSON_SIZE_MAX + 1);
    assert_non_null(huge);
    memset(huge, ' ', TR_JSON_SIZE_MAX + 1);
    (void)refuse(huge, TR_JSON_SIZE_MAX + 1, TR_ECAPACITY);
    free(huge);
}

static void a_file_error_names_the_file(void **state)
{
    (void)state;
    tr_flat *flat = NULL;
    tr_error err;
    assert_int_equal(tr_flat_read("/nonexistent/config.json", &flat, &err), TR_EIO);
    assert_non_null(strstr(err.text, "/nonexistent/config.json"));
    assert_non_null(strstr(err.text, "no such file"));
    assert_int_equal(tr_flat_read("/", &flat, &err), TR_EIO);
    assert_non_null(strstr(err.text, "folder"));
    assert_int_equal(tr_flat_read("/dev/zero", &flat, &err), TR_ECAPACITY);
    assert_null(flat);

    char path[] = "/tmp/tokenroof-test-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    (void)fputs("{\n\"a\": oops}", file);
    (void)fclose(file);
    assert_int_equal(tr_flat_read(path, &flat, &err), TR_EPARSE);
    assert_int_equal(err.line, 2);
    assert_non_null(strstr(err.text, "tokenroof-test-"));
    (void)remove(path);
}

static void a_config_takes_the_keys_below_a_prefix_with_their_lines(void **state)
{
    (void)state;
    tr_flat *flat = parse("{\"name\": \"x\",\n \"config\": {\"hidden_size\": 64,\n\"act\": \"silu\", "
                          "\"bias\": false, \"q\": null}}");
    tr_config *config = NULL;
    assert_int_equal(tr_config_from_flat(flat, "config", &config, NULL), TR_OK);
    assert_int_equal(tr_config_count(config), 4);
    tr_value value;
    assert_string_equal(tr_config_at(config, 0, &value), "hidden_size");
    assert_int_equal(value.kind, TR_VALUE_NUMBER);
    assert_int_equal(value.line, 2);
    assert_true(value.number == 64.0);
    assert_string_equal(tr_config_at(config, 1, &value), "act");
    assert_string_equal(value.text, "silu");
    assert_int_equal(value.line, 3);
    tr_config_at(config, 2, &value);
    assert_int_equal(value.kind, TR_VALUE_BOOL);
    tr_config_at(config, 3, &value);
    assert_int_equal(value.kind, TR_VALUE_NULL);
    tr_config_destroy(config);
    tr_flat_destroy(flat);
}

static void what_cannot_matter_to_an_architecture_is_left_out(void **state)
{
    (void)state;
    static char text[16384];
    static char words[5000];
    memset(words, 'w', sizeof words - 1);
    (void)snprintf(
        text, sizeof text,
        "{\"chat_template\": \"%s\", \"empty\": [], \"quantization_config\": {\"quantized_layers\": {"
        "\"model.layers.0.mlp.experts.0.up_proj\": {\"quant_algo\": \"NVFP4\"},"
        "\"model.layers.0.mlp.experts.17.up_proj\": {\"quant_algo\": \"NVFP4\"}}}, \"n\": 1}",
        words);
    tr_flat *flat = parse(text);
    tr_config *config = NULL;
    assert_int_equal(tr_config_from_flat(flat, "", &config, NULL), TR_OK);
    assert_int_equal(tr_config_count(config), 2);
    tr_config_destroy(config);
    tr_flat_destroy(flat);
}

static void a_key_no_config_can_hold_is_an_error_with_its_place(void **state)
{
    (void)state;
    tr_flat *flat = parse("{\"a\": 1,\n  \"b\\u0001c\": 2}");
    tr_config *config = NULL;
    tr_error err;
    assert_int_equal(tr_config_from_flat(flat, "", &config, &err), TR_EPARSE);
    assert_null(config);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 15);
    tr_flat_destroy(flat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_has_its_path_line_and_column),
        cmocka_unit_test(texts_with_quotes_braces_and_escapes_do_not_lose_the_place),
        cmocka_unit_test(an_empty_object_has_no_entries),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(python_infinity_is_null_but_nan_is_refused),
        cmocka_unit_test(malformed_text_is_refused_with_its_position),
        cmocka_unit_test(nothing_at_all_is_refused),
        cmocka_unit_test(only_an_object_is_accepted_at_the_outside),
        cmocka_unit_test(a_key_given_twice_is_refused_with_its_line),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(integers_count_exactly_up_to_two_to_the_53_and_no_further),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(long_paths_and_large_texts_are_refused),
        cmocka_unit_test(a_file_error_names_the_file),
        cmocka_unit_test(a_config_takes_the_keys_below_a_prefix_with_their_lines),
        cmocka_unit_test(what_cannot_matter_to_an_architecture_is_left_out),
        cmocka_unit_test(a_key_no_config_can_hold_is_an_error_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
