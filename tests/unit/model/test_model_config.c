/* test_model_config.c -- the flat key set and its typed getters. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/keys.h"

static void a_set_key_is_found_with_its_line_and_value(void **state)
{
    (void)state;
    tr_config *config = tr_config_create();
    assert_int_equal(tr_config_set_number(config, "text_config.hidden_size", 4096, 7, NULL), TR_OK);
    assert_int_equal(tr_config_set_text(config, "architectures.0", "LlamaForCausalLM", 2, NULL), TR_OK);
    tr_keys keys;
    tr_value value;
    tr_keys_init(&keys, config, "text_config.", NULL);
    assert_true(tr_keys_find(&keys, "n_embd|hidden_size", &value));
    assert_int_equal(value.line, 7);
    assert_true(value.number == 4096);
    assert_false(tr_keys_has(&keys, "architectures.0"));
    tr_keys_init(&keys, config, "", NULL);
    assert_string_equal(tr_keys_item_text(&keys, "architectures", 0), "LlamaForCausalLM");
    tr_config_destroy(config);
    tr_config_destroy(NULL);
}

static void a_key_given_twice_is_a_conflict_that_names_both_lines(void **state)
{
    (void)state;
    tr_config *config = tr_config_create();
    tr_error err;
    assert_int_equal(tr_config_set_number(config, "hidden_size", 1, 3, NULL), TR_OK);
    assert_int_equal(tr_config_set_text(config, "hidden_size", "x", 9, &err), TR_ECONFLICT);
    assert_int_equal(err.line, 9);
    assert_string_equal(err.field, "hidden_size");
    assert_non_null(strstr(err.text, "line 3"));
    assert_int_equal(tr_config_count(config), 1);
    tr_config_destroy(config);
}

static void keys_and_texts_outside_their_limits_are_refused(void **state)
{
    (void)state;
    tr_config *config = tr_config_create();
    tr_error err;
    char longer[5000];
    memset(longer, 'a', sizeof longer);
    longer[4999] = '\0';
    assert_int_equal(tr_config_set_null(config, longer, 1, &err), TR_ECAPACITY);
    assert_int_equal(tr_config_set_text(config, "k", longer, 1, &err), TR_ECAPACITY);
    assert_int_equal(tr_config_set_null(config, "", 1, &err), TR_EPARSE);
    assert_int_equal(tr_config_set_null(config, "a\nb", 1, &err), TR_EPARSE);
    assert_int_equal(tr_config_set_number(config, "k", NAN, 1, &err), TR_EDOMAIN);
    assert_int_equal(tr_config_set_number(config, "k", INFINITY, 1, &err), TR_EDOMAIN);
    assert_int_equal(tr_config_set_number(NULL, "k", 1, 1, &err), TR_EMISSING);
    longer[255] = '\0';
    assert_int_equal(tr_config_set_null(config, longer, 1, &err), TR_OK);
    tr_config_destroy(config);
}

static void sixty_five_thousand_keys_are_kept_and_one_more_is_refused(void **state)
{
    (void)state;
    tr_config *config = tr_config_create();
    tr_error err;
    char key[32];
    for (int i = 0; i < 65536; i++) {
        (void)snprintf(key, sizeof key, "k.%d", i);
        assert_int_equal(tr_config_set_number(config, key, i, 0, &err), TR_OK);
    }
    assert_int_equal(tr_config_set_number(config, "more", 1, 0, &err), TR_ECAPACITY);
    tr_keys keys;
    tr_keys_init(&keys, config, "", &err);
    assert_int_equal(tr_keys_list_length(&keys, "k"), 65536);
    assert_true(tr_keys_item_whole(&keys, "k", 54321, 0, 1e6) == 54321);
    tr_config_destroy(config);
}

static void a_wrong_value_is_named_with_its_line_and_what_was_expected(void **state)
{
    (void)state;
    const double bad[] = {-1, 0, 0.5, 1e10};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_config *config = tr_config_create();
        tr_error err = {0};
        tr_keys keys;
        assert_int_equal(tr_config_set_number(config, "hidden_size", bad[i], 12, NULL), TR_OK);
        tr_keys_init(&keys, config, "", &err);
        (void)tr_keys_dim(&keys, "n_embd|hidden_size");
        assert_int_equal(keys.status, TR_EDOMAIN);
        assert_int_equal(err.line, 12);
        assert_string_equal(err.field, "hidden_size");
        assert_non_null(strstr(err.text, "whole number from 1 to 1000000000"));
        tr_config_destroy(config);
    }
}

static void the_first_failure_is_kept_and_later_getters_are_harmless(void **state)
{
    (void)state;
    tr_config *config = tr_config_create();
    tr_error err = {0};
    tr_keys keys;
    assert_int_equal(tr_config_set_text(config, "vocab_size", "many", 4, NULL), TR_OK);
    assert_int_equal(tr_config_set_null(config, "head_dim", 5, NULL), TR_OK);
    tr_keys_init(&keys, config, "", &err);
    assert_true(tr_keys_dim_or(&keys, "head_dim", 64) == 64);
    assert_true(tr_keys_dim(&keys, "vocab_size") == 1);
    (void)tr_keys_dim(&keys, "hidden_size");
    (void)tr_keys_bool(&keys, "tie_word_embeddings");
    assert_int_equal(keys.status, TR_EDOMAIN);
    assert_string_equal(err.field, "vocab_size");
    assert_non_null(strstr(err.text, "is text"));
    tr_keys_init(&keys, config, "", &err);
    (void)tr_keys_dim(&keys, "hidden_size|n_embd");
    assert_int_equal(keys.status, TR_EMISSING);
    assert_string_equal(err.text,
                        "hidden_size is missing; expected a whole number under one of hidden_size|n_embd");
    tr_config_destroy(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_key_is_found_with_its_line_and_value),
        cmocka_unit_test(a_key_given_twice_is_a_conflict_that_names_both_lines),
        cmocka_unit_test(keys_and_texts_outside_their_limits_are_refused),
        cmocka_unit_test(sixty_five_thousand_keys_are_kept_and_one_more_is_refused),
        cmocka_unit_test(a_wrong_value_is_named_with_its_line_and_what_was_expected),
        cmocka_unit_test(the_first_failure_is_kept_and_later_getters_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
