/* ask/local_choice.c -- which quantisation to take: by what was measured of its quality, if it is fast enough. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/local.h"

const char tr_local_perplexity_source[] =
    "Llama 3 8B on wikitext: ggml-org/llama.cpp, tools/perplexity/README.md at f364eb6f, 2024-05";

/* Perplexity less that of F16, 6.2316; the small mixes (iq*) with an importance matrix, as they are made. */
#define F16_PERPLEXITY 6.2316
static const struct {
    char format[8];
    double more;
} measured[] = {
    {"f16", 0},           {"bf16", 0},          {"q8_0", 0.002650},   {"q6_k", 0.021748},   {"q5_k_m", 0.056974},
    {"q5_k_s", 0.104964}, {"q5_1", 0.106223},   {"q5_0", 0.131591},   {"q4_k_m", 0.175482}, {"iq4_nl", 0.223959},
    {"iq4_xs", 0.228071}, {"q4_k_s", 0.268895}, {"q4_1", 0.451103},   {"q4_0", 0.468514},   {"q3_k_l", 0.556242},
    {"q3_k_m", 0.656864}, {"iq3_m", 0.666694},  {"iq3_s", 0.733867},  {"iq3_xs", 0.931409}, {"iq3_xxs", 1.226803},
    {"q3_k_s", 1.632152}, {"iq2_m", 2.369166},  {"q2_k_s", 3.092145}, {"iq2_s", 3.419148},  {"q2_k", 3.519934},
    {"iq2_xs", 4.529791}, {"iq2_xxs", 7.860148}, {"iq1_m", 19.262089}, {"iq1_s", 54.462959},
};

double tr_local_perplexity_ratio(const char *format)
{
    for (size_t i = 0; i < sizeof measured / sizeof measured[0]; i++)
        if (strcmp(measured[i].format, format) == 0)
            return 1.0 + measured[i].more / F16_PERPLEXITY;
    return (double)NAN;
}

/* From Q4_K_M to Q8_0, and what nobody quantised: F16 takes twice the bytes of Q8_0 for little. */
static int is_good(const tr_local_row *row)
{
    return row->is_published || (row->perplexity_ratio >= tr_local_perplexity_ratio("q8_0") &&
                                 row->perplexity_ratio <= tr_local_perplexity_ratio("q4_k_m"));
}

static int is_readable(const tr_local_row *row)
{
    return isnan(row->token_per_s.predicted) || row->token_per_s.predicted >= TR_LOCAL_READABLE_TOKEN_PER_S;
}

static int is_faster(const tr_local_row *a, const tr_local_row *b)
{
    return a->token_per_s.predicted > b->token_per_s.predicted;
}

/* What was not measured comes behind what was; of two alike the larger file, or the faster. */
static int is_better(const tr_local_row *a, const tr_local_row *b)
{
    const double x = isnan(a->perplexity_ratio) ? HUGE_VAL : a->perplexity_ratio;
    const double y = isnan(b->perplexity_ratio) ? HUGE_VAL : b->perplexity_ratio;
    if (x < y || y < x)
        return x < y;
    return a->file_byte > b->file_byte || (!(b->file_byte > a->file_byte) && is_faster(a, b));
}

typedef int (*test_of)(const tr_local_row *row);
typedef int (*order_of)(const tr_local_row *a, const tr_local_row *b);

/* The first by an order of those that fit, are in the group and pass the test (NULL: all do); count: there is none. */
static size_t first_of(const tr_local_row *row, size_t count, int good, test_of test, order_of before)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++)
        if (row[i].fits && is_good(&row[i]) == good && (test == NULL || test(&row[i])) &&
            (best == count || before(&row[i], &row[best])))
            best = i;
    return best;
}

/* [K115] */
void tr_local_choose(const tr_local_row *row, size_t count, tr_local_choice *out)
{
    static const char *const group[2] = {
        "nothing from Q4_K_M to Q8_0 fits; of the rest",
        "from Q4_K_M to Q8_0"};
    out->best = count;
    (void)snprintf(out->why, sizeof out->why, "nothing fits");
    for (int good = 1; good >= 0 && out->best == count; good--) {
        out->best = first_of(row, count, good, is_readable, is_better);
        const char *which = "the best quality";
        if (out->best == count) {
            out->best = first_of(row, count, good, NULL, is_faster);
            which = "all are slower than a person reads (10 tokens/s): the fastest";
        }
        if (out->best == count)
            continue;
        const tr_local_row *b = &row[out->best];
        const char *speed = isnan(b->token_per_s.predicted) ? " that fits; how fast is not known here"
                            : is_readable(b)                ? " that fits and gives 10 tokens/s or more"
                                                            : "";
        if (b->is_published)
            (void)snprintf(out->why, sizeof out->why, "as published: nothing was quantised after training%s",
                           is_readable(b) ? "" : "; slower than a person reads (10 tokens/s)");
        else
            (void)snprintf(out->why, sizeof out->why, "%s: %s%s", group[good], which, speed);
    }
}
