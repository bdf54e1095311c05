/* test_io_csv.c -- comma-separated tables: quotes, comments, positions, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "io/csv.h"

static tr_status open_bytes(const char *text, size_t size, tr_csv **csv, FILE **stream, tr_error *err)
{
    *stream = tmpfile();
    assert_non_null(*stream);
    assert_int_equal(fwrite(text, 1, size, *stream), size);
    rewind(*stream);
    return tr_csv_from(*stream, "/some/where/table.csv", csv, err);
}

static tr_csv *table;
static FILE *stream;
static tr_error err;

static void open_text(const char *text)
{
    memset(&err, 0, sizeof err);
    if (open_bytes(text, strlen(text), &table, &stream, &err) != TR_OK)
        fail_msg("%d:%d %s", err.line, err.column, err.text);
}

static int next(void)
{
    int more = 0;
    if (tr_csv_next(table, &more, &err) != TR_OK)
        fail_msg("%d:%d %s", err.line, err.column, err.text);
    return more;
}

static void close_table(void)
{
    tr_csv_close(table);
    (void)fclose(stream);
}

static void fields_are_found_by_the_names_in_the_header(void **state)
{
    (void)state;
    open_text("model,batch, tpot_ms \nllama,1,12.5\nqwen,8,3k\n");
    assert_int_equal(tr_csv_column_count(table), 3);
    assert_string_equal(tr_csv_column_name(table, 2), "tpot_ms");
    assert_null(tr_csv_column_name(table, 3));
    const int model = tr_csv_column(table, "model"), time = tr_csv_column(table, "tpot_ms");
    assert_int_equal(tr_csv_column(table, "Model"), -1);
    assert_true(next());
    assert_string_equal(tr_csv_text(table, model), "llama");
    assert_int_equal(tr_csv_line(table), 2);
    double value = 0.0;
    assert_int_equal(tr_csv_number(table, time, TR_UNIT_NONE, &value, &err), TR_OK);
    assert_true(value == 12.5);
    assert_true(next());
    assert_int_equal(tr_csv_number(table, time, TR_UNIT_NONE, &value, &err), TR_OK);
    assert_true(value == 3000.0);
    assert_false(next());
    assert_false(next());
    assert_string_equal(tr_csv_text(table, -1), "");
    close_table();
}

static void quotes_hold_commas_quotes_and_line_breaks(void **state)
{
    (void)state;
    open_text("a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\r\n\"\",\r\n");
    assert_true(next());
    assert_string_equal(tr_csv_text(table, 0), "x, \"y\"");
    assert_string_equal(tr_csv_text(table, 1), "1\n2");
    assert_int_equal(tr_csv_line(table), 2);
    assert_true(next());
    assert_int_equal(tr_csv_line(table), 4); /* the record above took two lines */
    assert_string_equal(tr_csv_text(table, 0), "");
    assert_string_equal(tr_csv_text(table, 1), "");
    assert_false(next());
    close_table();
}

static void comments_blank_lines_and_a_byte_order_mark_are_skipped(void **state)
{
    (void)state;
    open_text("\xef\xbb\xbf# measured, 2026\n\n a ,b\n# \"a comment, with a quote\n1,#2\n\n\n3,4");
    assert_string_equal(tr_csv_column_name(table, 0), "a");
    assert_true(next());
    assert_int_equal(tr_csv_line(table), 5);
    assert_string_equal(tr_csv_text(table, 1), "#2"); /* only at the start of a line */
    assert_true(next());
    assert_string_equal(tr_csv_text(table, 1), "4"); /* no line end at the end */
    assert_false(next());
    close_table();
}

static void an_empty_field_is_missing_or_the_fallback(void **state)
{
    (void)state;
    open_text("a,b\n , 5ms\n");
    assert_true(next());
    double value = 1.0;
    assert_int_equal(tr_csv_number(table, 0, TR_UNIT_SECOND, &value, &err), TR_EMISSING);
    assert_string_equal(err.field, "a");
    assert_int_equal(err.line, 2);
    assert_true(value == 1.0);
    assert_int_equal(tr_csv_number_or(table, 0, TR_UNIT_SECOND, 7.0, &value, &err), TR_OK);
    assert_true(value == 7.0);
    assert_int_equal(tr_csv_number_or(table, -1, TR_UNIT_SECOND, 8.0, &value, &err), TR_OK);
    assert_true(value == 8.0);
    assert_int_equal(tr_csv_number_or(table, 1, TR_UNIT_SECOND, 7.0, &value, &err), TR_OK);
    assert_true(value == 0.005);
    close_table();
}

static void a_number_that_is_none_names_column_and_line(void **state)
{
    (void)state;
    open_text("a,rate\n1,2\n3,fast\n4,nan\n");
    assert_true(next());
    assert_true(next());
    double value = 1.0;
    assert_int_equal(tr_csv_number(table, 1, TR_UNIT_NONE, &value, &err), TR_EPARSE);
    assert_int_equal(err.line, 3);
    assert_string_equal(err.field, "rate");
    assert_non_null(strstr(err.text, "table.csv"));
    assert_true(next());
    assert_true(tr_csv_number(table, 1, TR_UNIT_NONE, &value, &err) != TR_OK);
    assert_true(value == 1.0);
    close_table();
}

static void a_column_that_is_needed_is_asked_for_by_its_near_name(void **state)
{
    (void)state;
    open_text("model,batch_seq\n");
    int column = -1;
    assert_int_equal(tr_csv_require(table, "batch_seq", &column, &err), TR_OK);
    assert_int_equal(column, 1);
    assert_int_equal(tr_csv_require(table, "batch_sec", &column, &err), TR_EMISSING);
    assert_non_null(strstr(err.text, "batch_seq"));
    assert_false(next());
    close_table();
}

static tr_error refuse(const char *text, size_t size, tr_status expected)
{
    tr_csv *csv = NULL;
    FILE *in = NULL;
    tr_error e;
    memset(&e, 0, sizeof e);
    tr_status s = open_bytes(text, size, &csv, &in, &e);
    int more = 1;
    while (s == TR_OK && more)
        s = tr_csv_next(csv, &more, &e);
    if (s != expected)
        fail_msg("%s: %s (%s)", text, tr_status_name(s), e.text);
    if (csv != NULL) {
        assert_int_equal(tr_csv_next(csv, &more, NULL), TR_OK); /* after an error it is at its end */
        assert_false(more);
    }
    tr_csv_close(csv);
    (void)fclose(in);
    return e;
}

#define REFUSE(text, expected) refuse(text, strlen(text), expected)

static void malformed_tables_are_refused_with_their_place(void **state)
{
    (void)state;
    tr_error e = REFUSE("a,b\n1,2\n1,2,3\n", TR_EPARSE);
    assert_int_equal(e.line, 3);
    assert_non_null(strstr(e.text, "3 fields; the header has 2"));
    e = REFUSE("a,b\n1\n", TR_EPARSE);
    assert_int_equal(e.line, 2);
    e = REFUSE("a,b\n1,x\"y\n", TR_EPARSE);
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 4);
    e = REFUSE("a,b\n\"1\"x,2\n", TR_EPARSE);
    assert_non_null(strstr(e.text, "after a closing quote"));
    e = REFUSE("a,b\n1,\"open\n2,3\n", TR_EPARSE);
    assert_int_equal(e.line, 2); /* where it was opened */
    assert_int_equal(e.column, 3);
    (void)REFUSE("a,b\n1\r2,3\n", TR_EPARSE);
    (void)refuse("a,b\n1,\0\n", 8, TR_EPARSE);
    (void)refuse("a,b\n1,\"\0\"\n", 10, TR_EPARSE);
}

static void a_table_without_a_sound_header_is_refused(void **state)
{
    (void)state;
    (void)REFUSE("", TR_EMISSING);
    (void)REFUSE("# only a comment\n\n", TR_EMISSING);
    (void)REFUSE("a,,c\n", TR_EPARSE);
    const tr_error e = REFUSE("a,b,a\n", TR_ECONFLICT);
    assert_string_equal(e.field, "a");
}

static void limits_are_kept(void **state)
{
    (void)state;
    const size_t size = TR_CSV_RECORD_MAX + 64;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text, "a\n\"", 3);
    (void)refuse(text, size, TR_ECAPACITY);
    memset(text, ',', 4096);
    (void)refuse(text, 4096, TR_ECAPACITY);
    free(text);
}

static void a_table_of_any_length_is_streamed(void **state)
{
    (void)state;
    test_folder folder;
    folder_make(&folder);
    bytes b = {NULL, 0, 0};
    bytes_add(&b, "i,text\n", 7);
    for (int i = 0; i < 20000; i++) { /* many buffers long */
        char line[64];
        const int n = snprintf(line, sizeof line, "%d,\"line %d\"\n", i, i);
        bytes_add(&b, line, (size_t)n);
    }
    folder_write(&folder, "long.csv", b.data, b.size);
    tr_csv *csv = NULL;
    assert_int_equal(tr_csv_open(folder_path(&folder, "long.csv"), &csv, &err), TR_OK);
    double sum = 0.0;
    int more = 1, rows = 0;
    while (assert_int_equal(tr_csv_next(csv, &more, &err), TR_OK), more) {
        double value = 0.0;
        assert_int_equal(tr_csv_number(csv, 0, TR_UNIT_NONE, &value, &err), TR_OK);
        assert_int_equal(tr_csv_line(csv), rows + 2);
        sum += value;
        rows++;
    }
    assert_int_equal(rows, 20000);
    assert_true(sum == 199990000.0);
    tr_csv_close(csv);
    tr_csv_close(NULL);
    assert_int_equal(tr_csv_open("/nonexistent.csv", &csv, &err), TR_EIO);
    assert_int_equal(tr_csv_open(folder.path, &csv, &err), TR_EIO);
    folder_remove(&folder);
    bytes_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found_by_the_names_in_the_header),
        cmocka_unit_test(quotes_hold_commas_quotes_and_line_breaks),
        cmocka_unit_test(comments_blank_lines_and_a_byte_order_mark_are_skipped),
        cmocka_unit_test(an_empty_field_is_missing_or_the_fallback),
        cmocka_unit_test(a_number_that_is_none_names_column_and_line),
        cmocka_unit_test(a_column_that_is_needed_is_asked_for_by_its_near_name),
        cmocka_unit_test(malformed_tables_are_refused_with_their_place),
        cmocka_unit_test(a_table_without_a_sound_header_is_refused),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(a_table_of_any_length_is_streamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
