/* pass/experts.c -- which share of a mixture's experts a pass has to read. */
#include <tokenroof/pass.h>

#include <math.h>

#include "pass/experts.h"

double tr_expert_idle_power(double idle_share, uint32_t token_count)
{
    double power = 1.0;
    double square = idle_share;
    uint32_t rest = token_count;
    while (rest != 0) {
        double group = 1.0;
        for (int bit = 0; bit < EXPERT_GROUP_BIT; bit++) {
            if (rest & 1u)
                group *= square;
            square *= square;
            rest >>= 1;
        }
        power *= group;
    }
    return power;
}

void tr_expert_table_init(tr_expert_table *table, double idle_share)
{
    table->square = idle_share;
    table->groups = 0;
}

void tr_expert_table_fill(tr_expert_table *table, int groups)
{
    for (; table->groups < groups; table->groups++) {
        double *power = table->power[table->groups];
        power[0] = 1.0;
        for (int bit = 0; bit < EXPERT_GROUP_BIT; bit++) {
            const int top = 1 << bit;
            for (int i = 0; i < top; i++)
                power[top + i] = power[i] * table->square;
            table->square *= table->square;
        }
    }
}

double tr_expert_touched_share(double expert_idle_share, double token_count)
{
    if (!(expert_idle_share >= 0.0 && expert_idle_share < 1.0) || !(token_count >= 0.0))
        return (double)NAN;
    if (token_count >= EXPERT_TOKEN_LIMIT)
        return 1.0;
    /* [R4] One token leaves an expert untouched with chance 1 - k/E; tokens choose
     * independently, so n of them leave it untouched with that chance to the n. */
    const uint32_t whole = (uint32_t)token_count;
    const double part_token = token_count - (double)whole;
    const double power = tr_expert_idle_power(expert_idle_share, whole);
    return 1.0 - expert_idle_after(power, part_token, expert_idle_share);
}
