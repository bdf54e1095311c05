/* input/day.h -- the time of day of a scenario's users. */
#ifndef TOKENROOF_SRC_INPUT_DAY_H
#define TOKENROOF_SRC_INPUT_DAY_H

#include <tokenroof/input.h>

#include "life/week.h"

/* --day as a swing; flat where it was not given. */
tr_swing tr_scenario_swing(const tr_scenario *scenario);

#endif
