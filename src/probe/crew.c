/* probe/crew.c -- a crew of threads that begin the same work together, with a clock on them. */
#define _POSIX_C_SOURCE 200809L
#include "probe/measure.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/fail.h"

typedef struct member {
    tr_crew *crew;
    int number;
    pthread_t thread;
    double begin_s, end_s, own_s; /* own: that it had a core */
} member;

static const double IDLE_S = 1e-5;

struct tr_crew {
    int count, started;
    tr_crew_bind bind;
    const void *bind_context;
    tr_crew_work work; /* NULL: go home */
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t begins, ends;
    unsigned long turn; /* counts the runs; a member works when it changes */
    int busy;
    member each[];
};

static double clock_of(clockid_t clock)
{
    struct timespec t = {0, 0};
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double tr_clock_s(void) { return clock_of(CLOCK_MONOTONIC); }

static void *live(void *argument)
{
    member *m = argument;
    tr_crew *crew = m->crew;
    unsigned long seen = 0;
    if (crew->bind != NULL)
        crew->bind(crew->bind_context, m->number);
    for (;;) {
        (void)pthread_mutex_lock(&crew->lock);
        while (crew->turn == seen)
            (void)pthread_cond_wait(&crew->begins, &crew->lock);
        seen = crew->turn;
        const tr_crew_work work = crew->work;
        (void)pthread_mutex_unlock(&crew->lock);
        if (work == NULL)
            return NULL;
        const double before_s = clock_of(CLOCK_THREAD_CPUTIME_ID);
        m->begin_s = tr_clock_s();
        work(crew->context, m->number);
        m->end_s = tr_clock_s();
        m->own_s = clock_of(CLOCK_THREAD_CPUTIME_ID) - before_s;
        (void)pthread_mutex_lock(&crew->lock);
        if (--crew->busy == 0)
            (void)pthread_cond_signal(&crew->ends);
        (void)pthread_mutex_unlock(&crew->lock);
    }
}

static void wake(tr_crew *crew, tr_crew_work work, void *context)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->work = work;
    crew->context = context;
    crew->busy = crew->started;
    crew->turn++;
    (void)pthread_cond_broadcast(&crew->begins);
    while (work != NULL && crew->busy > 0)
        (void)pthread_cond_wait(&crew->ends, &crew->lock);
    (void)pthread_mutex_unlock(&crew->lock);
}

tr_status tr_crew_start(int thread_count, tr_crew_bind bind, const void *bind_context, tr_crew **out, tr_error *err)
{
    if (thread_count < 1 || thread_count > 4096)
        return tr_fail(err, TR_EDOMAIN, "thread_count", thread_count, "between 1 and 4096 threads can be measured");
    tr_crew *crew = calloc(1, sizeof *crew + (size_t)thread_count * sizeof crew->each[0]);
    if (crew == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0, "out of memory for %d threads", thread_count);
    crew->count = thread_count;
    crew->bind = bind;
    crew->bind_context = bind_context;
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->begins, NULL);
    (void)pthread_cond_init(&crew->ends, NULL);
    for (int i = 0; i < thread_count; i++) {
        crew->each[i].crew = crew;
        crew->each[i].number = i;
        if (pthread_create(&crew->each[i].thread, NULL, live, &crew->each[i]) != 0) {
            tr_crew_stop(crew);
            return tr_fail(err, TR_EIO, "thread_count", i, "the system gives no more than %d threads", i);
        }
        crew->started++;
    }
    *out = crew;
    return TR_OK;
}

double tr_crew_run_s(tr_crew *crew, tr_crew_work work, void *context, tr_own *own)
{
    wake(crew, work, context);
    double begin_s = crew->each[0].begin_s, end_s = crew->each[0].end_s, runs_per_s = 0.0, least_s = HUGE_VAL;
    int count = 0;
    for (int i = 0; i < crew->count; i++) {
        const member *m = &crew->each[i];
        begin_s = m->begin_s < begin_s ? m->begin_s : begin_s;
        end_s = m->end_s > end_s ? m->end_s : end_s;
        if (m->end_s - m->begin_s < IDLE_S || m->own_s <= 0.0) /* it has nothing to do and is at once back */
            continue;
        runs_per_s += 1.0 / m->own_s;
        least_s = m->own_s < least_s ? m->own_s : least_s;
        count++;
    }
    own->time_s = count > 0 ? count / runs_per_s : 0.0;
    own->share = count > 0 && least_s < end_s - begin_s ? least_s / (end_s - begin_s) : 1.0;
    return end_s - begin_s;
}

int tr_crew_count(const tr_crew *crew) { return crew->count; }

void tr_crew_stop(tr_crew *crew)
{
    if (crew == NULL)
        return;
    wake(crew, NULL, NULL);
    for (int i = 0; i < crew->started; i++)
        (void)pthread_join(crew->each[i].thread, NULL);
    (void)pthread_cond_destroy(&crew->ends);
    (void)pthread_cond_destroy(&crew->begins);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew);
}
