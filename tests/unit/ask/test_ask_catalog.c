/* test_ask_catalog.c -- memory, models and chips as documents. */
#include "unit_ask.h"

#include <stdio.h>

static void memory_adds_up_and_says_what_still_fits(void **state)
{
    (void)state;
    const char *const pairs[] = {"model",   "total=8e9,weight=2,kv=1e5",
                                 "system",  "flops=1e15,bw=1e12,mem=80GB",
                                 "batch",   "4",
                                 "context", "1k",
                                 NULL};
    json_t *d = json_of(tr_answer_memory, pairs);
    assert_true(number_at(d, "chip.weight_byte") == 16e9 && number_at(d, "model.kv_byte_per_seq") == 1024e5);
    assert_true(number_at(d, "chip.cache_byte_per_seq") == 1024e5 && number_at(d, "chip.cache_byte") == 4 * 1024e5);
    assert_true(number_at(d, "chip.used_byte") == 16e9 + 4 * 1024e5);
    assert_true(number_at(d, "chip.left_byte") == 80e9 - 16e9 - 4 * 1024e5);
    assert_true(json_is_true(at(d, "fits")));
    assert_true(number_at(d, "max_batch_seq") == 625 && number_at(d, "max_context_token") == 160000);
    json_decref(d);
}

static void a_load_that_is_too_much_is_a_row_and_weights_that_are_too_much_are_no_answer(void **state)
{
    (void)state;
    const char *const pairs[] = {"model",   "total=8e9,weight=2,kv=1e5",
                                 "system",  "flops=1e15,bw=1e12,mem=80GB",
                                 "batch",   "4,4000",
                                 "context", "1k",
                                 NULL};
    json_t *d = json_of(tr_answer_memory, pairs);
    assert_true(json_is_true(at(d, "rows.0.fits")) && json_is_false(at(d, "rows.1.fits")));
    assert_true(number_at(d, "rows.1.chip.left_byte") < 0);
    json_decref(d);
    const char *const small[] = {"model", "total=80e9", "system", "flops=1e15,bw=1e12,mem=80GB", NULL};
    tr_scenario *scenario = scenario_of(small);
    tr_problem *question = question_of(scenario);
    const tr_style style = {.columns = 100};
    char text[64];
    tr_buffer buffer = {.data = text, .capacity = sizeof text, .length = 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    tr_error err;
    assert_int_equal(tr_answer_memory(scenario, question, &style, &sink, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "needs 2 such chips"));
    free(question);
    tr_scenario_destroy(scenario);
}

/* tp 8 of 8: an eighth of the heads and columns; 8192 tokens in a pass, two bytes a number, a tenth held back. */
static void memory_shows_what_one_chip_of_the_layout_holds(void **state)
{
    (void)state;
    const char *const pairs[] = {"model", "llama-3.1-8b", "system", "8xh100-sxm", "tp", "8", "context", "1000", NULL};
    json_t *d = json_of(tr_answer_memory, pairs);
    const double memory_byte = number_at(d, "chip.memory_byte"), weight_byte = number_at(d, "chip.weight_byte");
    const double activation_byte = 8192 * 2.0 * (2 * 4096 + 3 * 14336 / 8),
                 buffer_byte = number_at(d, "chip.buffer_byte");
    assert_true(fabs(weight_byte - (8030261248.0 + 7 * 65 * 4096) * 2 / 8) < 1); /* 65 norms are copied */
    assert_true(number_at(d, "chip.activation_byte") == activation_byte);
    assert_true(fabs(number_at(d, "chip.reserve_byte") - 0.1 * memory_byte) < 1);
    const double room_byte = 0.9 * memory_byte - weight_byte - activation_byte - buffer_byte;
    assert_true(fabs(number_at(d, "chip.cache_room_byte") - room_byte) < 1);
    assert_true(number_at(d, "chip.cache_byte_per_seq") == 1000 * 131072.0 / 8); /* one of 8 KV heads */
    assert_true(number_at(d, "max_batch_seq") == floor(room_byte / (1000 * 131072.0 / 8)));
    assert_true(number_at(d, "layout.tp") == 8 && json_is_false(at(d, "layout.chosen")));
    json_decref(d);
}

static json_t *document_of(const char *text)
{
    json_error_t why;
    json_t *d = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    if (d == NULL)
        fail_msg("line %d: %s", why.line, why.text);
    return d;
}

static char text[1 << 20];

static tr_sink text_sink(tr_buffer *buffer)
{
    *buffer = (tr_buffer){.data = text, .capacity = sizeof text, .length = 0};
    return tr_buffer_sink(buffer);
}

static json_t *model_document(const char *name, const char *kv)
{
    static tr_model model;
    tr_scenario *scenario = tr_scenario_create();
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100};
    tr_buffer buffer;
    tr_sink sink = text_sink(&buffer);
    tr_error err;
    assert_non_null(scenario);
    assert_int_equal(tr_model_catalog_get(name, &model, &err), TR_OK);
    assert_int_equal(tr_scenario_set(scenario, "kv_dtype", kv, &err), TR_OK);
    assert_int_equal(tr_answer_model(scenario, &model, &style, &sink, &err), TR_OK);
    tr_scenario_destroy(scenario);
    return document_of(text);
}

static void a_model_is_told_with_the_keys_of_the_contract(void **state)
{
    (void)state;
    static const char *const keys[] = {"name",
                                       "hf_id",
                                       "family",
                                       "layers",
                                       "hidden",
                                       "heads",
                                       "kv_heads",
                                       "attention",
                                       "experts.total",
                                       "experts.active",
                                       "experts.shared",
                                       "total_param",
                                       "active_param",
                                       "embedding_param",
                                       "mtp_param",
                                       "weight_byte",
                                       "kv_byte_per_token",
                                       "state_byte_per_seq",
                                       "max_context_token",
                                       "sources",
                                       "tokenroof.version"};
    json_t *d = model_document("deepseek-v3", "native");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        (void)at(d, keys[i]);
    assert_true(number_at(d, "total_param") == 671026419200 && number_at(d, "active_param") == 37552297472);
    assert_true(number_at(d, "experts.total") == 256 && number_at(d, "experts.active") == 8);
    assert_true(number_at(d, "experts.shared") == 1 && number_at(d, "attention.mla") == 61);
    assert_true(number_at(d, "kv_byte_per_token") == 70272);
    json_decref(d);
    d = model_document("deepseek-v3", "fp8");
    assert_true(number_at(d, "kv_byte_per_token") == 35136);
    json_decref(d);
}

static void the_lists_hold_every_entry_of_the_catalogs(void **state)
{
    (void)state;
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100};
    tr_scenario *scenario = tr_scenario_create();
    tr_buffer buffer;
    tr_sink sink = text_sink(&buffer);
    tr_error err;
    assert_int_equal(tr_answer_models(scenario, NULL, &style, &sink, &err), TR_OK);
    json_t *d = document_of(text);
    assert_int_equal(json_array_size(at(d, "models")), tr_model_catalog_count());
    json_decref(d);
    sink = text_sink(&buffer);
    assert_int_equal(tr_answer_chips(scenario, NULL, &style, &sink, &err), TR_OK);
    d = document_of(text);
    assert_int_equal(json_array_size(at(d, "chips")), tr_chip_catalog_count() + tr_system_catalog_count());
    json_decref(d);
    tr_scenario_destroy(scenario);
}

static void a_system_is_told_with_its_sources_and_prices(void **state)
{
    (void)state;
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100};
    tr_scenario *scenario = tr_scenario_create();
    tr_buffer buffer;
    tr_sink sink = text_sink(&buffer);
    tr_system system;
    tr_error err;
    assert_int_equal(tr_system_catalog_get("gb200-nvl72", &system, &err), TR_OK);
    assert_int_equal(tr_answer_chip(scenario, &system, &style, &sink, &err), TR_OK);
    json_t *d = document_of(text);
    assert_true(number_at(d, "chip_count") == 72 && number_at(d, "chip.flop_per_s.fp8") == 5e15);
    assert_true(number_at(d, "chip.ridge_flop_per_byte.fp8") == 625);
    assert_true(json_array_size(at(d, "sources")) >= 1 && json_array_size(at(d, "prices")) >= 1);
    assert_true(json_array_size(at(d, "tiers")) >= 1);
    json_decref(d);
    tr_scenario_destroy(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_adds_up_and_says_what_still_fits),
        cmocka_unit_test(memory_shows_what_one_chip_of_the_layout_holds),
        cmocka_unit_test(a_load_that_is_too_much_is_a_row_and_weights_that_are_too_much_are_no_answer),
        cmocka_unit_test(a_model_is_told_with_the_keys_of_the_contract),
        cmocka_unit_test(the_lists_hold_every_entry_of_the_catalogs),
        cmocka_unit_test(a_system_is_told_with_its_sources_and_prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
