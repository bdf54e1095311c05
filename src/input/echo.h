/* input/echo.h -- a scenario written back, so that every answer can be asked again. */
#ifndef TOKENROOF_SRC_INPUT_ECHO_H
#define TOKENROOF_SRC_INPUT_ECHO_H

#include <tokenroof/input.h>
#include <tokenroof/pass.h>

#include "base/json.h"

/* Every input of the question that has a value (the group "output" is how it
 * was answered, and left out) as members of the object that is open in json.
 * load not NULL: its batch, context and query stand for the lists, so that one
 * row can be asked again. */
void tr_scenario_echo(const tr_scenario *scenario, const tr_load *load, tr_json *json);

#endif
