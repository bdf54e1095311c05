/* rate/power_limit.c -- a card held to less power than its own: what multiplies and what reading lose. */
#include "rate/power_limit.h"

#include <string.h>

#include "base/extreme.h"

/* Of six RTX 3090 at 100 to 350 W, over what they do at 350 W: a prompt of 198k tokens, and a token at 4k. */
static const struct {
    double power_share, flop_share, byte_share;
} scan[] = {{100.0 / 350.0, 0.141, 0.167}, {150.0 / 350.0, 0.258, 0.862}, {200.0 / 350.0, 0.601, 0.941},
            {250.0 / 350.0, 0.853, 0.974}, {300.0 / 350.0, 0.943, 0.993}, {1.0, 1.0, 1.0}};
enum { SCAN_COUNT = sizeof scan / sizeof scan[0] };

/* [C17] Straight lines between what was measured; below it in proportion to the power. */
void tr_power_limit_shares(double power_share, double *flop_share, double *byte_share)
{
    const double p = smaller(power_share, 1.0);
    int i = 1;
    while (i + 1 < SCAN_COUNT && p > scan[i].power_share)
        i++;
    const double at = (p - scan[i - 1].power_share) / (scan[i].power_share - scan[i - 1].power_share);
    *flop_share = scan[i - 1].flop_share + at * (scan[i].flop_share - scan[i - 1].flop_share);
    *byte_share = scan[i - 1].byte_share + at * (scan[i].byte_share - scan[i - 1].byte_share);
    if (p < scan[0].power_share) {
        *flop_share = scan[0].flop_share * p / scan[0].power_share;
        *byte_share = scan[0].byte_share * p / scan[0].power_share;
    }
}

double tr_power_limit_of(const tr_chip *chip)
{
    const tr_chip *own = tr_chip_catalog_find(chip->name);
    const int is_card = chip->kind == TR_CHIP_GPU && strncmp(chip->memory_kind, "GDDR", 4) == 0;
    const int known = is_card && own != NULL && own->power_w > 0.0 && chip->power_w > 0.0;
    return known && chip->power_w < own->power_w ? chip->power_w / own->power_w : 1.0;
}

void tr_power_limit_apply(double power_share, tr_calibration *calibration)
{
    static const tr_constant flop[] = {TR_CONSTANT_LINEAR_FLOP, TR_CONSTANT_EXPERT_FLOP, TR_CONSTANT_ATTENTION_FLOP,
                                       TR_CONSTANT_PROMPT_FLOP};
    static const tr_constant byte[] = {TR_CONSTANT_LINEAR_BYTE, TR_CONSTANT_EXPERT_BYTE, TR_CONSTANT_KV_BYTE};
    double flop_share, byte_share;
    tr_power_limit_shares(power_share, &flop_share, &byte_share);
    for (size_t i = 0; i < sizeof flop / sizeof flop[0]; i++)
        calibration->value[flop[i]] *= flop_share;
    for (size_t i = 0; i < sizeof byte / sizeof byte[0]; i++)
        calibration->value[byte[i]] *= byte_share;
    /* Another card may lose nothing, or half as much again. */
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        for (int d = 0; d < TR_DISTANCE_COUNT; d++) {
            const double lost = q == TR_INTERVAL_DECODE || q == TR_INTERVAL_TPOT ? byte_share : flop_share;
            calibration->band[q][d].low_ratio *= lost;
            calibration->band[q][d].high_ratio *= 1.0 + 0.5 * (1.0 / lost - 1.0);
        }
}
