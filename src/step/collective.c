/* step/collective.c -- one collective: alpha-beta, by the algorithm that is fastest at its size and group. */
#include <tokenroof/layout.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"

/* Signals between two chips, at least. The fastest small all-reduce published for any chip (2.4 us, H100) crosses
 * a link twice and has a kernel around it; a network card is a few times further. */
#define SCALEUP_START_S 1e-6
#define SCALEOUT_START_S 2.5e-6
#define UNKNOWN_BYTE_PER_S 25e9 /* a fast network card */

const char *tr_algorithm_name(tr_algorithm algorithm)
{
    static const char name[][12] = {"none", "one-shot", "two-shot", "in-switch", "ring", "tree", "direct"};
    return (int)algorithm > 0 && (size_t)algorithm < sizeof name / sizeof name[0] ? name[algorithm] : name[0];
}

/* Links of one chip, and how the group lies on them. */
typedef struct wires {
    double up, out;          /* byte/s, one way */
    double inside, domains;  /* chips of a domain, domains */
    int in_switch;           /* the switch can add */
} wires;

static int adds_in_switch(const tr_chip *chip)
{
    return strncmp(chip->scaleup_link, "NVLink", 6) == 0 && chip->scaleup_link[6] >= '4' &&
           chip->scaleup_link[6] <= '9';
}

static wires wires_of(const tr_system *system, double group)
{
    const tr_chip *chip = &system->chip;
    const double domain = system->domain_chip >= 1.0 ? system->domain_chip : 1.0;
    wires w = {.inside = group < domain ? group : domain, .in_switch = adds_in_switch(chip)};
    w.domains = ceil(group / domain);
    w.up = chip->scaleup_byte_per_s > 0.0 ? chip->scaleup_byte_per_s : UNKNOWN_BYTE_PER_S;
    w.out = chip->scaleout_byte_per_s > 0.0 ? chip->scaleout_byte_per_s : UNKNOWN_BYTE_PER_S;
    return w;
}

static void try_one(tr_collective *best, tr_algorithm algorithm, double start_s, double link_byte, double byte_per_s)
{
    const double wire_s = link_byte / byte_per_s;
    if (best->algorithm == TR_ALGORITHM_NONE || start_s + wire_s < best->time_s)
        *best = (tr_collective){.algorithm = algorithm,
                                .link_byte = link_byte,
                                .start_s = start_s,
                                .wire_s = wire_s,
                                .time_s = start_s + wire_s};
}

/* [L4] Inside a domain. */
static tr_collective reduce_inside(const wires *w, double n, double a, double byte_per_s)
{
    const double g = w->inside;
    tr_collective best = {.algorithm = TR_ALGORITHM_NONE};
    if (g <= 1.0)
        return best;
    try_one(&best, TR_ALGORITHM_ONE_SHOT, 2.0 * a, n * (g - 1.0), byte_per_s);
    try_one(&best, TR_ALGORITHM_TWO_SHOT, 3.0 * a, 2.0 * n * (g - 1.0) / g, byte_per_s);
    if (w->in_switch && g > 2.0)
        try_one(&best, TR_ALGORITHM_IN_SWITCH, 3.0 * a, n * (g + 1.0) / g, byte_per_s);
    return best;
}

static double log2_up(double x)
{
    double steps = 0.0;
    for (double reach = 1.0; reach < x; reach *= 2.0)
        steps += 1.0;
    return steps;
}

/* [L5] Across domains: shares are summed inside, then each goes round the domains. */
static tr_collective reduce_across(const wires *w, double n)
{
    const double d = w->domains, share = n / w->inside, a = SCALEOUT_START_S;
    tr_collective best = {.algorithm = TR_ALGORITHM_NONE};
    try_one(&best, TR_ALGORITHM_RING, 2.0 * (d - 1.0) * a, 2.0 * share * (d - 1.0) / d, w->out);
    try_one(&best, TR_ALGORITHM_TREE, 2.0 * log2_up(d) * a, 2.0 * share, w->out);
    const tr_collective in = reduce_inside(w, n, SCALEUP_START_S, w->up);
    best.link_byte += in.link_byte;
    best.start_s += in.start_s;
    best.wire_s += in.wire_s;
    best.time_s = best.start_s + best.wire_s;
    return best;
}

/* Bytes that stay and bytes that leave the domain go side by side. */
static tr_collective side_by_side(double up_byte, double out_byte, double start_s, const wires *w)
{
    const double up_s = up_byte / w->up, out_s = out_byte / w->out;
    tr_collective c = {.algorithm = TR_ALGORITHM_DIRECT, .link_byte = up_byte + out_byte, .start_s = start_s};
    c.wire_s = up_s > out_s ? up_s : out_s;
    c.time_s = c.start_s + c.wire_s;
    return c;
}

tr_status tr_collective_of(const tr_system *system, tr_collective_kind kind, double group_chip, double message_byte,
                           tr_collective *out, tr_error *err)
{
    if (system == NULL)
        return tr_fail(err, TR_EMISSING, "system", 0.0, "expected a system");
    if (!(group_chip >= 1.0 && group_chip <= 1e6))
        return tr_fail(err, TR_EDOMAIN, "group_chip", group_chip, "a collective has 1 to 1e6 chips");
    if (!(message_byte >= 0.0 && message_byte <= 1e30))
        return tr_fail(err, TR_EDOMAIN, "message_byte", message_byte, "a message has 0 to 1e30 bytes");
    const wires w = wires_of(system, group_chip);
    const double g = group_chip, n = message_byte, far = w.domains > 1.0;
    const double start = far > 0.0 ? SCALEOUT_START_S : SCALEUP_START_S;
    tr_collective c = {.algorithm = TR_ALGORITHM_NONE};
    if (g > 1.0) {
        /* Of the others, those beyond the domain. */
        const double out_share = far > 0.0 ? (g - w.inside) / (g - 1.0) : 0.0;
        if (kind == TR_COLLECTIVE_ALL_REDUCE)
            c = far > 0.0 ? reduce_across(&w, n) : reduce_inside(&w, n, SCALEUP_START_S, w.up);
        else if (kind == TR_COLLECTIVE_ALL_GATHER) /* [L6] over the network once a domain, then inside */
            c = side_by_side(n * (w.inside - 1.0) / w.inside,
                             far > 0.0 ? n / w.inside * (w.domains - 1.0) / w.domains : 0.0, 2.0 * start, &w);
        else if (kind == TR_COLLECTIVE_ALL_TO_ALL) /* [L7] */
            c = side_by_side(n * (1.0 - out_share), n * out_share, 2.0 * start, &w);
        else
            c = side_by_side(far > 0.0 ? 0.0 : n, far > 0.0 ? n : 0.0, start, &w);
        c.scaleout = far > 0.0;
    }
    *out = c;
    return TR_OK;
}
