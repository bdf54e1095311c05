/* tokenroof/lesson.h -- predict, then reveal: exercises that the engine answers for a model and a system.
 *
 * An exercise is a row of a table: a question with the case's own numbers in
 * it, a unit, choices or ideas to name, a hint, an equation, and the function
 * that answers it. No answer is stored anywhere. The command line asks them in a terminal; a page may ask
 * them as it likes. Pure functions: no globals, no allocation, no I/O; any
 * thread may call them.
 */
#ifndef TOKENROOF_LESSON_H
#define TOKENROOF_LESSON_H

#include <tokenroof/ask.h>
#include <tokenroof/base.h>
#include <tokenroof/input.h>
#include <tokenroof/verb.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many exercises there are, whatever the case. */
TR_API size_t tr_lesson_count(void);

typedef enum tr_lesson_kind {
    TR_LESSON_NUMBER = 0,
    TR_LESSON_CHOICE,        /* one of choices: its place, from 1 */
    TR_LESSON_EXPLAIN        /* in words: the ideas that were named, a bit each */
} tr_lesson_kind;
TR_API const char *tr_lesson_kind_name(tr_lesson_kind kind); /* "number", "choice", "explain"; NULL past the end */

enum { TR_LESSON_CHOICES = 4, TR_LESSON_IDEAS = 5 };

typedef struct tr_exercise {
    tr_lesson_kind kind;
    const char *id;          /* "floor-time"; static storage */
    int chapter;             /* from 1 */
    char figure[80];         /* the verb, and the options beside the scenario's, that draw it with its answer:
                              * "scale --part sparsity" */
    const char *figure_part; /* which of that verb's pictures: "", "-cost" */
    char choice[TR_LESSON_CHOICES][96]; /* of a choice; "" past the last */
    const char *ideas;       /* of an explanation: "bandwidth,memory;idle,wait", words of an idea in any form */
    int idea_count;
    const char *topic;       /* "floor", "ridge", "balance", ...; of one chapter */
    const char *equation;    /* "R6"; or a claim of the lecture, "L084" */
    tr_unit unit;            /* of guess and answer */
    int asked;               /* 0: this case has no such question, and `reveal` says why */
    double value;            /* the answer, > 0; NaN where not asked */
    char question[768];      /* its choices too: "(a) ..." */
    char hint[320];
    char reveal[512];        /* how the answer comes about, with the case's numbers */
    const char *card_front;  /* the idea behind it, to be recalled without numbers */
    const char *card_back;
} tr_exercise;

/* The index-th exercise, in the order of the chapters, for a case, at its context and batch (64 sequences, or what fits, where the batch
 * is 1). On error *out is untouched.
 * Errors: TR_EDOMAIN (no such index), TR_ECONFLICT (the case is a prefill), TR_EMISSING (NULL). */
TR_API tr_status tr_lesson_ask(const tr_problem *question, size_t index, tr_exercise *out, tr_error *err);

/* A guess as typed: "12ms", "300", "35kB", "40%"; "b", "2" or how a choice begins; an explanation in words.
 * Errors: TR_EPARSE, TR_EDOMAIN (not above 0, no such choice). */
TR_API tr_status tr_lesson_parse(const tr_exercise *exercise, const char *text, double *value, tr_error *err);

/* What is asked for beside a guess: "s", "sequences", "share or %", "a number", "a to c", "in words". Writes to out. */
TR_API const char *tr_lesson_unit_text(const tr_exercise *exercise, char *out, size_t size);
/* A guess or an answer for people: "1.165 ms", "a, memory-bound", "2 of 3 ideas". Writes to out. */
TR_API const char *tr_lesson_value_text(const tr_exercise *exercise, double value, char *out, size_t size);

typedef struct tr_grade {
    double log_error_ratio;  /* |log10(guess / answer)|, to three decimals: 1 is a factor of ten; NaN but of a number */
    double score_share;      /* 1 for the answer itself, 0 from a factor of ten on; of the ideas, those named */
    const char *verdict;     /* "spot on", "close", "the right size", "off", "far off"; "right", "wrong"; "complete",
                              * "in part", "not yet" */
} tr_grade;
/* Errors: TR_EDOMAIN (a guess that is no value of its kind; an exercise that was not asked). */
TR_API tr_status tr_lesson_grade(const tr_exercise *exercise, double value, tr_grade *out, tr_error *err);

/* What became of each exercise, in order. */
typedef struct tr_guess {
    double value;            /* NaN: none was made */
    int hinted;              /* the hint was asked for */
    int drawn;               /* its picture was asked for */
    int reached;             /* it was put, and passed over where there is no value; a value says so by itself */
} tr_guess;

/* Which exercises. Zero: all of them. */
typedef struct tr_lesson_pick {
    const char *topic;       /* NULL or "": any */
    int chapter;             /* 0: any */
    int path;                /* 0: all; 1 the five that matter, 2 ten minutes */
} tr_lesson_pick;

typedef struct tr_lesson_summary {
    size_t asked, reached, guessed, hinted;
    double mean_log_error_ratio;     /* of the guesses; NaN without any */
    double median_log_error_ratio;
    double score_share;              /* of what was reached: no guess is worth nothing */
    const char *weakest_topic;       /* of those guessed at; NULL without any */
} tr_lesson_summary;
#define TR_LESSON_MAX 96

/* guess holds tr_lesson_count() of them.
 * Errors: as tr_lesson_ask; TR_EUNKNOWN (a topic or chapter, with the known ones); TR_EDOMAIN (a guess). */
TR_API tr_status tr_lesson_summarise(const tr_problem *question, const tr_lesson_pick *pick, const tr_guess *guess,
                                     tr_lesson_summary *out, tr_error *err);
TR_API const char *tr_lesson_topic(size_t index);   /* the topics, in order; NULL past the end */
TR_API const char *tr_lesson_chapter(int chapter);  /* its title, from 1; NULL past the end */
TR_API int tr_lesson_picked(size_t index, const tr_lesson_pick *pick);

/* Sequences of the batch that is asked about: the case's, or where that is 1 the usual 64, or what fits. */
TR_API double tr_lesson_batch_seq(const tr_problem *question);

/* A number measured on the case's system, placed under its roof. */
typedef struct tr_lesson_place {
    double token_per_s, batch_seq, context_token; /* as measured */
    double bound_token_per_s;        /* of that batch: nothing real is faster */
    double bound_share;              /* that the measurement reaches; above 1: something is not as said */
    double mfu, mbu;                 /* of the peak FLOP/s, of the bandwidth */
    double intensity_flop_per_byte, ridge_flop_per_byte, flop_per_s;
    double balance_batch_seq, room_batch_seq; /* where compute would be busy, and where memory is full */
    const char *futile;              /* the lever that changes least; NULL: several */
} tr_lesson_place;
/* All sequences together made token_per_s at the case's batch and context. Errors: TR_EDOMAIN, those of tr_bound_step. */
TR_API tr_status tr_lesson_place_of(const tr_problem *question, double token_per_s, tr_lesson_place *out, tr_error *err);
TR_API tr_status tr_lesson_write_place(const tr_lesson_place *place, const tr_style *style, tr_sink *sink, tr_error *err);

/* The picture of an exercise: a sketch without numbers, or, revealed, all of it with the answer marked. place not NULL:
 * the roof and what was measured, and exercise may be NULL. subject: its scenario and question; what only a program can
 * draw, by its `elsewhere`. Allocates and frees. Errors: TR_ENOFIT (nothing to draw here, and why), TR_EUNKNOWN
 * (nobody draws it here), TR_ENOMEM, TR_EIO, those of the figure. */
TR_API tr_status tr_lesson_draw(const tr_subject *subject, const tr_exercise *exercise, int revealed,
                                const tr_lesson_place *place, const tr_figure_target *target, tr_sink *sink,
                                tr_error *err);
/* The same in characters, as wide as the page; where there is none, why. Errors: TR_EIO. */
TR_API tr_status tr_lesson_write_figure(const tr_subject *subject, const tr_exercise *exercise, int revealed,
                                        const tr_lesson_place *place, const tr_style *style, tr_sink *sink,
                                        tr_error *err);

/* Parts of a lesson as text, for who asks one thing after the other. number counts what was asked, from 1.
 * Errors: TR_EIO. */
TR_API tr_status tr_lesson_write_intro(const tr_problem *question, const tr_style *style, tr_sink *sink,
                                       tr_error *err);
/* Its title, where it begins. */
TR_API tr_status tr_lesson_write_chapter(int chapter, const tr_style *style, tr_sink *sink, tr_error *err);
TR_API tr_status tr_lesson_write_question(const tr_exercise *exercise, size_t number, const tr_style *style,
                                          tr_sink *sink, tr_error *err);
TR_API tr_status tr_lesson_write_hint(const tr_exercise *exercise, const tr_style *style, tr_sink *sink,
                                      tr_error *err);
TR_API tr_status tr_lesson_write_reveal(const tr_exercise *exercise, const tr_guess *guess, const tr_style *style,
                                        tr_sink *sink, tr_error *err);
TR_API tr_status tr_lesson_write_summary(const tr_lesson_summary *summary, const tr_style *style, tr_sink *sink,
                                         tr_error *err);

/* A whole lesson with its guesses: questions, answers, errors, what was measured (NULL: nothing), summary; rows are the
 * exercises.
 * Errors: as tr_lesson_summarise, TR_EIO. */
TR_API tr_status tr_answer_lesson(const tr_subject *subject, const tr_lesson_pick *pick, const tr_guess *guess,
                                  const tr_lesson_place *place, const tr_style *style, tr_sink *sink, tr_error *err);
/* The recall cards: front and back, without a case. Errors: TR_EUNKNOWN (topic), TR_EIO. */
TR_API tr_status tr_answer_cards(const tr_lesson_pick *pick, const tr_style *style, tr_sink *sink, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_LESSON_H */
