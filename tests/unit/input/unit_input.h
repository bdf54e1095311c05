/* unit_input.h -- what the tests of the input room share. */
#ifndef TOKENROOF_TESTS_UNIT_INPUT_H
#define TOKENROOF_TESTS_UNIT_INPUT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/input.h>
#include <tokenroof/problem.h>

static inline tr_scenario *fresh(void)
{
    tr_scenario *scenario = tr_scenario_create();
    assert_non_null(scenario);
    return scenario;
}

static inline void set(tr_scenario *scenario, const char *key, const char *text)
{
    tr_error err;
    if (tr_scenario_set(scenario, key, text, &err) != TR_OK)
        fail_msg("%s=%s: %s", key, text, err.text);
}

/* Refused with this status, and with a text that holds part. */
static inline void refuse(tr_status status, tr_status expected, const tr_error *err, const char *part)
{
    assert_int_equal(status, expected);
    assert_int_equal(err->status, expected);
    if (strstr(err->text, part) == NULL)
        fail_msg("'%s' does not say '%s'", err->text, part);
}

#endif
