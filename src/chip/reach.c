/* chip/reach.c -- how a group of chips lies on a system's links, and what each of them can send. */
#include <tokenroof/chip.h>

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/extreme.h"
#include "base/fail.h"

#define GROUP_MAX 1e9

/* NVLink4 and later switches sum what passes them. */
static int adds_in_switch(const tr_chip *chip)
{
    return chip->topology == TR_TOPOLOGY_SWITCH && strncmp(chip->scaleup_link, "NVLink", 6) == 0 &&
           chip->scaleup_link[6] >= '4' && chip->scaleup_link[6] <= '9';
}

/* ---- a torus ---------------------------------------------------------------- */

/* A side closes into a ring where it is the whole torus's; cubes of 4 a side are
 * joined into three-dimensional tori by switches that close any multiple of 4. */
static int closes(const tr_chip *chip, int i, double side)
{
    const double whole = chip->torus_dimension[i];
    return !(side < whole) || (chip->torus_dimension[2] > 0.0 && !(floor(side / 4.0) * 4.0 < side));
}

/* One box of chips on a torus: links that cross its middle one way, and links of its corner. */
typedef struct box {
    double chips, cut_link, corner_link;
} box;

static box box_of(const tr_chip *chip, const double side[3])
{
    box b = {side[0] * side[1] * side[2], HUGE_VAL, 0.0};
    for (int i = 0; i < 3; i++) {
        if (!(side[i] > 1.0))
            continue;
        const double links = side[i] > 2.0 && closes(chip, i, side[i]) ? 2.0 : 1.0;
        b.cut_link = smaller(b.cut_link, links * b.chips / side[i]);
        b.corner_link += links;
    }
    return b;
}

/* A line of 7 chips is not how anybody lays 7 chips on a torus. */
static int is_long(double a, double b, double c)
{
    const double longest = a > b ? (a > c ? a : c) : (b > c ? b : c);
    const double shortest = a < b ? (a < c ? a : c) : (b < c ? b : c);
    return longest > 4.0 * (a + b + c - longest - shortest);
}

/* The box that holds g chips with the fewest to spare, and of these the one that is widest at its middle. */
static box best_box(const tr_chip *chip, double g, int long_ok)
{
    const double *whole = chip->torus_dimension;
    box best = {HUGE_VAL, 0.0, 0.0};
    for (double a = 1.0; a <= whole[0]; a += 1.0)
        for (double b = 1.0; b == 1.0 || b <= whole[1]; b += 1.0) {
            const double c = ceil(g / (a * b));
            if (c > (whole[2] > 1.0 ? whole[2] : 1.0) || (!long_ok && is_long(a, b, c)))
                continue;
            const double side[3] = {a, b, c};
            const box found = box_of(chip, side);
            const double wider = found.cut_link - best.cut_link;
            if (found.chips < best.chips ||
                (!(found.chips > best.chips) &&
                 (wider > 0.0 || (!(wider < 0.0) && found.corner_link > best.corner_link))))
                best = found;
        }
    return best;
}

/* [C6] In an all-to-all each half of the box sends the other half g / 2 of every chip's g - 1 shares. */
static void reach_on_torus(const tr_chip *chip, tr_reach *r)
{
    const double g = r->inside_chip, link = chip->pair_byte_per_s;
    box b = best_box(chip, g, 0);
    if (!(b.chips < HUGE_VAL)) /* a torus as long as that */
        b = best_box(chip, g, 1);
    r->neighbour_byte_per_s = link;
    r->ring_byte_per_s = b.corner_link * link;
    if (chip->scaleup_byte_per_s > 0.0)
        r->ring_byte_per_s = smaller(r->ring_byte_per_s, chip->scaleup_byte_per_s);
    r->inside_byte_per_s = smaller(r->ring_byte_per_s, b.cut_link * link * 4.0 * (g - 1.0) / (g * g));
}

/* ---- the others --------------------------------------------------------------- */

/* [C5] A link a pair: what a chip sends grows with the chips it sends to, up to all its links. */
static void reach_on_mesh(const tr_system *system, tr_reach *r)
{
    const tr_chip *chip = &system->chip;
    double pair = chip->pair_byte_per_s;
    if (!(pair > 0.0))
        pair = chip->scaleup_byte_per_s / (system->domain_chip > 2.0 ? system->domain_chip - 1.0 : 1.0);
    r->neighbour_byte_per_s = pair;
    r->inside_byte_per_s = pair * (r->inside_chip - 1.0);
    if (chip->scaleup_byte_per_s > 0.0)
        r->inside_byte_per_s = smaller(r->inside_byte_per_s, chip->scaleup_byte_per_s);
}

/* [C7] Where cards cannot write to each other, a card that sends while it receives shares its link with the copies
 * into and out of the host's memory. */
static double through_host(const tr_chip *chip)
{
    return chip->staged_copy ? chip->host_byte_per_s / 2.0 : chip->host_byte_per_s;
}

static void reach_inside(const tr_system *system, tr_reach *r)
{
    const tr_chip *chip = &system->chip;
    switch (chip->topology) {
    case TR_TOPOLOGY_TORUS: reach_on_torus(chip, r); return;
    case TR_TOPOLOGY_MESH: reach_on_mesh(system, r); break;
    case TR_TOPOLOGY_HOST:
        r->inside_byte_per_s = through_host(chip);
        r->neighbour_byte_per_s = chip->host_byte_per_s;
        break;
    case TR_TOPOLOGY_SWITCH:
    case TR_TOPOLOGY_UNKNOWN:
        r->inside_byte_per_s = chip->scaleup_byte_per_s;
        r->neighbour_byte_per_s = chip->scaleup_byte_per_s;
        r->adds_in_switch = adds_in_switch(chip);
        break;
    }
    r->ring_byte_per_s = r->inside_byte_per_s;
}

tr_status tr_system_reach(const tr_system *system, double group_chip, tr_reach *out, tr_error *err)
{
    if (system == NULL)
        return tr_fail(err, TR_EMISSING, "system", 0.0, "expected a system");
    const tr_chip *chip = &system->chip;
    const tr_status s = tr_check_whole_between("group_chip", group_chip, 1.0, GROUP_MAX, err);
    if (s != TR_OK)
        return s;
    if (!(system->domain_chip >= 1.0 && system->domain_chip <= GROUP_MAX))
        return tr_fail(err, TR_EDOMAIN, "domain_chip", system->domain_chip, "a scale-up domain has 1 to 1e9 chips");
    tr_reach r = {.inside_chip = smaller(group_chip, system->domain_chip),
                  .domain_count = ceil(group_chip / system->domain_chip),
                  .across_byte_per_s = chip->scaleout_byte_per_s,
                  .topology = chip->topology};
    /* Cards joined in twos or fours by a mesh stand several groups to a host. */
    if (!(r.across_byte_per_s > 0.0) && chip->topology == TR_TOPOLOGY_MESH)
        r.across_byte_per_s = through_host(chip);
    if (r.inside_chip > 1.0)
        reach_inside(system, &r);
    const int inside = r.inside_chip > 1.0 && !(r.inside_byte_per_s > 0.0);
    const int lone = r.domain_count > 1.0 && !(system->domain_chip > 1.0) && !(chip->scaleup_byte_per_s > 0.0);
    const int across = r.domain_count > 1.0 && !(r.across_byte_per_s > 0.0);
    if (inside || (across && lone))
        return tr_fail(err, TR_EMISSING, "scaleup_byte_per_s", group_chip,
                       "no rate is published for links between chips of %s (%s); give the one you have, as in "
                       "%.0fx%s,link=10GB/s", chip->name,
                       chip->scaleup_link[0] != '\0' ? chip->scaleup_link : "none known", group_chip, chip->name);
    if (across)
        return tr_fail(err, TR_EMISSING, "scaleout_byte_per_s", group_chip,
                       "%.0f chips leave the scale-up domain of %s (%.0f), and no rate is published for its network; "
                       "give the one you have, as in %.0fx%s,net=50GB/s", group_chip, chip->name, system->domain_chip,
                       group_chip, chip->name);
    *out = r;
    return TR_OK;
}
