/* test_lab_answer.c -- the document of `reversible` keeps its contract and agrees with itself. */
#include "../ask/unit_ask.h"

#include <stdio.h>

#include "lab/lab.h"

static const char *const pairs[] = {"model",  "llama-3.1-8b", "system", "8xh100-sxm", "layers", "6", "dim", "8",
                                    "rounds", "5",            NULL};

static tr_status run(const tr_scenario *scenario, const tr_problem *question, const tr_style *style, tr_sink *sink,
                     tr_error *err)
{
    tr_stack stack;
    tr_feistel cipher;
    size_t block = 0;
    tr_answer_lab_inputs(scenario, &stack, &cipher, &block);
    tr_lab *lab = malloc(sizeof *lab);
    void *work = malloc(tr_lab_byte(&stack, block));
    assert_true(lab != NULL && work != NULL);
    tr_status s = tr_lab_run(&stack, &cipher, block, work, tr_lab_byte(&stack, block), lab, err);
    if (s == TR_OK)
        s = tr_answer_reversible(scenario, question, lab, style, sink, err);
    free(work);
    free(lab);
    return s;
}

static tr_status run_alone(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                           tr_sink *sink, tr_error *err)
{
    (void)question;
    return run(scenario, NULL, style, sink, err);
}

static void the_document_keeps_its_contract(void **state)
{
    (void)state;
    static const char *const contract[] = {
        "tokenroof.version", "scenario.stack_layers", "training.model", "training.system", "training.sequence_token",
        "training.state_byte_per_param", "training.activation_elem_byte", "training.memory_byte",
        "training.state_byte", "training.free_byte", "training.fits", "training.layers",
        "training.stream_byte_per_token", "training.layer_byte_per_token", "training.widest_layer_byte_per_token",
        "training.segment_layer", "experiment.layers", "experiment.stream_dim", "experiment.rows",
        "experiment.gain_ratio", "experiment.segment_layer", "experiment.loss_ratio", "experiment.block_byte",
        "experiment.messages", "experiment.inverted", "experiment.drift", "experiment.avalanche"};
    static const char *const way[] = {"way", "kept_byte_per_token", "compute_ratio", "batch_seq", "depth_layer",
                                      "stack.predicted_byte", "stack.counted_byte", "stack.flop_ratio", "stack.time_s",
                                      "stack.time_ratio", "stack.gradient_error_ratio"};
    json_t *document = json_of(run, pairs);
    for (size_t i = 0; i < sizeof contract / sizeof contract[0]; i++)
        assert_non_null(at(document, contract[i]));
    const json_t *ways = at(document, "ways");
    assert_int_equal(json_array_size(ways), 5);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < sizeof way / sizeof way[0]; k++)
            assert_non_null(at(json_array_get(ways, i), way[k]));
    assert_int_equal(json_array_size(at(document, "experiment.drift")), 3);
    assert_int_equal(json_array_size(at(document, "experiment.avalanche")), 7);
    assert_true(number_at(document, "experiment.inverted") == number_at(document, "experiment.messages"));
    json_decref(document);
}

static void prediction_and_count_agree_and_nobody_measured(void **state)
{
    (void)state;
    json_t *document = json_of(run_alone, pairs);
    const json_t *ways = at(document, "ways");
    assert_int_equal(json_array_size(ways), TR_KEEP_COUNT);
    assert_null(json_object_get(document, "training"));
    for (size_t i = 0; i < TR_KEEP_COUNT; i++) {
        const json_t *row = json_array_get(ways, i);
        assert_true(number_at(row, "stack.predicted_byte") == number_at(row, "stack.counted_byte"));
        assert_true(number_at(row, "stack.flop_ratio") == number_at(row, "compute_ratio"));
        assert_true(json_is_null(at(row, "stack.time_s")));
        assert_true(json_is_null(at(row, "kept_byte_per_token")));
    }
    json_decref(document);
}

static void explain_puts_its_numbers_into_each_equation(void **state)
{
    (void)state;
    const tr_style style = {.columns = 200, .explain = 1};
    char *text = answer_of(run, pairs, &style);
    static const char *const ids[] = {"K45 ", "K46 ", "K47 ", "K48 ", "K49 ", "K51 ", "K53 ", "K54 "};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (strstr(text, ids[i]) == NULL)
            fail_msg("%s is not explained", ids[i]);
    assert_non_null(strstr(text, "1.333 = (1 + 2 + 1) / (1 + 2)"));
    assert_non_null(strstr(text, "4.456 MB = 32 * 139.3 kB"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_keeps_its_contract),
        cmocka_unit_test(prediction_and_count_agree_and_nobody_measured),
        cmocka_unit_test(explain_puts_its_numbers_into_each_equation),
    };
    return cmocka_run_group_tests_name("reversible document", tests, NULL, NULL);
}
