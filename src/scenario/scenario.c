/* scenario/scenario.c -- placeholder of the skeleton, replaced by the room's files. */
#include <tokenroof/scenario.h>

typedef int tr_scenario_placeholder;
