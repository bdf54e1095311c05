/* ask/lesson_figure.c -- which verb's picture belongs to which exercise, what it asks, and where the answer stands. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/figure_parts.h"
#include "ask/lesson.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

/* The pictures. hides: the role of the lines that a sketch keeps back, -1: none. */
enum { BATCH, BARE, COST, BARE_COST, RATE, USE, MENU, ROOM, SPARSE, DOMAIN, STAGES, DAY, LIFE, QUERY, QUERIES,
       CONTEXT, TIERS, CIPHER, MIRROR, ROOF };
static const struct {
    const char *command, *part;
    int hides;
    int any_batch; /* it looks for a batch of its own */
} figures[] = {
    [BATCH] = {"curve --physics bound", "", TR_ROLE_RESULT, 0},
    [BARE] = {"curve --physics bound --context 0", "", TR_ROLE_RESULT, 1},
    [COST] = {"curve --physics bound", "-cost", TR_ROLE_RESULT, 0},
    [BARE_COST] = {"curve --physics bound --context 0", "-cost", TR_ROLE_RESULT, 1},
    [RATE] = {"curve --physics bound", "-rate", -1, 0},
    [USE] = {"curve --physics bound", "-use", -1, 0},
    [MENU] = {"menu --physics bound", "", -1, 1},
    [ROOM] = {"memory", "", -1, 0},
    [SPARSE] = {"scale --part sparsity", "", -1, 1},
    [DOMAIN] = {"scale --part domain", "", TR_ROLE_RESULT, 1},
    [STAGES] = {"scale --part pipeline", "", -1, 1},
    [DAY] = {"scale --part day --day conversation", "-day", TR_ROLE_KV, 1},
    [LIFE] = {"lifecycle", "", TR_ROLE_RESULT, 1},
    [QUERY] = {"curve --physics bound --over query", "", TR_ROLE_RESULT, 1},
    [QUERIES] = {"curve --physics bound --over query", "", TR_ROLE_RESULT, 0},
    [CONTEXT] = {"curve --physics bound --over context", "", TR_ROLE_RESULT, 1},
    [TIERS] = {"tiers", "", TR_ROLE_RESULT, 1},
    [CIPHER] = {"reversible", "-avalanche", TR_ROLE_RESULT, 1},
    [MIRROR] = {"reversible", "", -1, 1},
    [ROOF] = {"roof --physics bound", "", TR_ROLE_WEIGHTS, 0},
};

/* Where the answer is marked, beside the marks of the picture itself. */
typedef enum where { ITSELF, ON_X, ON_Y, AT_BATCH } where;

/* Of all exercises of a topic (id NULL), or of one in it. */
static const struct {
    const char *topic, *id;
    int figure;
    where stand;
    const char *asks;
} pictures[] = {
    {"floor", NULL, BATCH, ON_Y, "Below what does a large batch's step never fall?"},
    {"floor", "lone-speed", MENU, ON_X, "How fast is a sequence that has the machine alone?"},
    {"step", NULL, BATCH, ITSELF, "How long is the step that these three make?"},
    {"step", "throughput", RATE, AT_BATCH, "How many tokens a second does the batch make?"},
    {"step", "mfu", USE, AT_BATCH, "What share of the peaks does the batch use?"},
    {"cost", NULL, COST, ITSELF, "What does a token cost, and which of these can a batch share?"},
    {"cost", "cost-floor", COST, ON_Y, "Below what does the cost of a token never fall?"},
    {"fast", NULL, MENU, ITSELF, "What does speed cost?"},
    {"fast", "half-speed", BATCH, ON_X, "At which batch does the step take twice as long?"},
    {"sparsity", NULL, SPARSE, ITSELF, "What do more experts ask for?"},
    {"balance", NULL, BATCH, ON_X, "From which batch on does compute set the pace?"},
    {"balance", "balance", BARE, ON_X,
     "From which batch on does compute set the pace, without a cache?"},
    {"balance", "balance-here", BATCH, ON_X, "From which batch on does compute set the pace?"},
    {"balance", "dense-twin", BARE, ITSELF, "From which batch on does compute set the pace, without a cache?"},
    {"balance", "ten-times-bandwidth", BARE, ITSELF, "Where would the two cross if bytes came ten times as fast?"},
    {"balance", "lone-penalty", BARE_COST, ITSELF, "How much dearer is a token alone than in a batch?"},
    {"balance", "batching-helps", RATE, ITSELF, "What do more sequences bring?"},
    {"train", NULL, BATCH, ITSELF, "When does a batch leave, and how many are in it?"},
    {"train", "full-train", BATCH, ON_X, "How many fill the batch that leaves?"},
    {"train", "idle-pay", DAY, ITSELF, "Who pays for the idle places?"},
    {"train", "own-discount", DAY, ITSELF, "What are the idle places worth?"},
    {"train", "half-price", DAY, ITSELF, "What could pay for a discount?"},
    {"world", NULL, RATE, ITSELF, "How many tokens a second can one machine make?"},
    {"domain", NULL, DOMAIN, ITSELF, "What would a domain of twice the chips give?"},
    {"cache", NULL, ROOM, ITSELF, "How many sequences fit, over their context?"},
    {"cache", "longest-context", ROOM, ON_X, "How long can the context of a single sequence be?"},
    {"pipeline", NULL, STAGES, ITSELF, "What do more stages give, and what do they not?"},
    {"life", NULL, LIFE, ITSELF, "How large should a model be that serves so much?"},
    {"prefill", NULL, QUERY, ITSELF, "What does a token cost in a pass of many?"},
    {"prefill", "prefill-ratio", QUERIES, ITSELF, "How much dearer is a token of decode than one of a prompt?"},
    {"cliff", NULL, CONTEXT, ON_X, "Up to which context does compute hide the cache?"},
    {"cliff", "beyond-the-cliff", CONTEXT, ITSELF, "What becomes of the step beyond the cliff?"},
    {"cliff", "kv-from-the-cliff", CONTEXT, ITSELF, "What does the place of the cliff give away?"},
    {"tiers", NULL, TIERS, ITSELF, "Where is a cache kept cheapest, and for how long?"},
    {"tiers", "ddr-drain", TIERS, ON_X, "How long does a tier take to be read once?"},
    {"tiers", "flash-drain", TIERS, ON_X, "How long does a tier take to be read once?"},
    {"tiers", "hold-or-again", TIERS, ON_X, "After how long is it cheaper to compute a cache again?"},
    {"ciphers", NULL, CIPHER, ITSELF, "How fast does one flipped bit spread through a cipher?"},
    {"training", NULL, MIRROR, ITSELF,
     "What is kept for the backward pass, and what does it cost to keep less?"},
    {"training", "kept", MIRROR, ON_Y, "How much does ordinary training keep for each token?"},
    {"training", "again", MIRROR, ON_X, "What does keeping less cost in compute?"},
    {"training", "no-cache", MIRROR, ON_X, "What does keeping nothing cost in compute?"},
    {"ridge", NULL, ROOF, ON_X, "Where do the two ceilings meet?"},
    {"ridge", "weights-side", ROOF, ITSELF, "On which side of the ridge is it?"},
    {"ridge", "attention-side", ROOF, ITSELF, "On which side of the ridge is it?"},
    {"ridge", "three-hundred", ROOF, ITSELF, "How many tokens must share a weight to reach the roof?"},
    {"ridge", "share-of-8", ROOF, ITSELF, "How far below the roof is a small batch?"},
    {"ridge", "intensity-of-8", ROOF, ON_X, "Where do eight sequences stand under the roof?"},
    {"ridge", "attention-intensity", ROOF, ON_X, "Where does attention stand under the roof?"},
    {"ridge", "what-ends-first", BATCH, ITSELF, "What ends the batch first?"},
    {"ridge", "futile-lever", BATCH, ITSELF, "Which of these three is not waited for?"},
};
enum { PICTURES = sizeof pictures / sizeof pictures[0] };

static size_t picture_of(const tr_exercise *e)
{
    size_t found = 0;
    for (size_t i = 0; i < PICTURES; i++)
        if (strcmp(pictures[i].topic, e->topic) == 0 &&
            (pictures[i].id == NULL || strcmp(pictures[i].id, e->id) == 0))
            found = i; /* its own stands behind its topic's */
    return found;
}

void tr_lesson_name_figure(const tr_lesson_case *c, tr_exercise *e)
{
    const int figure = pictures[picture_of(e)].figure;
    char batch[48] = "";
    if (!figures[figure].any_batch && c->batch_seq != c->question->load.batch_seq)
        (void)snprintf(batch, sizeof batch, " --batch %.0f", c->batch_seq);
    (void)snprintf(e->figure, sizeof e->figure, "%s%s", figures[figure].command, batch);
    e->figure_part = figures[figure].part;
}

/* The next word of *at, which moves behind it; dashes before it are left out. "" at the end. */
static const char *next_word(const char **at, char *out, size_t size)
{
    const char *from = *at + strspn(*at, " -");
    const size_t length = strcspn(from, " ");
    (void)tr_text_copy_span(out, size, from, length);
    *at = from + length;
    return out;
}

/* What a verb was asked apart from the lesson, in another view of a page, say, has no part in its picture. */
static tr_status forget(const tr_verb *verb, tr_scenario *scenario, tr_error *err)
{
    const uint64_t kept = TR_GROUP_BIT(ENGINE) | TR_GROUP_BIT(LAYOUT);
    const tr_verb *lesson = tr_verb_find("lesson");
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        if (tr_input_is_set(scenario, input->id) && tr_verb_takes(verb, input) && !tr_verb_takes(lesson, input) &&
            (kept >> input->group & 1) == 0)
            s = tr_scenario_unset(scenario, input->key, err);
    }
    return s;
}

/* "scale --part sparsity": the verb, and its options into the scenario. */
static tr_status read_command(const char *command, tr_scenario *scenario, const tr_verb **verb, tr_error *err)
{
    char name[24], option[24], value[24];
    *verb = tr_verb_find(next_word(&command, name, sizeof name));
    tr_status s = forget(*verb, scenario, err);
    while (s == TR_OK && next_word(&command, option, sizeof option)[0] != '\0')
        s = tr_scenario_set(scenario, option, next_word(&command, value, sizeof value), err);
    return s;
}

/* The case as the picture has it: with the batch that the lesson settles on, or a context or physics of its own. */
static tr_problem question_of(const tr_scenario *scenario, const tr_problem *question)
{
    tr_problem q = tr_lesson_pooled(question);
    if (tr_input_is_set(scenario, TR_IN_PHYSICS)) {
        q.physics = (tr_physics)tr_input_choice(scenario, TR_IN_PHYSICS);
        q.layout_given = 0; /* the bound of all chips as one knows none */
    }
    if (tr_input_is_set(scenario, TR_IN_CONTEXT))
        q.load.context_token = tr_input_number(scenario, TR_IN_CONTEXT);
    if (tr_input_is_set(scenario, TR_IN_BATCH))
        q.load.batch_seq = tr_input_number(scenario, TR_IN_BATCH);
    return q;
}

static tr_status draw(const tr_subject *subject, const char *command, const char *part,
                      const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_scenario *scenario = tr_scenario_create();
    const tr_verb *verb = NULL;
    tr_status s = scenario != NULL && tr_scenario_copy(scenario, subject->scenario) == TR_OK
                      ? read_command(command, scenario, &verb, err)
                      : tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    if (s == TR_OK) {
        const tr_problem question = question_of(scenario, subject->question);
        tr_subject own = *subject;
        own.scenario = scenario;
        own.question = &question;
        s = tr_verb_draw_part(verb, part, &own, target, sink, err);
    }
    tr_scenario_destroy(scenario);
    return s;
}

/* The answer on the axis that it belongs to. */
static tr_mark mark_of(const tr_lesson_case *c, const tr_exercise *e, where stand, const char *text)
{
    return (tr_mark){.kind = stand == ON_X ? TR_MARK_VERTICAL : stand == ON_Y ? TR_MARK_HORIZONTAL : TR_MARK_POINT,
                     .role = TR_ROLE_RESULT,
                     .x = stand == AT_BATCH ? c->batch_seq : e->value,
                     .y = e->value,
                     .text = text};
}

static tr_status draw_place(const tr_subject *subject, const tr_lesson_place *place, const tr_figure_target *target,
                            tr_sink *sink, tr_error *err)
{
    char text[96], command[96], share[32];
    tr_words words = {.next = 0};
    (void)tr_quantity_format(place->bound_share, TR_UNIT_RATIO, share, sizeof share);
    (void)snprintf(text, sizeof text, "measured: %s, %s of the bound",
                   tr_words_short(&words, place->flop_per_s, TR_UNIT_FLOP_PER_S), share);
    (void)snprintf(command, sizeof command, "%s --batch %.0f", figures[ROOF].command, place->batch_seq);
    const tr_mark mark = {.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = place->intensity_flop_per_byte,
                          .y = place->flop_per_s, .text = text};
    const tr_figure_view view = {.title = "What was measured, under the roof", .hides = -1, .mark = &mark};
    tr_figure_target with = *target;
    with.view = &view;
    return draw(subject, command, figures[ROOF].part, &with, sink, err);
}

/* told: the answer stands beside the picture, so that only its mark is needed. */
static tr_status draw_exercise(const tr_subject *subject, const tr_exercise *exercise, int revealed, int told,
                               const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const size_t i = picture_of(exercise);
    const tr_lesson_case c = tr_lesson_case_of(subject->question);
    const where stand = pictures[i].stand;
    char value[128], answer[160], sentence[176];
    tr_figure_view view = {.title = pictures[i].asks,
                           .sketch = 1,
                           .hides = figures[pictures[i].figure].hides,
                           .keeps_marks = pictures[i].figure == MIRROR};
    (void)snprintf(answer, sizeof answer, "answer: %s",
                   tr_lesson_value_text(exercise, exercise->value, value, sizeof value));
    (void)snprintf(sentence, sizeof sentence, "The %s.", answer);
    const tr_mark mark = mark_of(&c, exercise, stand, answer);
    if (revealed)
        view = (tr_figure_view){.hides = -1,
                                .mark = stand != ITSELF && exercise->kind == TR_LESSON_NUMBER ? &mark : NULL,
                                .says = !told && exercise->kind != TR_LESSON_EXPLAIN ? sentence : NULL};
    tr_figure_target with = *target;
    with.view = &view;
    return draw(subject, exercise->figure, exercise->figure_part, &with, sink, err);
}

tr_status tr_lesson_draw(const tr_subject *subject, const tr_exercise *exercise, int revealed,
                         const tr_lesson_place *place, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    if (place != NULL)
        return draw_place(subject, place, target, sink, err);
    if (exercise == NULL || !exercise->asked)
        return tr_fail(err, TR_ENOFIT, "figure", 0.0, "nothing is asked here that could be drawn");
    return draw_exercise(subject, exercise, revealed, 0, target, sink, err);
}

tr_status tr_lesson_write_figure(const tr_subject *subject, const tr_exercise *exercise, int revealed,
                                 const tr_lesson_place *place, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_figure_target target = tr_figure_target_of(style);
    char text[320];
    tr_error why = {.text = ""};
    tr_writer out;
    target.rows = 24;
    tr_writer_begin(&out, sink);
    tr_write_char(&out, '\n');
    tr_status s = tr_written(tr_writer_finish(&out), err);
    if (s == TR_OK)
        s = place != NULL ? draw_place(subject, place, &target, sink, &why)
                          : draw_exercise(subject, exercise, revealed, 1, &target, sink, &why);
    if (s == TR_EIO)
        return tr_fail(err, s, "", 0.0, "the picture could not be written");
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "(no picture: %.280s)", why.text);
    if (s == TR_OK && !revealed)
        tr_write_char(&out, '\n');
    if (s != TR_OK)
        tr_print_wrapped(&out, "    ", "    ", text, style->columns);
    return tr_written(tr_writer_finish(&out), err);
}
