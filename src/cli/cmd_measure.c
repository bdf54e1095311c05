/* cli/cmd_measure.c -- `tokenroof measure [--out FILE]`: this machine's ceilings, shown, and kept as a chip file. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/file.h"
#include "probe/measure.h"

/* Ctrl-C is blocked before the threads start and asked for between repeats, so that all of them end well. */
static void block_stops(sigset_t *stops, sigset_t *before)
{
    (void)sigemptyset(stops);
    (void)sigaddset(stops, SIGINT);
    (void)sigaddset(stops, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, stops, before);
}

typedef struct watch {
    sigset_t stops, before;
    int shows, percent; /* progress, on a terminal */
} watch;

static int between(void *context, double done_share, const char *what)
{
    watch *w = context;
    sigset_t waiting;
    const int percent = (int)(100.0 * done_share);
    if (w->shows && percent != w->percent) {
        (void)fprintf(stderr, "\rmeasuring %-10s %3d %%", what, percent);
        w->percent = percent;
    }
    (void)sigemptyset(&waiting);
    (void)sigpending(&waiting);
    return sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGTERM) == 1;
}

/* What was waiting is taken, then signals do as before. */
static void end_watch(watch *w, int stopped)
{
    int which = 0;
    if (w->shows)
        (void)fprintf(stderr, "\r%30s\r", "");
    if (stopped)
        (void)sigwait(&w->stops, &which);
    (void)sigprocmask(SIG_SETMASK, &w->before, NULL);
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

/* The file stands beside its name until it is whole, and is opened before anything is measured: nobody waits for a
 * minute to hear that a folder is not there. */
typedef struct out_file {
    const char *path; /* "": none */
    char part[TR_PATH_MAX];
    FILE *f;
} out_file;

static tr_status open_out(out_file *out, tr_error *err)
{
    if (out->path[0] == '\0')
        return TR_OK;
    if (snprintf(out->part, sizeof out->part, "%s.part", out->path) >= (int)sizeof out->part)
        return cli_fail(err, TR_ECAPACITY, "out", "the name after --out is too long");
    out->f = fopen(out->part, "w");
    return out->f != NULL ? TR_OK : cli_fail(err, TR_EIO, "out", "%.200s: %s", out->path, tr_errno_text(errno));
}

static tr_status close_out(out_file *out, const tr_measured *m, tr_status s, tr_error *err)
{
    char date[16];
    const tr_sink sink = {to_file, out->f};
    if (out->f == NULL)
        return s;
    today(date, sizeof date);
    if (s == TR_OK)
        s = tr_measured_chip(m, date, &sink, err);
    const int closed = fclose(out->f) == 0;
    if (s == TR_OK && (!closed || rename(out->part, out->path) != 0))
        s = cli_fail(err, TR_EIO, "out", "%.200s: %s", out->path, tr_errno_text(errno));
    if (s != TR_OK)
        (void)remove(out->part);
    return s;
}

static tr_status measure(const cli *c, tr_measured *m, tr_error *err)
{
    const double threads = tr_input_number(c->scenario, TR_IN_CORES);
    watch w = {.shows = isatty(STDERR_FILENO), .percent = -1};
    const tr_measure_ask ask = {.time_s = tr_input_number(c->scenario, TR_IN_SECONDS),
                                .thread_count = threads >= 1.0 ? (int)threads : 0, .between = between, .context = &w};
    int stopped = 0;
    block_stops(&w.stops, &w.before);
    const tr_status s = tr_measure(&ask, m, &stopped, err);
    end_watch(&w, stopped);
    return s == TR_OK && stopped ? cli_fail(err, TR_ENOFIT, "", "stopped: nothing was written") : s;
}

tr_status cmd_measure(cli *c, tr_error *err)
{
    const int is_schema = c->style.format == TR_FORMAT_SCHEMA; /* which is known before */
    out_file out = {.path = is_schema ? "" : tr_input_text(c->scenario, TR_IN_OUT)};
    tr_measured *m = calloc(1, sizeof *m);
    if (m == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    tr_status s = open_out(&out, err);
    if (s == TR_OK && !is_schema)
        s = measure(c, m, err);
    if (s == TR_OK)
        s = tr_measured_write(m, &c->style, &c->out, err);
    s = close_out(&out, m, s, err);
    tr_cpu_map_free(&m->map);
    free(m);
    return s;
}
