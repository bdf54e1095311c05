/* rate/collective.c -- one collective: alpha-beta, by the algorithm that is fastest at its size and group. */
#include <tokenroof/rate.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "rate/op_rate.h"

/* Signals between two chips, at least. The fastest small all-reduce published for any chip (2.4 us, H100) crosses
 * a link twice and has a kernel around it; a network card is a few times further. */
#define SCALEUP_START_S 1e-6
#define SCALEOUT_START_S 2.5e-6

const char *tr_algorithm_name(tr_algorithm algorithm)
{
    static const char name[][12] = {"none", "one-shot", "two-shot", "in-switch", "ring", "tree", "direct"};
    return (int)algorithm > 0 && (size_t)algorithm < sizeof name / sizeof name[0] ? name[algorithm] : name[0];
}

/* The fastest is taken, by what each really takes where that was measured: else the time would fall where a longer
 * message changes from one to the next. */
static void try_one(tr_collective *best, double *best_s, const tr_calibration *calibration, tr_algorithm algorithm,
                    double start_s, double link_byte, double byte_per_s)
{
    const double wire_s = link_byte / byte_per_s;
    const tr_collective one = {.algorithm = algorithm,
                               .link_byte = link_byte,
                               .start_s = start_s,
                               .wire_s = wire_s,
                               .time_s = start_s + wire_s};
    double really_start_s, really_wire_s;
    tr_op_link_s(&one, calibration, &really_start_s, &really_wire_s);
    if (!(really_start_s + really_wire_s < *best_s))
        return;
    *best_s = really_start_s + really_wire_s;
    *best = one;
}

/* [R42] As between two chips of a domain: the other side has to be told. */
double tr_op_cross_s(double wire_s, const tr_calibration *calibration)
{
    const tr_collective c = {.start_s = SCALEUP_START_S, .wire_s = wire_s};
    double start_s, really_wire_s;
    tr_op_link_s(&c, calibration, &start_s, &really_wire_s);
    return start_s + really_wire_s;
}

/* [L4] Inside a domain. */
static tr_collective reduce_inside(const tr_reach *w, const tr_calibration *c, double n)
{
    const double g = w->inside_chip, a = SCALEUP_START_S, byte_per_s = w->inside_byte_per_s;
    tr_collective best = {.algorithm = TR_ALGORITHM_NONE};
    double best_s = HUGE_VAL;
    if (g <= 1.0)
        return best;
    try_one(&best, &best_s, c, TR_ALGORITHM_ONE_SHOT, 2.0 * a, n * (g - 1.0), byte_per_s);
    try_one(&best, &best_s, c, TR_ALGORITHM_TWO_SHOT, 3.0 * a, 2.0 * n * (g - 1.0) / g, w->ring_byte_per_s);
    if (w->adds_in_switch && g > 2.0)
        try_one(&best, &best_s, c, TR_ALGORITHM_IN_SWITCH, 3.0 * a, n * (g + 1.0) / g, byte_per_s);
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
static tr_collective reduce_across(const tr_reach *w, const tr_calibration *c, double n)
{
    const double d = w->domain_count, share = n / w->inside_chip, a = SCALEOUT_START_S;
    tr_collective best = {.algorithm = TR_ALGORITHM_NONE};
    double best_s = HUGE_VAL;
    try_one(&best, &best_s, c, TR_ALGORITHM_RING, 2.0 * (d - 1.0) * a, 2.0 * share * (d - 1.0) / d,
            w->across_byte_per_s);
    try_one(&best, &best_s, c, TR_ALGORITHM_TREE, 2.0 * log2_up(d) * a, 2.0 * share, w->across_byte_per_s);
    const tr_collective in = reduce_inside(w, c, n);
    best.link_byte += in.link_byte;
    best.start_s += in.start_s;
    best.wire_s += in.wire_s;
    best.time_s = best.start_s + best.wire_s;
    return best;
}

/* Bytes that stay and bytes that leave the domain go side by side. */
static tr_collective side_by_side(double up_byte, double out_byte, double start_s, double up_byte_per_s,
                                  double out_byte_per_s)
{
    const double up_s = up_byte > 0.0 ? up_byte / up_byte_per_s : 0.0;
    const double out_s = out_byte > 0.0 ? out_byte / out_byte_per_s : 0.0;
    tr_collective c = {.algorithm = TR_ALGORITHM_DIRECT, .link_byte = up_byte + out_byte, .start_s = start_s};
    c.wire_s = up_s > out_s ? up_s : out_s;
    c.time_s = c.start_s + c.wire_s;
    return c;
}

tr_collective tr_collective_on(const tr_reach *w, const tr_calibration *calibration, tr_collective_kind kind,
                               double message_byte, double across_byte)
{
    const int far = w->domain_count > 1.0;
    const double n = message_byte, d = w->domain_count, start_s = far ? SCALEOUT_START_S : SCALEUP_START_S;
    const double up = w->inside_byte_per_s, beyond = w->across_byte_per_s;
    tr_collective c = {.algorithm = TR_ALGORITHM_NONE};
    if (kind == TR_COLLECTIVE_ALL_REDUCE)
        c = far ? reduce_across(w, calibration, n) : reduce_inside(w, calibration, n);
    else if (kind == TR_COLLECTIVE_ALL_GATHER) /* [L6] over the network once a domain, then inside */
        c = side_by_side(n * (w->inside_chip - 1.0) / w->inside_chip, far ? n / w->inside_chip * (d - 1.0) / d : 0.0,
                         2.0 * start_s, w->ring_byte_per_s, beyond);
    else if (kind == TR_COLLECTIVE_ALL_TO_ALL) /* [L7] */
        c = side_by_side(n, across_byte, 2.0 * start_s, up, beyond);
    else
        c = side_by_side(far ? 0.0 : n, far ? n : 0.0, start_s, w->neighbour_byte_per_s, beyond);
    c.scaleout = far;
    return c;
}

tr_status tr_collective_of(const tr_system *system, tr_collective_kind kind, double group_chip, double message_byte,
                           double across_byte, tr_collective *out, tr_error *err)
{
    if (system == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "system", 0.0, "expected a system and a place for the collective");
    if ((int)kind < TR_COLLECTIVE_ALL_REDUCE || kind > TR_COLLECTIVE_SEND)
        return tr_fail(err, TR_EDOMAIN, "kind", (double)kind, "unknown kind of collective");
    if (!(group_chip >= 1.0 && group_chip <= 1e6))
        return tr_fail(err, TR_EDOMAIN, "group_chip", group_chip, "a collective has 1 to 1e6 chips");
    if (!(message_byte >= 0.0 && message_byte <= 1e30))
        return tr_fail(err, TR_EDOMAIN, "message_byte", message_byte, "a message has 0 to 1e30 bytes");
    if (!(across_byte >= 0.0 && across_byte <= 1e30))
        return tr_fail(err, TR_EDOMAIN, "across_byte", across_byte, "a message has 0 to 1e30 bytes");
    tr_collective c = {.algorithm = TR_ALGORITHM_NONE};
    if (group_chip > 1.0) {
        tr_reach w;
        const tr_status s = tr_system_reach(system, group_chip, &w, err);
        if (s != TR_OK)
            return s;
        c = tr_collective_on(&w, NULL, kind, message_byte, across_byte);
    }
    *out = c;
    return TR_OK;
}
