/* input/table.c -- the table of inputs as an array: finding a row by any of its names, and what a wrong one meant. */
#include <tokenroof/input.h>

#include <string.h>

#include "base/near.h"

#define TR_DTYPE_CHOICES "native|fp32|tf32|bf16|fp8|int8|fp4|int4"
#define TR_CACHE_CHOICES "native|fp32|bf16|fp8|int8|fp4|int4|q8_0|q5_1|q5_0|q4_1|q4_0|iq4_nl"
#define TR_WEIGHT_CHOICES                                                                                            \
    "native|fp32|bf16|fp8|int8|fp4|int4|mxfp4|f16|q4_0|q4_1|q5_0|q5_1|q8_0|q2_k|q2_k_s|q3_k_s|q3_k_m|q3_k_l|q4_k_s|"   \
    "q4_k_m|q5_k_s|q5_k_m|q6_k|iq1_s|iq1_m|iq2_xxs|iq2_xs|iq2_s|iq2_m|iq3_xxs|iq3_xs|iq3_s|iq3_m|iq4_nl|iq4_xs|tq1_0|" \
    "tq2_0|q1_0|q2_0|mxfp4_moe"

static const tr_input inputs[TR_IN_COUNT] = {
#define TR_INPUT(ID, ...) [TR_IN_##ID] = {.id = TR_IN_##ID, __VA_ARGS__},
#include <tokenroof/inputs.inc>
#undef TR_INPUT
};

const char *tr_group_name(tr_group group)
{
    static const char *const name[TR_GROUP_COUNT] = {
        [TR_GROUP_MODEL] = "model",
        [TR_GROUP_SYSTEM] = "system",
        [TR_GROUP_LOAD] = "load",
        [TR_GROUP_NUMBER] = "number",
        [TR_GROUP_CACHE] = "cache",
        [TR_GROUP_PRICE] = "price",
        [TR_GROUP_PHYSICS] = "physics",
        [TR_GROUP_ENGINE] = "engine",
        [TR_GROUP_LAYOUT] = "layout",
        [TR_GROUP_SERVICE] = "service",
        [TR_GROUP_PROTOCOL] = "protocol",
        [TR_GROUP_SCHEDULE] = "schedule",
        [TR_GROUP_DRAFT] = "draft",
        [TR_GROUP_ENERGY] = "energy",
        [TR_GROUP_PASS] = "pass",
        [TR_GROUP_MENU] = "menu",
        [TR_GROUP_ORACLE] = "oracle",
        [TR_GROUP_REVERSIBLE] = "reversible",
        [TR_GROUP_LIFE] = "life",
        [TR_GROUP_SCALE] = "scale",
        [TR_GROUP_TIER] = "tier",
        [TR_GROUP_ANSWER] = "answer",
        [TR_GROUP_TRAFFIC] = "traffic",
        [TR_GROUP_SOURCE] = "source",
        [TR_GROUP_OUTPUT] = "output",
        [TR_GROUP_OUTPUT_JUDGE] = "output-judge",
        [TR_GROUP_OUTPUT_MEASURE] = "output-measure",
        [TR_GROUP_OUTPUT_LESSON] = "output-lesson",
        [TR_GROUP_OUTPUT_FIT] = "output-fit",
        [TR_GROUP_OUTPUT_FILE] = "output-file",
        [TR_GROUP_OUTPUT_PROBE] = "output-probe",
        [TR_GROUP_OUTPUT_QUESTION] = "output-question",
        [TR_GROUP_OUTPUT_WHATIF] = "output-whatif",
        [TR_GROUP_OUTPUT_CURVE] = "output-curve",
        [TR_GROUP_OUTPUT_BY] = "output-by",
        [TR_GROUP_OUTPUT_WEB] = "output-web",
        [TR_GROUP_OUTPUT_PICTURE] = "output-picture",
        [TR_GROUP_OUTPUT_LECTURE] = "output-lecture",
        [TR_GROUP_OUTPUT_TOPIC] = "output-topic",
        [TR_GROUP_OUTPUT_WORKING] = "output-working",
    };
    return (int)group >= 0 && group < TR_GROUP_COUNT ? name[group] : NULL;
}

const tr_input *tr_input_at(size_t index) { return index < TR_IN_COUNT ? &inputs[index] : NULL; }

static int same_name(const char *a, const char *b) { return tr_name_same(a, strlen(a), b, strlen(b)); }

static int is_named(const tr_input *input, const char *name)
{
    if (same_name(name, input->key) || same_name(name, input->option))
        return 1;
    for (const char *const *alias = input->alias; *alias != NULL; alias++)
        if (same_name(name, *alias))
            return 1;
    return 0;
}

const tr_input *tr_input_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < TR_IN_COUNT; i++)
        if (is_named(&inputs[i], name))
            return &inputs[i];
    return NULL;
}

/* ---- did you mean ------------------------------------------------------------ */

static int is_of(const tr_input *input, uint64_t groups) { return (groups >> input->group & 1) != 0; }

/* For tr_near_name: the options and aliases of the inputs of some groups. */
static const char *option_name(size_t index, const void *groups)
{
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        if (!is_of(&inputs[i], *(const uint64_t *)groups))
            continue;
        if (index-- == 0)
            return inputs[i].option;
        for (const char *const *alias = inputs[i].alias; *alias != NULL; alias++)
            if (index-- == 0)
                return *alias;
    }
    return NULL;
}

static const char *key_name(size_t index, const void *groups)
{
    for (size_t i = 0; i < TR_IN_COUNT; i++)
        if (is_of(&inputs[i], *(const uint64_t *)groups) && index-- == 0)
            return inputs[i].key;
    return NULL;
}

/* How many parts of name ("num-gpus" has two) are words for the input, or parts of its option. *parts: of how many. */
static size_t parts_known(const tr_input *input, const char *name, size_t *parts)
{
    size_t known = 0;
    *parts = 0;
    for (const char *at = name; *at != '\0'; at += strspn(at, "-_ ")) {
        const size_t n = strcspn(at, "-_ ");
        *parts += n > 0;
        known += n > 0 && (tr_name_is_among(at, n, input->words, " ") || tr_name_is_among(at, n, input->option, "-"));
        at += n;
    }
    return known;
}

/* The input that name is a word for, else the first whose words hold most of its parts, and half of them at least.
 * *whole: nothing of the name is left over. */
static const tr_input *meant(const char *name, uint64_t groups, int *whole)
{
    const tr_input *best = NULL;
    size_t most = 0;
    *whole = 0;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        size_t parts = 0;
        if (!is_of(&inputs[i], groups))
            continue;
        if (tr_name_is_among(name, strlen(name), inputs[i].words, " ")) {
            *whole = 1;
            return &inputs[i];
        }
        const size_t known = parts_known(&inputs[i], name, &parts);
        if (known > most && 2 * known >= parts) {
            most = known;
            best = &inputs[i];
            *whole = known == parts;
        }
    }
    return best;
}

const char *tr_input_meant(const char *name, uint64_t groups)
{
    int whole = 0;
    const tr_input *input = meant(name, groups, &whole);
    return whole ? input->option : NULL;
}

const char *tr_input_near(const char *name, uint64_t groups)
{
    int whole = 0;
    const tr_input *meaning = meant(name, groups, &whole);
    const char *spelling = tr_near_name(name, option_name, &groups);
    if (spelling == NULL)
        spelling = tr_near_name(name, key_name, &groups);
    /* One slip in a long name is a slip; in a short one a word that is known says more ("cost": price, not host). */
    const size_t length = strlen(name);
    const int is_slip =
        spelling != NULL && length >= 6 && tr_name_distance(name, length, spelling, strlen(spelling)) <= 1;
    if (meaning != NULL && !is_slip && (whole || spelling == NULL))
        return meaning->option;
    return spelling;
}
