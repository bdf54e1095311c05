/* write/document.h -- what every document opens with: the version, the data, the scenario; and its notes. */
#ifndef TOKENROOF_SRC_WRITE_DOCUMENT_H
#define TOKENROOF_SRC_WRITE_DOCUMENT_H

#include <tokenroof/problem.h>
#include <tokenroof/write.h>

#include "base/json.h"

/* Open the document: {"tokenroof": {...}, "scenario": {...}. The caller adds
 * members, closes the object and finishes. load as in tr_scenario_echo; a
 * NULL scenario leaves that member out. */
void tr_document_begin(tr_json *json, const tr_sink *sink, int pretty, const tr_scenario *scenario,
                       const tr_load *load);

/* What a reader must know to read the numbers right: one sentence each. */
#define TR_NOTE_MAX 8
typedef struct tr_notes {
    const char *text[TR_NOTE_MAX];
    size_t count;
    char unread[320];        /* a text of its own: keys of the config that nobody reads */
} tr_notes;

/* Of a model alone, as it was read. */
void tr_notes_of_model(const tr_model *model, tr_notes *out);
void tr_notes_of(const tr_scenario *scenario, const tr_problem *question, tr_notes *out);
void tr_notes_json(const tr_notes *notes, tr_json *json); /* "notes": [...], left out if none */
void tr_notes_text(const tr_notes *notes, int columns, tr_writer *out);

#endif
