/* figure/typeset.c -- one line of text put at its place. */
#include <math.h>

#include "figure/arrange.h"

double tr_fig_line_height(const tr_fig_layout *L, double size) { return size * L->m.line; }

double tr_fig_snap(const tr_fig_layout *L, double v)
{
    return L->m.snap > 0.0 ? floor(v / L->m.snap + 0.5) * L->m.snap : v;
}

void tr_fig_add_label(tr_fig_layout *L, tr_fig_span span, double x, double y, double width,
                      const tr_fig_type *type)
{
    if (span.length == 0 || L->label_count == FIG_LABEL_MAX)
        return;
    tr_fig_label *label = &L->label[L->label_count++];
    label->span = span;
    label->type = *type;
    label->box = (tr_fig_box){x, y, x + width, y + tr_fig_line_height(L, type->size)};
}
