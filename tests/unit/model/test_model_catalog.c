/* test_model_catalog.c -- models compiled in are found by any of their names, and a near miss is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/model.h>

static tr_model model;

static void every_entry_counts_and_carries_its_name_and_source(void **state)
{
    (void)state;
    const size_t count = tr_model_catalog_count();
    assert_true(count >= 100);
    for (size_t i = 0; i < count; i++) {
        const char *name = tr_model_catalog_name(i);
        tr_error err = {0};
        if (tr_model_catalog_get(name, &model, &err) != TR_OK)
            fail_msg("%s: %s", name, err.text);
        assert_string_equal(model.name, name);
        assert_true(strlen(model.hf_id) > 0 && strlen(model.source) > 0 && strlen(model.family) > 0);
        assert_true(i == 0 || strcmp(tr_model_catalog_name(i - 1), name) < 0);
    }
    assert_null(tr_model_catalog_name(count));
}

static void a_model_is_found_by_name_or_id_in_any_case(void **state)
{
    (void)state;
    static const char *const names[] = {"deepseek-v3", "DeepSeek-V3", "deepseek-ai/DeepSeek-V3",
                                        "DEEPSEEK-AI/deepseek-v3"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(tr_model_catalog_get(names[i], &model, NULL), TR_OK);
        assert_string_equal(model.name, "deepseek-v3");
        assert_true(model.total_param == 671026419200);
    }
}

static void a_near_miss_gets_a_suggestion_and_leaves_the_model_alone(void **state)
{
    (void)state;
    static tr_model before;
    tr_error err = {0};
    memset(&model, 7, sizeof model);
    memcpy(&before, &model, sizeof model);
    assert_int_equal(tr_model_catalog_get("deepsek-v3", &model, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "did you mean \"deepseek-v3\"?"));
    assert_string_equal(err.field, "model");
    assert_int_equal(tr_model_catalog_get("zzzzzzzzzzzzzzzz", &model, &err), TR_EUNKNOWN);
    assert_null(strstr(err.text, "did you mean"));
    assert_int_equal(tr_model_catalog_get("", &model, &err), TR_EUNKNOWN);
    assert_int_equal(tr_model_catalog_get(NULL, &model, &err), TR_EMISSING);
    assert_memory_equal(&before, &model, sizeof model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_counts_and_carries_its_name_and_source),
        cmocka_unit_test(a_model_is_found_by_name_or_id_in_any_case),
        cmocka_unit_test(a_near_miss_gets_a_suggestion_and_leaves_the_model_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
