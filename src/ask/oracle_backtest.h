/* ask/oracle_backtest.h -- the oracle asked about every open model as if it were closed. */
#ifndef TOKENROOF_SRC_ASK_ORACLE_BACKTEST_H
#define TOKENROOF_SRC_ASK_ORACLE_BACKTEST_H

#include <tokenroof/ask.h>

#include "price/oracle_learn.h"

typedef struct tr_backtest_row {
    const tr_price *price;
    double active_param, total_param, kv_byte_per_token; /* the truth */
    tr_oracle_band active, total, kv;
    double over_size_ratio;      /* price over what open models of its size are sold for, elsewhere */
} tr_backtest_row;

/* How often bands hold, and how wide they are. */
typedef struct tr_backtest_sum {
    size_t inside, half_inside, total_inside, kv_inside;
    double median_width_ratio, total_width_ratio; /* p95 over p5: the middle of all rows */
    double plain_width_ratio;                     /* of input and output price alone */
    size_t plain_inside;
} tr_backtest_sum;

typedef struct tr_backtest {
    size_t count;
    tr_backtest_row row[TR_FIT_ROW_MAX];
    tr_backtest_sum sum;
} tr_backtest;

/* With everything that price sheets and launch dates say. Errors: those of tr_oracle_infer. */
tr_status tr_backtest_of(uint64_t sample_count, uint64_t seed, tr_backtest *out, tr_error *err);

#endif
