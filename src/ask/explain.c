/* ask/explain.c -- the answer of `explain`: one equation, a claim of the lecture, or the list of all equations. */
#include <tokenroof/ask.h>

#include <stdio.h>

#include "base/fail.h"
#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

static void card_text(const tr_equation *e, const tr_style *style, tr_writer *out)
{
    tr_write_text(out, style->colour ? "\033[1m" : "");
    tr_write_text(out, e->id);
    tr_write_text(out, "  ");
    tr_write_text(out, e->title);
    tr_write_text(out, style->colour ? "\033[0m\n\n" : "\n\n");
    tr_print_wrapped(out, "    ", "        ", e->formula, style->columns);
    tr_write_char(out, '\n');
    tr_print_wrapped(out, "  meaning     ", "              ", e->meaning, style->columns);
    tr_print_wrapped(out, "  derivation  ", "              ", e->derivation, style->columns);
    tr_print_wrapped(out, "  source      ", "              ", e->source, style->columns);
    tr_print_wrapped(out, "  caveats     ", "              ", e->caveats, style->columns);
    tr_print_wrapped(out, "  proved by   ", "              ", e->test, style->columns);
}

static void card_json(const tr_equation *e, tr_json *json)
{
    tr_json_key_string(json, "id", e->id);
    tr_json_key_string(json, "title", e->title);
    tr_json_key_string(json, "formula", e->formula);
    tr_json_key_string(json, "meaning", e->meaning);
    tr_json_key_string(json, "derivation", e->derivation);
    tr_json_key_string(json, "source", e->source);
    tr_json_key_string(json, "caveats", e->caveats);
    tr_json_key_string(json, "test", e->test);
}

static const char *id_of(const void *row) { return ((const tr_equation *)row)->id; }
static const char *title_of(const void *row) { return ((const tr_equation *)row)->title; }
static const char *formula_of(const void *row) { return ((const tr_equation *)row)->formula; }

static const tr_field list_field[] = {
    {"id", TR_UNIT_NONE, "id", 4, NULL, id_of, NULL},
    {"title", TR_UNIT_NONE, "what", 34, NULL, title_of, NULL},
    {"formula", TR_UNIT_NONE, "formula", 0, NULL, formula_of, NULL},
};
static const tr_fields list_fields = {list_field, sizeof list_field / sizeof list_field[0]};

/* A line for its title and one or more for its formula, each within the page. */
static tr_status list_text(const tr_style *style, tr_sink *sink)
{
    tr_writer out;
    tr_writer_begin(&out, sink);
    for (size_t i = 0; i < tr_equation_count(); i++) {
        const tr_equation *e = tr_equation_at(i);
        char first[16];
        (void)snprintf(first, sizeof first, "%-5s ", e->id);
        tr_print_wrapped(&out, first, "      ", e->title, style->columns);
        tr_print_wrapped(&out, "        ", "          ", e->formula, style->columns);
    }
    return tr_writer_finish(&out);
}

static tr_status json_one(const tr_equation *e, int pretty, tr_sink *sink)
{
    tr_json json;
    tr_document_begin(&json, sink, pretty, NULL, NULL);
    card_json(e, &json);
    tr_json_close(&json);
    return tr_json_finish(&json);
}

static const char *id_at(size_t index, const void *context)
{
    (void)context;
    return index < tr_equation_count() ? tr_equation_at(index)->id : NULL;
}

static tr_status unknown(const char *id, tr_error *err)
{
    const char *near = tr_near_name(id, id_at, NULL);
    return tr_fail(err, TR_EUNKNOWN, "id", 0, "no equation '%.40s'%s%s%s `tokenroof explain` lists them", id,
                   near != NULL ? ": did you mean '" : "", near != NULL ? near : "",
                   near != NULL ? "'?" : ":");
}

/* context: where the one equation asked for is pointed to, NULL for all. */
static const void *row_at(void *context, size_t index, tr_error *err)
{
    const tr_equation *const *one = context;
    (void)err;
    return *one != NULL ? *one : tr_equation_at(index);
}

tr_status tr_answer_explain(const char *id, tr_claim_experiment experiment, const tr_style *style, tr_sink *sink,
                            tr_error *err)
{
    const tr_equation *one = NULL;
    tr_status s = TR_OK;
    if (id != NULL && id[0] != '\0') {
        one = tr_equation_find(id);
        if (one == NULL && tr_claim_find(id) != NULL)
            return tr_answer_lecture(&(tr_lecture_ask){.word = {id}, .word_count = 1, .topic = ""}, experiment, style,
                                     sink, err);
        if (one == NULL)
            return unknown(id, err);
    }
    if (one != NULL && style->format == TR_FORMAT_TEXT) {
        tr_writer out;
        tr_writer_begin(&out, sink);
        card_text(one, style, &out);
        s = tr_writer_finish(&out);
    } else if (one != NULL && style->format < TR_FORMAT_CSV) {
        s = json_one(one, style->format == TR_FORMAT_JSON, sink);
    } else if (one == NULL && style->format == TR_FORMAT_TEXT) {
        s = list_text(style, sink);
    } else {
        const tr_rows rows = {.fields = &list_fields,
                              .name = "equations",
                              .count = one != NULL ? 1 : tr_equation_count(),
                              .at = row_at,
                              .context = &one};
        return tr_rows_write(&rows, style, sink, err);
    }
    return tr_written(s, err);
}
