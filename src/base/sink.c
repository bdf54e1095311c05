/* base/sink.c -- the sink over a caller's buffer, and the buffered writer over any sink. */
#include "base/sink.h"

#include <string.h>

#include "base/text.h"

static int buffer_write(void *context, const char *text, size_t length)
{
    tr_buffer *buffer = context;
    if (buffer->length < buffer->capacity) {
        const size_t room = buffer->capacity - buffer->length;
        const size_t kept = length < room ? length : room - 1;
        memcpy(buffer->data + buffer->length, text, kept);
        buffer->data[buffer->length + kept] = '\0';
    }
    buffer->length += length;
    return 0;
}

tr_sink tr_buffer_sink(tr_buffer *buffer)
{
    if (buffer->length < buffer->capacity)
        buffer->data[buffer->length] = '\0';
    return (tr_sink){.write = buffer_write, .context = buffer};
}

void tr_writer_begin(tr_writer *writer, const tr_sink *sink)
{
    writer->sink = sink;
    writer->status = TR_OK;
    writer->used = 0;
}

static void push(tr_writer *writer, const char *text, size_t length)
{
    if (writer->status == TR_OK && length > 0 &&
        writer->sink->write(writer->sink->context, text, length) != 0)
        writer->status = TR_EIO;
}

static void flush(tr_writer *writer)
{
    push(writer, writer->buffer, writer->used);
    writer->used = 0;
}

void tr_write_beyond(tr_writer *writer, const char *text, size_t length)
{
    flush(writer);
    if (length > sizeof writer->buffer) {
        push(writer, text, length);
        return;
    }
    memcpy(writer->buffer, text, length);
    writer->used = length;
}

void tr_write_text(tr_writer *writer, const char *text) { tr_write_span(writer, text, strlen(text)); }

void tr_write_char(tr_writer *writer, char c) { tr_write_span(writer, &c, 1); }

void tr_write_repeat(tr_writer *writer, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tr_write_char(writer, c);
}

void tr_write_number(tr_writer *writer, double value)
{
    char text[32];
    const size_t length = tr_number_format(value, text, sizeof text);
    tr_write_span(writer, text, length);
}

void tr_write_fixed(tr_writer *writer, double value, int decimals)
{
    char text[24];
    const size_t length = tr_text_fixed(text, sizeof text, value, decimals);
    tr_write_span(writer, text, length);
}

void tr_write_quantity(tr_writer *writer, double value, tr_unit unit)
{
    char text[64];
    (void)tr_quantity_format(value, unit, text, sizeof text);
    tr_write_text(writer, text);
}

void tr_write_escaped(tr_writer *writer, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&': tr_write_text(writer, "&amp;"); break;
        case '<': tr_write_text(writer, "&lt;"); break;
        case '>': tr_write_text(writer, "&gt;"); break;
        case '"': tr_write_text(writer, "&quot;"); break;
        case '\'': tr_write_text(writer, "&#39;"); break;
        default:
            if ((unsigned char)*text >= 0x20 || tr_text_is_space(*text))
                tr_write_char(writer, *text);
        }
    }
}

tr_status tr_writer_finish(tr_writer *writer)
{
    flush(writer);
    return writer->status;
}
