/* ask/oracle.h -- what the answer of `oracle` is made of, for its page, its document and its figure. */
#ifndef TOKENROOF_SRC_ASK_ORACLE_H
#define TOKENROOF_SRC_ASK_ORACLE_H

#include <tokenroof/ask.h>

#include "write/document.h"
#include "ask/working.h"
#include "price/cache_place.h"
#include "price/oracle_parts.h"

/* Models of several sizes, for what one price says of each. */
enum { TR_ORACLE_SIZES = 4, TR_ORACLE_CELLS = 9 };

/* The cliff on a chip with weights in a dtype. */
typedef struct tr_oracle_cell {
    char chip[64];
    tr_dtype dtype;
    double kv_byte_per_token[TR_ORACLE_SIZES];
} tr_oracle_cell;

typedef struct tr_oracle_page {
    const tr_scenario *scenario;
    const tr_price *price;               /* NULL: typed */
    char name[160];
    tr_oracle_question question;
    tr_oracle_answer answer;
    double truth[TR_UNKNOWN_COUNT];      /* of an open model; NaN: not public, or taken as known */
    char truth_name[64];                 /* "" if none */
    char launch[16];                     /* "" if not known */
    int known[TR_UNKNOWN_COUNT];         /* given, not inferred */
    /* The machine of single deductions. */
    tr_chip chip;
    tr_dtype math;
    double flop_per_s, usd_per_hour, mfu;
    double size_param[TR_ORACLE_SIZES];
    int sizes;                           /* one if the model is known */
    /* What each piece says alone. */
    double memory_ratio, dense_batch_seq, balance_token;
    double sparsity_ratio;               /* all over active parameters of a known model, else 1: dense */
    tr_price_level level[TR_ORACLE_SIZES];
    tr_oracle_cell cell[TR_ORACLE_CELLS];
    int cells;
    double long_context_token;
    double affordable_byte[TR_TIER_MAX]; /* of KV a token, by tier */
    int tier_5m, tier_1h;                /* of chip.tier; -1: no such write */
    int has_fast;
    tr_menu_ratio fast;
} tr_oracle_page;

/* known NULL: no model is given; system NULL: no system is. Errors: TR_EMISSING (no prices), and those of
 * tr_price_named, tr_price_evidence_inline and tr_oracle_infer. */
tr_status tr_oracle_page_of(const tr_scenario *scenario, const tr_model *known, const tr_system *system,
                            tr_oracle_page *out, tr_error *err);

/* Every open model in turn. Errors: those of tr_oracle_infer. */
tr_status tr_answer_oracle_backtest(const tr_scenario *scenario, const tr_style *style, tr_sink *sink, tr_error *err);
tr_status tr_answer_figure_backtest(const tr_scenario *scenario, const tr_figure_target *target, tr_sink *sink,
                                    tr_error *err);

/* Whether a band of 90 % holds a number, to a part in a thousand: a stated size is a band of no width. */
int tr_oracle_holds(const tr_oracle_band *band, double value);

/* Bytes of KV a token beyond those of any model that is known. */
#define TR_ORACLE_KV_MOST 1.5e6

/* A line of shares of which one moved by a twentieth or more. */
int tr_oracle_is_share_told(const double *prior, const double *posterior, size_t count);

extern const char tr_oracle_dtype_names[TR_ORACLE_DTYPE_COUNT][8];

/* For people. Errors: TR_EIO. */
tr_status tr_oracle_page_write(const tr_oracle_page *page, const tr_notes *notes, const tr_workings *workings,
                               const tr_style *style, const tr_sink *sink, tr_error *err);

#endif
