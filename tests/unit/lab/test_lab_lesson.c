/* test_lab_lesson.c -- every exercise has a picture, as it is asked and as it is answered, on machines of each kind. */
#include "../ask/unit_ask.h"

#include <stdio.h>

#include <tokenroof/lesson.h>

#include "lab/lab.h"

enum { TEXT_MAX = 1 << 20 };

typedef struct text {
    size_t length;
    char data[TEXT_MAX];
} text;

static text drawn; /* of one thread */

static int add(void *context, const char *data, size_t size)
{
    text *t = context;
    if (t->length + size >= TEXT_MAX)
        return 1;
    memcpy(t->data + t->length, data, size);
    t->length += size;
    t->data[t->length] = '\0';
    return 0;
}

static const struct {
    const char *model, *system;
} cases[] = {
    {"deepseek-v3", "gb200-nvl72"},        /* a mixture on a rack */
    {"qwen3-235b-a22b", "8xh200-sxm"},     /* a mixture on a box */
    {"llama-3.1-70b", "8xh100-sxm"},       /* dense, a box */
    {"llama-3.1-8b", "h100-sxm"},          /* dense, one chip */
    {"gpt-oss-20b", "h100-sxm"},           /* a mixture on one chip, with windows */
};

typedef struct lesson {
    tr_scenario *scenario;
    tr_problem *question;
    tr_subject subject;
} lesson;

static lesson lesson_of(const char *model, const char *system)
{
    const char *const pairs[] = {"model", model, "system", system, "context", "1k", NULL};
    lesson l = {.scenario = scenario_of(pairs)};
    l.question = question_of(l.scenario);
    l.subject = (tr_subject){.scenario = l.scenario, .question = l.question, .elsewhere = tr_lab_draw};
    return l;
}

static void lesson_end(lesson *l)
{
    free(l->question);
    tr_scenario_destroy(l->scenario);
}

static tr_status draw(const lesson *l, const tr_exercise *e, int revealed, int columns, tr_error *err)
{
    const tr_figure_target svg = {.svg = {.width_px = 800}};
    const tr_figure_target page = {.terminal = 1, .columns = columns, .rows = 20};
    tr_sink sink = {.write = add, .context = &drawn};
    drawn.length = 0;
    return tr_lesson_draw(&l->subject, e, revealed, NULL, columns > 0 ? &page : &svg, &sink, err);
}

/* What an eye reads of it: the texts of an SVG, without its attributes and its description. */
static int can_read(const char *words)
{
    for (const char *at = strstr(drawn.data, words); at != NULL; at = strstr(at + 1, words)) {
        const char *tag = at;
        while (tag > drawn.data && *tag != '<')
            tag--;
        const char *end = strchr(tag, '>');
        if (strncmp(tag, "<text", 5) == 0 && end != NULL && end < at)
            return 1;
    }
    return 0;
}

static void every_exercise_is_drawn_with_its_question_and_with_its_answer(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        lesson l = lesson_of(cases[k].model, cases[k].system);
        for (size_t i = 0; i < tr_lesson_count(); i++) {
            tr_exercise e;
            tr_error err = {.text = ""};
            char value[128], answer[160];
            assert_int_equal(tr_lesson_ask(l.question, i, &e, NULL), TR_OK);
            if (!e.asked)
                continue;
            (void)snprintf(answer, sizeof answer, "answer: %s", tr_lesson_value_text(&e, e.value, value, sizeof value));
            if (draw(&l, &e, 0, 0, &err) != TR_OK)
                fail_msg("%s on %s, %s asked: %s", cases[k].model, cases[k].system, e.id, err.text);
            if (!can_read("A sketch") || can_read("answer:") || (strlen(value) > 3 && e.kind == TR_LESSON_NUMBER && can_read(value)))
                fail_msg("%s on %s: the question's picture of %s gives %s away", cases[k].model, cases[k].system, e.id,
                         answer);
            if (draw(&l, &e, 1, 0, &err) != TR_OK)
                fail_msg("%s on %s, %s answered: %s", cases[k].model, cases[k].system, e.id, err.text);
            assert_false(can_read("A sketch"));
            if (e.kind != TR_LESSON_EXPLAIN && !can_read("answer:"))
                fail_msg("%s on %s: the answer is not marked in the picture of %s", cases[k].model, cases[k].system,
                         e.id);
        }
        lesson_end(&l);
    }
}

/* A character of UTF-8 is one column here: figures have nothing wider. */
static size_t widest_line(void)
{
    size_t widest = 0, width = 0;
    for (const char *at = drawn.data; *at != '\0'; at++) {
        width = *at == '\n' ? 0 : width + ((unsigned char)*at >> 6 != 2);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void a_terminal_shows_them_within_its_width(void **state)
{
    (void)state;
    static const int columns[] = {80, 100};
    lesson l = lesson_of("deepseek-v3", "gb200-nvl72");
    for (size_t i = 0; i < tr_lesson_count(); i++)
        for (int k = 0; k < 4; k++) {
            tr_exercise e;
            assert_int_equal(tr_lesson_ask(l.question, i, &e, NULL), TR_OK);
            assert_int_equal(draw(&l, &e, k / 2, columns[k % 2], NULL), TR_OK);
            assert_true(widest_line() <= (size_t)columns[k % 2]);
            assert_null(strchr(drawn.data, '\033'));
            assert_true(k / 2 == 1 || strstr(drawn.data, "answer:") == NULL);
        }
    lesson_end(&l);
}

static void a_topic_has_the_picture_of_what_it_is_about(void **state)
{
    (void)state;
    static const char *const picture[][2] = {
        {"floor", "curve"},     {"step", "curve"},       {"cost", "curve"},       {"fast", "menu"},
        {"sparsity", "scale"},  {"balance", "curve"},    {"train", "curve"},      {"world", "curve"},
        {"domain", "scale"},    {"cache", "memory"},     {"pipeline", "scale"},   {"life", "lifecycle"},
        {"prefill", "curve"},   {"cliff", "curve"},      {"tiers", "tiers"},      {"ciphers", "reversible"},
        {"training", "reversible"}, {"ridge", "roof"},
    };
    lesson l = lesson_of("deepseek-v3", "gb200-nvl72");
    size_t topics = 0;
    while (tr_lesson_topic(topics) != NULL)
        topics++;
    assert_int_equal(topics, sizeof picture / sizeof picture[0]);
    for (size_t t = 0; t < topics; t++)
        for (size_t i = 0; i < tr_lesson_count(); i++) { /* its first exercise */
            tr_exercise e;
            assert_int_equal(tr_lesson_ask(l.question, i, &e, NULL), TR_OK);
            if (strcmp(e.topic, picture[t][0]) != 0)
                continue;
            assert_true(strncmp(e.figure, picture[t][1], strlen(picture[t][1])) == 0);
            break;
        }
    lesson_end(&l);
}

static void what_cannot_be_drawn_says_why(void **state)
{
    (void)state;
    lesson l = lesson_of("llama-3.1-405b", "h100-sxm"); /* does not fit */
    tr_exercise e;
    tr_error err;
    assert_int_equal(tr_lesson_ask(l.question, 0, &e, NULL), TR_OK);
    assert_int_equal(draw(&l, &e, 0, 80, &err), TR_ENOFIT);
    assert_true(strlen(err.text) > 20);
    tr_sink sink = {.write = add, .context = &drawn};
    const tr_style style = {.columns = 80};
    drawn.length = 0;
    assert_int_equal(tr_lesson_write_figure(&l.subject, &e, 0, NULL, &style, &sink, NULL), TR_OK);
    assert_non_null(strstr(drawn.data, "(no picture: "));
    lesson_end(&l);
    l = lesson_of("llama-3.1-8b", "h100-sxm");
    l.subject.elsewhere = NULL; /* nobody runs the experiment */
    for (size_t i = 0; strcmp(e.topic, "ciphers") != 0; i++)
        assert_int_equal(tr_lesson_ask(l.question, i, &e, NULL), TR_OK);
    assert_int_equal(draw(&l, &e, 1, 80, &err), TR_EUNKNOWN);
    lesson_end(&l);
}

/* A page's scenario holds what its other views were asked. */
static void what_other_verbs_were_asked_does_not_change_the_picture(void **state)
{
    (void)state;
    static const char *const asked[][2] = {{"over", "context"}, {"part", "wall"}, {"day", "3"}, {"hold", "1h"}};
    static text before;
    lesson l = lesson_of("deepseek-v3", "gb200-nvl72");
    for (size_t i = 0; i < tr_lesson_count(); i += 3) {
        tr_exercise e;
        assert_int_equal(tr_lesson_ask(l.question, i, &e, NULL), TR_OK);
        assert_int_equal(draw(&l, &e, 1, 80, NULL), TR_OK);
        before = drawn;
        for (size_t k = 0; k < sizeof asked / sizeof asked[0]; k++)
            assert_int_equal(tr_scenario_set(l.scenario, asked[k][0], asked[k][1], NULL), TR_OK);
        assert_int_equal(draw(&l, &e, 1, 80, NULL), TR_OK);
        assert_string_equal(drawn.data, before.data);
        for (size_t k = 0; k < sizeof asked / sizeof asked[0]; k++)
            assert_int_equal(tr_scenario_unset(l.scenario, asked[k][0], NULL), TR_OK);
    }
    lesson_end(&l);
}

/* 108 tokens a second under a bound of some hundred times as many. */
static void a_measured_number_is_drawn_under_the_roof(void **state)
{
    (void)state;
    lesson l = lesson_of("llama-3.1-70b", "8xh100-sxm");
    tr_lesson_place place;
    tr_sink sink = {.write = add, .context = &drawn};
    const tr_figure_target svg = {.svg = {.width_px = 800}};
    assert_int_equal(tr_lesson_place_of(l.question, 108, &place, NULL), TR_OK);
    drawn.length = 0;
    assert_int_equal(tr_lesson_draw(&l.subject, NULL, 1, &place, &svg, &sink, NULL), TR_OK);
    assert_true(can_read("What was measured, under the roof") && can_read("measured:"));
    lesson_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_exercise_is_drawn_with_its_question_and_with_its_answer),
        cmocka_unit_test(a_terminal_shows_them_within_its_width),
        cmocka_unit_test(a_topic_has_the_picture_of_what_it_is_about),
        cmocka_unit_test(what_cannot_be_drawn_says_why),
        cmocka_unit_test(what_other_verbs_were_asked_does_not_change_the_picture),
        cmocka_unit_test(a_measured_number_is_drawn_under_the_roof),
    };
    return cmocka_run_group_tests_name("lab lesson", tests, NULL, NULL);
}
