/* tests/fuzz/fuzz_gguf.c -- any bytes as a GGUF file: what is accepted counts sanely, cut off behind its header or not. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "io/gguf.h"
#include "io/gguf_config.h"

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

static void check_tensors(const tr_gguf *gguf)
{
    tr_tensors sums;
    double byte = 0.0;
    tr_tensors_init(&sums);
    for (size_t i = 0; i < tr_gguf_tensor_count(gguf); i++) {
        const tr_tensor *t = tr_gguf_tensor(gguf, i);
        require(t->name[0] != '\0' && t->rank >= 0 && t->rank <= 4);
        require(is_count(t->elem) && is_count(t->byte));
        byte += t->byte;
        require(tr_tensors_add(&sums, t, NULL) == TR_OK);
        require(tr_gguf_tensor_find(gguf, t->name) != NULL);
    }
    require(byte <= tr_gguf_whole_byte(gguf) && is_count(tr_gguf_whole_byte(gguf)) && !(byte < sums.byte) && !(byte > sums.byte));
}

static void check_values(const tr_gguf *gguf)
{
    for (size_t i = 0; i < tr_gguf_value_count(gguf); i++) {
        const tr_gguf_value *v = tr_gguf_value_at(gguf, i);
        require(v->key[0] != '\0' && tr_gguf_find(gguf, v->key) == v);
        require(v->text != NULL && strlen(v->text) < TR_GGUF_TEXT_MAX);
        require(v->list == NULL || v->list_count <= TR_GGUF_LIST_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    tr_error err;
    memset(&err, 0, sizeof err);
    uint8_t *copy = malloc(size); /* fmemopen takes it unconst */
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    FILE *in = fmemopen(copy, size, "rb");
    tr_gguf *gguf = NULL;
    tr_status s = in == NULL ? TR_EIO : tr_gguf_parse(in, size, &gguf, &err);
    if (in != NULL) {
        (void)fclose(in);
        if (s != TR_OK)
            check_refusal(s, &err);
        else
            require(tr_gguf_size_byte(gguf) <= (double)size && tr_gguf_size_byte(gguf) >= (double)size);
    }
    free(copy);
    if (s != TR_OK)
        return 0;
    check_values(gguf);
    check_tensors(gguf);
    tr_config *config = NULL;
    s = tr_config_from_gguf(gguf, &config, &err);
    if (s != TR_OK) {
        check_refusal(s, &err);
    } else {
        static tr_model model; /* large */
        s = tr_model_from_config(config, NULL, &model, &err);
        if (s != TR_OK)
            check_refusal(s, &err);
        else
            require(model.total_param > 0.0 && model.total_param < 9007199254740992.0);
        tr_config_destroy(config);
    }
    tr_gguf_destroy(gguf);
    return 0;
}
