/* test_model_facts.c -- published parameter counts, restated in facts.jsonl, one model a line.
 *
 * Each line holds the keys that decide shapes and what the model's makers or
 * its checkpoint say it holds, with the source. So this test means something
 * without the oracle's files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/config_flat.h"
#include "io/json_flat.h"
#include "shared.h"

static tr_model model;

static int same(const tr_flat *flat, const char *name, const char *key, double got)
{
    const tr_flat_entry *e = tr_flat_find(flat, key);
    if (e == NULL || e->number == got)
        return 0;
    print_message("# %s: %s is %.0f, published %.0f (difference %.0f)\n", name, key, got, e->number,
                  got - e->number);
    return 1;
}

/* Returns what does not fit. */
static int check_line(const char *line, int number)
{
    tr_flat *flat = NULL;
    tr_config *config = NULL;
    tr_error err = {0};
    int bad = 0;
    if (tr_flat_parse(line, strlen(line), &flat, &err) != TR_OK ||
        tr_config_from_flat(flat, "config", &config, &err) != TR_OK ||
        tr_model_from_config(config, NULL, &model, &err) != TR_OK) {
        print_message("# line %d: %s\n", number, err.text);
        bad = 1;
    } else {
        const tr_flat_entry *name = tr_flat_find(flat, "name");
        const char *text = name == NULL ? "?" : name->text;
        assert_non_null(tr_flat_find(flat, "total"));
        assert_non_null(tr_flat_find(flat, "source"));
        bad += same(flat, text, "total", model.total_param);
        bad += same(flat, text, "active", model.active_param);
        bad += same(flat, text, "multiply", model.multiply_param);
        bad += same(flat, text, "mtp", model.mtp_param);
        bad += same(flat, text, "kv_byte_per_token", tr_model_kv_byte_per_token(&model, 2));
    }
    tr_config_destroy(config);
    tr_flat_destroy(flat);
    return bad;
}

static void published_totals_are_met_to_the_last_parameter(void **state)
{
    (void)state;
    FILE *file = fopen(TR_SOURCE_ROOT "/tests/unit/model/facts.jsonl", "r");
    assert_non_null(file);
    static char line[16384];
    int lines = 0, bad = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        lines++;
        bad += check_line(line, lines);
    }
    (void)fclose(file);
    print_message("# %d models\n", lines);
    assert_int_equal(bad, 0);
    assert_true(lines >= 30);
}

/* Configs as their makers write them, but for the sizes: settings, token ids, training, kernels. */
static void keys_of_whole_configs_that_decide_no_shape_are_not_named(void **state)
{
    (void)state;
    FILE *file = fopen(TR_SOURCE_ROOT "/tests/unit/model/settings.jsonl", "r");
    assert_non_null(file);
    static char line[16384];
    int lines = 0;
    for (; fgets(line, sizeof line, file) != NULL; lines++) {
        tr_flat *flat = NULL;
        tr_config *config = NULL;
        tr_error err = {0};
        if (tr_flat_parse(line, strlen(line), &flat, &err) != TR_OK ||
            tr_config_from_flat(flat, "config", &config, &err) != TR_OK ||
            tr_model_from_config(config, NULL, &model, &err) != TR_OK)
            fail_msg("line %d: %s", lines + 1, err.text);
        if (model.unread_count > 0)
            fail_msg("line %d: %s", lines + 1, model.unread[0]);
        tr_config_destroy(config);
        tr_flat_destroy(flat);
    }
    (void)fclose(file);
    assert_true(lines >= 13);
}

#define SMALL_MIXTURE(tied)                                                                                  \
    "{\"architectures\":[\"MixtralForCausalLM\"],\"hidden_size\":64,\"num_hidden_layers\":2,"                \
    "\"num_attention_heads\":4,\"num_key_value_heads\":2,\"intermediate_size\":128,\"vocab_size\":100,"      \
    "\"num_local_experts\":8,\"num_experts_per_tok\":2,\"tie_word_embeddings\":" tied "}"

static void active_parameters_leave_out_the_experts_a_token_does_not_meet(void **state)
{
    (void)state;
    assert_int_equal(count_text(SMALL_MIXTURE("false"), &model, NULL), TR_OK);
    const double expert = 3 * 64 * 128;
    assert_true(model.routed_param == 2 * 8 * expert);
    assert_true(model.total_param - model.active_param == 2 * 6 * expert);
}

static void a_tied_table_multiplies_and_an_untied_input_table_does_not(void **state)
{
    (void)state;
    static tr_model tied;
    assert_int_equal(count_text(SMALL_MIXTURE("false"), &model, NULL), TR_OK);
    assert_int_equal(count_text(SMALL_MIXTURE("true"), &tied, NULL), TR_OK);
    assert_true(model.total_param - tied.total_param == 64 * 100);
    assert_true(tied.head_param == 0 && model.head_param == 6400 && model.embedding_param == 6400);
    assert_true(model.multiply_param == model.active_param - 6400);
    assert_true(tied.multiply_param == tied.active_param);
    assert_true(model.stream_param == model.total_param - 6400);
    assert_true(tied.stream_param == tied.total_param);
    assert_true(model.multiply_param == tied.multiply_param);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_totals_are_met_to_the_last_parameter),
        cmocka_unit_test(keys_of_whole_configs_that_decide_no_shape_are_not_named),
        cmocka_unit_test(active_parameters_leave_out_the_experts_a_token_does_not_meet),
        cmocka_unit_test(a_tied_table_multiplies_and_an_untied_input_table_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
