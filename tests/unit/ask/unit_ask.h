/* unit_ask.h -- a question from texts, its answer as text or as parsed JSON. */
#ifndef TOKENROOF_TESTS_UNIT_ASK_H
#define TOKENROOF_TESTS_UNIT_ASK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include <tokenroof/ask.h>

typedef tr_status (*answer_fn)(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                               tr_sink *sink, tr_error *err);

/* A scenario from "key", "text" pairs that end in NULL. */
tr_scenario *scenario_of(const char *const *pairs);

/* Model and system looked up (numbers or catalog) and put together; free() it. */
tr_problem *question_of(const tr_scenario *scenario);

/* The whole answer as text; free() it. Fails the test where the answer fails. */
char *answer_of(answer_fn answer, const char *const *pairs, const tr_style *style);

/* The same as JSON; json_decref() it. */
json_t *json_of(answer_fn answer, const char *const *pairs);

/* The member at a dotted path; fails the test if it is not there. */
const json_t *at(const json_t *document, const char *path);
double number_at(const json_t *document, const char *path);
const char *text_at(const json_t *document, const char *path);

#endif
