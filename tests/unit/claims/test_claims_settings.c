/* test_claims_settings.c -- the settings of a check are read as the command line reads them, and a slip is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "claims/question.h"

#define LOAD "model=total=12e9,active=8e9,kv=2,weight=1; system=flops=160e12,bw=200GB/s"

static void an_inline_model_stands_whole_in_a_setting(void **state)
{
    (void)state;
    tr_claim_case *c = NULL;
    tr_error err = {.text = ""};
    assert_int_equal(tr_claim_case_of(LOAD "; batch_seq=128; context_token=8k", &c, &err), TR_OK);
    assert_true(c->model.total_param == 12e9 && c->model.active_param == 8e9);
    assert_true(c->question.roof.flop_per_s == 160e12 && c->question.roof.byte_per_s == 200e9);
    assert_true(c->question.load.batch_seq == 128 && c->question.load.context_token == 8192);
    free(c);
}

static void settings_win_over_their_preset_wherever_they_stand(void **state)
{
    (void)state;
    tr_claim_case *before = NULL, *after = NULL;
    assert_int_equal(tr_claim_case_of("batch_seq=7; preset=relearning-02", &before, NULL), TR_OK);
    assert_int_equal(tr_claim_case_of("preset=relearning-02; batch_seq=7", &after, NULL), TR_OK);
    assert_true(before->question.load.batch_seq == 7 && after->question.load.batch_seq == 7);
    assert_true(before->question.load.context_token == 8192);
    free(before);
    free(after);
}

static void a_setting_that_is_no_input_is_refused(void **state)
{
    (void)state;
    tr_claim_case *c = NULL;
    tr_error err = {.text = ""};
    assert_int_equal(tr_claim_case_of(LOAD "; batchseq=7", &c, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "batchseq"));
    assert_int_equal(tr_claim_case_of(LOAD "; batch_seq=seven", &c, &err), TR_EPARSE);
    assert_int_equal(tr_claim_case_of(LOAD "; batch_seq=0", &c, &err), TR_EDOMAIN);
    assert_int_equal(tr_claim_case_of(LOAD "; batch_seq", &c, &err), TR_EPARSE);
    assert_int_equal(tr_claim_case_of("model=no-such-model; system=h100-sxm", &c, &err), TR_EUNKNOWN);
}

static void a_missing_setting_is_named(void **state)
{
    (void)state;
    double value = 0;
    tr_error err = {.text = ""};
    assert_int_equal(tr_claim_number("tier=1; layers=4", "tiers", &value, &err), TR_EMISSING);
    assert_non_null(strstr(err.text, "'tiers'"));
    assert_int_equal(tr_claim_number("layers=four", "layers", &value, &err), TR_EPARSE);
    assert_int_equal(tr_claim_number("layers=4; heads=8e3", "heads", &value, &err), TR_OK);
    assert_true(value == 8000);
    assert_int_equal(tr_claim_number_or("layers=4", "heads", 3, &value, &err), TR_OK);
    assert_true(value == 3);
    assert_int_equal(tr_claim_number_or("heads=x", "heads", 3, &value, &err), TR_EPARSE);
}

static void every_question_has_a_name_of_its_own_and_refuses_to_be_asked_about_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; tr_claim_question_at(i) != NULL; i++) {
        const tr_claim_question *q = tr_claim_question_at(i);
        double value = 0;
        tr_error err = {.text = ""};
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(q->name, tr_claim_question_at(k)->name);
        if (q->answer("", &value, &err) == TR_OK)
            fail_msg("%s answers without settings", q->name);
        assert_true(err.text[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inline_model_stands_whole_in_a_setting),
        cmocka_unit_test(settings_win_over_their_preset_wherever_they_stand),
        cmocka_unit_test(a_setting_that_is_no_input_is_refused),
        cmocka_unit_test(a_missing_setting_is_named),
        cmocka_unit_test(every_question_has_a_name_of_its_own_and_refuses_to_be_asked_about_nothing),
    };
    return cmocka_run_group_tests_name("claims: settings", tests, NULL, NULL);
}
