/* httpd/guard.h -- connections that may stay: a whole request within its time, and room for those who send one.
 *
 * On loopback every client has one address, so that nobody can be told apart by it. What tells clients apart is whether
 * a whole request came: who has not sent one within the time is cut off, and where all places are taken the one that
 * has waited longest without one gives way. Any thread may call; one guard a server.
 */
#ifndef TOKENROOF_SRC_HTTPD_GUARD_H
#define TOKENROOF_SRC_HTTPD_GUARD_H

#include <stddef.h>

typedef struct tr_guard tr_guard;
typedef struct tr_guest tr_guest; /* one connection */

/* places: connections without a whole request at once, >= 1; wait_s: how long one may take to send it. NULL: no memory,
 * or no thread for the clock. */
tr_guard *tr_guard_start(size_t places, double wait_s);
void tr_guard_stop(tr_guard *guard); /* after the last guest has left; NULL is fine */

tr_guest *tr_guard_enter(tr_guard *guard, int socket); /* NULL: no memory */
void tr_guard_has_asked(tr_guard *guard, tr_guest *guest);    /* a whole request is here: it may stay until answered */
void tr_guard_was_answered(tr_guard *guard, tr_guest *guest); /* its time begins anew */
void tr_guard_leave(tr_guard *guard, tr_guest *guest);        /* before its socket is closed; frees guest */

#endif
