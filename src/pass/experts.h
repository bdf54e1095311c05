/* pass/experts.h -- powers of the idle share: idle^n for whole n below 2^31, bit for bit the same however asked. */
#ifndef TOKENROOF_SRC_PASS_EXPERTS_H
#define TOKENROOF_SRC_PASS_EXPERTS_H

#include <stdint.h>

#define EXPERT_GROUP_BIT 8
#define EXPERT_GROUP_SIZE (1 << EXPERT_GROUP_BIT)
#define EXPERT_GROUPS 4
#define EXPERT_TOKEN_LIMIT 2147483648.0 /* 2^31: from here on every expert is touched */

/* idle^n with n below 2^31, in a fixed order of multiplications: bits of n are
 * taken in groups of 8, low to high in a group, then group by group. */
double tr_expert_idle_power(double idle_share, uint32_t token_count);

/* The same by look-up: power[g][d] = idle^(d * 256^g), filled group by group as needed. */
typedef struct tr_expert_table {
    double power[EXPERT_GROUPS][EXPERT_GROUP_SIZE];
    double square; /* idle^(256^groups), where the next group starts */
    int groups;    /* filled so far */
} tr_expert_table;

/* Share of idle experts after whole + part tokens: linear between whole numbers. */
static inline double expert_idle_after(double idle_power, double part_token, double idle_share)
{
    return idle_power * (1.0 - part_token * (1.0 - idle_share));
}

void tr_expert_table_init(tr_expert_table *table, double idle_share);
void tr_expert_table_fill(tr_expert_table *table, int groups);

#endif
