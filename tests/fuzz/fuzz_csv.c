/* tests/fuzz/fuzz_csv.c -- any bytes as a table: every record has the header's fields, and the end is the end. */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "io/csv.h"

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_refusal(tr_status status, const tr_error *err)
{
    require(err->status == status && err->text[0] != '\0');
    require(err->line >= 1 && err->column >= 0);
}

static void check_record(const tr_csv *csv, size_t columns)
{
    tr_error err;
    for (size_t i = 0; i < columns; i++) {
        double value = -12345.0;
        require(strlen(tr_csv_text(csv, (int)i)) < TR_CSV_RECORD_MAX);
        const tr_status s = tr_csv_number(csv, (int)i, TR_UNIT_BYTE, &value, &err);
        if (s == TR_OK)
            require(isfinite(value));
        else
            check_refusal(s, &err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t *copy = malloc(size); /* fmemopen takes it unconst */
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    FILE *in = fmemopen(copy, size, "rb");
    tr_csv *csv = NULL;
    tr_error err;
    memset(&err, 0, sizeof err);
    tr_status s = in == NULL ? TR_EIO : tr_csv_from(in, "table.csv", &csv, &err);
    if (in != NULL && s != TR_OK)
        check_refusal(s, &err);
    if (s == TR_OK) {
        const size_t columns = tr_csv_column_count(csv);
        require(columns >= 1 && columns <= TR_CSV_COLUMN_MAX);
        for (size_t i = 0; i < columns; i++)
            require(tr_csv_column(csv, tr_csv_column_name(csv, i)) == (int)i);
        int more = 1, line = 0;
        while ((s = tr_csv_next(csv, &more, &err)) == TR_OK && more) {
            require(tr_csv_line(csv) > line);
            line = tr_csv_line(csv);
            check_record(csv, columns);
        }
        if (s != TR_OK)
            check_refusal(s, &err);
        require(tr_csv_next(csv, &more, NULL) == TR_OK && !more);
    }
    tr_csv_close(csv);
    if (in != NULL)
        (void)fclose(in);
    free(copy);
    return 0;
}
