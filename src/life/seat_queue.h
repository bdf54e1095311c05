/* life/seat_queue.h -- requests that queue for the places of a machine whose batches leave at a fixed period: in closed
 * form, and event by event where there is none. */
#ifndef TOKENROOF_SRC_LIFE_SEAT_QUEUE_H
#define TOKENROOF_SRC_LIFE_SEAT_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include <tokenroof/base.h>

/* [K82] A request holds its place for answer_token periods on average. */
typedef struct tr_seat_wait {
    double mean_s;           /* until a place is free, all requests; the wait for the departure is beside it */
    double share;                /* of the requests, that find no place free */
    double lost_share;           /* of them, were those turned away who find none: Erlang's loss */
} tr_seat_wait;

/* The steady state of requests that come one by one at random, places as long as answers vary. Costs time in
 * proportion to the places. Errors: TR_EDOMAIN (places: 1 to 1e7; a load of 1 and above, which has no steady state). */
tr_status tr_seat_wait_of(double place_seq, double load_share, double held_s, tr_seat_wait *out, tr_error *err);

typedef struct tr_seat_queue_terms {
    double place_seq;            /* 1 to 1e9, whole */
    double period_s;             /* between departures, > 0 */
    double answer_token;         /* 1 to 1e9 */
    const double *hour_share;    /* of the places that an hour's requests would take; hours repeat */
    size_t hour_count;           /* 1 to 24; their mean is below 1 */
    double hour_s;               /* an hour's length, 1 to 1e12 periods */
    double group_request;        /* that come at once: 1 to 1e6 */
    double most_request;         /* to look at, 1e3 to 1e8: where all hours bring more, hours are cut short */
    uint64_t seed;
} tr_seat_queue_terms;

typedef struct tr_seat_queue {
    double mean_s;          /* from coming to the end of the first ride, all requests */
    double wait_s;          /* of it: until a place is free, beyond the first departure */
    double wait_share;           /* of the requests, that found no place at the first departure */
    double worst_hour_wait_s; /* wait_s of who came in the hour with the longest */
    double taken_share;          /* of the places, over all hours */
    double boarding_request;     /* at a departure */
    double request_count;        /* looked at, after as many hours that were not */
    double hour_share;           /* of an hour that was looked at: 1 unless cut short */
} tr_seat_queue;

/* Whole ticks, a thousand to a period; the same seed gives the same answer on every machine. Errors: TR_EDOMAIN. */
tr_status tr_seat_queue_of(const tr_seat_queue_terms *terms, tr_seat_queue *out, tr_error *err);

#endif
