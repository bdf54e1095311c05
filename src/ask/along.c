/* ask/along.c -- passes along batch, context or query, and the regions in which weights, KV cache or compute
 * bound them. */
#include "ask/along.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "write/print.h"

static const double FAR = 1e9; /* no more may be asked of any of the three */

const char *tr_along_name(tr_along_input input)
{
    static const char *const name[TR_ALONG_COUNT] = {"batch", "context", "query"};
    return name[input];
}

tr_load tr_along_load(const tr_along *along, double at)
{
    switch (along->input) {
    case TR_ALONG_CONTEXT: return (tr_load){TR_PHASE_DECODE, along->batch_seq, at, 1.0};
    case TR_ALONG_QUERY:
        return (tr_load){at > 1.0 ? TR_PHASE_PREFILL : TR_PHASE_DECODE, along->batch_seq,
                         along->context_token, at};
    default: return (tr_load){TR_PHASE_DECODE, at, along->context_token, 1.0};
    }
}

/* ---- regions ------------------------------------------------------------------------ */

static tr_limit limit_at(const tr_along *along, double at)
{
    const tr_load load = tr_along_load(along, at);
    tr_step step;
    return tr_bound_step(&along->question->roof, &load, &step, NULL) == TR_OK ? step.limit : TR_LIMIT_FIXED;
}

/* [R32] Looks a quarter further each time; where the limit has changed, halving finds the place. */
size_t tr_regions_of(const tr_along *along, tr_region *out)
{
    double at = along->input == TR_ALONG_CONTEXT ? 0.0 : 1.0;
    size_t n = 0;
    out[0] = (tr_region){limit_at(along, at), at, HUGE_VAL};
    while (at < FAR && n + 1 < TR_REGION_MAX) {
        const double next = at < 1.0 ? 1.0 : 1.25 * at;
        const tr_limit then = limit_at(along, next);
        double below = at, above = next;
        at = next;
        if (then == out[n].limit || then == TR_LIMIT_FIXED)
            continue;
        for (int i = 0; i < 48; i++) {
            const double middle = 0.5 * (below + above);
            if (limit_at(along, middle) == out[n].limit)
                below = middle;
            else
                above = middle;
        }
        out[n].to = above;
        n++;
        out[n] = (tr_region){limit_at(along, above), above, HUGE_VAL};
        at = above > at ? above : at;
    }
    return n + 1;
}

static const struct {
    tr_limit limit;
    const char *name, *rule;
} kinds[] = {
    {TR_LIMIT_WEIGHTS, "weights-bound",
     "weights + KV > compute, weights >= KV: more tokens in a pass cost next to nothing"},
    {TR_LIMIT_KV, "KV-bound",
     "weights + KV > compute, KV > weights: each sequence reads its own, so a batch shares little"},
    {TR_LIMIT_COMPUTE, "compute-bound",
     "compute >= weights + KV: a token costs its multiplies, and no less in a larger batch"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static size_t kind_of(tr_limit limit)
{
    size_t k = 0;
    while (k + 1 < KINDS && kinds[k].limit != limit)
        k++;
    return k;
}

const char *tr_region_name(tr_limit limit) { return kinds[kind_of(limit)].name; }
const char *tr_region_rule(tr_limit limit) { return kinds[kind_of(limit)].rule; }

void tr_regions_json(const tr_along *along, tr_json *json)
{
    tr_region region[TR_REGION_MAX];
    const size_t n = tr_regions_of(along, region);
    tr_json_key_array(json, "regions");
    for (size_t i = 0; i < n; i++) {
        tr_json_object_inline(json);
        tr_json_key_string(json, "limit", tr_limit_name(region[i].limit));
        tr_json_key_number(json, "from", region[i].from);
        tr_json_key_number(json, "to", region[i].to);
        tr_json_key_string(json, "rule", tr_region_rule(region[i].limit));
        tr_json_close(json);
    }
    tr_json_close(json);
}

/* "batch 63.4 to 107", "context up to 1.2k", "query 294 on" */
static void add_stretch(const tr_along *along, const tr_region *region, char *text, size_t size)
{
    const tr_unit unit = along->input == TR_ALONG_BATCH ? TR_UNIT_SEQ : TR_UNIT_TOKEN;
    char from[48], to[48], one[128];
    (void)tr_print_three(region->from, unit, from, sizeof from);
    (void)tr_print_three(region->to, unit, to, sizeof to);
    if (region->from <= 1.0 && !(region->to < HUGE_VAL))
        (void)snprintf(one, sizeof one, "every %s", tr_along_name(along->input));
    else if (region->from <= 1.0)
        (void)snprintf(one, sizeof one, "%s up to %s", tr_along_name(along->input), to);
    else if (!(region->to < HUGE_VAL))
        (void)snprintf(one, sizeof one, "%s %s on", tr_along_name(along->input), from);
    else
        (void)snprintf(one, sizeof one, "%s %s to %s", tr_along_name(along->input), from, to);
    (void)tr_text_append(text, size, text[0] == '\0' ? "" : "; ");
    (void)tr_text_append(text, size, one);
}

void tr_regions_text(const tr_along *along, tr_writer *out)
{
    tr_region region[TR_REGION_MAX];
    const size_t n = tr_regions_of(along, region);
    for (size_t k = 0; k < KINDS; k++) {
        char text[512] = "";
        for (size_t i = 0; i < n; i++)
            if (region[i].limit == kinds[k].limit)
                add_stretch(along, &region[i], text, sizeof text);
        if (text[0] == '\0')
            (void)snprintf(text, sizeof text, "at no %s", tr_along_name(along->input));
        tr_print_line(out, kinds[k].name, text, kinds[k].rule);
    }
}
