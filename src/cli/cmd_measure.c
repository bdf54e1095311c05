/* cli/cmd_measure.c -- `tokenroof measure [--out FILE]`: this machine's ceilings, shown, and kept as a chip file. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "io/replace.h"
#include "probe/measure.h"

/* A stop is heard between repeats. The end that follows it soon, whatever is done, is put off until the threads have
 * ended and the file's beginning is gone. */
typedef struct put_off {
    sigset_t alarm, before;
} put_off;

static void begin_put_off(put_off *p)
{
    (void)sigemptyset(&p->alarm);
    (void)sigaddset(&p->alarm, SIGALRM);
    (void)sigprocmask(SIG_BLOCK, &p->alarm, &p->before);
}

static void end_put_off(const put_off *p)
{
    sigset_t waiting;
    int which = 0;
    (void)sigemptyset(&waiting);
    (void)sigpending(&waiting);
    if (sigismember(&waiting, SIGALRM) == 1)
        (void)sigwait(&p->alarm, &which);
    (void)sigprocmask(SIG_SETMASK, &p->before, NULL);
}

static int to_file(void *context, const char *data, size_t size)
{
    return fwrite(data, 1, size, context) == size ? 0 : 1;
}

static void today(char *out, size_t size)
{
    const time_t now = time(NULL);
    struct tm day;
    out[0] = '\0';
    if (gmtime_r(&now, &day) != NULL)
        (void)strftime(out, size, "%Y-%m-%d", &day);
}

/* Opened before anything is measured: nobody waits for a minute to hear that a folder is not there. */
static tr_status keep(tr_replacement *file, const tr_measured *m, tr_error *err)
{
    char date[16];
    const tr_sink sink = {to_file, file->file};
    today(date, sizeof date);
    const tr_status s = tr_measured_chip(m, date, &sink, err);
    if (s == TR_OK)
        return tr_replace_commit(file, err);
    tr_replace_abandon(file);
    return s;
}

static tr_status measure(cli *c, tr_measured *m, tr_error *err)
{
    const double cores = tr_input_number(c->scenario, TR_IN_CORES);
    const tr_measure_ask ask = {.time_s = tr_input_number(c->scenario, TR_IN_SECONDS),
                                .thread_count = cores >= 1.0 ? (int)cores : 0,
                                .progress = &c->progress.progress};
    cli_progress_begin(&c->progress);
    const tr_status s = tr_measure(&ask, m, err);
    cli_progress_end(&c->progress);
    return s;
}

tr_status cmd_measure(cli *c, tr_error *err)
{
    const int is_schema = c->style.format == TR_FORMAT_SCHEMA; /* which is known before */
    const char *path = is_schema ? "" : tr_input_text(c->scenario, TR_IN_OUT);
    tr_replacement file = {.file = NULL};
    tr_measured *m = calloc(1, sizeof *m);
    put_off p;
    if (m == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    begin_put_off(&p);
    tr_status s = path[0] != '\0' ? tr_replace_begin(path, &file, err) : TR_OK;
    if (s == TR_OK && !is_schema)
        s = measure(c, m, err);
    if (s == TR_OK)
        s = tr_measured_write(m, &c->style, &c->out, err);
    if (s == TR_OK && file.file != NULL)
        s = keep(&file, m, err);
    else if (file.file != NULL)
        tr_replace_abandon(&file);
    end_put_off(&p);
    tr_cpu_map_free(&m->map);
    free(m);
    return s;
}
