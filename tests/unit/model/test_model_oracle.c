/* test_model_oracle.c -- every model of the oracle, to the last parameter, byte of cache and byte of state.
 *
 * Published totals count what lies in the checkpoint. Where that is more than
 * the language model, the rest is rebuilt here from its own shapes: vision
 * towers, repeated tables, FP8 scales, buffers. What cannot be rebuilt is
 * listed as such, with its size.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared.h"

/* ---- what else lies in a checkpoint --------------------------------------------- */

/* A transformer layer with biases and two LayerNorms, as vision towers have. */
static double tower_layer(double width, double inner)
{
    return 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width;
}

/* SigLIP 400M at patch 14 with 4096 positions. */
static double siglip(void)
{
    return 27 * tower_layer(1152, 4304) + 3 * 14 * 14 * 1152 + 1152 + 4096 * 1152 + 2 * 1152;
}

static double gemma3_vision(double hidden) { return siglip() + hidden * 1152 + 1152; }

static double kimi_k25_vision(void)
{
    return siglip() + 2 * 1152 + 4608. * 4608 + 4608 + 4608. * 7168 + 7168;
}

static double qwen35_vision(double hidden)
{
    return 27 * tower_layer(1152, 4304) + 3 * 2 * 16 * 16 * 1152 + 1152 + 2304 * 1152 + 2 * 1152 +
           4608. * 4608 + 4608 + 4608 * hidden + hidden;
}

static double llama4_vision(void)
{
    return 34 * tower_layer(1408, 5632) + 588 * 1408 + 1408 + 577 * 1408 + 4 * 1408 + 5632. * 4096 +
           4096. * 4096 + 4096. * 5120;
}

static double pixtral(double hidden)
{
    const double tower = 24 * (4 * 1024. * 1024 + 3 * 1024. * 4096 + 2 * 1024) + 3 * 14 * 14 * 1024 + 1024;
    return tower + 1024 + 4096 * 1024. + 1024 * hidden + hidden * hidden;
}

/* One FP32 scale for each 128 x 128 block of a matrix. */
static double scales(double rows, double columns) { return ceil(rows / 128) * ceil(columns / 128); }

static double v3_scales(void)
{
    const double attention = scales(1536, 7168) + scales(24576, 1536) + scales(576, 7168) +
                             scales(32768, 512) + scales(7168, 16384);
    const double expert = 2 * scales(2048, 7168) + scales(7168, 2048);
    const double dense = 2 * scales(18432, 7168) + scales(7168, 18432);
    return 62 * attention + 59 * 257 * expert + 3 * dense; /* 61 layers and the prediction layer */
}

static double m2_scales(void)
{
    return 62 * (256 * (2 * scales(1536, 3072) + scales(3072, 1536)) + scales(6144, 3072) +
                 2 * scales(1024, 3072) + scales(3072, 6144));
}

/* An attention block and a latent mixture, each behind the joining of two states. */
static double nemotron_super_mtp(void)
{
    const double attention = 2 * 4096. * 4096 + 2 * 4096. * 256;
    const double mixture = 512 * 2 * 1024. * 2688 + 2 * 4096. * 5376 + 2 * 4096. * 1024 + 512 * 4096.;
    return attention + mixture + 2 * 4096. * 4096 + 5 * 4096;
}

/* Patches, projector, and the attention over earlier layers' outputs (its layout is assumed). */
static double kimi_k3_rest(void)
{
    const double tower =
        27 * (1024 * 4608. + 1536 * 1024. + 2 * 1024. * 4096 + 2 * 1024) + 588 * 1024 + 4096 * 1024. + 1024;
    return tower + 4096. * 4096 + 4096. * 7168 + 1024 + 7168 + 93 * 2 * 2 * 7168. + 2 * 7168;
}

typedef struct rest {
    const char *name;
    double extra;   /* beyond the language model and its prediction layers */
    int mtp;        /* prediction layers are in the file */
    double unknown; /* and this much has no name */
    const char *what;
} rest;

static const rest *rest_of(const char *name, double tables)
{
    static rest r;
    const rest all[] = {
        {"gemma-3-4b-it", gemma3_vision(2560), 0, 0, "vision tower"},
        {"gemma-3-27b-it", gemma3_vision(5376), 0, 0, "vision tower"},
        {"Kimi-K2.5", kimi_k25_vision(), 0, 0, "vision tower and projector"},
        {"Kimi-K2-Instruct", 0, 0, 3416, "3,416 elements nobody has named"},
        {"Kimi-K3", kimi_k3_rest(), 0, 1184,
         "vision tower, attention over layers; 1,184 elements without a name"},
        {"Qwen3.5-27B", qwen35_vision(5120), 1, 0, "vision tower"},
        {"Qwen3.5-35B-A3B", qwen35_vision(2048), 1, 0, "vision tower"},
        {"Llama-4-Scout-17B-16E-Instruct", llama4_vision(), 0, 0, "vision tower and projector"},
        {"Mistral-Small-3.2-24B-Instruct-2506", pixtral(5120), 0, 0, "vision tower and projector"},
        {"Ministral-3-3B-Instruct-2512", pixtral(3072), 0, 0, "vision tower and projector"},
        {"DeepSeek-V3", 2 * tables + v3_scales(), 1, 0, "tables again for the prediction layer, FP8 scales"},
        {"DeepSeek-R1", 2 * tables, 1, 0, "tables again for the prediction layer"},
        {"DeepSeek-V3.2", 2 * tables, 1, 0, "tables again for the prediction layer"},
        {"DeepSeek-V4-Flash", 3 * 129280. * 6, 1, 0, "routing tables of the first three layers"},
        {"MiniMax-M2.5", m2_scales(), 0, 0, "FP8 scales"},
        {"GLM-4.5", 2 * tables, 1, 0, "tables again for the prediction layer"},
        {"Qwen3-0.6B", tables, 0, 0, "the tied head stored again"},
        {"Qwen3-1.7B", tables, 0, 0, "the tied head stored again"},
        {"Llama-2-7b-hf", 32 * 64, 0, 0, "rotary frequencies of each layer"},
        {"Llama-2-13b-hf", 40 * 64, 0, 0, "rotary frequencies of each layer"},
        {"Llama-2-70b-hf", 80 * 64, 0, 0, "rotary frequencies of each layer"},
        {"NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", -23 * 128, 0, 0, "router biases not counted"},
        {"NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4", nemotron_super_mtp() - 40 * 512, 0, 0,
         "prediction layer; router biases not counted"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, name) == 0) {
            r = all[i];
            return &r;
        }
    return NULL;
}

/* ---- the oracle's table ------------------------------------------------------------ */

enum { COLUMNS = 48, LINE = 8192 };

/* Split one line in place; quotes may hold commas. Returns the number of fields. */
static int split(char *line, char *field[COLUMNS])
{
    int n = 0;
    char *to = line;
    for (char *at = line; n < COLUMNS;) {
        int quoted = 0;
        field[n++] = to;
        for (; *at != '\0' && (quoted || (*at != ',' && *at != '\n' && *at != '\r')); at++)
            if (*at == '"')
                quoted = !quoted;
            else
                *to++ = *at;
        const char end = *at;
        if (end != '\0')
            at++;
        *to++ = '\0';
        if (end != ',')
            break;
    }
    return n;
}

typedef struct table {
    char header[LINE];
    char line[LINE];
    char *names[COLUMNS];
    char *field[COLUMNS];
    int columns;
} table;

static const char *cell(const table *t, const char *name)
{
    for (int i = 0; i < t->columns; i++)
        if (strcmp(t->names[i], name) == 0)
            return t->field[i] == NULL ? "" : t->field[i];
    fail_msg("no column %s", name);
    return "";
}

static double number(const table *t, const char *name) { return strtod(cell(t, name), NULL); }

static int expect(const char *model, const char *what, double got, double wanted)
{
    if (got == wanted)
        return 0;
    print_message("# %s: %s is %.0f, the oracle has %.0f (difference %.0f)\n", model, what, got, wanted,
                  got - wanted);
    return 1;
}

/* Count one row's config and compare every column the oracle worked out. */
static int compare_row(const table *t, tr_model *m)
{
    char path[512], file[256];
    const char *name = cell(t, "name");
    tr_error err = {0};
    (void)snprintf(file, sizeof file, "facts/models/configs/%s.json", cell(t, "hf_id"));
    char *slash = strchr(file + strlen("facts/models/configs/"), '/');
    if (slash != NULL) {
        char rest_of_name[256];
        (void)snprintf(rest_of_name, sizeof rest_of_name, "%s", slash + 1);
        (void)snprintf(slash, sizeof file - (size_t)(slash - file), "--%s", rest_of_name);
    }
    if (!shared_path(file, path, sizeof path) || count_file(path, m, &err) != TR_OK) {
        print_message("# %s: %d %s\n", name, err.line, err.text);
        return 1;
    }
    int bad = expect(name, "total", m->total_param, number(t, "computed_total_lm"));
    bad += expect(name, "active", m->active_param, number(t, "computed_active_incl_emb"));
    bad += expect(name, "multiply", m->multiply_param, number(t, "computed_active_excl_input_emb"));
    bad += expect(name, "mtp", m->mtp_param, number(t, "computed_mtp_extra"));
    bad += expect(name, "vocab", m->vocab, number(t, "vocab"));
    bad += expect(name, "hidden", m->hidden, number(t, "hidden"));
    bad += expect(name, "max context", m->max_context_token, number(t, "max_context"));
    /* a config made for MLC names its window in MLC's way */
    if (m->unread_count > 0 && strcmp(m->unread[0], "sliding_window_size") != 0) {
        print_message("# %s: %s is not read\n", name, m->unread[0]);
        bad++;
    }
    /* the oracle counts a chunk as a window, and an indexer's key in the format of the cache */
    for (int i = 0; i < m->layer_kinds; i++)
        for (int k = 0; k < m->layer[i].cache_count; k++) {
            m->layer[i].cache[k].wraps = 0;
            m->layer[i].cache[k].row_byte = 0;
        }
    bad += expect(name, "KV bytes a token", tr_model_kv_byte_per_token(m, 2),
                  number(t, "kv_bytes_per_token_bf16_asymptotic"));
    bad += expect(name, "KV bytes at 128k", tr_model_kv_store_byte(m, 131072, 2),
                  number(t, "kv_bytes_at_128k_bf16"));
    bad += expect(name, "state bytes", m->state_byte_per_seq, number(t, "recurrent_state_bytes_per_seq"));
    return bad;
}

static void every_model_of_the_oracle_is_counted_to_the_last_parameter(void **state)
{
    (void)state;
    char path[512];
    assert_true(shared_path("facts/models/models.csv", path, sizeof path));
    static table t;
    static tr_model m;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(t.header, sizeof t.header, file));
    t.columns = split(t.header, t.names);
    int rows = 0, matched = 0, with_mtp = 0, explained = 0, remainder = 0, unpublished = 0, wrong = 0;
    while (fgets(t.line, sizeof t.line, file) != NULL) {
        memset(t.field, 0, sizeof t.field);
        (void)split(t.line, t.field);
        rows++;
        const char *name = cell(&t, "name");
        if (compare_row(&t, &m) > 0) {
            wrong++;
            continue;
        }
        const double exact = number(&t, "hf_exact_total");
        const rest *r = rest_of(name, m.vocab * m.hidden);
        if (!(exact > 0)) {
            unpublished++;
        } else if (r != NULL) {
            const double rebuilt = m.total_param + (r->mtp ? m.mtp_param : 0) + r->extra;
            if (rebuilt + r->unknown != exact) {
                wrong += expect(name, "rebuilt checkpoint", rebuilt, exact);
                continue;
            }
            print_message("# %-42s %15.0f = %15.0f + %12.0f (%s%s)\n", name, exact, m.total_param,
                          exact - m.total_param, r->mtp ? "prediction layer, " : "", r->what);
            if (r->unknown > 0)
                remainder++;
            else
                explained++;
        } else if (m.total_param == exact) {
            matched++;
        } else if (m.total_param + m.mtp_param == exact) {
            with_mtp++;
        } else {
            wrong += expect(name, "published total", m.total_param, exact);
        }
    }
    (void)fclose(file);
    print_message(
        "# %d models: %d equal the published total, %d with their prediction layers, %d rebuilt from named "
        "parts,\n# %d rebuilt but for a stated remainder, %d without a published total, %d wrong\n",
        rows, matched, with_mtp, explained, remainder, unpublished, wrong);
    assert_int_equal(wrong, 0);
    assert_true(rows >= 119);
}

int main(void)
{
    char path[512];
    if (!shared_path("facts/models/models.csv", path, sizeof path)) {
        printf("1..0 # SKIP %s absent\n", path);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_of_the_oracle_is_counted_to_the_last_parameter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
