/* ask/figure_predict.h -- words that the figures of `predict` share. */
#ifndef TOKENROOF_SRC_ASK_FIGURE_PREDICT_H
#define TOKENROOF_SRC_ASK_FIGURE_PREDICT_H

#include "ask/figure_parts.h"
#include "ask/predict_sweep.h"

/* "32 clients", "2 requests/s"; returns out. */
const char *tr_sweep_load_text(const tr_sweep *sweep, double load, char *out, size_t size);
/* "knee: 96 clients"; returns out. */
const char *tr_sweep_knee_text(const tr_sweep *sweep, char *out, size_t size);
/* Model, system, lengths, engine, layout and formats. */
void tr_sweep_subtitle(const tr_sweep *sweep, char *out, size_t size);
/* Published runs of what is asked. */
void tr_sweep_measured(const tr_sweep *sweep, tr_measured *out);
/* Calibration and equations; more: ", K60" or "". */
void tr_sweep_source(const tr_sweep *sweep, const char *more, char *out, size_t size);

#endif
