/* tokenroof/input.h -- one question: every input with its key, unit, range, default and doc, and the values of all.
 *
 * The table (tokenroof/inputs.inc) is the one place where an input is declared.
 * Code names an input by its id, which the compiler checks; text from outside
 * (options, JSON keys, presets) names it by key, option or alias.
 */
#ifndef TOKENROOF_INPUT_H
#define TOKENROOF_INPUT_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* TR_IN_BATCH is the input batch_seq. */
typedef enum tr_input_id {
#define TR_INPUT(ID, ...) TR_IN_##ID,
#include <tokenroof/inputs.inc>
#undef TR_INPUT
    TR_IN_COUNT
} tr_input_id;

typedef enum tr_input_kind {
    TR_INPUT_NUMBER = 0,
    TR_INPUT_LIST,           /* a number of which verbs make rows; any number may be a list or a range */
    TR_INPUT_TEXT,           /* a name or path */
    TR_INPUT_CHOICE,         /* one of choices */
    TR_INPUT_SWITCH,         /* on or off; off unless set */
    TR_INPUT_DTYPE,          /* a number format: one of choices, or another name of one ("fp16", "nvfp4") */
    TR_INPUT_WEIGHTS         /* a format of all weights: one of tr_weight_format_name ("fp8", "q4_k_m") */
} tr_input_kind;

/* What an input belongs to. A verb takes whole groups. */
typedef enum tr_group {
    /* The question, echoed with its defaults ... */
    TR_GROUP_MODEL = 0, TR_GROUP_SYSTEM, TR_GROUP_LOAD, TR_GROUP_NUMBER, TR_GROUP_CACHE, TR_GROUP_PRICE,
    TR_GROUP_PHYSICS,
    /* ... and what only some verbs are asked: echoed where it was set. */
    TR_GROUP_ENGINE, TR_GROUP_LAYOUT, TR_GROUP_SERVICE, TR_GROUP_PROTOCOL, TR_GROUP_SCHEDULE, TR_GROUP_DRAFT,
    TR_GROUP_ENERGY, TR_GROUP_PASS, TR_GROUP_MENU, TR_GROUP_ORACLE, TR_GROUP_REVERSIBLE,
    TR_GROUP_LIFE, TR_GROUP_SCALE, TR_GROUP_TIER, TR_GROUP_ANSWER, TR_GROUP_TRAFFIC, TR_GROUP_SOURCE,
    /* From here on how it is asked and answered: not part of the question. */
    TR_GROUP_OUTPUT, TR_GROUP_OUTPUT_JUDGE, TR_GROUP_OUTPUT_MEASURE, TR_GROUP_OUTPUT_LESSON, TR_GROUP_OUTPUT_FIT,
    TR_GROUP_OUTPUT_FILE, TR_GROUP_OUTPUT_PROBE,
    TR_GROUP_OUTPUT_QUESTION, TR_GROUP_OUTPUT_WHATIF, TR_GROUP_OUTPUT_CURVE, TR_GROUP_OUTPUT_BY, TR_GROUP_OUTPUT_WEB,
    TR_GROUP_OUTPUT_PICTURE, TR_GROUP_OUTPUT_LECTURE, TR_GROUP_OUTPUT_TOPIC, TR_GROUP_OUTPUT_WORKING,
    TR_GROUP_COUNT
} tr_group;
TR_API const char *tr_group_name(tr_group group);            /* "load", "output-picture"; NULL past the end */

/* A set of groups, a bit for each: TR_GROUP_BIT(LOAD) | TR_GROUP_BIT(PRICE). */
#define TR_GROUP_BIT(NAME) (UINT64_C(1) << TR_GROUP_##NAME)
#define TR_GROUP_ALL UINT64_MAX

/* A sensible range for a slider. */
typedef struct tr_slider {
    double min, max;
    double step;                 /* 0: continuous */
    int log;
} tr_slider;

enum { TR_ALIAS_MAX = 5 };

/* One row of the table. Static storage. */
typedef struct tr_input {
    tr_input_id id;
    const char *key;             /* JSON key, unit last: "batch_seq" */
    const char *option;          /* command line, without dashes: "batch" */
    const char *alias[TR_ALIAS_MAX + 1]; /* what serving engines call it, without dashes; ends at NULL */
    tr_group group;
    tr_input_kind kind;
    tr_unit unit;
    double min, max;             /* allowed, inclusive */
    tr_slider slider;
    const char *choices;         /* "decode|prefill"; of a number: words that may stand in its place; NULL: none */
    const char *fallback;        /* the default, as it would be typed; NULL: none */
    const char *follows;         /* a default that depends on other inputs, the model or the system, in words;
                                    beside a fallback: where that is not the default; NULL: none */
    const char *words;           /* other words for it, blank-separated, lower case: "did you mean"; NULL: none */
    const char *doc;             /* one line */
} tr_input;

TR_API const tr_input *tr_input_at(size_t index);            /* of an id too; NULL past the end */
/* By key, option or alias; '_' and '-' are one. NULL if unknown (or name is NULL). */
TR_API const tr_input *tr_input_find(const char *name);
/* What an unknown name may have meant, among the inputs of some groups: by its spelling an option, alias or key,
 * by its meaning an option. NULL: nothing is near. */
TR_API const char *tr_input_near(const char *name, uint64_t groups);
/* The option that an unknown name is another word for, among the inputs of some groups; NULL: none. */
TR_API const char *tr_input_meant(const char *name, uint64_t groups);

#define TR_LIST_MAX 1048576
#define TR_TEXT_MAX 512

/* Values for every input. Opaque; some 2 kB, and more only for lists and texts that are set. One thread at a time;
 * free with tr_scenario_destroy. */
typedef struct tr_scenario tr_scenario;
TR_API tr_scenario *tr_scenario_create(void);                /* all at their defaults; NULL if out of memory */
TR_API void tr_scenario_destroy(tr_scenario *scenario);
/* Who is told how far its long answers are; NULL: nobody. It must outlive the scenario and its copies, which keep it. */
TR_API void tr_scenario_set_progress(tr_scenario *scenario, const tr_progress *progress);
TR_API const tr_progress *tr_scenario_progress(const tr_scenario *scenario);
/* Errors: TR_ENOMEM. */
TR_API tr_status tr_scenario_copy(tr_scenario *to, const tr_scenario *from);

/* ---- by name, for text from outside ---- */

/* Set from text, as typed ("128k", "1..4096x2", "fp8").
 * Errors: TR_EUNKNOWN (with a "did you mean"), TR_EPARSE, TR_EDOMAIN (says the range), TR_ECAPACITY, TR_ENOMEM. */
TR_API tr_status tr_scenario_set(tr_scenario *scenario, const char *name, const char *text, tr_error *err);
TR_API tr_status tr_scenario_set_number(tr_scenario *scenario, const char *name, double value, tr_error *err);
/* 1 .. TR_LIST_MAX values; for a switch one, 0 or 1. */
TR_API tr_status tr_scenario_set_list(tr_scenario *scenario, const char *name, const double *value, size_t count,
                                      tr_error *err);
/* Back to the default: as if never set. Errors: TR_EUNKNOWN, TR_ENOMEM. */
TR_API tr_status tr_scenario_unset(tr_scenario *scenario, const char *name, tr_error *err);

/* ---- by id ---- */

/* As tr_scenario_set. */
TR_API tr_status tr_input_set(tr_scenario *scenario, tr_input_id id, const char *text, tr_error *err);
TR_API int tr_input_is_set(const tr_scenario *scenario, tr_input_id id);  /* explicitly, not by default */
/* First value of a number or list. Not set: the default, worked out where it follows other inputs (a context is 0 in
 * prefill, RL and serving reach a third of pre-training's mfu). NaN where there is none, where it depends on the model
 * or the system, where a word stands in its place, or if not numeric. */
TR_API double tr_input_number(const tr_scenario *scenario, tr_input_id id);
/* All values of a number or list; NULL and count 0 where tr_input_number is NaN. Valid until the next set. */
TR_API const double *tr_input_list(const tr_scenario *scenario, tr_input_id id, size_t *count);
/* The formats of weights asked for, at most capacity of them. Returns how many there are; 0 of another input. */
TR_API size_t tr_input_formats(const tr_scenario *scenario, tr_input_id id, tr_weight_format *out, size_t capacity);
/* "" if there is none. Valid until the next set on this input. */
TR_API const char *tr_input_text(const tr_scenario *scenario, tr_input_id id);
/* Index of the chosen word (of a number: -1 unless a word stands in its place), a switch's 0/1, a tr_dtype or a tr_weight_format; -1 if there is none, or none of these. */
TR_API int tr_input_choice(const tr_scenario *scenario, tr_input_id id);
/* Refuse a list in any input but those of lists[0 .. count): who makes no rows of an input must not answer its first
 * value alone. Errors: TR_ECONFLICT. */
TR_API tr_status tr_input_check_lists(const tr_scenario *scenario, const tr_input_id *lists, size_t count,
                                      tr_error *err);

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

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_INPUT_H */
