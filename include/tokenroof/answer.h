/* tokenroof/answer.h -- a verb's answer as a document: JSON, rows, and figures.
 *
 * The same functions serve the command line, the HTTP server and the page, so
 * that an answer is written down once. Text goes to the caller's sink.
 */
#ifndef TOKENROOF_ANSWER_H
#define TOKENROOF_ANSWER_H

#include <tokenroof/base.h>
#include <tokenroof/figure.h>
#include <tokenroof/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows with the verbs: see the helpers in src/answer/. Declarations are
 * added here as each verb lands. */

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_ANSWER_H */
