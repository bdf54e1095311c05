/* base/explog.h -- exp and log that give the same bits everywhere.
 *
 * The C libraries' differ in the last place from one to the next. These use + - * / and comparisons alone,
 * so that a sampled answer is the same natively and in WebAssembly; off by at most 2 units in the last place.
 */
#ifndef TOKENROOF_SRC_BASE_EXPLOG_H
#define TOKENROOF_SRC_BASE_EXPLOG_H

/* HUGE_VAL above 709.78, 0 below -708; NaN for NaN. */
double tr_exp(double x);

/* -HUGE_VAL for 0, NaN for what is negative, HUGE_VAL for HUGE_VAL. Subnormals count as 0. */
double tr_log(double x);

#endif
