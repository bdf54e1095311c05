/* step/step.c -- placeholder of the skeleton, replaced by the room's files. */
#include <tokenroof/step.h>

typedef int tr_step_placeholder;
