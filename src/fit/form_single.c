/* fit/form_single.c -- one stream at a time: llama.cpp's pp and tg tests, and isolated requests. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/text.h"
#include "fit/form.h"
#include "fit/protocol.h"

enum { CPP_DEVICE, CPP_MODEL, CPP_QUANT, CPP_TEST, CPP_VALUE, CPP_UNIT, CPP_BACKEND, CPP_THREADS };

/* "2024-05" of "llama.cpp (May 2024)"; "" where no month is told. */
static void date_of(const char *engine, char *out, size_t size)
{
    static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const char *at = strchr(engine, '(');
    out[0] = '\0';
    for (int m = 0; at != NULL && m < 12; m++)
        if (tr_text_starts(at + 1, month[m]) && strcspn(at, " ") + 5 <= strlen(at))
            (void)snprintf(out, size, "%.4s-%02d", at + strcspn(at, " ") + 1, m + 1);
}

/* Quantised weights of a prompt multiply as whole numbers since June 2024 (github.com/ggml-org/llama.cpp pull 8075);
 * before, they were unpacked to FP16. */
static tr_dtype math_of(const char *date)
{
    return date[0] != '\0' && strcmp(date, "2024-06") < 0 ? TR_DTYPE_BF16 : TR_DTYPE_NATIVE;
}

static tr_status read_llamacpp(tr_record *r)
{
    tr_measured row = {.model_name = tr_record_text(r, CPP_MODEL),
                       .system_name = tr_record_text(r, CPP_DEVICE),
                       .engine = tr_record_text(r, CPP_BACKEND),
                       .precision = tr_record_text(r, CPP_QUANT)};
    const char *test = tr_record_text(r, CPP_TEST);
    char device[96];
    const double cards = tr_names_count(row.system_name, device, sizeof device);
    tr_serving *load = &row.serving;
    double token = 0;
    if (strstr(tr_record_text(r, CPP_UNIT), "tok/s") == NULL &&
        strstr(tr_record_text(r, CPP_UNIT), "t/s") == NULL)
        return tr_record_skip(r, "not a rate of tokens");
    const int prompt = tr_text_starts(test, "pp");
    const size_t digits = strcspn(test, " @");
    double depth = 0; /* tokens that were in the cache before: "tg128@d4096", as llama-bench -d prints them */
    if ((!prompt && !tr_text_starts(test, "tg")) || digits <= 2 ||
        tr_quantity_parse_span(test + 2, digits - 2, TR_UNIT_NONE, &token, NULL) != TR_OK || !(token >= 1))
        return tr_record_skip(r, "a test that is neither ppN nor tgN");
    const char *at = strstr(test + digits, "@");
    if (at != NULL && (strstr(at, "d") == NULL ||
                       tr_quantity_parse(strstr(at, "d") + 1, TR_UNIT_NONE, &depth, NULL) != TR_OK))
        return tr_record_skip(r, "a depth that is no number");
    row.metric = prompt ? TR_METRIC_PROMPT : TR_METRIC_GENERATE;
    load->concurrency_seq = load->tp = load->dp = load->ep = 1;
    load->pp = cards; /* several cards hold some layers each */
    load->input_token = depth + (prompt ? token : 0);
    load->cached_token = prompt ? depth : 0;
    load->output_token = prompt ? 0 : token;
    /* a file of that name has only its experts so */
    const char *mix = tr_text_same(row.precision, "MXFP4") ? "mxfp4_moe" : row.precision;
    const tr_weight_format weight = tr_names_weights(mix);
    if (weight == TR_WEIGHT_FORMAT_NATIVE)
        return tr_record_skip(r, "a number format that is not known");
    char date[12];
    date_of(row.engine, date, sizeof date);
    row.dtypes = (tr_formats){.weight = weight, .math = math_of(date)};
    row.model = tr_names_model(r->names, row.model_name);
    if (row.model == NULL)
        return tr_record_skip(r, "a model that is not in the catalog");
    const double threads = tr_record_number(r, CPP_THREADS, 0);
    row.system = tr_names_system(r->names, device, threads >= 1 ? -threads : cards);
    if (row.system == NULL)
        return tr_record_skip(r, "a chip that is not in the catalog");
    const protocol_run run = {"", date, 0, TR_DTYPE_NATIVE};
    (void)protocol_complete(&row, &run);
    row.measured_s = 1 / tr_record_number(r, CPP_VALUE, 0);
    return tr_record_measured(r, &row);
}

enum { ISO_MODEL, ISO_HARDWARE, ISO_PROMPT, ISO_BATCH, ISO_TOKEN, ISO_PROMPT_TIME, ISO_TOKEN_TIME, ISO_TP };

static tr_status read_isolated(tr_record *r)
{
    tr_measured row = {.model_name = tr_record_text(r, ISO_MODEL),
                       .system_name = tr_record_text(r, ISO_HARDWARE)};
    tr_serving *load = &row.serving;
    load->pp = load->dp = load->ep = 1;
    load->tp = tr_record_number(r, ISO_TP, 1);
    load->concurrency_seq = tr_record_number(r, ISO_BATCH, 0);
    load->input_token = tr_record_number(r, ISO_PROMPT, 0);
    load->output_token = tr_record_number(r, ISO_TOKEN, 0);
    if (!(load->concurrency_seq >= 1 && load->input_token >= 1 && load->output_token >= 1 && load->tp >= 1))
        return tr_record_skip(r, "no batch, lengths or layout");
    row.model = tr_names_model(r->names, row.model_name);
    if (row.model == NULL)
        return tr_record_skip(r, "a model that is not in the catalog");
    row.system = tr_names_system(r->names, row.system_name, load->tp);
    if (row.system == NULL)
        return tr_record_skip(r, "a chip that is not in the catalog");
    row.metric = TR_METRIC_TPOT;
    row.measured_s = tr_record_number(r, ISO_TOKEN_TIME, 0) * 1e-3;
    const tr_status s = tr_record_measured(r, &row);
    if (s != TR_OK)
        return s;
    row.metric = TR_METRIC_TTFT;
    row.measured_s = tr_record_number(r, ISO_PROMPT_TIME, 0) * 1e-3;
    return tr_record_measured(r, &row);
}

const tr_form tr_forms_single[] = {
    {"llama.cpp", 6, {"device", "model", "quant", "test", "value", "unit", "backend", "threads"}, read_llamacpp},
    {"isolated requests",
     7,
     {"model", "hardware", "prompt_size", "batch_size", "token_size", "prompt_time", "token_time",
      "tensor_parallel"},
     read_isolated},
    {NULL, 0, {NULL}, NULL},
};
