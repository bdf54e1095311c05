/* probe/measure_write.c -- what was measured as a table for people, JSON, JSON lines and CSV. */
#include "probe/measure.h"

#include <math.h>
#include <stdio.h>

#include "base/sink.h"
#include "write/print.h"
#include "write/rows.h"

typedef struct view {
    const tr_measured_row *row;
    char best[24], median[24];
} view;

static double byte_rate(const tr_measured_row *row, double rate) { return row->is_flop ? (double)NAN : rate; }
static double flop_rate(const tr_measured_row *row, double rate) { return row->is_flop ? rate : (double)NAN; }
static const char *some(const char *text) { return text[0] != '\0' ? text : NULL; }

TR_TEXT(view, what, row->row->what)
TR_TEXT(view, where, some(row->row->where))
TR_TEXT(view, dtype, some(row->row->dtype))
TR_TEXT(view, method, row->row->method)
TR_NUMBER(view, threads, row->row->thread_count)
TR_NUMBER(view, set, row->row->working_set_byte > 0.0 ? row->row->working_set_byte : (double)NAN)
TR_NUMBER(view, best_byte, byte_rate(row->row, row->row->rate.best))
TR_NUMBER(view, median_byte, byte_rate(row->row, row->row->rate.median))
TR_NUMBER(view, best_flop, flop_rate(row->row, row->row->rate.best))
TR_NUMBER(view, median_flop, flop_rate(row->row, row->row->rate.median))
TR_NUMBER(view, spread, row->row->rate.spread_ratio)
TR_NUMBER(view, repeats, (double)row->row->rate.repeat_count)
TR_FLAG(view, steady, row->row->rate.is_steady)
TR_NUMBER(view, share, row->row->datasheet_share)
TR_TEXT(view, best_text, row->best)
TR_TEXT(view, median_text, row->median)

static const tr_field all[] = {
    TR_T("what", what),
    TR_T("where", where),
    TR_T("dtype", dtype),
    TR_T("method", method),
    TR_N("thread_count", NONE, threads),
    TR_N("working_set_byte", BYTE, set),
    TR_N("best_byte_per_s", BYTE_PER_S, best_byte),
    TR_N("median_byte_per_s", BYTE_PER_S, median_byte),
    TR_N("best_flop_per_s", FLOP_PER_S, best_flop),
    TR_N("median_flop_per_s", FLOP_PER_S, median_flop),
    TR_N("spread_ratio", RATIO, spread),
    TR_N("repeat_count", NONE, repeats),
    TR_F("is_steady", steady),
    TR_N("datasheet_share", RATIO, share),
};
static const tr_field people[] = {
    TR_T_HEAD("what", "what", 8, what),
    TR_T_HEAD("where", "where", 11, where),
    TR_T_HEAD("dtype", "format", 6, dtype),
    TR_T_HEAD("method", "method", 8, method),
    TR_N_HEAD("thread_count", NONE, "threads", 7, threads),
    TR_N_HEAD("working_set_byte", BYTE, "of data", 9, set),
    TR_T_HEAD("best", "best", 13, best_text),
    TR_T_HEAD("median", "median", 13, median_text),
    TR_N_HEAD("spread_ratio", RATIO, "spread", 7, spread),
};
static const tr_fields fields = {all, sizeof all / sizeof all[0]};
static const tr_fields columns = {people, sizeof people / sizeof people[0]};

typedef struct list {
    const tr_measured *measured;
    view view;
} list;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    list *l = context;
    (void)err;
    const tr_measured_row *row = &l->measured->row[index];
    const tr_unit unit = row->is_flop ? TR_UNIT_FLOP_PER_S : TR_UNIT_BYTE_PER_S;
    l->view.row = row;
    (void)tr_quantity_format(row->rate.best, unit, l->view.best, sizeof l->view.best);
    (void)tr_quantity_format(row->rate.median, unit, l->view.median, sizeof l->view.median);
    return &l->view;
}

static void head(const tr_measured *m, tr_writer *out)
{
    char line[200];
    (void)snprintf(line, sizeof line, "%s: %d core%s, %d NUMA node%s; %d thread%s, %.0f s\n",
                   m->map.cpu[0] != '\0' ? m->map.cpu : "A CPU without a name", m->map.core_count,
                   m->map.core_count > 1 ? "s" : "", m->map.node_count, m->map.node_count > 1 ? "s" : "",
                   m->thread_count, m->thread_count > 1 ? "s" : "", m->took_s);
    tr_write_text(out, line);
}

/* The ceilings, as the chip file has them. */
static void ceilings(const tr_measured *m, tr_writer *out)
{
    char text[96];
    tr_write_char(out, '\n');
    tr_print_quantity(out, "bandwidth", m->read_byte_per_s, TR_UNIT_BYTE_PER_S, "the fastest read of memory");
    for (int d = 0; d < TR_DTYPE_COUNT; d++) {
        (void)snprintf(text, sizeof text, "peak %s", tr_dtype_name((tr_dtype)d));
        if (m->flop_per_s[d] > 0.0)
            tr_print_quantity(out, text, m->flop_per_s[d], TR_UNIT_FLOP_PER_S, "multiplies alone");
    }
    if (m->sgemm_flop_per_s > 0.0)
        tr_print_quantity(out, "practical fp32", m->sgemm_flop_per_s, TR_UNIT_FLOP_PER_S,
                          "a matrix multiply of OpenBLAS");
    if (m->cache_byte > 0.0)
        tr_print_quantity(out, "last cache", m->cache_byte, TR_UNIT_BYTE, "as far as it reaches here");
}

static void notes_of(const tr_measured *m, char room[2][200], tr_notes *out)
{
    out->count = 0;
    if (m->spread_ratio > 0.1 || m->disturbed_share > 0.1) {
        (void)snprintf(room[1], sizeof room[1],
                       "the machine was not quiet: other programs had a core in %.0f %% of the repeats, which do not "
                       "count; the ceilings may be higher than the best that was seen", 100.0 * m->disturbed_share);
        out->text[out->count++] = room[1];
    }
    if (!m->map.has_hwloc)
        out->text[out->count++] = "built without hwloc: NUMA nodes are not seen";
    if (!m->has_blas)
        out->text[out->count++] = "no OpenBLAS on this machine (Debian: libopenblas0): no practical peak";
    if (m->told_blas)
        out->text[out->count++] = "this OpenBLAS does not know this processor: it was told which kernels fit "
                                  "(OPENBLAS_CORETYPE), without which it is many times slower";
    if (m->datasheet != NULL)
        (void)snprintf(room[0], sizeof room[0],
                       "datasheet %s: bandwidth %.0f %% of it; multiplies are held against %d of its %.0f cores",
                       m->datasheet->name,
                       100.0 * m->read_byte_per_s / m->datasheet->memory_byte_per_s, m->thread_count,
                       m->datasheet->core_count);
    else
        (void)snprintf(room[0], sizeof room[0], "this CPU is not in the catalog: no share of a datasheet");
    out->text[out->count++] = room[0];
}

tr_status tr_measured_write(const tr_measured *measured, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    char room[2][200];
    list l = {.measured = measured};
    tr_notes notes;
    notes_of(measured, room, &notes);
    const tr_rows rows = {.fields = &fields, .columns = &columns, .name = "rows", .count = measured->row_count,
                          .at = row_at, .context = &l, .notes = &notes};
    if (style->format != TR_FORMAT_TEXT)
        return tr_rows_write(&rows, style, sink, err);
    tr_writer out;
    tr_writer_begin(&out, sink);
    head(measured, &out);
    tr_write_char(&out, '\n');
    tr_status s = tr_writer_finish(&out);
    const tr_style table = {.format = TR_FORMAT_TABLE, .columns = style->columns};
    if (s == TR_OK)
        s = tr_rows_write(&rows, &table, sink, err);
    tr_writer_begin(&out, sink);
    ceilings(measured, &out);
    tr_notes_text(&notes, style->columns, &out);
    const tr_status end = tr_writer_finish(&out);
    return s != TR_OK ? s : tr_written(end, err);
}
