/* cli/lesson_progress.c -- the file of a lesson's answers: read before it, written after it. */
#include "cli/lesson_progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "io/replace.h"

enum { FILE_MAX_BYTE = 1 << 22, HEAD_BYTE = 640 };

/* What every line of the case begins with. */
static void head_of(const tr_problem *question, char *out, size_t size)
{
    (void)snprintf(out, size, "%s\t%s\t%.17g\t%.17g\t", question->model->name, question->system->name,
                   question->load.context_token, question->load.batch_seq);
}

static int is_of(const char *line, const char *head) { return strncmp(line, head, strlen(head)) == 0; }

static tr_status take(char *rest, const tr_problem *question, tr_guess *guess, int *kept, tr_error *err)
{
    tr_exercise e;
    char *value = strchr(rest, '\t'), *end = NULL;
    if (value == NULL)
        return cli_fail(err, TR_EPARSE, "progress", "no value behind '%.40s'", rest);
    *value++ = '\0';
    const int skipped = value[0] == '-';
    const double number = skipped ? (double)NAN : strtod(value, &end);
    if (!skipped && (end == value || !isfinite(number)))
        return cli_fail(err, TR_EPARSE, "progress", "'%.40s' is no value of %.40s", value, rest);
    for (size_t i = 0; i < tr_lesson_count(); i++) {
        const tr_status s = tr_lesson_ask(question, i, &e, err);
        if (s != TR_OK)
            return s;
        if (strcmp(e.id, rest) != 0 || !e.asked)
            continue;
        guess[i] = (tr_guess){.value = number, .hinted = strchr(value, '?') != NULL, .reached = 1};
        kept[i] = 1;
    }
    return TR_OK; /* an exercise of another version is none here */
}

tr_status lesson_progress_read(const char *path, const tr_problem *question, tr_guess *guess, int *kept, tr_error *err)
{
    char head[HEAD_BYTE], *text = NULL;
    size_t size = 0;
    tr_error why;
    if (path[0] == '\0' || access(path, F_OK) != 0)
        return TR_OK;
    tr_status s = tr_file_read(path, FILE_MAX_BYTE, &text, &size, err);
    head_of(question, head, sizeof head);
    int number = 0;
    for (char *line = text; s == TR_OK && line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        number++;
        if (is_of(line, head) && take(line + strlen(head), question, guess, kept, &why) != TR_OK)
            s = cli_fail(err, TR_EPARSE, "progress", "%.200s line %d: %.200s", path, number, why.text);
        line = end != NULL ? end + 1 : NULL;
    }
    free(text);
    return s;
}

/* Lines of other cases, as they are. */
static void copy_others(char *text, const char *head, FILE *out)
{
    for (char *line = text; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        if (!is_of(line, head))
            (void)fprintf(out, "%s\n", line);
        line = end != NULL ? end + 1 : NULL;
    }
}

static void write_case(const tr_problem *question, const tr_guess *guess, const char *head, FILE *out)
{
    tr_exercise e;
    for (size_t i = 0; i < tr_lesson_count(); i++) {
        if ((!guess[i].reached && isnan(guess[i].value)) || tr_lesson_ask(question, i, &e, NULL) != TR_OK || !e.asked)
            continue;
        if (isnan(guess[i].value))
            (void)fprintf(out, "%s%s\t-%s\n", head, e.id, guess[i].hinted ? "\t?" : "");
        else
            (void)fprintf(out, "%s%s\t%.17g%s\n", head, e.id, guess[i].value, guess[i].hinted ? "\t?" : "");
    }
}

tr_status lesson_progress_write(const char *path, const tr_problem *question, const tr_guess *guess, tr_error *err)
{
    char head[HEAD_BYTE], *text = NULL;
    size_t size = 0;
    if (path[0] == '\0')
        return TR_OK;
    tr_replacement file;
    tr_status s = access(path, F_OK) == 0 ? tr_file_read(path, FILE_MAX_BYTE, &text, &size, err) : TR_OK;
    if (s == TR_OK)
        s = tr_replace_begin(path, &file, err);
    if (s == TR_OK) {
        head_of(question, head, sizeof head);
        copy_others(text, head, file.file);
        write_case(question, guess, head, file.file);
        s = tr_replace_commit(&file, err);
    }
    free(text);
    return s;
}
