/* ask/lesson.h -- one row of the table of exercises, and what its function may look at. */
#ifndef TOKENROOF_SRC_ASK_LESSON_H
#define TOKENROOF_SRC_ASK_LESSON_H

#include <tokenroof/lesson.h>

/* A case with the two numbers that the questions settle on. */
typedef struct tr_lesson_case {
    const tr_problem *question;
    double context_token;
    double batch_seq;
} tr_lesson_case;

/* TR_OK and a number; or TR_ENOFIT, or one that is not finite and above 0: not asked here. */
typedef tr_status tr_lesson_answer(const tr_lesson_case *c, double *out, tr_error *err);

/* One decode pass by the two equations: whether it fits is asked apart. */
tr_status tr_lesson_decode(const tr_lesson_case *c, double batch_seq, double context_token, tr_step *out,
                           tr_error *err);

/* The lever that makes a decode step shorter by the least: its place among tr_lesson_levers, from 1. TR_ENOFIT: none
 * stands out. */
tr_lesson_answer tr_lesson_futile_lever;
extern const char tr_lesson_levers[];

/* Texts hold {model} {system} {context} {batch} {sequences} {chips} {active} {total} {weights} {read} {stored}
 * {bandwidth} {flops} {memory} {chip_memory} {kv} {cache} {layout} {room} {part} {places} {ridge} {price} {swing}
 * {weekend} {taken} {ddr} {ddr_speed} {flash} {flash_speed}: see lesson_text.c. */
typedef struct tr_lesson_row {
    const char *id, *topic;
    tr_unit unit;
    const char *equation;
    tr_lesson_answer *answer;
    const char *question, *hint, *reveal;
    const char *otherwise; /* said where the answer is not a number above 0 */
    const char *card_front, *card_back;
    tr_lesson_kind kind;
    const char *choices; /* "memory|compute" */
    const char *ideas;   /* as in tr_exercise; its answer is above 0 where it is to be asked */
} tr_lesson_row;

/* Numbers, and what is to be judged or said in words. */
extern const tr_lesson_row tr_lesson_rows[], tr_lesson_judged[];
extern const size_t tr_lesson_row_count, tr_lesson_judged_count;

/* In the order of the chapters; NULL past the end. */
const tr_lesson_row *tr_lesson_row_at(size_t index);
int tr_lesson_chapter_of(const char *topic);
/* TR_EUNKNOWN: no such topic or chapter, with the known ones. */
tr_status tr_lesson_check_pick(const tr_lesson_pick *pick, tr_error *err);

/* "s", "tokens/s"; "" of a plain number. */
const char *tr_lesson_unit_word(tr_unit unit);
/* How many bits of an explanation's value are set; 0 of NaN. */
int tr_lesson_ideas_in(double value);

/* The question as the blackboard has it: all chips one machine that reads one copy of the weights, however they are
 * laid out. */
tr_problem tr_lesson_pooled(const tr_problem *question);
tr_lesson_case tr_lesson_case_of(const tr_problem *question);
/* What draws it: exercise->figure and figure_part. */
void tr_lesson_name_figure(const tr_lesson_case *c, tr_exercise *exercise);
/* text with the case's numbers in it. */
void tr_lesson_render(const tr_lesson_case *c, const char *text, char *out, size_t size);

#endif
