/* httpd/jobs.c -- workers, a short queue, and answers handed on in pieces. */
#define _POSIX_C_SOURCE 200809L
#include "httpd/jobs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIECE_BYTE = 1 << 16, AHEAD_BYTE = 1 << 18 };

struct tr_job {
    tr_work *work;
    tr_job *next;      /* in the queue */
    void *who;
    char verb[32];
    char *operand, *body;
    size_t size_byte;
    int holders;       /* who asked, the queue or its worker */
    int left;          /* 1: nobody reads it any more */
    int done, streams; /* streams: who asked was told that a first piece is there */
    int starved;       /* a reader found nothing, and waits to be woken */
    double most_cpu_s; /* the worker's own clock at which it has to end; 0: none */
    char *data;        /* not read yet: data[from .. from + used) */
    size_t from, used, room;
    tr_status status;
    tr_error err;
};

struct tr_work {
    tr_work_options options;
    pthread_mutex_t lock;
    pthread_cond_t asked, read, ended;
    tr_job *first, *last;
    size_t queued, alive;
    int stopping;
};

/* Under the lock; frees where nobody holds it. */
static void let_go(tr_job *job)
{
    if (--job->holders > 0)
        return;
    free(job->operand);
    free(job->body);
    free(job->data);
    free(job);
}

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int keep(tr_job *job, const char *text, size_t length)
{
    if (job->from > 0 && job->from + job->used + length > job->room) {
        memmove(job->data, job->data + job->from, job->used);
        job->from = 0;
    }
    if (job->used + length > job->room) {
        const size_t room = 2 * (job->used + length);
        char *data = realloc(job->data, room);
        if (data == NULL)
            return 0;
        job->data = data;
        job->room = room;
    }
    memcpy(job->data + job->from + job->used, text, length);
    job->used += length;
    return 1;
}

/* What the question's answer is written into: 0, or 1 where it should stop. */
static int take(void *context, const char *text, size_t length)
{
    tr_job *job = context;
    tr_work *work = job->work;
    int stop = 0;
    const double used_s = job->most_cpu_s > 0.0 ? cpu_s() : 0.0;
    (void)pthread_mutex_lock(&work->lock);
    while (job->used > AHEAD_BYTE && !job->left && !work->stopping)
        (void)pthread_cond_wait(&work->read, &work->lock);
    if (used_s > job->most_cpu_s) {
        job->err = (tr_error){.status = TR_ECAPACITY};
        (void)snprintf(job->err.text, sizeof job->err.text,
                       "this takes more than the %g s of computing time that one question has here (--max-seconds of "
                       "tokenroof web): ask for fewer rows",
                       work->options.httpd->max_cpu_s);
        stop = 1;
    } else if (!keep(job, text, length)) {
        job->err = (tr_error){.status = TR_ENOMEM, .text = "out of memory for the answer"};
        stop = 1;
    }
    stop = stop || job->left || work->stopping;
    if (!stop && (job->starved || (!job->streams && job->used > PIECE_BYTE))) {
        job->streams = 1;
        job->starved = 0;
        work->options.wake(job->who);
    }
    (void)pthread_mutex_unlock(&work->lock);
    return stop;
}

static void compute(tr_work *work, tr_job *job)
{
    const tr_httpd_options *httpd = work->options.httpd;
    const tr_sink sink = {take, job};
    tr_error err = {.status = TR_OK};
    job->most_cpu_s = httpd->max_cpu_s > 0.0 ? cpu_s() + httpd->max_cpu_s : 0.0;
    const tr_status s = httpd->answer(httpd->context, job->verb, job->operand, job->body == NULL ? "" : job->body,
                                      job->size_byte, &sink, &err);
    (void)pthread_mutex_lock(&work->lock);
    if (job->err.status == TR_OK && s != TR_OK)
        job->err = err;
    job->status = job->err.status != TR_OK ? job->err.status : s;
    job->done = 1;
    if (!job->left)
        work->options.wake(job->who);
    (void)pthread_mutex_unlock(&work->lock);
}

static void *labour(void *context)
{
    tr_work *work = context;
    (void)pthread_mutex_lock(&work->lock);
    for (;;) {
        while (work->first == NULL && !work->stopping)
            (void)pthread_cond_wait(&work->asked, &work->lock);
        tr_job *job = work->first;
        if (work->stopping || job == NULL)
            break;
        work->first = job->next;
        if (work->first == NULL)
            work->last = NULL;
        work->queued--;
        (void)pthread_mutex_unlock(&work->lock);
        if (!job->left)
            compute(work, job);
        (void)pthread_mutex_lock(&work->lock);
        let_go(job);
    }
    work->alive--;
    (void)pthread_cond_signal(&work->ended);
    (void)pthread_mutex_unlock(&work->lock);
    return NULL;
}

tr_work *tr_work_start(const tr_work_options *options)
{
    tr_work *work = calloc(1, sizeof *work);
    pthread_attr_t alone;
    pthread_t thread;
    if (work == NULL)
        return NULL;
    work->options = *options;
    (void)pthread_mutex_init(&work->lock, NULL);
    (void)pthread_cond_init(&work->asked, NULL);
    (void)pthread_cond_init(&work->read, NULL);
    (void)pthread_cond_init(&work->ended, NULL);
    (void)pthread_attr_init(&alone);
    (void)pthread_attr_setdetachstate(&alone, PTHREAD_CREATE_DETACHED); /* one that computes on is not waited for */
    (void)pthread_mutex_lock(&work->lock);
    while (work->alive < options->workers && pthread_create(&thread, &alone, labour, work) == 0)
        work->alive++;
    const size_t alive = work->alive;
    (void)pthread_mutex_unlock(&work->lock);
    (void)pthread_attr_destroy(&alone);
    if (alive > 0)
        return work;
    free(work);
    return NULL;
}

int tr_work_stop(tr_work *work, double wait_s)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    const long long end_ns = (long long)until.tv_nsec + (long long)(wait_s * 1e9);
    until.tv_sec += (time_t)(end_ns / 1000000000);
    until.tv_nsec = (long)(end_ns % 1000000000);
    (void)pthread_mutex_lock(&work->lock);
    work->stopping = 1;
    (void)pthread_cond_broadcast(&work->asked);
    (void)pthread_cond_broadcast(&work->read);
    while (work->first != NULL) {
        tr_job *job = work->first;
        work->first = job->next;
        job->done = 1;
        job->status = job->err.status = TR_EIO;
        (void)snprintf(job->err.text, sizeof job->err.text, "the server stops");
        if (!job->left)
            work->options.wake(job->who);
        let_go(job);
    }
    int late = 0;
    while (work->alive > 0 && late == 0)
        late = pthread_cond_timedwait(&work->ended, &work->lock, &until);
    const int all = work->alive == 0;
    (void)pthread_mutex_unlock(&work->lock);
    return all;
}

void tr_work_free(tr_work *work)
{
    if (work == NULL)
        return;
    (void)pthread_cond_destroy(&work->asked);
    (void)pthread_cond_destroy(&work->read);
    (void)pthread_cond_destroy(&work->ended);
    (void)pthread_mutex_destroy(&work->lock);
    free(work);
}

tr_job *tr_work_submit(tr_work *work, const char *verb, const char *operand, char *body, size_t size_byte, void *who)
{
    tr_job *job = calloc(1, sizeof *job);
    char *copy = strdup(operand);
    if (job == NULL || copy == NULL) {
        free(job);
        free(copy);
        return NULL;
    }
    *job = (tr_job){.work = work, .who = who, .operand = copy, .size_byte = size_byte, .holders = 2};
    (void)snprintf(job->verb, sizeof job->verb, "%s", verb);
    (void)pthread_mutex_lock(&work->lock);
    const int taken = work->queued < work->options.queue && !work->stopping;
    if (taken) {
        job->body = body;
        *(work->last != NULL ? &work->last->next : &work->first) = job;
        work->last = job;
        work->queued++;
        (void)pthread_cond_signal(&work->asked);
    }
    (void)pthread_mutex_unlock(&work->lock);
    if (taken)
        return job;
    free(copy);
    free(job);
    return NULL;
}

tr_job_state tr_job_look(tr_job *job, size_t *ready_byte, tr_error *err)
{
    (void)pthread_mutex_lock(&job->work->lock);
    const tr_job_state state = job->streams           ? TR_JOB_STREAMS
                               : !job->done           ? TR_JOB_COMPUTES
                               : job->status != TR_OK ? TR_JOB_FAILED
                                                      : TR_JOB_WHOLE;
    *ready_byte = job->used;
    *err = job->err;
    (void)pthread_mutex_unlock(&job->work->lock);
    return state;
}

long tr_job_read(tr_job *job, char *out, size_t room_byte)
{
    tr_work *work = job->work;
    (void)pthread_mutex_lock(&work->lock);
    const size_t n = job->used < room_byte ? job->used : room_byte;
    memcpy(out, job->data + job->from, n);
    job->from += n;
    job->used -= n;
    const long result = n > 0 ? (long)n : !job->done ? 0 : job->status == TR_OK ? -1 : -2;
    job->starved = result == 0;
    (void)pthread_cond_broadcast(&work->read);
    (void)pthread_mutex_unlock(&work->lock);
    return result;
}

void tr_job_leave(tr_job *job)
{
    if (job == NULL)
        return;
    tr_work *work = job->work;
    (void)pthread_mutex_lock(&work->lock);
    job->left = 1;
    (void)pthread_cond_broadcast(&work->read);
    let_go(job);
    (void)pthread_mutex_unlock(&work->lock);
}
