/* tests/fuzz/fuzz_config.c -- any bytes as a config.json: what counts as a model has sane, finite counts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tokenroof/model.h>

#include "fuzz.h"
#include "io/config_flat.h"
#include "io/json_flat.h"

static void require(int holds)
{
    if (!holds)
        abort();
}

static int is_count(double x) { return x >= 0.0 && x < 1e300; }

static void check_refusal(tr_status status, const tr_error *err)
{
    require(err->status == status);
    require(err->text[0] != '\0' && strchr(err->text, '\n') == NULL);
    require(err->line >= 0 && err->column >= 0);
}

static void check_model(const tr_model *m)
{
    require(m->layer_kinds >= 1 && m->layer_kinds <= TR_LAYER_MAX);
    require(is_count(m->total_param) && m->total_param > 0.0);
    require(is_count(m->active_param) && m->active_param <= m->total_param);
    require(is_count(m->embedding_param) && is_count(m->head_param) && is_count(m->mtp_param));
    require(is_count(m->multiply_param) && is_count(m->stream_param) && is_count(m->routed_param));
    require(is_count(tr_model_weight_byte(m)));
    for (double n = 0.0; n <= 1e6; n = n * 10.0 + 1.0) {
        require(is_count(tr_model_kv_store_byte(m, n, 0.0)));
        require(is_count(tr_model_kv_read_byte(m, n, 2.0)));
        require(is_count(tr_model_attention_flop(m, n)));
        require(is_count(tr_model_prefill_attention_flop(m, n, 512.0)));
    }
    require(is_count(tr_model_kv_byte_per_token(m, 0.0)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tr_model model; /* large */
    tr_error err;
    memset(&err, 0, sizeof err);
    tr_flat *flat = NULL;
    tr_status status = tr_flat_parse((const char *)data, size, &flat, &err);
    if (status != TR_OK) {
        check_refusal(status, &err);
        require(flat == NULL);
        return 0;
    }
    tr_config *config = NULL;
    status = tr_config_from_flat(flat, "", &config, &err);
    if (status == TR_OK) {
        memset(&model, 0x5A, sizeof model);
        status = tr_model_from_config(config, NULL, &model, &err);
        if (status == TR_OK)
            check_model(&model);
        else
            check_refusal(status, &err);
        tr_config_destroy(config);
    } else {
        check_refusal(status, &err);
    }
    tr_flat_destroy(flat);
    return 0;
}
