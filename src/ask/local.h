/* ask/local.h -- "can it run on mine": every quantisation of a model on a machine, and the one to take. */
#ifndef TOKENROOF_SRC_ASK_LOCAL_H
#define TOKENROOF_SRC_ASK_LOCAL_H

#include <tokenroof/ask.h>

#include "write/field.h"

/* What a person reads at, and the fewest tokens a second that are worth having. */
#define TR_LOCAL_READABLE_TOKEN_PER_S 10.0

enum { TR_LOCAL_MAX = 48, TR_LOCAL_NEAR_MAX = 8 };

/* One quantisation. */
typedef struct tr_local_row {
    const tr_problem *question;  /* first: tr_question_* read it */
    tr_weight_format format;     /* native: as the file was published */
    const char *name;            /* "q4_k_m", "mxfp4" */
    int is_published;            /* nothing was quantised after the model was trained */
    int is_like;                 /* of another kind than its format, with as many bits */
    double file_byte;            /* all tensors */
    double perplexity_ratio;     /* over that of F16, as measured of one model; NaN: not measured */
    int fits;                    /* with the context that was asked for */
    tr_error why;                /* why not */
    tr_layout layout;            /* the best that holds that context; ranks 0 where it does not fit */
    double host_layers, host_expert_layers; /* left to the host beside the chips, with that context */
    double host_used_byte, host_memory_byte; /* there; NaN: all is on the chips */
    int is_placed;               /* those were chosen too */
    int is_laid_out;             /* it was chosen; question has it as if it had been given */
    double used_byte, memory_byte; /* of the busiest chip at that context, and what the engine may use of it */
    double asked_token;          /* the context that must fit */
    double max_token;            /* the longest that does, in the layout with the most room; HUGE_VAL: not limited */
    double short_token, long_token; /* NaN: no room for so many */
    tr_quantity token_per_s, short_token_per_s, long_token_per_s; /* of one user, at these contexts */
    double isl_token, osl_token; /* the request */
    tr_quantity ttft_s, e2e_s;   /* of it; NaN where it is longer than all that fits */
    const char *limit;           /* what takes most of the time between its tokens */
    int is_best;
} tr_local_row;

/* How many rows, which is the one to take (count: none fits), and why, for people. */
typedef struct tr_local_choice {
    size_t best;
    char why[240];
} tr_local_choice;

/* Of rows that fit, from the quality of Q4_K_M to that of Q8_0 (or as published) the best quality that gives
 * TR_LOCAL_READABLE_TOKEN_PER_S at the context asked for; where none of them does, the fastest of them; where none of
 * them fits, the same of the others.  [K115] */
void tr_local_choose(const tr_local_row *row, size_t count, tr_local_choice *out);

/* What was measured: perplexity over that of F16, of Llama 3 8B; NaN where it was not. */
double tr_local_perplexity_ratio(const char *format);
extern const char tr_local_perplexity_source[];

/* Something else that would run it, tried like the question itself. */
typedef struct tr_local_near {
    char change[96];             /* "2 of these cards" */
    char command[224];           /* to type behind "tokenroof local " */
    char model[112], system[112], format[16];
    double context_token;
    double file_byte;
    tr_quantity token_per_s;
} tr_local_near;

/* Opaque to its users but for this; too large for the stack. */
typedef struct tr_local {
    tr_scenario *scenario;       /* with its defaults in place */
    const tr_problem *question;
    const tr_model *model;
    const tr_system *system;
    tr_clients clients;          /* the request */
    double asked_token, short_token, long_token;
    int context_given, engine_given;
    size_t count;
    tr_local_row row[TR_LOCAL_MAX]; /* the largest file first */
    tr_problem problem[TR_LOCAL_MAX];
    tr_local_choice choice;
    size_t near_count;
    tr_local_near near[TR_LOCAL_NEAR_MAX];
    tr_deployment deployment;    /* room to work */
} tr_local;

/* Every row resolved and served. formats NULL: those asked for with --weights, else all that are usual. Allocates.
 * Errors: TR_ENOMEM, TR_ECONFLICT (numbers alone), TR_ECAPACITY, TR_EDOMAIN. */
tr_status tr_local_begin(const tr_scenario *scenario, const tr_problem *question, const tr_weight_format *formats,
                         size_t format_count, tr_local **out, tr_error *err);
void tr_local_end(tr_local *local); /* NULL is fine */

/* One user's tokens a second of a row at a context, NaN where that does not fit.  [K117] */
tr_quantity tr_local_speed(tr_local *local, const tr_local_row *row, double context_token);

/* Fill local->near: more cards, more memory, a host, a smaller model, a smaller cache, less context.  [K118] */
void tr_local_find_near(tr_local *local);
/* 1 where nothing fits, or nothing as good as Q4_K_M of what was not asked for by name. */
int tr_local_asks_near(const tr_local *local);

/* "32k", "350k", "4608": to three digits from a hundred thousand on. Returns out. */
const char *tr_local_context_text(double token, char *out, size_t size);

/* 1 where isl or osl is what local takes unsaid. */
int tr_local_is_usual(const tr_scenario *scenario, tr_input_id id);

/* 1 where the chip's bandwidth is known: a machine that was looked at may not tell it. */
int tr_local_knows_speed(const tr_local *local);

extern const tr_fields tr_local_fields;

#endif
