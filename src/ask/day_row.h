/* ask/day_row.h -- a machine's week: places that users leave idle, who pays for them, and work that may wait. */
#ifndef TOKENROOF_SRC_ASK_DAY_ROW_H
#define TOKENROOF_SRC_ASK_DAY_ROW_H

#include <tokenroof/input.h>

#include "ask/train_row.h"
#include "life/seat_queue.h"
#include "life/week.h"
#include "write/rows.h"

typedef struct tr_day_hour {
    const char *day;             /* "weekday", "weekend" */
    double hour;                 /* after the quietest */
    double place_seq;
    tr_week_hour share;
} tr_day_hour;

typedef struct tr_day_row {
    const tr_scenario *scenario;
    const tr_train_row *train;
    tr_week_terms terms;
    tr_week week;
    int queues;                  /* 0: every place is taken, and a queue would have no end */
    tr_seat_queue queue;
    double published_ratio;      /* the lowest price of work that may wait over the normal one; NaN: none is known */
    size_t published_count;      /* providers that have one */
    const char *published_date;
    tr_day_hour hour;            /* the one asked for last */
} tr_day_row;

/* train outlives *out. Errors: TR_EDOMAIN. */
tr_status tr_day_row_of(const tr_scenario *scenario, const tr_train_row *train, tr_day_row *out, tr_error *err);

/* The fields of a tr_day_row, all below "day". */
extern const tr_fields tr_day_fields;
/* The hours of a weekday in the middle of the week, and of a Sunday where it is another. */
tr_rows tr_day_rows(tr_day_row *row);
void tr_day_row_text(tr_day_row *row, const tr_style *style, tr_writer *out);
struct tr_workings; /* ask/working.h */
void tr_day_row_workings(const tr_day_row *row, struct tr_workings *out);

#endif
