/* figure/block.c -- a few words that stand together, and the best spot for them. */
#include "figure/block.h"

#include <math.h>
#include <string.h>

tr_fig_block tr_fig_block_of(const tr_fig_layout *L, const char *text, double width, int paint, int bold)
{
    tr_fig_block b;
    memset(&b, 0, sizeof b);
    b.type = (tr_fig_type){paint, L->m.label, bold, 1};
    b.paint = paint;
    b.count = tr_fig_wrap(L->m.measure, text, b.type.size, bold, width, b.line, FIG_BLOCK_LINES);
    for (size_t i = 0; i < b.count; i++) {
        const double w = L->m.measure(b.line[i], b.type.size, bold);
        if (w > b.width)
            b.width = w;
    }
    b.height = (double)b.count * tr_fig_line_height(L, b.type.size);
    return b;
}

/* Is a block whole, or was it cut to fit? */
int tr_fig_block_is_whole(const tr_fig_block *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->line[i].cut)
            return 0;
    return b->count > 0;
}

/* Consider standing at (x, y): kept in *best if nothing is in the way and it
 * hides less, or is liked better, than what was found before. */
void tr_fig_consider(const tr_fig_layout *L, const tr_fig_block *b, double x, double y, double dislike,
                     int align, tr_fig_spot *best)
{
    x = tr_fig_snap(L, x);
    y = tr_fig_snap(L, y);
    if (!(dislike < best->cost))
        return;
    const tr_fig_box box = {x, y, x + b->width, y + b->height};
    if (!tr_fig_box_inside(box, L->plot))
        return;
    const tr_fig_box wide = {box.x0 - L->m.gap / 2.0, box.y0, box.x1 + L->m.gap / 2.0, box.y1};
    for (size_t i = L->label_inside; i < L->label_count; i++)
        if (tr_fig_box_overlap(wide, L->label[i].box))
            return;
    const double cost = dislike + 90.0 * tr_fig_ink_share(&L->ink, box);
    if (cost < best->cost)
        *best = (tr_fig_spot){x, y, cost, align};
}

void tr_fig_block_set(tr_fig_layout *L, const tr_fig_block *b, const tr_fig_spot *at)
{
    const double h = tr_fig_line_height(L, b->type.size);
    for (size_t i = 0; i < b->count; i++) {
        const double w = L->m.measure(b->line[i], b->type.size, b->type.bold);
        const double x = at->align < 0   ? at->x
                         : at->align > 0 ? at->x + b->width - w
                                         : at->x + (b->width - w) / 2.0;
        tr_fig_add_label(L, b->line[i], tr_fig_snap(L, x), at->y + (double)i * h, w, &b->type);
    }
}

/* A thin line from the block to the place it speaks of, where that is not obvious. */
void tr_fig_leader_set(tr_fig_layout *L, const tr_fig_block *b, const tr_fig_spot *at, double x, double y)
{
    const tr_fig_box box = {at->x, at->y, at->x + b->width, at->y + b->height};
    const double from_x = x < box.x0 ? box.x0 : x > box.x1 ? box.x1 : x;
    const double from_y = y < box.y0 ? box.y0 : y > box.y1 ? box.y1 : y;
    const double dx = x - from_x, dy = y - from_y, distance = sqrt(dx * dx + dy * dy);
    if (distance < L->m.leader || L->leader_count == FIG_LEADER_MAX)
        return;
    const double stop = (distance - 1.6 * L->m.dot) / distance, start = 0.15 * L->m.gap / distance;
    L->leader[L->leader_count++] = (tr_fig_leader){from_x + dx * start, from_y + dy * start,
                                                   from_x + dx * stop, from_y + dy * stop, b->paint};
}

void tr_fig_try_around(const tr_fig_layout *L, const tr_fig_block *b, double x, double y, int rings,
                       int liked, tr_fig_spot *best)
{
    static const int WAY[FIG_WAYS][2] = {{1, -1}, {-1, -1}, {1, 1}, {-1, 1},
                                         {0, -1}, {1, 0},   {0, 1}, {-1, 0}};
    const double cell = L->m.snap > 0.0 ? 1.0 : 0.0;
    for (int ring = 0; ring < rings; ring++) {
        const double off_x = cell > 0.0 ? 1.0 + 2.0 * ring : L->m.dot + L->m.gap * (0.45 + 1.4 * ring);
        const double off_y = cell > 0.0 ? ring : L->m.dot + L->m.gap * (0.1 + 1.2 * ring);
        const double px = cell > 0.0 ? floor(x) : x, py = cell > 0.0 ? floor(y) : y;
        for (int w = 0; w < FIG_WAYS; w++) {
            const int dx = WAY[w][0], dy = WAY[w][1];
            const double bx = dx > 0   ? px + cell + off_x
                              : dx < 0 ? px - off_x - b->width
                                       : px + cell / 2.0 - b->width / 2.0;
            const double by = dy > 0   ? py + cell + off_y
                              : dy < 0 ? py - off_y - b->height
                                       : py + cell / 2.0 - b->height / 2.0;
            tr_fig_consider(L, b, bx, by,
                            (w == liked   ? 0.0
                             : liked >= 0 ? 4.0 + 0.25 * w
                                          : 0.25 * w) +
                                2.5 * ring,
                            -dx, best);
        }
    }
}
