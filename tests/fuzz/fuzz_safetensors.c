/* tests/fuzz/fuzz_safetensors.c -- any bytes as a weight header or an index: what is accepted adds up. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "io/safetensors.h"
#include "io/weight_index.h"

static void require(int holds)
{
    if (!holds)
        abort();
}

static int is_count(double x) { return x >= 0.0 && x <= 9007199254740992.0; }

static void check_refusal(tr_status status, const tr_error *err)
{
    require(err->status == status);
    require(err->text[0] != '\0' && strchr(err->text, '\n') == NULL);
}

/* The first two bytes say how much payload the file is to have. */
static void try_header(const uint8_t *data, size_t size)
{
    if (size < 2)
        return;
    const uint64_t payload_byte = (uint64_t)data[0] | (uint64_t)data[1] << 8;
    tr_tensors sums, before;
    tr_error err;
    memset(&err, 0, sizeof err);
    tr_tensors_init(&sums);
    sums.hidden_layers = (double)(data[0] % 8);
    sums.tied = data[1] & 1;
    before = sums;
    const tr_status s = tr_safetensors_parse((const char *)data + 2, size - 2, payload_byte, &sums, &err);
    if (s != TR_OK) {
        check_refusal(s, &err);
        require(memcmp(&sums, &before, sizeof sums) == 0);
        return;
    }
    double elem = 0.0, part_byte = 0.0, byte = 0.0;
    for (int i = 0; i < sums.format_count; i++) {
        elem += sums.format[i].elem;
        byte += sums.format[i].byte;
        require(is_count(sums.format[i].elem));
    }
    for (int i = 0; i < TR_TENSOR_PART_COUNT; i++) {
        require(is_count(sums.param[i]) && is_count(sums.part_byte[i]));
        part_byte += sums.part_byte[i];
    }
    /* whole numbers below 2^53: the sums are exact in any order */
    require(!(byte < (double)payload_byte) && !(byte > (double)payload_byte));
    require(!(byte < sums.byte) && !(byte > sums.byte) && !(byte < part_byte) && !(byte > part_byte));
    require(elem <= 2.0 * byte);
}

static void try_index(const uint8_t *data, size_t size)
{
    tr_weight_index index;
    tr_error err;
    memset(&err, 0, sizeof err);
    const tr_status s = tr_weight_index_parse((const char *)data, size, &index, &err);
    if (s != TR_OK) {
        check_refusal(s, &err);
        require(err.line >= 1 && err.column >= 1);
        return;
    }
    require(is_count(index.total_byte) && is_count(index.total_param) && is_count(index.tensor_count));
    const char *name = index.file;
    for (int i = 0; i < index.file_count; i++, name += strlen(name) + 1)
        require(name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL);
    tr_weight_index_free(&index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_header(data, size);
    try_index(data, size);
    return 0;
}
