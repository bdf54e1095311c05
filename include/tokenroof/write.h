/* tokenroof/write.h -- in which form an answer is written. */
#ifndef TOKENROOF_WRITE_H
#define TOKENROOF_WRITE_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_format {
    TR_FORMAT_TEXT = 0,      /* a page or table for people */
    TR_FORMAT_JSON,          /* one document */
    TR_FORMAT_JSONL,         /* one flat object a row, each on its line; keys are the columns of the CSV */
    TR_FORMAT_CSV,           /* a line of column names, then rows */
    TR_FORMAT_TABLE,         /* rows for people under a line of heads, with nothing around them */
    TR_FORMAT_SCHEMA         /* the JSON Schema of the document and of its rows, in place of an answer */
} tr_format;

/* How an answer is written. All zero but columns is plain text. */
typedef struct tr_style {
    tr_format format;
    int explain;             /* show each equation used, with its numbers */
    int columns;             /* 40..400: where text wraps and how wide a terminal figure is */
    int colour;              /* ANSI escapes; text only */
    int ascii;               /* no characters beyond ASCII in figures; text only */
} tr_style;

/* The JSON Schema of a scenario, as an answer echoes it and a file for --scenario holds it. Errors: TR_EIO. */
TR_API tr_status tr_scenario_schema(const tr_sink *sink);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_WRITE_H */
