/* cli/cmd_prices.c -- `tokenroof prices [PRICE] [OTHER]`: published prices, one, or two side by side. */
#include "cli/cli.h"

#include <string.h>

tr_status cmd_prices(cli *c, tr_error *err)
{
    const tr_price *a = NULL, *b = NULL;
    if (c->arg_count == 0)
        return tr_answer_prices(NULL, &c->style, &c->out, err);
    const tr_status named = tr_price_named(c->args[0], &a, err);
    if (c->arg_count > 1) {
        const tr_status s = named == TR_OK ? tr_price_named(c->args[1], &b, err) : named;
        return s == TR_OK ? tr_answer_price_diff(a, b, &c->style, &c->out, err) : s;
    }
    if (named == TR_OK)
        return tr_answer_price(a, &c->style, &c->out, err);
    /* Of several providers, or only a part of names: a list. */
    return strchr(c->args[0], '@') == NULL ? tr_answer_prices(c->args[0], &c->style, &c->out, err) : named;
}
