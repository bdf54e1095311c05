/* tests/unit/csv_rows.h -- a table beside the repository, read whole; a case that needs it skips without
 * it. */
#ifndef TOKENROOF_TESTS_CSV_ROWS_H
#define TOKENROOF_TESTS_CSV_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CSV_ROWS = 1024, CSV_COLUMNS = 48 };

typedef struct csv {
    char *text;
    size_t rows, columns;
    const char *head[CSV_COLUMNS];
    const char *cell[CSV_ROWS][CSV_COLUMNS];
} csv;

/* Some of the tables end their lines the Windows way. */
static inline void csv_drop_returns(char *text)
{
    char *to = text;
    for (const char *c = text; *c != '\0'; c++)
        if (*c != '\r')
            *to++ = *c;
    *to = '\0';
}

/* Cuts text in place: commas, quotes doubled inside quotes, lines that open with # are notes. */
static inline void csv_cut(csv *table)
{
    char *at = table->text;
    int have_head = 0;
    while (*at != '\0') {
        if (*at == '#') {
            at += strcspn(at, "\n");
            at += *at == '\n';
            continue;
        }
        const char **row = have_head ? table->cell[table->rows] : table->head;
        size_t n = 0;
        for (int more = 1; more;) {
            char *to = at;
            assert_true(n < CSV_COLUMNS);
            row[n++] = to;
            if (*at == '"') {
                for (at++; *at != '\0' && !(at[0] == '"' && at[1] != '"'); at++) {
                    if (*at == '"')
                        at++;
                    *to++ = *at;
                }
                at++;
            } else {
                const size_t length = strcspn(at, ",\n");
                to += length;
                at += length;
            }
            more = *at == ',';
            if (*at != '\0')
                at++;
            *to = '\0';
        }
        if (!have_head)
            table->columns = n;
        for (; n < table->columns; n++)
            row[n] = "";
        table->rows += (size_t)have_head;
        have_head = 1;
        assert_true(table->rows < CSV_ROWS);
    }
}

/* The table at a path; NULL where it is not there. *state keeps it for the teardown, csv_forget. */
static inline csv *csv_open(void **state, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    csv *table = calloc(1, sizeof *table);
    assert_non_null(table);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    const long size = ftell(f);
    rewind(f);
    table->text = calloc((size_t)size + 1, 1);
    assert_non_null(table->text);
    assert_int_equal(fread(table->text, 1, (size_t)size, f), size);
    (void)fclose(f);
    csv_drop_returns(table->text);
    csv_cut(table);
    *state = table;
    return table;
}

/* The table path of the repository. */
static inline csv *csv_of_tests(void **state, const char *path)
{
    char full[4096];
    const char *root = getenv("TOKENROOF_ROOT");
    (void)snprintf(full, sizeof full, "%s/%s", root != NULL ? root : ".", path);
    csv *table = csv_open(state, full);
    assert_non_null(table);
    return table;
}

/* The table path under the shared folder, or a skipped case. */
static inline csv *csv_shared(void **state, const char *path)
{
    char full[4096];
    const char *shared = getenv("TOKENROOF_SHARED"), *root = getenv("TOKENROOF_ROOT");
    if (shared != NULL && shared[0] != '\0')
        (void)snprintf(full, sizeof full, "%s/%s", shared, path);
    else
        (void)snprintf(full, sizeof full, "%s/../shared/%s", root != NULL ? root : ".", path);
    csv *table = csv_open(state, full);
    if (table == NULL) {
        print_message("SKIP: %s absent\n", full);
        skip();
    }
    return table;
}

static inline int csv_forget(void **state)
{
    csv *table = *state;
    if (table != NULL) {
        free(table->text);
        free(table);
        *state = NULL;
    }
    return 0;
}

static inline const char *csv_at(const csv *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->head[i], column) == 0)
            return table->cell[row][i];
    fail_msg("no column %s", column);
    return "";
}

/* 0 for an empty cell. */
static inline double csv_number(const csv *table, size_t row, const char *column)
{
    const char *text = csv_at(table, row, column);
    char *end;
    const double value = strtod(text, &end);
    if (*end != '\0')
        fail_msg("%s is not a number: %s", column, text);
    return value;
}

#endif
