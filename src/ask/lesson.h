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

/* Texts hold {model} {system} {context} {batch} {chips} {active} {total} {weights} {stored} {bandwidth} {flops}
 * {memory} {kv} {cache} {layout} {room} {part} {ranks} {ridge} {price}: see lesson.c. */
typedef struct tr_lesson_row {
    const char *id, *topic;
    tr_unit unit;
    const char *equation;
    tr_lesson_answer *answer;
    const char *question, *hint, *reveal;
    const char *otherwise; /* said where the answer is not a number above 0 */
    const char *card_front, *card_back;
} tr_lesson_row;

extern const tr_lesson_row tr_lesson_rows[];
extern const size_t tr_lesson_row_count;

#endif
