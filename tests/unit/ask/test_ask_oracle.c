/* The page and the document of the oracle: truth beside the bands, what is known, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/tokenroof.h>

#include "price/oracle_parts.h"

static char text[1 << 16];

/* The answer's text; NULL where it was refused, with the reason in text. */
static const char *asked(const char *prices, const char *model, const char *system, tr_format format)
{
    static tr_model known;
    tr_system chips;
    tr_error err = {.status = TR_OK};
    tr_scenario *scenario = tr_scenario_create();
    assert_non_null(scenario);
    assert_int_equal(tr_scenario_set(scenario, "prices", prices, NULL), TR_OK);
    assert_int_equal(tr_scenario_set(scenario, "sample_count", "20000", NULL), TR_OK);
    if (model != NULL)
        assert_int_equal(tr_model_catalog_get(model, &known, NULL), TR_OK);
    if (system != NULL)
        assert_int_equal(tr_system_catalog_get(system, &chips, NULL), TR_OK);
    tr_buffer buffer = {.data = text, .capacity = sizeof text};
    tr_sink sink = tr_buffer_sink(&buffer);
    const tr_style style = {.format = format, .columns = 80};
    const tr_status s = tr_answer_oracle(scenario, model != NULL ? &known : NULL, system != NULL ? &chips : NULL,
                                         &style, &sink, &err);
    tr_scenario_destroy(scenario);
    assert_true(buffer.length < buffer.capacity);
    if (s == TR_OK)
        return text;
    memcpy(text, err.text, sizeof err.text);
    return NULL;
}

static int count_of(const char *in, const char *what)
{
    int n = 0;
    for (const char *at = strstr(in, what); at != NULL; at = strstr(at + 1, what))
        n++;
    return n;
}

static void an_open_models_truth_stands_beside_its_bands(void **state)
{
    (void)state;
    const char *page = asked("deepseek/deepseek-chat", NULL, NULL, TR_FORMAT_TEXT);
    assert_non_null(page);
    assert_int_equal(count_of(page, " inside"), 3);
    assert_int_equal(count_of(page, "OUTSIDE"), 0);
    const char *json = asked("deepseek/deepseek-chat", NULL, NULL, TR_FORMAT_JSON);
    assert_int_equal(count_of(json, "\"truth_inside\": \"yes\""), 3);
    assert_non_null(strstr(json, "\"truth\": \"deepseek-v3\""));
    json = asked("minimax/minimax-m3", NULL, NULL, TR_FORMAT_JSON); /* and where it is not, it says so */
    assert_true(count_of(json, "\"truth_inside\": \"no\"") >= 1);
}

static void a_closed_or_typed_price_has_no_truth(void **state)
{
    (void)state;
    const char *json = asked("input=5,output=25", NULL, NULL, TR_FORMAT_JSON);
    assert_non_null(strstr(json, "\"truth\": null"));
    assert_int_equal(count_of(json, "\"truth_inside\": null"), TR_UNKNOWN_COUNT);
    assert_int_equal(count_of(json, "\"piece\": "), 2); /* input, and output over it */
}

static void a_known_model_on_known_chips_is_not_inferred(void **state)
{
    (void)state;
    const char *json = asked("deepseek/deepseek-chat", "deepseek-v3", "h100-sxm", TR_FORMAT_JSON);
    assert_int_equal(count_of(json, "\"known\": true"), 3); /* active, all, KV: the chip's price still varies */
    assert_non_null(strstr(json, "{\"chip\": \"h100-sxm\", \"prior_share\": 1, \"posterior_share\": 1}"));
    assert_int_equal(count_of(json, "\"truth_inside\": null"), TR_UNKNOWN_COUNT);
}

static void every_unknown_and_every_prior_is_in_the_document(void **state)
{
    (void)state;
    const char *json = asked("input=5,output=25", NULL, NULL, TR_FORMAT_JSON);
    char name[64];
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        (void)snprintf(name, sizeof name, "{\"unknown\": \"%s\", \"prior\"", tr_unknown_name((tr_unknown)u));
        assert_non_null(strstr(json, name));
    }
    for (size_t i = 0; i < tr_prior_count(); i++) {
        (void)snprintf(name, sizeof name, "{\"name\": \"%s\"", tr_prior_at(i)->name);
        assert_non_null(strstr(json, name));
    }
}

static void a_chip_without_a_price_is_refused(void **state)
{
    (void)state;
    assert_null(asked("input=5,output=25", NULL, "h800-sxm", TR_FORMAT_JSON));
    assert_non_null(strstr(text, "give one with --price"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_models_truth_stands_beside_its_bands),
        cmocka_unit_test(a_closed_or_typed_price_has_no_truth),
        cmocka_unit_test(a_known_model_on_known_chips_is_not_inferred),
        cmocka_unit_test(every_unknown_and_every_prior_is_in_the_document),
        cmocka_unit_test(a_chip_without_a_price_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
