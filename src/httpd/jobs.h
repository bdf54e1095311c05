/* httpd/jobs.h -- questions computed beside the threads that serve connections, their answers handed on in pieces.
 *
 * A few workers take questions from a short queue. What they write is held back until it is more than a piece or all
 * there is: until then a question can still fail with a code of its own. After that it is read as it comes, and a
 * worker that is far ahead of its reader waits. Who asked may leave at any time. Any thread may call.
 */
#ifndef TOKENROOF_SRC_HTTPD_JOBS_H
#define TOKENROOF_SRC_HTTPD_JOBS_H

#include "httpd/server.h"

typedef struct tr_work tr_work; /* the workers and their queue */
typedef struct tr_job tr_job;   /* one question; the one who asks and its worker hold it, the last one frees it */

typedef struct tr_work_options {
    const tr_httpd_options *httpd; /* answers by its answer; outlives the work */
    size_t workers, queue;         /* >= 1 each */
    void (*wake)(void *who);       /* there is news for who submitted, who has not left; must not call back */
} tr_work_options;

tr_work *tr_work_start(const tr_work_options *options); /* NULL: no memory or no threads */
/* No job is begun any more, those at work are told to stop. 1: all have within wait_s; 0: one computes on, and only the
 * end of the process ends it. */
int tr_work_stop(tr_work *work, double wait_s);
void tr_work_free(tr_work *work); /* of one that has stopped, when all jobs were left; NULL is fine */

/* Hands over body (allocated or NULL; the job frees it). NULL where the queue or memory is full: body is the caller's
 * still. */
tr_job *tr_work_submit(tr_work *work, const char *verb, const char *operand, char *body, size_t size_byte, void *who);

typedef enum tr_job_state {
    TR_JOB_COMPUTES = 0, /* nothing to send yet */
    TR_JOB_FAILED,       /* before anything was sent: *err */
    TR_JOB_WHOLE,        /* all of the answer is there to be read */
    TR_JOB_STREAMS       /* a first piece is, and more comes */
} tr_job_state;
tr_job_state tr_job_look(tr_job *job, size_t *ready_byte, tr_error *err);
/* The next bytes of the answer, up to room: > 0; 0: none yet, and who is woken when there are; -1: that was all; -2: it
 * failed on the way. */
long tr_job_read(tr_job *job, char *out, size_t room_byte);
void tr_job_leave(tr_job *job); /* who asked needs it no more; NULL is fine */

#endif
