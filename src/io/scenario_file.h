/* io/scenario_file.h -- inputs from a JSON file: written by hand, or the "scenario" of an earlier answer.
 *
 *   { "model": "deepseek-v3", "system": "gb200-nvl72", "batch_seq": [1, 64], "context_token": "128k" }
 *
 * Keys are those of the table of inputs; a number, a text as typed on the
 * command line, true or false, or a list of such values. Where there is a member
 * "scenario", it is read and the rest of the document is left alone.
 */
#ifndef TOKENROOF_SRC_IO_SCENARIO_FILE_H
#define TOKENROOF_SRC_IO_SCENARIO_FILE_H

#include <tokenroof/input.h>

#include "io/json_flat.h"

/* Takes a list that holds words, which a scenario does not: the values as typed, a newline between each. */
typedef struct tr_words_taker {
    tr_status (*take)(void *context, const tr_input *input, const char *values, tr_error *err);
    void *context;
} tr_words_taker;

/* Set every input that the file names; a "preset" is applied first, whatever
 * its place. On error the scenario may hold a part of the file.
 * taker may be NULL: then lists are of numbers.
 * Errors: as tr_flat_read and tr_scenario_set, with line and column. */
tr_status tr_scenario_read(const char *path, tr_scenario *scenario, const tr_words_taker *taker, tr_error *err);
tr_status tr_scenario_from_flat(const tr_flat *flat, tr_scenario *scenario, const tr_words_taker *taker,
                                tr_error *err);

/* Several questions: {"cases": [{...}, {...}], ...}. What stands beside the cases, for all of them; whether there is an
 * index-th one, and what it holds. Errors: as above. */
tr_status tr_scenario_beside_cases(const tr_flat *flat, tr_scenario *scenario, const tr_words_taker *taker,
                                   tr_error *err);
int tr_scenario_has_case(const tr_flat *flat, size_t index);
tr_status tr_scenario_from_case(const tr_flat *flat, size_t index, tr_scenario *scenario, tr_error *err);

#endif
