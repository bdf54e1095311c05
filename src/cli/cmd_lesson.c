/* cli/cmd_lesson.c -- `tokenroof lesson [MODEL SYSTEM]`: asks in the terminal, or takes its answers from a file. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/lesson_progress.h"
#include "io/file.h"
#include "lab/lab.h"

enum { LINE_MAX_BYTE = 1024, ANSWERS_MAX_BYTE = 1 << 20 };

typedef struct lesson {
    cli *c;
    tr_problem *question;
    tr_subject subject;
    tr_lesson_pick pick;
    tr_guess guess[TR_LESSON_MAX];
    int kept[TR_LESSON_MAX];     /* answered before, as the progress file says: not asked again */
    tr_lesson_place place;
    int has_place;
} lesson;

/* Cut blanks at both ends, and a comment. */
static char *trimmed(char *line)
{
    char *comment = strchr(line, '#');
    if (comment != NULL)
        *comment = '\0';
    line += strspn(line, " \t\r\n");
    size_t n = strlen(line);
    while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL)
        line[--n] = '\0';
    return line;
}

static int is_skip(const char *text) { return text[0] == '\0' || strcmp(text, "-") == 0; }

/* ---- from a file ------------------------------------------------------------------ */

/* The next line, NULL at the end; *at moves behind it. Lines that hold only a comment are none. */
static char *next_line(char **at, int *number)
{
    while (**at != '\0') {
        char *line = *at, *end = strchr(line, '\n');
        const int comment = line[strspn(line, " \t")] == '#';
        if (end != NULL)
            *end = '\0';
        *at = end != NULL ? end + 1 : line + strlen(line);
        (*number)++;
        if (!comment)
            return trimmed(line);
    }
    return NULL;
}

/* A line that cannot be read is reported and passed over: the others still count. */
static void take(lesson *l, size_t index, const tr_exercise *e, char **at, int *number)
{
    tr_guess *guess = &l->guess[index];
    char *text = next_line(at, number);
    for (; text != NULL && (strcmp(text, "?") == 0 || strcmp(text, "f") == 0); text = next_line(at, number))
        *(text[0] == '?' ? &guess->hinted : &guess->drawn) = 1;
    guess->reached = text != NULL || guess->hinted;
    if (text == NULL || is_skip(text))
        return;
    tr_error why;
    if (tr_lesson_parse(e, text, &guess->value, &why) != TR_OK)
        (void)fprintf(stderr, "tokenroof lesson: line %d, %s: %.200s; passed over\n", *number, e->id, why.text);
}

static tr_status read_answers(lesson *l, char *text, tr_error *err)
{
    int number = 0;
    tr_exercise e;
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < tr_lesson_count(); i++) {
        if (!tr_lesson_picked(i, &l->pick) || l->kept[i])
            continue;
        s = tr_lesson_ask(l->question, i, &e, err);
        if (s == TR_OK && e.asked)
            take(l, i, &e, &text, &number);
    }
    const char *more = s == TR_OK ? next_line(&text, &number) : NULL;
    for (; more != NULL; more = next_line(&text, &number))
        if (more[0] != '\0')
            (void)fprintf(stderr, "tokenroof lesson: line %d: '%.40s' is one answer too many; passed over\n", number,
                          more);
    return s;
}

static tr_status from_file(lesson *l, const char *path, tr_error *err)
{
    char *text = NULL;
    size_t size = 0;
    tr_status s = tr_file_read(path, ANSWERS_MAX_BYTE, &text, &size, err);
    if (s == TR_OK && strlen(text) != size)
        s = cli_fail(err, TR_EPARSE, "answers", "%.200s is not a text file", path);
    if (s == TR_OK)
        s = read_answers(l, text, err);
    free(text);
    return s == TR_OK ? tr_answer_lesson(&l->subject, &l->pick, l->guess, l->has_place ? &l->place : NULL, &l->c->style,
                                         &l->c->out, err)
                      : s;
}

/* ---- in the terminal ----------------------------------------------------------------- */

/* What was collected so far, now. */
static tr_status show(lesson *l, tr_error *err)
{
    const tr_status s = cli_flush(l->c, err);
    l->c->text.length = 0;
    return s;
}

/* The unit stands before the mark. 0: no more input. */
static int prompt(const char *unit, char *line, size_t size)
{
    (void)fprintf(stdout, "    %s%s> ", unit, unit[0] != '\0' ? " " : "");
    (void)fflush(stdout);
    return fgets(line, (int)size, stdin) != NULL;
}

/* As it is asked, without its answer; or with it. */
static tr_status draw(lesson *l, const tr_exercise *e, int revealed, tr_error *err)
{
    return tr_lesson_write_figure(&l->subject, e, revealed, NULL, &l->c->style, &l->c->out, err);
}

/* Until there is a guess, or none is wanted. *quit: the lesson is over. */
static tr_status ask(lesson *l, size_t index, const tr_exercise *e, int *quit, tr_error *err)
{
    char line[LINE_MAX_BYTE], unit[32];
    tr_guess *guess = &l->guess[index];
    for (;;) {
        tr_status s = show(l, err);
        if (s != TR_OK)
            return s;
        const char *text =
            prompt(tr_lesson_unit_text(e, unit, sizeof unit), line, sizeof line) ? trimmed(line) : "q";
        tr_error why;
        *quit = strcmp(text, "q") == 0;
        guess->reached = !*quit || guess->hinted;
        if (*quit || is_skip(text))
            return TR_OK;
        if (strcmp(text, "?") == 0) {
            guess->hinted = 1;
            s = tr_lesson_write_hint(e, &l->c->style, &l->c->out, err);
        } else if (strcmp(text, "f") == 0) {
            guess->drawn = 1;
            s = draw(l, e, 0, err);
        } else if (tr_lesson_parse(e, text, &guess->value, &why) == TR_OK) {
            return TR_OK;
        } else {
            cli_print(l->c, "    %s\n", why.text);
        }
        if (s != TR_OK)
            return s;
    }
}

/* One exercise, from its question to what is so. */
static tr_status put(lesson *l, size_t index, const tr_exercise *e, size_t number, int *quit, tr_error *err)
{
    tr_status s = tr_lesson_write_question(e, number, &l->c->style, &l->c->out, err);
    if (s == TR_OK)
        s = ask(l, index, e, quit, err);
    if (s == TR_OK && !*quit)
        s = tr_lesson_write_reveal(e, &l->guess[index], &l->c->style, &l->c->out, err);
    if (s == TR_OK && !*quit && l->guess[index].drawn)
        s = draw(l, e, 1, err);
    return s;
}

/* A number of one's own, typed in as the lesson ends. */
static tr_status ask_measured(lesson *l, tr_error *err)
{
    char line[LINE_MAX_BYTE];
    tr_error why;
    double token_per_s = 0.0;
    cli_print(l->c, "\nOn your cluster: tokens/s that all %.0f sequences made together at this context\n"
                    "(measured; Enter for none).\n", tr_lesson_batch_seq(l->question));
    const tr_status s = show(l, err);
    const char *text = s == TR_OK && prompt("tokens/s", line, sizeof line) ? trimmed(line) : "";
    if (s != TR_OK || is_skip(text))
        return s;
    if (tr_quantity_parse(text, TR_UNIT_TOKEN_PER_S, &token_per_s, &why) == TR_OK &&
        tr_lesson_place_of(l->question, token_per_s, &l->place, &why) == TR_OK)
        l->has_place = 1;
    else
        cli_print(l->c, "    %s\n", why.text);
    return TR_OK;
}

static tr_status finish(lesson *l, tr_error *err)
{
    tr_lesson_summary sums;
    tr_status s = TR_OK;
    if (l->has_place)
        s = tr_lesson_write_place(&l->place, &l->c->style, &l->c->out, err);
    if (s == TR_OK && l->has_place)
        s = tr_lesson_write_figure(&l->subject, NULL, 1, &l->place, &l->c->style, &l->c->out, err);
    if (s == TR_OK)
        s = tr_lesson_summarise(l->question, &l->pick, l->guess, &sums, err);
    return s == TR_OK ? tr_lesson_write_summary(&sums, &l->c->style, &l->c->out, err) : s;
}

static tr_status in_terminal(lesson *l, tr_error *err)
{
    size_t number = 0;
    int quit = 0, chapter = 0;
    tr_exercise e;
    tr_status s = tr_lesson_write_intro(l->question, &l->c->style, &l->c->out, err);
    cli_print(l->c, "Type a number with a unit (12ms, 300, 35kB, 40%%), a letter, or a sentence of\n"
                    "your own; ? for a hint, f for the picture, Enter to see the answer, q to stop.\n");
    for (size_t i = 0; s == TR_OK && !quit && i < tr_lesson_count(); i++) {
        if (!tr_lesson_picked(i, &l->pick) || l->kept[i])
            continue;
        s = tr_lesson_ask(l->question, i, &e, err);
        if (s != TR_OK || !e.asked)
            continue;
        if (e.chapter != chapter)
            s = tr_lesson_write_chapter(chapter = e.chapter, &l->c->style, &l->c->out, err);
        if (s == TR_OK)
            s = put(l, i, &e, ++number, &quit, err);
        if (s == TR_OK) /* now: a lesson may end in any way */
            s = lesson_progress_write(tr_input_text(l->c->scenario, TR_IN_PROGRESS), l->question, l->guess, err);
    }
    if (s == TR_OK && !quit && !l->has_place)
        s = ask_measured(l, err);
    return s == TR_OK ? finish(l, err) : s;
}

/* ---- the verb -------------------------------------------------------------------------- */

static tr_status name_case(cli *c, tr_error *err)
{
    const int has_model = tr_input_text(c->scenario, TR_IN_MODEL)[0] != '\0';
    const int has_system = tr_input_text(c->scenario, TR_IN_SYSTEM)[0] != '\0';
    if (has_model != has_system)
        return cli_fail(err, TR_EMISSING, has_model ? "system" : "model",
                        "%s is missing: expected both MODEL and SYSTEM, or neither (deepseek-v3 gb200-nvl72)",
                        has_model ? "SYSTEM" : "MODEL");
    if (has_model)
        return TR_OK;
    tr_status s = tr_input_set(c->scenario, TR_IN_MODEL, "deepseek-v3", err);
    if (s == TR_OK)
        s = tr_input_set(c->scenario, TR_IN_SYSTEM, "gb200-nvl72", err);
    if (s == TR_OK && !tr_input_is_set(c->scenario, TR_IN_CONTEXT))
        s = tr_input_set(c->scenario, TR_IN_CONTEXT, "1k", err); /* short of the cliff: nothing is left out */
    return s;
}

/* The case, what was answered before, and a number of one's own. */
static tr_status begin(lesson *l, tr_error *err)
{
    cli *c = l->c;
    tr_status s = name_case(c, err);
    if (s == TR_OK)
        s = cli_case(c, &l->question, err);
    if (s == TR_OK) /* a topic nobody knows is told before the first question */
        s = tr_lesson_summarise(l->question, &l->pick, l->guess, &(tr_lesson_summary){0}, err);
    if (s == TR_OK)
        s = lesson_progress_read(tr_input_text(c->scenario, TR_IN_PROGRESS), l->question, l->guess, l->kept, err);
    l->subject = (tr_subject){.scenario = c->scenario, .question = l->question, .elsewhere = tr_lab_draw};
    l->has_place = tr_input_is_set(c->scenario, TR_IN_MEASURED);
    return s == TR_OK && l->has_place
               ? tr_lesson_place_of(l->question, tr_input_number(c->scenario, TR_IN_MEASURED), &l->place, err)
               : s;
}

/* The picture of the first exercise that is asked, as a sketch or with its answer; or of what was measured. */
static tr_status draw_first(const lesson *l, int revealed, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_exercise e = {.asked = 0};
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < tr_lesson_count() && !e.asked; i++)
        if (tr_lesson_picked(i, &l->pick))
            s = tr_lesson_ask(l->question, i, &e, err);
    return s == TR_OK ? tr_lesson_draw(&l->subject, &e, revealed, l->has_place ? &l->place : NULL, target, sink, err)
                      : s;
}

static tr_status draw_sketch(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return draw_first(context, 0, target, sink, err);
}

static tr_status draw_answer(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return draw_first(context, 1, target, sink, err);
}

static tr_status hold(lesson *l, tr_error *err)
{
    const char *answers = tr_input_text(l->c->scenario, TR_IN_ANSWERS);
    tr_status s = begin(l, err);
    if (s != TR_OK)
        return s;
    if (cli_plots(l->c) && !l->has_place)
        s = cli_plot(l->c, "-question", draw_sketch, l, err);
    if (strcmp(tr_input_text(l->c->scenario, TR_IN_PLOT), "-") == 0 && !l->has_place)
        cli_print(l->c, "\n");
    if (cli_plots(l->c))
        return s == TR_OK ? cli_plot(l->c, "", draw_answer, l, err) : s;
    if (answers[0] == '\0' && isatty(STDIN_FILENO) && l->c->style.format == TR_FORMAT_TEXT)
        s = in_terminal(l, err);
    else
        s = from_file(l, answers[0] == '\0' || strcmp(answers, "-") == 0 ? "/dev/stdin" : answers, err);
    return s == TR_OK ? lesson_progress_write(tr_input_text(l->c->scenario, TR_IN_PROGRESS), l->question, l->guess, err)
                      : s;
}

tr_status cmd_lesson(cli *c, tr_error *err)
{
    lesson *l = calloc(1, sizeof *l);
    if (l == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    const double chapter = tr_input_number(c->scenario, TR_IN_CHAPTER);
    l->c = c;
    l->pick = (tr_lesson_pick){.topic = tr_input_text(c->scenario, TR_IN_TOPIC),
                               .chapter = chapter >= 1.0 ? (int)chapter : 0,
                               .path = tr_input_choice(c->scenario, TR_IN_PATH)};
    for (size_t i = 0; i < TR_LESSON_MAX; i++)
        l->guess[i].value = (double)NAN;
    const tr_status s = tr_input_choice(c->scenario, TR_IN_CARDS) > 0
                            ? tr_answer_cards(&l->pick, &c->style, &c->out, err)
                            : hold(l, err);
    free(l->question);
    free(l);
    return s;
}
