/* tokenroof/lesson.h -- predict, then reveal: exercises that the engine answers for a model and a system.
 *
 * An exercise is a row of a table: a question with the case's own numbers in
 * it, a unit, a hint, an equation, and the function that answers it. No answer
 * is stored anywhere. The command line asks them in a terminal; a page may ask
 * them as it likes. Pure functions: no globals, no allocation, no I/O; any
 * thread may call them.
 */
#ifndef TOKENROOF_LESSON_H
#define TOKENROOF_LESSON_H

#include <tokenroof/ask.h>
#include <tokenroof/base.h>
#include <tokenroof/input.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many exercises there are, whatever the case. */
TR_API size_t tr_lesson_count(void);

typedef struct tr_exercise {
    const char *id;          /* "floor-time"; static storage */
    const char *topic;       /* "floor", "ridge", "balance", ... */
    const char *equation;    /* "R6"; or a claim of the lecture, "L084" */
    tr_unit unit;            /* of guess and answer */
    int asked;               /* 0: this case has no such question, and `reveal` says why */
    double value;            /* the answer, > 0; NaN where not asked */
    char question[512];
    char hint[320];
    char reveal[512];        /* how the answer comes about, with the case's numbers */
    const char *card_front;  /* the idea behind it, to be recalled without numbers */
    const char *card_back;
} tr_exercise;

/* The index-th exercise for a case, at its context and batch (64 sequences, or what fits, where the batch
 * is 1). On error *out is untouched.
 * Errors: TR_EDOMAIN (no such index), TR_ECONFLICT (the case is a prefill), TR_EMISSING (NULL). */
TR_API tr_status tr_lesson_ask(const tr_problem *question, size_t index, tr_exercise *out, tr_error *err);

/* A guess as typed: "12ms", "300", "35kB", "40%". Errors: TR_EPARSE, TR_EDOMAIN (not above 0). */
TR_API tr_status tr_lesson_parse(const tr_exercise *exercise, const char *text, double *value, tr_error *err);

typedef struct tr_grade {
    double log_error_ratio;  /* |log10(guess / answer)|, to three decimals: 1 is a factor of ten */
    double score_share;      /* 1 for the answer itself, 0 from a factor of ten on */
    const char *verdict;     /* "spot on", "close", "the right size", "off", "far off" */
} tr_grade;
/* Errors: TR_EDOMAIN (a guess that is not above 0; an exercise that was not asked). */
TR_API tr_status tr_lesson_grade(const tr_exercise *exercise, double value, tr_grade *out, tr_error *err);

/* What became of each exercise, in order. */
typedef struct tr_guess {
    double value;            /* NaN: none was made */
    int hinted;              /* the hint was asked for */
} tr_guess;

typedef struct tr_lesson_summary {
    size_t asked, guessed, hinted;
    double mean_log_error_ratio;     /* of the guesses; NaN without any */
    double median_log_error_ratio;
    double score_share;              /* of what was asked: no guess is worth nothing */
    const char *weakest_topic;       /* of those guessed at; NULL without any */
} tr_lesson_summary;
#define TR_LESSON_MAX 96

/* guess holds tr_lesson_count() of them. topic: only these exercises; NULL or "" for all.
 * Errors: as tr_lesson_ask; TR_EUNKNOWN (a topic, with the known ones); TR_EDOMAIN (a guess). */
TR_API tr_status tr_lesson_summarise(const tr_problem *question, const char *topic, const tr_guess *guess,
                                     tr_lesson_summary *out, tr_error *err);
TR_API const char *tr_lesson_topic(size_t index); /* the topics, in order; NULL past the end */
TR_API int tr_lesson_in_topic(size_t index, const char *topic); /* NULL or "": yes */

/* Parts of a lesson as text, for who asks one thing after the other. number counts what was asked, from 1.
 * Errors: TR_EIO. */
TR_API tr_status tr_lesson_write_question(const tr_exercise *exercise, size_t number, const tr_style *style,
                                          tr_sink *sink, tr_error *err);
TR_API tr_status tr_lesson_write_hint(const tr_exercise *exercise, const tr_style *style, tr_sink *sink,
                                      tr_error *err);
TR_API tr_status tr_lesson_write_reveal(const tr_exercise *exercise, const tr_guess *guess, const tr_style *style,
                                        tr_sink *sink, tr_error *err);
TR_API tr_status tr_lesson_write_summary(const tr_lesson_summary *summary, const tr_style *style, tr_sink *sink,
                                         tr_error *err);

/* A whole lesson with its guesses: questions, answers, errors, summary; rows are the exercises.
 * Errors: as tr_lesson_summarise, TR_EIO. */
TR_API tr_status tr_answer_lesson(const tr_scenario *scenario, const tr_problem *question, const char *topic,
                                  const tr_guess *guess, const tr_style *style, tr_sink *sink, tr_error *err);
/* The recall cards: front and back, without a case. Errors: TR_EUNKNOWN (topic), TR_EIO. */
TR_API tr_status tr_answer_cards(const char *topic, const tr_style *style, tr_sink *sink, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_LESSON_H */
