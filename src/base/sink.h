/* base/sink.h -- a buffered writer over a caller's tr_sink, with one sticky status.
 *
 * Writing never fails at the call: after the sink has refused, nothing more
 * reaches it and tr_writer_finish says TR_EIO. Lives on the caller's stack.
 */
#ifndef TOKENROOF_SRC_BASE_SINK_H
#define TOKENROOF_SRC_BASE_SINK_H

#include <tokenroof/base.h>

#include <string.h>

typedef struct tr_writer {
    const tr_sink *sink;
    tr_status status;
    size_t used;
    char buffer[1024];
} tr_writer;

void tr_writer_begin(tr_writer *writer, const tr_sink *sink);
void tr_write_beyond(tr_writer *writer, const char *text, size_t length); /* what the buffer has no room for */
/* Here, and not in sink.c, so that it is woven into the loops of millions of rows. */
static inline void tr_write_span(tr_writer *writer, const char *text, size_t length)
{
    if (length > sizeof writer->buffer - writer->used) {
        tr_write_beyond(writer, text, length);
        return;
    }
    memcpy(writer->buffer + writer->used, text, length);
    writer->used += length;
}
void tr_write_text(tr_writer *writer, const char *text);
void tr_write_char(tr_writer *writer, char c);
void tr_write_repeat(tr_writer *writer, char c, size_t count);
void tr_write_number(tr_writer *writer, double value);                      /* tr_number_format */
void tr_write_fixed(tr_writer *writer, double value, int decimals);         /* tr_text_fixed */
void tr_write_quantity(tr_writer *writer, double value, tr_unit unit);      /* tr_quantity_format */
/* Text for XML or HTML: & < > " ' escaped, control characters dropped. */
void tr_write_escaped(tr_writer *writer, const char *text);
/* Flush. TR_OK, or TR_EIO if the sink refused at any time. */
tr_status tr_writer_finish(tr_writer *writer);

#endif
