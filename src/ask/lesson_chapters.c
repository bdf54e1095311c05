/* ask/lesson_chapters.c -- the order of a lesson: chapters as the lecture has them, topics, and short ways through. */
#include <stdio.h>
#include <string.h>

#include "ask/lesson.h"
#include "base/fail.h"
#include "base/text.h"

static const char *const chapters[] = {
    "The two equations",
    "Batch and price",
    "The balance of compute and memory",
    "The train: a batch leaves with every step",
    "Experts inside one domain",
    "Pipelines and caches",
    "A model's life",
    "What prices say",
    "Ciphers and layers that run backwards",
    "The roofline",
};
enum { CHAPTERS = sizeof chapters / sizeof chapters[0] };

static const struct {
    int chapter;
    const char *topic;
} topics[] = {
    {1, "floor"}, {1, "step"},     {2, "cost"},  {2, "fast"},  {3, "sparsity"}, {3, "balance"},
    {4, "train"}, {4, "world"},    {5, "domain"}, {6, "cache"}, {6, "pipeline"}, {7, "life"},
    {8, "prefill"}, {8, "cliff"},  {8, "tiers"}, {9, "ciphers"}, {9, "training"}, {10, "ridge"},
};
enum { TOPICS = sizeof topics / sizeof topics[0] };

/* Short ways: the five that matter, and some ten minutes. */
static const char *const paths[2][12] = {
    {"floor-time", "balance", "what-ends-first", "cliff", "futile-lever"},
    {"floor-time", "step-time", "what-waits", "balance", "batching-helps", "full-train", "idle-pay", "cliff", "ridge",
     "futile-lever", "explain-compute"},
};

static int in_path(const char *id, int path)
{
    for (size_t i = 0; i < sizeof paths[0] / sizeof paths[0][0]; i++)
        if (paths[path - 1][i] != NULL && strcmp(paths[path - 1][i], id) == 0)
            return 1;
    return 0;
}

static int topic_at(const char *topic)
{
    for (int i = 0; i < TOPICS; i++)
        if (strcmp(topics[i].topic, topic) == 0)
            return i;
    return -1;
}

int tr_lesson_chapter_of(const char *topic)
{
    const int at = topic_at(topic);
    return at < 0 ? 0 : topics[at].chapter;
}

const char *tr_lesson_chapter(int chapter)
{
    return chapter >= 1 && chapter <= CHAPTERS ? chapters[chapter - 1] : NULL;
}

const char *tr_lesson_topic(size_t index) { return index < TOPICS ? topics[index].topic : NULL; }

size_t tr_lesson_count(void) { return tr_lesson_row_count + tr_lesson_judged_count; }

/* Topic by topic; in each what is to be judged comes after its numbers. */
const tr_lesson_row *tr_lesson_row_at(size_t index)
{
    for (int t = 0; t < TOPICS; t++) {
        for (size_t i = 0; i < tr_lesson_row_count; i++)
            if (strcmp(tr_lesson_rows[i].topic, topics[t].topic) == 0 && index-- == 0)
                return &tr_lesson_rows[i];
        for (size_t i = 0; i < tr_lesson_judged_count; i++)
            if (strcmp(tr_lesson_judged[i].topic, topics[t].topic) == 0 && index-- == 0)
                return &tr_lesson_judged[i];
    }
    return NULL;
}

int tr_lesson_picked(size_t index, const tr_lesson_pick *pick)
{
    const tr_lesson_row *row = tr_lesson_row_at(index);
    if (row == NULL || pick == NULL)
        return row != NULL;
    return (pick->topic == NULL || pick->topic[0] == '\0' || tr_text_same(pick->topic, row->topic)) &&
           (pick->chapter == 0 || pick->chapter == tr_lesson_chapter_of(row->topic)) &&
           (pick->path < 1 || pick->path > 2 || in_path(row->id, pick->path));
}

tr_status tr_lesson_check_pick(const tr_lesson_pick *pick, tr_error *err)
{
    char known[256] = "";
    if (pick == NULL)
        return TR_OK;
    if (pick->chapter < 0 || pick->chapter > CHAPTERS)
        return tr_fail(err, TR_EUNKNOWN, "chapter", pick->chapter, "no chapter %d: there are %d", pick->chapter,
                       CHAPTERS);
    for (size_t i = 0; i < tr_lesson_count(); i++)
        if (tr_lesson_picked(i, pick))
            return TR_OK;
    for (int i = 0; i < TOPICS; i++) {
        if (pick->topic != NULL && tr_text_same(pick->topic, topics[i].topic))
            return tr_fail(err, TR_EUNKNOWN, "topic", 0.0, "nothing of topic %s is in this chapter or path",
                           topics[i].topic);
        (void)tr_text_append(known, sizeof known, i > 0 ? ", " : "");
        (void)tr_text_append(known, sizeof known, topics[i].topic);
    }
    return tr_fail(err, TR_EUNKNOWN, "topic", 0.0, "no topic '%.40s': there are %s",
                   pick->topic != NULL ? pick->topic : "", known);
}
