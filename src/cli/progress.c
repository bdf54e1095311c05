/* cli/progress.c -- a line with done, rate and time left; a first Ctrl-C that keeps what is done. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE
#include "cli/progress.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { LEAVE_US = 80000, EXIT_INTERRUPTED = 130 };

/* Set by the handler, which can be told nothing else. */
static volatile sig_atomic_t interrupted;

static void end_now(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_INTERRUPTED);
}

static void on_interrupt(int signal_number)
{
    const struct itimerval soon = {.it_value = {.tv_usec = LEAVE_US}};
    if (interrupted)
        end_now(signal_number);
    interrupted = 1;
    (void)setitimer(ITIMER_REAL, &soon, NULL);
}

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void draw(cli_progress *p, double done, double total, double passed_s)
{
    char rate[64], left[64] = "";
    const double share = done / total;
    (void)tr_quantity_format(done / passed_s, TR_UNIT_NONE, rate, sizeof rate);
    if (share > 0.0)
        (void)snprintf(left, sizeof left, ", %.0f s left", passed_s * (1.0 / share - 1.0));
    if (isnan(total))
        (void)fprintf(stderr, "\r\x1b[K  %.0f, %s/s", done, rate);
    else
        (void)fprintf(stderr, "\r\x1b[K  %3.0f %%, %.0f of %.0f, %s/s%s", 100.0 * share, done, total, rate, left);
    (void)fflush(stderr);
    p->is_drawn = 1;
}

static int tell(void *context, double done, double total)
{
    cli_progress *p = context;
    const double now = p->shows ? now_s() : 0.0;
    if (p->shows && now - p->last_s > 0.1 && now - p->begin_s > 0.5) {
        draw(p, p->parts > 0.0 ? p->part : done, p->parts > 0.0 ? p->parts : total, now - p->begin_s);
        p->last_s = now;
    }
    return interrupted;
}

void cli_progress_begin(cli_progress *p)
{
    struct sigaction on = {.sa_handler = on_interrupt}, late = {.sa_handler = end_now};
    (void)sigaction(SIGINT, &on, NULL);
    (void)sigaction(SIGALRM, &late, NULL);
    *p = (cli_progress){.progress = {tell, p}, .shows = isatty(STDERR_FILENO), .begin_s = now_s()};
}

void cli_progress_end(cli_progress *p)
{
    const struct itimerval never = {.it_value = {.tv_usec = 0}};
    (void)setitimer(ITIMER_REAL, &never, NULL);
    if (p->is_drawn)
        (void)fprintf(stderr, "\r\x1b[K");
    p->is_drawn = p->shows = 0;
}
