/* tests/fuzz/fuzz_quantity.c -- numbers with units from any bytes: what parses is finite, formats and reads back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tokenroof/base.h>

#include "fuzz.h"

#define LIST_MAX 64

static void require(int holds)
{
    if (!holds)
        abort();
}

/* A refusal says why, and in the caller's error only. */
static void require_reason(tr_status status, const tr_error *err)
{
    require(err->status == status);
    require(err->text[0] != '\0' && memchr(err->text, '\0', sizeof err->text) != NULL);
    require(strchr(err->text, '\n') == NULL);
}

static void check_reads_back(double value)
{
    char text[32];
    double again = -1.0;
    const size_t length = tr_number_format(value, text, sizeof text);
    require(length < sizeof text && text[length] == '\0');
    require(tr_quantity_parse(text, TR_UNIT_NONE, &again, NULL) == TR_OK);
    require(memcmp(&value, &again, sizeof value) == 0 || (value == 0.0 && again == 0.0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const tr_unit unit = (tr_unit)(data[0] % TR_UNIT_COUNT);
    char *text = malloc(size);
    if (text == NULL)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';

    tr_error err;
    memset(&err, 0, sizeof err);
    double value = -12345.0;
    tr_status status = tr_quantity_parse(text, unit, &value, &err);
    if (status == TR_OK) {
        require(isfinite(value));
        check_reads_back(value);
        for (size_t room = 0; room <= 40; room += 5) {
            char small[40];
            memset(small, 'x', sizeof small);
            const size_t needed = tr_quantity_format(value, unit, small, room);
            if (room > 0)
                require(strlen(small) == (needed < room ? needed : room - 1));
        }
    } else {
        require_reason(status, &err);
        require(value == -12345.0);
    }

    double list[LIST_MAX + 1];
    for (size_t i = 0; i <= LIST_MAX; i++)
        list[i] = -12345.0;
    size_t count = 777;
    memset(&err, 0, sizeof err);
    status = tr_quantity_list_parse(text, unit, list, LIST_MAX, &count, &err);
    if (status == TR_OK) {
        require(count >= 1 && count <= LIST_MAX);
        for (size_t i = 0; i < count; i++)
            require(isfinite(list[i]));
    } else {
        require_reason(status, &err);
        require(count == 777);
    }
    require(list[LIST_MAX] == -12345.0);

    tr_dtype dtype = TR_DTYPE_COUNT;
    memset(&err, 0, sizeof err);
    status = tr_dtype_parse(text, &dtype, &err);
    if (status == TR_OK)
        require(tr_dtype_byte(dtype) >= 0.0 && tr_dtype_name(dtype)[0] != '\0');
    else
        require_reason(status, &err);
    free(text);
    return 0;
}
