/* cli/cmd_lesson.c -- `tokenroof lesson [MODEL SYSTEM]`: asks in the terminal, or takes its answers from a file. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"

enum { LINE_MAX_BYTE = 256, ANSWERS_MAX_BYTE = 1 << 20 };

typedef struct lesson {
    cli *c;
    tr_problem *question;
    const char *topic;
    tr_guess guess[TR_LESSON_MAX];
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

static tr_status take(lesson *l, size_t index, const tr_exercise *e, char **at, int *number, tr_error *err)
{
    const char *text = next_line(at, number);
    while (text != NULL && strcmp(text, "?") == 0) {
        l->guess[index].hinted = 1;
        text = next_line(at, number);
    }
    if (text == NULL || is_skip(text))
        return TR_OK;
    tr_error why;
    if (tr_lesson_parse(e, text, &l->guess[index].value, &why) == TR_OK)
        return TR_OK;
    return cli_fail(err, TR_EPARSE, "answers", "answers line %d, %s: %.200s", *number, e->id, why.text);
}

static tr_status read_answers(lesson *l, char *text, tr_error *err)
{
    int number = 0;
    tr_exercise e;
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < tr_lesson_count(); i++) {
        if (!tr_lesson_in_topic(i, l->topic))
            continue;
        s = tr_lesson_ask(l->question, i, &e, err);
        if (s == TR_OK && e.asked)
            s = take(l, i, &e, &text, &number, err);
    }
    const char *more = s == TR_OK ? next_line(&text, &number) : NULL;
    while (more != NULL && more[0] == '\0')
        more = next_line(&text, &number);
    if (more != NULL)
        return cli_fail(err, TR_EPARSE, "answers", "answers line %d: '%.40s' is one answer too many", number, more);
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
    return s == TR_OK
               ? tr_answer_lesson(l->c->scenario, l->question, l->topic, l->guess, &l->c->style, &l->c->out, err)
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

/* 0: no more input. */
static int prompt(char *line, size_t size)
{
    (void)fputs("    > ", stdout);
    (void)fflush(stdout);
    return fgets(line, (int)size, stdin) != NULL;
}

/* Until there is a guess, or none is wanted. *quit: the lesson is over. */
static tr_status ask(lesson *l, size_t index, const tr_exercise *e, int *quit, tr_error *err)
{
    char line[LINE_MAX_BYTE];
    tr_guess *guess = &l->guess[index];
    for (;;) {
        tr_status s = show(l, err);
        if (s != TR_OK)
            return s;
        const char *text = prompt(line, sizeof line) ? trimmed(line) : "q";
        tr_error why;
        *quit = strcmp(text, "q") == 0;
        if (*quit || is_skip(text))
            return TR_OK;
        if (strcmp(text, "?") == 0) {
            guess->hinted = 1;
            s = tr_lesson_write_hint(e, &l->c->style, &l->c->out, err);
            if (s != TR_OK)
                return s;
        } else if (tr_lesson_parse(e, text, &guess->value, &why) == TR_OK) {
            return TR_OK;
        } else {
            cli_print(l->c, "    %s\n", why.text);
        }
    }
}

static tr_status in_terminal(lesson *l, tr_error *err)
{
    size_t number = 0;
    int quit = 0;
    tr_exercise e;
    tr_lesson_summary sums;
    tr_status s = TR_OK;
    cli_print(l->c, "%s on %s: predict, then look. A number with a unit (12ms, 300, 35kB, 40%%), ? for a hint,\n"
                    "Enter to see the answer, q to stop.\n",
              l->question->model->name, l->question->system->name);
    for (size_t i = 0; s == TR_OK && !quit && i < tr_lesson_count(); i++) {
        if (!tr_lesson_in_topic(i, l->topic))
            continue;
        s = tr_lesson_ask(l->question, i, &e, err);
        if (s != TR_OK || !e.asked)
            continue;
        s = tr_lesson_write_question(&e, ++number, &l->c->style, &l->c->out, err);
        if (s == TR_OK)
            s = ask(l, i, &e, &quit, err);
        if (s == TR_OK && !quit)
            s = tr_lesson_write_reveal(&e, &l->guess[i], &l->c->style, &l->c->out, err);
    }
    if (s == TR_OK)
        s = tr_lesson_summarise(l->question, l->topic, l->guess, &sums, err);
    return s == TR_OK ? tr_lesson_write_summary(&sums, &l->c->style, &l->c->out, err) : s;
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

tr_status cmd_lesson(cli *c, tr_error *err)
{
    const char *answers = tr_input_text(c->scenario, TR_IN_ANSWERS);
    lesson *l = calloc(1, sizeof *l);
    if (l == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    l->c = c;
    l->topic = tr_input_text(c->scenario, TR_IN_TOPIC);
    for (size_t i = 0; i < TR_LESSON_MAX; i++)
        l->guess[i].value = (double)NAN;
    tr_status s = TR_OK;
    if (tr_input_choice(c->scenario, TR_IN_CARDS) > 0) {
        s = tr_answer_cards(l->topic, &c->style, &c->out, err);
    } else {
        s = name_case(c, err);
        if (s == TR_OK)
            s = cli_case(c, &l->question, err);
        if (s == TR_OK) /* a topic nobody knows is told before the first question */
            s = tr_lesson_summarise(l->question, l->topic, l->guess, &(tr_lesson_summary){0}, err);
        if (s == TR_OK && answers[0] == '\0' && isatty(STDIN_FILENO) && c->style.format == TR_FORMAT_TEXT)
            s = in_terminal(l, err);
        else if (s == TR_OK)
            s = from_file(l, answers[0] == '\0' || strcmp(answers, "-") == 0 ? "/dev/stdin" : answers, err);
    }
    free(l->question);
    free(l);
    return s;
}
