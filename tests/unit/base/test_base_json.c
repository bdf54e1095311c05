/* test_base_json.c -- the JSON writer and the sinks under it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/rng.h"
#include "unit_base.h"

static char text[1 << 16];

static tr_buffer buffer_of(size_t capacity)
{
    memset(text, 'z', sizeof text);
    return (tr_buffer){.data = text, .capacity = capacity, .length = 0};
}

static void a_document_is_written_compact_or_pretty(void **state)
{
    (void)state;
    static const char *const want[] = {
        "{\"name\":\"a\",\"n\":[1,2.5,null],\"on\":true,\"none\":null,\"empty\":{},\"rows\":[{\"x\":1},[]]}",
        "{\n  \"name\": \"a\",\n  \"n\": [1, 2.5, null],\n  \"on\": true,\n  \"none\": null,\n  \"empty\": {},\n"
        "  \"rows\": [\n    {\"x\": 1},\n    []\n  ]\n}\n",
    };
    for (int pretty = 0; pretty < 2; pretty++) {
        tr_buffer buffer = buffer_of(sizeof text);
        const tr_sink sink = tr_buffer_sink(&buffer);
        tr_json j;
        tr_json_begin(&j, &sink, pretty);
        tr_json_object(&j);
        tr_json_key_string(&j, "name", "a");
        tr_json_key(&j, "n");
        tr_json_array_inline(&j);
        tr_json_number(&j, 1.0);
        tr_json_number(&j, 2.5);
        tr_json_number(&j, 0.0 / (double)(pretty - pretty)); /* NaN */
        tr_json_close(&j);
        tr_json_key_bool(&j, "on", 7);
        tr_json_key_null(&j, "none");
        tr_json_key_object(&j, "empty");
        tr_json_close(&j);
        tr_json_key_array(&j, "rows");
        tr_json_object_inline(&j);
        tr_json_key_number(&j, "x", 1.0);
        tr_json_close(&j);
        tr_json_array(&j);
        tr_json_close(&j);
        tr_json_close(&j);
        tr_json_close(&j);
        assert_int_equal(tr_json_finish(&j), TR_OK);
        assert_string_equal(text, want[pretty]);
        assert_int_equal(buffer.length, strlen(text));
    }
}

static const char *quoted(const char *in)
{
    tr_buffer buffer = buffer_of(sizeof text);
    const tr_sink sink = tr_buffer_sink(&buffer);
    tr_json j;
    tr_json_begin(&j, &sink, 0);
    tr_json_string(&j, in);
    assert_int_equal(tr_json_finish(&j), TR_OK);
    return text;
}

static void a_string_is_escaped_and_always_valid_utf8(void **state)
{
    (void)state;
    assert_string_equal(quoted(""), "\"\"");
    assert_string_equal(quoted(NULL), "null");
    assert_string_equal(quoted("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
    assert_string_equal(quoted("\n\t\r\b\x7f"), "\"\\n\\t\\r\\u0008\\u007f\"");
    assert_string_equal(quoted("\xC2\xB5 \xE2\x88\x9E \xF0\x9F\x98\x80"),
                        "\"\xC2\xB5 \xE2\x88\x9E \xF0\x9F\x98\x80\"");
    assert_string_equal(quoted("\xFF"), "\"\xEF\xBF\xBD\"");
    assert_string_equal(quoted("\xC0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");         /* overlong */
    assert_string_equal(quoted("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""); /* surrogate */
    assert_string_equal(quoted("\xE2\x88"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");         /* cut off */
}

static tr_status misuse(void (*what)(tr_json *))
{
    tr_buffer buffer = buffer_of(sizeof text);
    const tr_sink sink = tr_buffer_sink(&buffer);
    tr_json j;
    tr_json_begin(&j, &sink, 0);
    what(&j);
    return tr_json_finish(&j);
}

static const char *numbered(double value)
{
    tr_buffer buffer = buffer_of(sizeof text);
    const tr_sink sink = tr_buffer_sink(&buffer);
    tr_json j;
    tr_json_begin(&j, &sink, 0);
    tr_json_number(&j, value);
    assert_int_equal(tr_json_finish(&j), TR_OK);
    return text;
}

static void a_number_beyond_2_to_the_53_is_not_written_as_a_count(void **state)
{
    (void)state;
    assert_string_equal(numbered(9007199254740992.0), "9007199254740992");
    assert_string_equal(numbered(9007199254740994.0), "9.007199254740994e15");
    assert_string_equal(numbered(3.6e17), "3.6e17");
    assert_string_equal(numbered(-1e20), "-1e20");
    assert_string_equal(numbered(3.8e25), "3.8e+25");
}

static void nothing(tr_json *j) { (void)j; }
static void two_values(tr_json *j)
{
    tr_json_number(j, 1.0);
    tr_json_number(j, 2.0);
}
static void value_without_key(tr_json *j)
{
    tr_json_object(j);
    tr_json_null(j);
    tr_json_close(j);
}
static void key_in_array(tr_json *j)
{
    tr_json_array(j);
    tr_json_key(j, "k");
    tr_json_close(j);
}
static void key_without_value(tr_json *j)
{
    tr_json_object(j);
    tr_json_key(j, "k");
    tr_json_close(j);
}
static void two_keys(tr_json *j)
{
    tr_json_object(j);
    tr_json_key(j, "k");
    tr_json_key(j, "k");
}
static void close_too_many(tr_json *j)
{
    tr_json_array(j);
    tr_json_close(j);
    tr_json_close(j);
}
static void close_too_few(tr_json *j) { tr_json_array(j); }
static void too_deep(tr_json *j)
{
    for (int i = 0; i <= TR_JSON_DEPTH_MAX; i++)
        tr_json_array(j);
    for (int i = 0; i <= TR_JSON_DEPTH_MAX; i++)
        tr_json_close(j);
}
static void just_deep_enough(tr_json *j)
{
    for (int i = 0; i < TR_JSON_DEPTH_MAX; i++)
        tr_json_array(j);
    for (int i = 0; i < TR_JSON_DEPTH_MAX; i++)
        tr_json_close(j);
}

static void a_malformed_document_is_an_error_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(misuse(nothing), TR_ECONFLICT);
    assert_int_equal(misuse(two_values), TR_ECONFLICT);
    assert_int_equal(misuse(value_without_key), TR_ECONFLICT);
    assert_int_equal(misuse(key_in_array), TR_ECONFLICT);
    assert_int_equal(misuse(key_without_value), TR_ECONFLICT);
    assert_int_equal(misuse(two_keys), TR_ECONFLICT);
    assert_int_equal(misuse(close_too_many), TR_ECONFLICT);
    assert_int_equal(misuse(close_too_few), TR_ECONFLICT);
    assert_int_equal(misuse(too_deep), TR_ECAPACITY);
    assert_int_equal(misuse(just_deep_enough), TR_OK);
}

static void a_buffer_sink_cuts_at_its_capacity_and_counts_on(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < 12; capacity++) {
        tr_buffer buffer = buffer_of(capacity);
        const tr_sink sink = tr_buffer_sink(&buffer);
        assert_int_equal(sink.write(sink.context, "hello", 5), 0);
        assert_int_equal(sink.write(sink.context, "", 0), 0);
        assert_int_equal(sink.write(sink.context, " you", 4), 0);
        assert_int_equal(buffer.length, 9);
        const size_t kept = capacity == 0 ? 0 : capacity - 1 < 9 ? capacity - 1 : 9;
        assert_memory_equal(text, "hello you", kept);
        if (capacity > 0)
            assert_int_equal(text[kept], '\0');
        for (size_t i = capacity > kept ? kept + 1 : kept; i < 20; i++)
            assert_int_equal(text[i], 'z');
    }
    tr_buffer none = {NULL, 0, 0};
    const tr_sink sink = tr_buffer_sink(&none);
    assert_int_equal(sink.write(sink.context, "abc", 3), 0);
    assert_int_equal(none.length, 3);
}

struct stubborn {
    size_t allowed;
    size_t calls_after;
    size_t written;
};

static int stop_writing(void *context, const char *part, size_t length)
{
    struct stubborn *s = context;
    (void)part;
    if (s->written + length > s->allowed) {
        s->calls_after++;
        return 1;
    }
    s->written += length;
    return 0;
}

static void a_sink_that_stops_is_not_written_to_again(void **state)
{
    (void)state;
    struct stubborn s = {3000, 0, 0};
    const tr_sink sink = {stop_writing, &s};
    tr_json j;
    tr_json_begin(&j, &sink, 0);
    tr_json_array(&j);
    for (int i = 0; i < 5000; i++)
        tr_json_number(&j, 12345.0);
    tr_json_close(&j);
    assert_int_equal(tr_json_finish(&j), TR_EIO);
    assert_int_equal(s.calls_after, 1);
}

static void the_writer_passes_on_every_byte_in_order(void **state)
{
    (void)state;
    static char want[1 << 16];
    tr_rng rng;
    tr_rng_seed(&rng, 11);
    for (int round = 0; round < 50; round++) {
        tr_buffer buffer = buffer_of(sizeof text);
        const tr_sink sink = tr_buffer_sink(&buffer);
        tr_writer w;
        tr_writer_begin(&w, &sink);
        size_t n = 0;
        while (n < 20000) {
            char part[3000];
            const size_t length = (size_t)tr_rng_below(&rng, tr_rng_below(&rng, 8) ? 40 : sizeof part);
            for (size_t i = 0; i < length; i++)
                part[i] = (char)('a' + tr_rng_below(&rng, 26));
            memcpy(want + n, part, length);
            n += length;
            tr_write_span(&w, part, length);
            if (length % 3 == 0) {
                want[n++] = '!';
                tr_write_char(&w, '!');
            }
        }
        assert_int_equal(tr_writer_finish(&w), TR_OK);
        assert_int_equal(buffer.length, n);
        assert_memory_equal(text, want, n);
    }
}

static void text_for_markup_is_escaped(void **state)
{
    (void)state;
    tr_buffer buffer = buffer_of(sizeof text);
    const tr_sink sink = tr_buffer_sink(&buffer);
    tr_writer w;
    tr_writer_begin(&w, &sink);
    tr_write_escaped(&w, "<a href=\"x\">R&D 'n'\x01\n</a>");
    tr_write_repeat(&w, '.', 3);
    tr_write_fixed(&w, 1.25, 1);
    tr_write_number(&w, 0.1);
    tr_write_quantity(&w, 2e15, TR_UNIT_FLOP_PER_S);
    assert_int_equal(tr_writer_finish(&w), TR_OK);
    assert_string_equal(text, "&lt;a href=&quot;x&quot;&gt;R&amp;D &#39;n&#39;\n&lt;/a&gt;...1.30.12 PFLOP/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_written_compact_or_pretty),
        cmocka_unit_test(a_string_is_escaped_and_always_valid_utf8),
        cmocka_unit_test(a_number_beyond_2_to_the_53_is_not_written_as_a_count),
        cmocka_unit_test(a_malformed_document_is_an_error_at_the_end),
        cmocka_unit_test(a_buffer_sink_cuts_at_its_capacity_and_counts_on),
        cmocka_unit_test(a_sink_that_stops_is_not_written_to_again),
        cmocka_unit_test(the_writer_passes_on_every_byte_in_order),
        cmocka_unit_test(text_for_markup_is_escaped),
    };
    return cmocka_run_group_tests_name("base json", tests, NULL, NULL);
}
