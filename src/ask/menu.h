/* ask/menu.h -- the menu of a model on a system: modes and speeds with batches and prices, and fast modes judged. */
#ifndef TOKENROOF_SRC_ASK_MENU_H
#define TOKENROOF_SRC_ASK_MENU_H

#include <tokenroof/price.h>

#include "ask/report.h"
#include "price/price_sheet.h"

typedef struct tr_menu_row {
    tr_step_row pass;                /* first: its question names the row, with or without drafts */
    const char *mode;                /* "fast", "normal", "slow", "practice", "full", "batch", "speed" */
    double wanted_token_per_s;       /* NaN but for "speed" */
    char words[24];                  /* the mode for people: "50/s", "fast +3" */
    char room[40];                   /* "yes", or what does fit: "no: 610 at most" */
    int reached;
    tr_error why;                    /* why not */
    double speed_ratio, price_ratio; /* by the physics asked for, against the menu's base */
    double bound_speed_ratio, bound_price_ratio;
} tr_menu_row;

typedef struct tr_menu {
    const tr_scenario *scenario;
    tr_problem plain;        /* the question without drafts, and */
    tr_problem drafted;      /* with them */
    int has_drafts;
    tr_report report;        /* of the plain one */
    const double *batch_seq, *speed_token_per_s;
    size_t batch_count, speed_count; /* asked for */
    int has_full;            /* normal does not fit: the largest that does stands in for it */
    tr_step_row base;        /* normal, or that, by the bound: what speeds and prices are against */
    double margin_ratio;     /* of the batch in practice over the balance */
    tr_menu_row row;
} tr_menu;

/* Points at parts of itself: made in place. Errors: as tr_report_of, tr_problem_drafting. */
tr_status tr_menu_of(const tr_scenario *scenario, const tr_problem *question, tr_menu *out, tr_error *err);
size_t tr_menu_count(const tr_menu *menu);
/* A row; valid until the next call. For tr_rows.at. */
const void *tr_menu_at(void *menu, size_t index, tr_error *err);
/* The largest whole batch whose sequences still get token_per_s by the physics asked for, with drafts or without.
 * Errors: TR_ENOFIT (one alone does not). */
tr_status tr_menu_batch(const tr_menu *menu, int drafts, double token_per_s, double *batch_seq, tr_error *err);

extern const tr_fields tr_menu_fields;
extern const tr_fields tr_menu_columns; /* of the table for people, where something is predicted: times, and */
extern const tr_fields tr_menu_money;   /* speeds and dollars */

/* A fast mode held against the menu's normal one, or full where that does not fit: batches alone make it faster. */
typedef struct tr_menu_judged {
    double price_ratio, speed_ratio; /* as offered; NaN: not told */
    int plausible;                   /* 1: the speed costs no more than is asked; -1: only one ratio is told */
    double fast_batch_seq;           /* that gives the speed, or costs the price; NaN: none does */
    double cost_ratio;               /* of that batch */
    double bought_speed_ratio;       /* what the price buys */
    double chip_ratio;               /* times the chips that a mode of its own takes; 1: another layout of these; NaN:
                                      * none is needed, or up to eight times would not do */
    char verdict[320];               /* one line */
} tr_menu_judged;
/* price_ratio or speed_ratio NaN: only the other is told. */
void tr_menu_judge(const tr_menu *menu, double price_ratio, double speed_ratio, tr_menu_judged *out);

#endif
