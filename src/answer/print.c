/* answer/print.c -- pages for people: wrapped text, "label  value" lines, headings. */
#include "answer/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { LABEL_WIDTH = 24, VALUE_WIDTH = 18 };

void tr_print_wrapped(tr_writer *out, const char *first, const char *next, const char *text, int columns)
{
    const size_t width = columns < 40 ? 40 : (size_t)columns;
    size_t at = strlen(first);
    int begun = 0;
    tr_write_text(out, first);
    while (*text != '\0') {
        const size_t n = strcspn(text, " ");
        if (begun && at + 1 + n > width) {
            tr_write_char(out, '\n');
            tr_write_text(out, next);
            at = strlen(next);
        } else if (begun) {
            tr_write_char(out, ' ');
            at++;
        }
        tr_write_span(out, text, n);
        at += n;
        begun = 1;
        text += n + strspn(text + n, " ");
    }
    tr_write_char(out, '\n');
}

static void pad(tr_writer *out, size_t used, size_t width)
{
    if (used < width)
        tr_write_repeat(out, ' ', width - used);
}

void tr_print_line(tr_writer *out, const char *label, const char *value, const char *remark)
{
    tr_write_text(out, "  ");
    tr_write_text(out, label);
    pad(out, strlen(label), LABEL_WIDTH);
    tr_write_text(out, value);
    if (remark != NULL && remark[0] != '\0') {
        pad(out, strlen(value), VALUE_WIDTH);
        tr_write_text(out, "  ");
        tr_write_text(out, remark);
    }
    tr_write_char(out, '\n');
}

void tr_print_quantity(tr_writer *out, const char *label, double value, tr_unit unit, const char *remark)
{
    char text[64];
    (void)tr_quantity_format(value, unit, text, sizeof text);
    tr_print_line(out, label, text, remark);
}

void tr_print_heading(tr_writer *out, const tr_style *style, const char *title)
{
    tr_write_text(out, style->colour ? "\n\033[1m" : "\n");
    tr_write_text(out, title);
    tr_write_text(out, style->colour ? "\033[0m\n" : "\n");
}

const char *tr_print_batch(double batch_seq, char *out, size_t size)
{
    if (batch_seq < 1000)
        (void)tr_text_fixed(out, size, batch_seq, 2);
    else
        (void)tr_quantity_format(batch_seq < 1e5 ? floor(batch_seq + 0.5) : batch_seq, TR_UNIT_SEQ, out,
                                 size);
    return out;
}

/* Nothing where all is pooled, numbers on a blackboard. */
static void print_layout(const tr_problem *question, tr_writer *out)
{
    char layout[96], batch[48], context[48], chosen[192] = "", text[320];
    if (question->blackboard)
        return;
    (void)tr_layout_format(&question->layout, layout, sizeof layout);
    (void)tr_quantity_format(question->layout_load.batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)tr_quantity_format(question->layout_load.context_token, TR_UNIT_CONTEXT, context, sizeof context);
    if (!question->layout_given && question->system->chip_count > 1.0)
        (void)snprintf(chosen, sizeof chosen,
                       question->layout_status == TR_ENOFIT
                           ? ": none has room for batch %s at %s, this one comes closest"
                           : ": best of those that fit for batch %s at %s",
                       batch, context);
    (void)snprintf(text, sizeof text, "layout %s%s%s\n", layout,
                   question->layout.overlap ? ", two micro-batches" : "", chosen);
    tr_write_text(out, text);
}

void tr_print_chips(const tr_problem *question, tr_writer *out)
{
    const tr_roofline *roof = &question->roof;
    char text[512], chips[64], flop[64], bandwidth[64], memory[64];
    (void)tr_quantity_format(roof->chip_count, TR_UNIT_NONE, chips, sizeof chips);
    (void)tr_quantity_format(roof->flop_per_s, TR_UNIT_FLOP_PER_S, flop, sizeof flop);
    (void)tr_quantity_format(roof->byte_per_s, TR_UNIT_BYTE_PER_S, bandwidth, sizeof bandwidth);
    (void)tr_quantity_format(roof->memory_byte, TR_UNIT_BYTE, memory, sizeof memory);
    (void)snprintf(text, sizeof text, "%s chip%s: %s in %s, %s, %s; weights %s, KV cache %s; physics %s\n",
                   chips, roof->chip_count > 1 ? "s" : "", flop, tr_dtype_name(roof->math_dtype), bandwidth,
                   isfinite(roof->memory_byte) ? memory : "memory not limited",
                   tr_dtype_name(roof->weight_dtype), tr_dtype_name(roof->kv_dtype),
                   tr_physics_name(question->physics));
    tr_write_text(out, text);
}

void tr_print_setting(const tr_problem *question, tr_writer *out)
{
    tr_print_chips(question, out);
    print_layout(question, out);
}
