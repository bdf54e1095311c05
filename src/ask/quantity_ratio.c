/* ask/quantity_ratio.c -- predicted figures over one another, and times a number. */
#include "ask/quantity_ratio.h"

#include <math.h>

#include "base/explog.h"

/* Errors add up as squares of logarithms. */
static double off(double a, double b)
{
    const double x = tr_log(a), y = tr_log(b);
    return tr_exp(sqrt(x * x + y * y));
}

/* [F21] */
tr_quantity tr_quantity_ratio(const tr_quantity *a, const tr_quantity *b)
{
    const double ratio = a->predicted / b->predicted;
    return (tr_quantity){.predicted = ratio,
                         .low = ratio / off(a->predicted / a->low, b->high / b->predicted),
                         .high = ratio * off(a->high / a->predicted, b->predicted / b->low),
                         .bound = a->bound / b->bound};
}

tr_quantity tr_quantity_times(const tr_quantity *q, double factor)
{
    return (tr_quantity){factor * q->predicted, factor * q->low, factor * q->high, factor * q->bound};
}

tr_quantity tr_quantity_under(double amount, const tr_quantity *q)
{
    return (tr_quantity){amount / q->predicted, amount / q->high, amount / q->low, amount / q->bound};
}
