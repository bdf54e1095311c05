/* tokenroof/verb.h -- the table of verbs: what can be asked, with which inputs, and what answers and draws it.
 *
 * Command line, help, man page, completion, HTTP server and page read this table and keep no list of their own: a
 * verb is a row here and the file that answers it. A verb without an answer here is one that only a program can run,
 * because it reads files, asks back, or writes the table itself.
 */
#ifndef TOKENROOF_VERB_H
#define TOKENROOF_VERB_H

#include <tokenroof/ask.h>
#include <tokenroof/claims.h>
#include <tokenroof/figure.h>
#include <tokenroof/problem.h>
#include <tokenroof/write.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TR_VERB_OVER_BATCHES = 1, /* looks over many batches: its layout is chosen for them, tr_problem_over_batches */
    TR_VERB_SERVED = 4,       /* answered over HTTP: from its inputs alone, and soon */
    TR_VERB_PICTURE_BESIDE = 8, /* a picture stands beside the page; else in its place */
    TR_VERB_EVERY_LIST = 32,  /* makes rows of a list in any input */
    TR_VERB_QUERIES = 64,     /* has a use for passes of more than one new token a sequence */
    TR_VERB_PAGE_DRAWS = 16   /* the page draws its pictures itself, in characters */
};

#define TR_OPERAND_MAX 6

typedef struct tr_subject tr_subject;
typedef struct tr_verb tr_verb;

/* Draws a picture of a verb that this table has none of, because only a program can answer it: "", "-avalanche" of
 * `reversible`. Errors: TR_EUNKNOWN (no such picture), those of the picture. */
typedef tr_status (*tr_verb_elsewhere)(const tr_verb *verb, const char *suffix, const tr_subject *subject,
                                       const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* What is asked about. A verb reads what its row says; the rest may be 0. */
struct tr_subject {
    const tr_scenario *scenario;
    const tr_problem *question;
    const tr_model *model;       /* NULL: none was named */
    const tr_system *system;     /* NULL: none was named */
    const char *operand[TR_OPERAND_MAX]; /* those that are no inputs, from the first; NULL: not given */
    const tr_case *cases;        /* of a verb that compares; NULL: none */
    size_t case_count;
    tr_claim_experiment experiment; /* who runs the lecture's experiments; NULL: nobody here */
    tr_verb_elsewhere elsewhere; /* NULL: nobody here */
};

/* Errors of answers and figures: those of the functions of tokenroof/ask.h. */
typedef tr_status (*tr_verb_answering)(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                       tr_sink *sink, tr_error *err);
typedef tr_status (*tr_verb_resolving)(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                                       tr_problem *out, tr_error *err);
typedef tr_status (*tr_verb_telling)(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err);
typedef tr_status (*tr_verb_drawing)(const tr_scenario *scenario, const tr_problem *question,
                                     const tr_figure_target *target, tr_sink *sink, tr_error *err);
typedef tr_status (*tr_verb_showing)(const tr_subject *subject, const tr_figure_target *target, tr_sink *sink,
                                     tr_error *err);

/* A picture of an answer. One of draw and show is not NULL. */
typedef struct tr_verb_figure {
    const char *suffix;      /* of its file: "" or "-cost" */
    const char *words;       /* what it shows */
    tr_verb_drawing draw;    /* of a question */
    tr_verb_showing show;    /* of what has none */
    int (*is_there)(const tr_scenario *scenario); /* NULL: always */
} tr_verb_figure;

/* One row. Static storage. */
struct tr_verb {
    const char *name;
    const char *words;       /* other words for it, blank-separated: "did you mean"; NULL: none */
    const char *topic;       /* heading in the overview */
    const char *operands;    /* "MODEL SYSTEM", "[MODEL]", "ID", "FILE...": MODEL, SYSTEM and PRICES are inputs */
    uint64_t groups;         /* of inputs it takes: TR_GROUP_BIT each */
    const char *doc;         /* one line */
    const char *examples;    /* lines; "" if none */
    const char *job;         /* the question that brings people to it, in the first help; NULL: not there */
    const char *next;        /* what to ask next, one line; NULL: nothing in particular */
    unsigned flags;          /* TR_VERB_... */
    tr_verb_answering answer; /* of a question: MODEL and SYSTEM */
    tr_verb_telling tell;    /* of what is no question */
    /* What it takes where nothing was said, and what it refuses; NULL: nothing of its own. */
    tr_status (*prepare)(tr_scenario *scenario, tr_error *err);
    tr_verb_resolving resolve; /* its question, where that is another than tr_problem_of's; NULL: it is not */
    const tr_verb_figure *figures;
    size_t figure_count;
    const tr_input_id *lists; /* inputs of which it makes rows */
    size_t list_count;
};

TR_API size_t tr_verb_count(void);
TR_API const tr_verb *tr_verb_at(size_t index);        /* in the order of the overview; NULL past the end */
TR_API const tr_verb *tr_verb_find(const char *name);  /* NULL if unknown */
TR_API const char *tr_verb_near(const char *name);     /* what an unknown name may have meant; NULL: none is near */
TR_API int tr_verb_takes(const tr_verb *verb, const tr_input *input);
/* The verbs that take an input, as words: "report, step and curve". Cut where out is too small. */
TR_API void tr_verb_takers(const tr_input *input, char *out, size_t size);

/* First of all: the verb's own defaults are set in the scenario, and refused is what it would not answer.
 * Errors: TR_ECONFLICT. */
TR_API tr_status tr_verb_prepare(const tr_verb *verb, tr_scenario *scenario, tr_error *err);

/* The question of a scenario that was prepared. The system becomes what the scenario makes of it (its count, its
 * price). model and system must outlive *out. Errors: as tr_problem_system and tr_problem_of; on error *out is
 * untouched. */
TR_API tr_status tr_verb_question(const tr_verb *verb, const tr_scenario *scenario, const tr_model *model,
                                  tr_system *system, tr_problem *out, tr_error *err);

/* Errors: those of the verb, TR_EUNKNOWN (only a program can answer it), TR_EMISSING (no question). */
TR_API tr_status tr_verb_answer(const tr_verb *verb, const tr_subject *subject, const tr_style *style, tr_sink *sink,
                                tr_error *err);
/* The index-th picture. Errors: as above; TR_EUNKNOWN (there is no such picture). */
TR_API tr_status tr_verb_draw(const tr_verb *verb, size_t index, const tr_subject *subject,
                              const tr_figure_target *target, tr_sink *sink, tr_error *err);
/* The picture of that suffix, by the subject's `elsewhere` where the table has none of the verb. Errors: as above. */
TR_API tr_status tr_verb_draw_part(const tr_verb *verb, const char *suffix, const tr_subject *subject,
                                   const tr_figure_target *target, tr_sink *sink, tr_error *err);
/* 1 where the index-th picture is one of this scenario. */
TR_API int tr_verb_has_figure(const tr_verb *verb, size_t index, const tr_scenario *scenario);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_VERB_H */
