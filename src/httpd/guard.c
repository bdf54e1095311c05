/* httpd/guard.c -- connections that may stay: those without a whole request in a line, the longest waiting first. */
#define _POSIX_C_SOURCE 200809L
#include "httpd/guard.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct tr_guest {
    tr_guest *before, *after; /* in the line */
    int socket;
    int waits;                /* 1: in the line */
    double since_s;
};

struct tr_guard {
    pthread_mutex_t lock;
    pthread_cond_t ends;
    pthread_t clock;
    int stopping;
    size_t waiting, places;
    double wait_s;
    tr_guest *first, *last;
};

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void join(tr_guard *g, tr_guest *guest)
{
    guest->since_s = now_s();
    guest->waits = 1;
    guest->before = g->last;
    guest->after = NULL;
    *(g->last != NULL ? &g->last->after : &g->first) = guest;
    g->last = guest;
    g->waiting++;
}

static void part(tr_guard *g, tr_guest *guest)
{
    if (!guest->waits)
        return;
    *(guest->before != NULL ? &guest->before->after : &g->first) = guest->after;
    *(guest->after != NULL ? &guest->after->before : &g->last) = guest->before;
    guest->waits = 0;
    g->waiting--;
}

/* Its next read finds the end, and whoever serves it closes it and says that it leaves. */
static void cut_first(tr_guard *g)
{
    tr_guest *guest = g->first;
    if (guest == NULL)
        return;
    part(g, guest);
    (void)shutdown(guest->socket, SHUT_RDWR);
}

static void *watch(void *context)
{
    tr_guard *g = context;
    (void)pthread_mutex_lock(&g->lock);
    while (!g->stopping) {
        struct timespec until;
        while (g->first != NULL && now_s() - g->first->since_s > g->wait_s)
            cut_first(g);
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 250000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&g->ends, &g->lock, &until);
    }
    (void)pthread_mutex_unlock(&g->lock);
    return NULL;
}

tr_guard *tr_guard_start(size_t places, double wait_s)
{
    tr_guard *g = calloc(1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->places = places;
    g->wait_s = wait_s;
    (void)pthread_mutex_init(&g->lock, NULL);
    (void)pthread_cond_init(&g->ends, NULL);
    if (pthread_create(&g->clock, NULL, watch, g) != 0) {
        free(g);
        return NULL;
    }
    return g;
}

void tr_guard_stop(tr_guard *g)
{
    if (g == NULL)
        return;
    (void)pthread_mutex_lock(&g->lock);
    g->stopping = 1;
    (void)pthread_cond_signal(&g->ends);
    (void)pthread_mutex_unlock(&g->lock);
    (void)pthread_join(g->clock, NULL);
    (void)pthread_cond_destroy(&g->ends);
    (void)pthread_mutex_destroy(&g->lock);
    free(g);
}

tr_guest *tr_guard_enter(tr_guard *g, int socket)
{
    tr_guest *guest = calloc(1, sizeof *guest);
    if (guest == NULL)
        return NULL;
    guest->socket = socket;
    (void)pthread_mutex_lock(&g->lock);
    join(g, guest);
    while (g->waiting > g->places)
        cut_first(g);
    (void)pthread_mutex_unlock(&g->lock);
    return guest;
}

void tr_guard_has_asked(tr_guard *g, tr_guest *guest)
{
    (void)pthread_mutex_lock(&g->lock);
    part(g, guest);
    (void)pthread_mutex_unlock(&g->lock);
}

void tr_guard_was_answered(tr_guard *g, tr_guest *guest)
{
    (void)pthread_mutex_lock(&g->lock);
    part(g, guest);
    join(g, guest);
    (void)pthread_mutex_unlock(&g->lock);
}

void tr_guard_leave(tr_guard *g, tr_guest *guest)
{
    (void)pthread_mutex_lock(&g->lock);
    part(g, guest);
    (void)pthread_mutex_unlock(&g->lock);
    free(guest);
}
