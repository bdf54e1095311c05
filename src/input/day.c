/* input/day.c -- the time of day: a word of the table is a published swing, a number one like it on every day. */
#include "input/day.h"

tr_swing tr_scenario_swing(const tr_scenario *scenario)
{
    const int word = tr_input_choice(scenario, TR_IN_DAY); /* the words stand in the order of tr_swing_of */
    if (!tr_input_is_set(scenario, TR_IN_DAY) || word >= 0)
        return tr_swing_of(word > 0 ? word : 0);
    return (tr_swing){.busiest_ratio = tr_input_number(scenario, TR_IN_DAY), .weekend_ratio = 1.0};
}
