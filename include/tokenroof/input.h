/* tokenroof/input.h -- one question: every input with its key, unit, range, default and doc.
 *
 * The table (src/input/table.h) is the one place where an input is
 * declared. Command-line options, --help, completion, man page, the keys a
 * scenario file may hold and the page's sliders are all read from it.
 */
#ifndef TOKENROOF_INPUT_H
#define TOKENROOF_INPUT_H

#include <tokenroof/base.h>
#include <tokenroof/calibration.h>
#include <tokenroof/chip.h>
#include <tokenroof/layout.h>
#include <tokenroof/model.h>
#include <tokenroof/step.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_input_kind {
    TR_INPUT_NUMBER = 0,
    TR_INPUT_LIST,           /* numbers: a list or range gives rows */
    TR_INPUT_TEXT,           /* a name or path */
    TR_INPUT_CHOICE,         /* one of choices */
    TR_INPUT_SWITCH,         /* on or off */
    TR_INPUT_DTYPE           /* a number format: one of choices, or another name of one ("fp16", "nvfp4") */
} tr_input_kind;

/* One row of the table. Static storage, never NULL fields but choices. */
typedef struct tr_input {
    const char *key;             /* JSON key, unit last: "batch_seq" */
    const char *option;          /* command line, without dashes: "batch" */
    tr_input_kind kind;
    tr_unit unit;
    double min, max;             /* allowed, inclusive */
    double slider_min, slider_max, slider_step;  /* sensible range for a slider; step 0 = continuous */
    int slider_log;
    const char *fallback;        /* default, as text; "" = not set */
    const char *choices;         /* "decode|prefill", NULL if not a choice */
    const char *group;           /* "model", "system", "load", ...: the question; "output", "output-picture", ...: how to answer it */
    const char *doc;             /* one line */
} tr_input;

TR_API size_t tr_input_count(void);
TR_API const tr_input *tr_input_at(size_t index);            /* NULL past the end */
TR_API const tr_input *tr_input_find(const char *key_or_option); /* NULL if unknown */

#define TR_LIST_MAX 4096
#define TR_TEXT_MAX 512

/* Values for every input, in table order. Opaque: large, so it allocates;
 * one thread at a time. Free with tr_scenario_destroy. */
typedef struct tr_scenario tr_scenario;
TR_API tr_scenario *tr_scenario_create(void);                /* all at their defaults; NULL if out of memory */
TR_API void tr_scenario_destroy(tr_scenario *scenario);
TR_API tr_status tr_scenario_copy(tr_scenario *to, const tr_scenario *from);

/* Set by key or option from text, as typed ("128k", "1..4096x2", "fp8").
 * A context not set follows the phase: its default in decode, 0 in prefill.
 * Errors: TR_EUNKNOWN (with a "did you mean"), TR_EPARSE, TR_EDOMAIN (says the range), TR_ECAPACITY, TR_ENOMEM. */
TR_API tr_status tr_scenario_set(tr_scenario *scenario, const char *key, const char *text, tr_error *err);
TR_API tr_status tr_scenario_set_number(tr_scenario *scenario, const char *key, double value, tr_error *err);
/* For a list, 1 .. TR_LIST_MAX values; for any other number count must be 1, for a switch it is 0 or 1. */
TR_API tr_status tr_scenario_set_list(tr_scenario *scenario, const char *key, const double *value, size_t count,
                                      tr_error *err);
TR_API int tr_scenario_is_set(const tr_scenario *scenario, const char *key);  /* explicitly, not by default */
/* Back to the default: as if never set. An unknown key is left alone. */
TR_API void tr_scenario_unset(tr_scenario *scenario, const char *key);
/* First value of a number or list; NaN if unset or not numeric. */
TR_API double tr_scenario_number(const tr_scenario *scenario, const char *key);
/* All values of a list; count 0 if unset. Valid until the next set on this key. */
TR_API const double *tr_scenario_list(const tr_scenario *scenario, const char *key, size_t *count);
/* "" if unset. Valid until the next set on this key. */
TR_API const char *tr_scenario_text(const tr_scenario *scenario, const char *key);
/* Index of the chosen word, a switch's 0/1, or a tr_dtype; -1 if unset or none of these. */
TR_API int tr_scenario_choice(const tr_scenario *scenario, const char *key);

/* Named presets ("relearning-02", "lesson-11"): a list of key=text settings,
 * the key "preset" among them. Inputs a preset does not name keep their values.
 * Errors: TR_EUNKNOWN. */
TR_API tr_status tr_scenario_preset(tr_scenario *scenario, const char *name, tr_error *err);
TR_API const char *tr_preset_name(size_t index);             /* NULL past the end */
TR_API const char *tr_preset_doc(size_t index);
/* What a preset's reading leaves out or assumes, one sentence. NULL past the end. */
TR_API const char *tr_preset_note(size_t index);

/* "total=671e9,active=37e9,kv=70272,weight=1" and "flops=2e15,bw=3.35TB/s,mem=80GB,usd=2.5".
 * Not given: active = total, kv = 0, weight = 2 (bf16); mem = not limited, usd = no price.
 * weight takes bytes or a dtype's name. A name=... names it.
 * Errors: TR_EPARSE, TR_EUNKNOWN (a key, with the known ones), TR_EMISSING, TR_ECONFLICT (twice), TR_EDOMAIN. */
TR_API int tr_is_inline(const char *text);                   /* has a '=' */
TR_API tr_status tr_model_inline(const char *text, tr_model *out, tr_error *err);
TR_API tr_status tr_system_inline(const char *text, tr_system *out, tr_error *err);

/* Everything resolved: what the rooms below need. Large (the model); plain data. */
typedef struct tr_case {
    tr_model model;
    tr_system system;
    tr_dtypes dtypes;
    tr_roofline roof;
    tr_physics physics;
    tr_load load;                /* first values of the lists */
    tr_fitted fitted;            /* fitted physics only: of the engine asked for, all zero otherwise */
    tr_layout layout;            /* ops physics only: the one asked for or the default, all zero otherwise */
} tr_case;

/* Build a case from a scenario with its model and system already looked up
 * (the catalog, a file, inline numbers: the caller's business); applies count,
 * price and dtype overrides. Errors: as the rooms below. */
TR_API tr_status tr_case_build(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                               tr_case *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_INPUT_H */
