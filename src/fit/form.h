/* fit/form.h -- what the forms of measured tables share: a record being read, and names looked up. */
#ifndef TOKENROOF_SRC_FIT_FORM_H
#define TOKENROOF_SRC_FIT_FORM_H

#include "fit/measured.h"
#include "io/csv.h"

#define TR_FORM_COLUMN_MAX 40

/* Looked up once, kept for the file: a tr_model is large and rows repeat. */
typedef struct tr_names tr_names;
tr_names *tr_names_create(void); /* NULL if out of memory */
void tr_names_destroy(tr_names *names);
/* The published model by any spelling: "org/Name-Instruct-FP8", "dsr1", "llama2-70b". NULL if unknown, or
 * out of memory. */
const tr_model *tr_names_model(tr_names *names, const char *text);
/* "4090 24GB  4" -> "4090 24GB" and 4; 1 where no count follows the memory's size. name is cut to size. */
double tr_names_count(const char *text, char *name, size_t size);
/* count chips of a kind by any spelling; below 0: one, of which so many threads work. NULL if unknown. */
const tr_system *tr_names_system(tr_names *names, const char *text, double count);
/* The inputs of the problem before, for one that begins with "same": kept with the names. At most 511
 * characters. */
const char *tr_names_before(const tr_names *names);
void tr_names_remember(tr_names *names, const char *text);
/* "fp8_block", "nvfp4", "FP16", "half", "Q4_0": the number format of weights. NATIVE if unknown or empty. */
tr_dtype tr_names_dtype(const char *text);
/* The same of a whole model, GGUF mixes among them. */
tr_weight_format tr_names_weights(const char *text);

typedef struct tr_record {
    const tr_csv *csv;
    const int *column; /* of the form's columns, -1: absent */
    tr_names *names;
    const char *folder; /* of the table */
    const tr_measured_sink *sink;
    tr_error *err;
    double bad; /* set when a number could not be read */
} tr_record;

typedef struct tr_form {
    const char *name;
    int required; /* so many of the columns must be there */
    const char *column[TR_FORM_COLUMN_MAX];
    tr_status (*read)(tr_record *record);
} tr_form;

extern const tr_form tr_forms_serving[], tr_forms_inferencex[], tr_forms_load[], tr_forms_kernel[], tr_forms_single[],
    tr_forms_worked[]; /* end: name NULL */

/* form_run.c: what all forms of serving runs share. */

/* Client means (or medians) of one run in seconds; 0: not stated. */
typedef struct tr_run_times {
    double tpot_s, ttft_s;
    int tpot_is_median, ttft_is_median;
    const char *ttft_unclean; /* the first token alone is off, and why; NULL: as the row */
} tr_run_times;

/* Why a row with these clients, lengths and layout cannot be used; NULL if it can. */
const char *tr_run_trouble(const tr_serving *load);
/* Model and chips by their names; chip_count of one (decode) worker. NULL, or why there is none. */
const char *tr_run_look_up(const tr_record *record, tr_measured *row, double chip_count);
/* The directive that weights of a format come with: ModelOpt's checkpoints in NVFP4, and in FP8 with one scale a
 * tensor, ask for an FP8 cache; others ask for nothing. */
tr_dtype tr_run_checkpoint_kv(const tr_measured *row, const char *format);
/* Why both numbers of a run are off: more requests than the cache has room for. NULL if they are not. */
const char *tr_run_over_room(const tr_measured *row);
/* Emits TPOT and TTFT; a missing one is left out. */
tr_status tr_run_emit(const tr_record *record, tr_measured *row, const tr_run_times *times);

/* form_link.c, rows of the kernels' table of forms */
tr_status tr_form_read_collective(tr_record *record);
tr_status tr_form_read_dispatch(tr_record *record);
tr_status tr_form_read_network(tr_record *record);

const char *tr_record_text(const tr_record *record, int column);
/* A number of the record; fallback where empty; NaN (and record->bad) where it is none. */
double tr_record_number(tr_record *record, int column, double fallback);
tr_status tr_record_skip(const tr_record *record, const char *reason);
tr_status tr_record_measured(const tr_record *record, tr_measured *row);

#endif
