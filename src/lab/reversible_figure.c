/* lab/reversible_figure.c -- memory against compute, and how far two runs part: a cipher beside a stack. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "lab/reversible.h"

tr_status tr_answer_figure_mirror(const tr_scenario *scenario, const tr_problem *question,
                                  const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_reversible r;
    tr_words words = {.next = 0};
    char title[256], subtitle[384], what[128], label[TR_WAY_COUNT][80];
    static const char *const names[TR_WAY_COUNT] = {"ordinary\xC2\xA0"
                                                    "training", "checkpointed", "reversible",
                                                    "KV\xC2\xA0"
                                                    "cache", "no KV\xC2\xA0"
                                                    "cache"};
    double x[TR_WAY_COUNT], y[TR_WAY_COUNT];
    const tr_status s = tr_reversible_of(scenario, question, NULL, &r, err);
    if (s != TR_OK)
        return s;
    for (int way = 0; way < TR_WAY_COUNT; way++) {
        const tr_way_row row = tr_way_row_of(&r, way);
        x[way] = row.compute_ratio;
        y[way] = row.kept_byte_per_token;
        (void)snprintf(label[way], sizeof label[way], "%s: %s", names[way],
                       tr_words_short(&words, row.kept_byte_per_token, TR_UNIT_BYTE));
    }
    (void)snprintf(title, sizeof title,
                   "Reversible layers keep %s times less for %s times the compute; a KV\xC2\xA0"
                   "cache is their mirror image",
                   tr_words_short(&words, y[TR_KEEP_ALL] / y[TR_KEEP_NOTHING], TR_UNIT_NONE),
                   tr_words_short(&words, x[TR_KEEP_NOTHING], TR_UNIT_NONE));
    (void)snprintf(what, sizeof what, "training, and decoding at %s tokens of context",
                   tr_words_of(&words, r.context_token, TR_UNIT_CONTEXT));
    tr_figure_subtitle_pooled(question, what, subtitle, sizeof subtitle);
    /* What comes first finds its room first: the two of decoding, which have others above them. */
    static const int order[TR_WAY_COUNT] = {TR_WAY_CACHED, TR_WAY_AGAIN, TR_KEEP_NOTHING, TR_KEEP_CHECKPOINTS,
                                            TR_KEEP_ALL};
    tr_mark mark[TR_WAY_COUNT];
    for (int i = 0; i < TR_WAY_COUNT; i++)
        mark[i] = (tr_mark){.kind = TR_MARK_POINT,
                            .role = order[i] < TR_KEEP_COUNT ? TR_ROLE_WEIGHTS : TR_ROLE_KV,
                            .x = x[order[i]],
                            .y = y[order[i]],
                            .text = label[order[i]]};
    const tr_series series[] = {
        {.kind = TR_SERIES_DASHED, .role = TR_ROLE_WEIGHTS, .x = x, .y = y, .n = TR_KEEP_COUNT},
    };
    double low = y[0], high = y[0];
    for (int way = 1; way < TR_WAY_COUNT; way++) {
        low = y[way] < low ? y[way] : low;
        high = y[way] > high ? y[way] : high;
    }
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "Left: nothing is computed twice. Down: little is kept. Training pays compute for memory with "
                   "checkpoints or reversible layers; decoding pays memory for compute with a KV\xC2\xA0"
                   "cache.",
        .source = "FLOPs of the matrix multiplies; bytes by shape. Equations K45\xE2\x80\x93K48.",
        .x = {.label = "compute, over the least that would do",
              .unit = TR_UNIT_NONE,
              .scale = TR_SCALE_LOG,
              .min = 0.7,
              .max = 10.0 * x[TR_WAY_AGAIN]},
        .y = {.label = "kept for each token",
              .unit = TR_UNIT_BYTE,
              .scale = TR_SCALE_LOG,
              .min = low / 3.0,
              .max = high * 3.0},
        .series = series,
        .series_count = sizeof series / sizeof series[0],
        .marks = mark,
        .mark_count = TR_WAY_COUNT};
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_avalanche(const tr_lab *lab, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const int rounds = lab->cipher.rounds;
    const size_t layers = (size_t)rounds < lab->stack.layers ? (size_t)rounds : lab->stack.layers;
    double x[TR_FEISTEL_ROUND_MAX + 1], full[TR_FEISTEL_ROUND_MAX + 1], near[TR_FEISTEL_ROUND_MAX + 1];
    char subtitle[256], title[256];
    int mixed = rounds + 1;
    for (int i = rounds; i >= 0; i--) {
        x[i] = i;
        full[i] = 2.0 * lab->flip_share[i]; /* half of the bits is all that unrelated messages differ in */
        near[i] = 2.0 * lab->local_flip_share[i];
        if (fabs(full[i] - 1.0) < 0.05 && mixed == i + 1)
            mixed = i;
    }
    if (mixed <= rounds)
        (void)snprintf(title, sizeof title,
                       "One flipped bit makes the cipher's messages unrelated by round %d; "
                       "the stack stays %.2g%% apart",
                       mixed, 100.0 * lab->apart_share[layers]);
    else
        (void)snprintf(title, sizeof title, "%d rounds do not yet mix a message", rounds);
    (void)snprintf(subtitle, sizeof subtitle,
                   "Feistel network over %zu bytes\xC2\xA0\xC2\xB7 stack of %zu layers, gain %.3g\xC2\xA0\xC2\xB7 both "
                   "begin equally far apart",
                   lab->block, lab->stack.layers, lab->stack.gain_ratio);
    const tr_mark mark[] = {{.kind = TR_MARK_HORIZONTAL, .role = TR_ROLE_LIMIT, .y = 1.0, .text = "unrelated"}};
    const tr_series series[] = {
        {.name = "cipher", .role = TR_ROLE_RESULT, .x = x, .y = full, .n = (size_t)rounds + 1},
        {.name = "cipher that reaches 2 bytes", .role = TR_ROLE_COMM, .x = x, .y = near, .n = (size_t)rounds + 1},
        {.name = "residual stack", .role = TR_ROLE_COMPUTE, .x = x, .y = lab->apart_share, .n = layers + 1},
        {.name = "stack, at most",
         .kind = TR_SERIES_DASHED,
         .role = TR_ROLE_COMPUTE,
         .x = x,
         .y = lab->apart_limit_share,
         .n = layers + 1},
    };
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "The same two lines of algebra, to opposite ends: a cipher must carry every difference "
                   "everywhere, a network that is trained must not.",
        .source = "Counted, not modelled; the dashed line is equation K54.",
        .x = {.label = "rounds of the cipher, layers of the stack", .unit = TR_UNIT_NONE, .min = 0.0, .max = rounds},
        .y = {.label = "difference, as a share of that between unrelated states",
              .unit = TR_UNIT_RATIO,
              .min = 0.0,
              .max = 1.15},
        .series = series,
        .series_count = sizeof series / sizeof series[0],
        .marks = mark,
        .mark_count = 1};
    return tr_figure_draw(&figure, target, sink, err);
}
