/* answer/answer.c -- placeholder of the skeleton, replaced by the room's files. */
#include <tokenroof/answer.h>

typedef int tr_answer_placeholder;
