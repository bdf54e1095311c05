/* test_ask_local.c -- can it run on mine: what fits, how fast, which one to take, and what would do where none fits. */
#include "unit_ask.h"

#include <stdio.h>

#include "ask/local.h"
#include "ask/prepare.h"

typedef struct asked {
    tr_scenario *scenario;
    tr_problem *question;
    tr_local *local;
} asked;

typedef struct found {
    tr_problem question;
    tr_model model;
    tr_system system;
} found;

static tr_problem *resolved(const tr_scenario *scenario)
{
    found *f = malloc(sizeof *f);
    tr_error err;
    assert_non_null(f);
    if (tr_model_catalog_get(tr_input_text(scenario, TR_IN_MODEL), &f->model, &err) != TR_OK ||
        tr_system_catalog_get(tr_input_text(scenario, TR_IN_SYSTEM), &f->system, &err) != TR_OK ||
        tr_local_question(scenario, &f->model, &f->system, &f->question, &err) != TR_OK)
        fail_msg("%s", err.text);
    return &f->question;
}

static asked ask(const char *model, const char *system, const char *const *more)
{
    const char *const pairs[] = {"model", model, "system", system, NULL};
    asked a = {.scenario = scenario_of(pairs)};
    tr_error err;
    for (; more != NULL && *more != NULL; more += 2)
        if (tr_scenario_set(a.scenario, more[0], more[1], &err) != TR_OK)
            fail_msg("%s", err.text);
    assert_int_equal(tr_prepare_local(a.scenario, &err), TR_OK);
    a.question = resolved(a.scenario);
    if (tr_local_begin(a.scenario, a.question, NULL, 0, &a.local, &err) != TR_OK)
        fail_msg("%s", err.text);
    return a;
}

static void done(asked *a)
{
    tr_local_end(a->local);
    free(a->question);
    tr_scenario_destroy(a->scenario);
}

static const tr_local_row *row_of(const asked *a, const char *name)
{
    for (size_t i = 0; i < a->local->count; i++)
        if (strcmp(a->local->row[i].name, name) == 0)
            return &a->local->row[i];
    fail_msg("no row of %s", name);
    return NULL;
}

static const tr_local_row *best_of(const asked *a)
{
    return a->local->choice.best < a->local->count ? &a->local->row[a->local->choice.best] : NULL;
}

/* ---- the rule ------------------------------------------------------------------------------------------------- */

static tr_local_row made(const char *name, double file_byte, int fits, double token_per_s)
{
    return (tr_local_row){.name = name, .file_byte = file_byte, .fits = fits,
                          .perplexity_ratio = tr_local_perplexity_ratio(name),
                          .token_per_s = {token_per_s, token_per_s, token_per_s, token_per_s}};
}

static const char *choice(const tr_local_row *row, size_t count)
{
    tr_local_choice c;
    tr_local_choose(row, count, &c);
    assert_true(c.why[0] != '\0');
    return c.best < count ? row[c.best].name : "none";
}

static void the_best_quality_that_can_be_read_is_taken(void **state)
{
    const tr_local_row fast[] = {made("f16", 16e9, 1, 20), made("q8_0", 8.5e9, 1, 35), made("q6_k", 6.6e9, 1, 45),
                                 made("q4_k_m", 4.9e9, 1, 55), made("q2_k", 3.2e9, 1, 70)};
    const tr_local_row slow_at_eight[] = {made("q8_0", 8.5e9, 1, 9.9), made("q6_k", 6.6e9, 1, 10),
                                          made("q4_k_m", 4.9e9, 1, 15)};
    const tr_local_row small[] = {made("q8_0", 8.5e9, 0, 0), made("q4_1", 5.1e9, 1, 50), made("q4_k_m", 4.9e9, 1, 55),
                                  made("q3_k_m", 4e9, 1, 60)};
    (void)state;
    assert_string_equal(choice(fast, 5), "q8_0"); /* F16 takes twice the bytes for nothing */
    assert_string_equal(choice(slow_at_eight, 3), "q6_k");
    assert_string_equal(choice(small, 4), "q4_k_m"); /* Q4_1 is larger, and worse */
}

static void where_all_are_slow_the_fastest_good_one_is_taken(void **state)
{
    const tr_local_row slow[] = {made("q8_0", 8.5e9, 1, 2), made("q4_k_m", 4.9e9, 1, 4), made("iq1_s", 2e9, 1, 12)};
    (void)state;
    assert_string_equal(choice(slow, 3), "q4_k_m");
}

static void where_no_good_one_fits_the_rule_is_the_same_for_the_rest(void **state)
{
    const tr_local_row row[] = {made("q4_k_m", 42e9, 0, 0), made("q3_k_m", 34e9, 1, 8), made("iq3_xxs", 27e9, 1, 11),
                                made("iq1_s", 15e9, 1, 20)};
    const tr_local_row none[] = {made("q4_k_m", 42e9, 0, 0), made("iq1_s", 15e9, 0, 0)};
    (void)state;
    assert_string_equal(choice(row, 4), "iq3_xxs");
    assert_string_equal(choice(none, 2), "none");
}

static void as_published_nothing_is_lost(void **state)
{
    const asked a = ask("gpt-oss-20b", "rtx-4090", NULL);
    asked b = a;
    (void)state;
    assert_int_equal(a.local->count, 2);
    assert_string_equal(best_of(&a)->name, "mxfp4");
    assert_true(best_of(&a)->file_byte > 13.7e9 && best_of(&a)->file_byte < 13.9e9); /* gpt-oss-20b-F16.gguf: 13.8 GB */
    assert_true(fabs(row_of(&a, "mxfp4_moe")->file_byte - 12.1e9) < 0.1e9); /* gpt-oss-20b-mxfp4.gguf: 12.1 GB */
    done(&b);
}

/* ---- what holds of every answer -------------------------------------------------------------------------------- */

static const char *const machines[] = {"m3-max-40,mem=64GB", "rtx-4090", "2xrtx-3090", "epyc-9654", "ryzen-ai-max-395",
                                       "rtx-3060", "m1-8,mem=16GB", "dgx-spark"};
static const char *const models[] = {"llama-3.1-8b", "qwen3-30b-a3b", "llama-3.1-70b", "gemma-3-27b", "gpt-oss-20b",
                                     "deepseek-v2-lite"};

static void what_fits_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        for (size_t k = 0; k < sizeof models / sizeof models[0]; k++) {
            asked a = ask(models[k], machines[i], NULL);
            for (size_t r = 0; r < a.local->count; r++) {
                const tr_local_row *row = &a.local->row[r];
                const tr_shard *shard = &row->question->shard;
                if (!row->fits) {
                    assert_true(row->max_token < row->asked_token);
                    assert_true(isnan(row->token_per_s.predicted));
                    continue;
                }
                assert_true(row->max_token >= row->asked_token);
                assert_true(row->used_byte <= row->memory_byte * (1 + 1e-9));
                if (a.question->system->chip_count <= 1.0)
                    assert_true(row->file_byte + tr_shard_seq_byte(shard, row->max_token) <=
                                shard->memory_byte * (1 + 1e-9));
            }
            done(&a);
        }
}

static void is_in_order(const tr_quantity *q)
{
    assert_true(q->low <= q->predicted && q->predicted <= q->high);
    assert_true(q->predicted <= q->bound * (1 + 1e-9));
}

static void speed_falls_with_context_and_stays_below_its_bound(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        for (size_t k = 0; k < sizeof models / sizeof models[0]; k++) {
            asked a = ask(models[k], machines[i], NULL);
            for (size_t r = 0; r < a.local->count; r++) {
                const tr_local_row *row = &a.local->row[r];
                if (!row->fits)
                    continue;
                is_in_order(&row->token_per_s);
                is_in_order(&row->short_token_per_s);
                is_in_order(&row->long_token_per_s);
                assert_true(row->ttft_s.bound <= row->ttft_s.predicted * (1 + 1e-9));
                assert_true(row->long_token_per_s.bound <= row->short_token_per_s.bound * (1 + 1e-9));
                if (a.question->system->chip_count <= 1.0) /* a longer context may want another layout */
                    assert_true(row->long_token_per_s.predicted <= row->short_token_per_s.predicted * (1 + 1e-9));
            }
            done(&a);
        }
}

static void a_row_is_what_predict_says(void **state)
{
    static const char *const pairs[] = {"model", "llama-3.1-8b", "system", "m3-max-40,mem=64GB", "engine", "llamacpp",
                                        "weights", "q8_0", "isl", "4094", "osl", "2", "concurrency", "1", NULL};
    asked a = ask("llama-3.1-8b", "m3-max-40,mem=64GB", (const char *const[]){"context", "4k", NULL});
    json_t *document = json_of(tr_answer_predict, pairs);
    const json_t *row = json_array_get(json_object_get(document, "rows"), 0);
    const tr_local_row *mine = row_of(&a, "q8_0");
    (void)state;
    assert_true(fabs(mine->token_per_s.predicted - number_at(row, "token_per_s_per_user.predicted")) < 1e-9);
    assert_true(fabs(mine->token_per_s.low - number_at(row, "token_per_s_per_user.low")) < 1e-9);
    assert_true(fabs(mine->token_per_s.bound - number_at(row, "token_per_s_per_user.bound")) < 1e-9);
    json_decref(document);
    done(&a);
}

static void formats_that_are_named_are_the_rows(void **state)
{
    asked a = ask("llama-3.1-8b", "rtx-4090", (const char *const[]){"weights", "q4_k_m,q8_0,f16", NULL});
    (void)state;
    assert_int_equal(a.local->count, 3);
    assert_string_equal(a.local->row[0].name, "f16");
    assert_string_equal(a.local->row[1].name, "q8_0");
    assert_string_equal(a.local->row[2].name, "q4_k_m");
    done(&a);
}

static void on_a_mac_mlx_stands_beside_llama_cpp(void **state)
{
    asked both = ask("llama-3.1-8b", "m4-max", NULL), card = ask("llama-3.1-8b", "rtx-4090", NULL);
    asked one = ask("llama-3.1-8b", "m4-max", (const char *const[]){"engine", "mlx", NULL});
    (void)state;
    assert_string_equal(row_of(&both, "mlx-4bit")->question->engine->name, "mlx");
    assert_string_equal(row_of(&both, "q4_k_m")->question->engine->name, "llamacpp");
    assert_int_equal(one.local->count, 4);
    for (size_t i = 0; i < card.local->count; i++)
        assert_string_equal(card.local->row[i].question->engine->name, "llamacpp");
    done(&both);
    done(&card);
    done(&one);
}

static void a_smaller_cache_holds_a_longer_context(void **state)
{
    asked wide = ask("llama-3.1-8b", "rtx-3060", NULL);
    asked narrow = ask("llama-3.1-8b", "rtx-3060", (const char *const[]){"kv", "q8_0", NULL});
    asked least = ask("llama-3.1-8b", "rtx-3060", (const char *const[]){"kv", "q4_0", NULL});
    const double a = row_of(&wide, "q4_k_m")->max_token, b = row_of(&narrow, "q4_k_m")->max_token;
    const double c = row_of(&least, "q4_k_m")->max_token;
    (void)state;
    assert_true(fabs(b / a - 32.0 / 17.0) < 0.01); /* 34 bytes for 32 elements against 64 */
    assert_true(fabs(c / a - 32.0 / 9.0) < 0.01);
    done(&wide);
    done(&narrow);
    done(&least);
}

/* ---- where nothing fits ---------------------------------------------------------------------------------------- */

static const tr_local_near *near_of(const asked *a, const char *words)
{
    for (size_t i = 0; i < a->local->near_count; i++)
        if (strstr(a->local->near[i].change, words) != NULL)
            return &a->local->near[i];
    return NULL;
}

/* What is offered is asked again, as it would be typed. */
static void would_do(const tr_local_near *near)
{
    asked a = ask(near->model, near->system, NULL);
    assert_non_null(best_of(&a));
    assert_string_equal(best_of(&a)->name, near->format);
    assert_true(fabs(best_of(&a)->token_per_s.predicted - near->token_per_s.predicted) <
                1e-6 * near->token_per_s.predicted);
    done(&a);
}

static void where_nothing_fits_what_would_was_tried(void **state)
{
    asked card = ask("llama-3.1-70b", "rtx-3060", NULL), mac = ask("qwen3-235b-a22b", "m3-max-40,mem=36GB", NULL);
    (void)state;
    assert_null(best_of(&card));
    tr_local_find_near(card.local);
    assert_non_null(near_of(&card, "of these cards"));
    assert_non_null(near_of(&card, "llama-3.1-8b"));
    would_do(near_of(&card, "of these cards"));
    would_do(near_of(&card, "llama-3.1-8b"));
    assert_null(best_of(&mac));
    tr_local_find_near(mac.local);
    assert_non_null(near_of(&mac, "GB of memory"));
    assert_non_null(near_of(&mac, "qwen3-"));
    would_do(near_of(&mac, "GB of memory"));
    assert_null(near_of(&mac, "of these cards"));
    done(&card);
    done(&mac);
}

static void with_a_host_layers_move_there_and_more_fits(void **state)
{
    asked alone = ask("llama-3.1-70b", "rtx-4090", NULL);
    asked host = ask("llama-3.1-70b", "rtx-4090+epyc-9654,mem=256GB", NULL);
    asked mixture = ask("qwen3-235b-a22b", "rtx-4090+epyc-9654,mem=256GB", NULL);
    (void)state;
    assert_false(row_of(&alone, "q4_k_m")->fits);
    const tr_local_row *large = row_of(&host, "q8_0"), *small = row_of(&host, "q4_k_m");
    const tr_local_row *on_card = row_of(&host, "iq2_xs");
    assert_true(large->fits && small->fits && on_card->fits);
    assert_true(large->host_layers > small->host_layers && small->host_layers > 0.0);
    assert_true(on_card->host_layers <= 0.0 && isnan(on_card->host_used_byte));
    assert_true(small->host_used_byte <= small->host_memory_byte);
    assert_true(small->used_byte <= small->memory_byte * (1 + 1e-9));
    assert_true(small->max_token > on_card->asked_token);
    assert_true(on_card->token_per_s.predicted > small->token_per_s.predicted);
    assert_true(small->token_per_s.predicted > large->token_per_s.predicted);
    assert_true(row_of(&mixture, "q4_k_m")->host_expert_layers > 0.0);
    assert_true(row_of(&mixture, "q4_k_m")->host_layers <= 0.0);
    done(&alone);
    done(&host);
    done(&mixture);
}

static void one_card_fewer_would_not_do(void **state)
{
    asked a = ask("llama-3.1-70b", "rtx-3060", NULL);
    char fewer[64];
    double count;
    (void)state;
    tr_local_find_near(a.local);
    const tr_local_near *near = near_of(&a, "of these cards");
    assert_non_null(near);
    count = strtod(near->change, NULL);
    (void)snprintf(fewer, sizeof fewer, "%.0fxrtx-3060", count - 1.0);
    asked b = ask("llama-3.1-70b", fewer, NULL);
    assert_false(row_of(&b, "q4_k_m")->fits);
    done(&a);
    done(&b);
}

static void that_nothing_fits_is_an_answer(void **state)
{
    static const char *const pairs[] = {"model", "deepseek-r1", "system", "rtx-3090", "engine", "llamacpp", NULL};
    json_t *document = json_of(tr_answer_local, pairs);
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    int fits = 1;
    (void)state;
    assert_true(json_is_null(at(document, "best.weight_dtype")));
    assert_true(json_array_size(json_object_get(document, "nearest")) > 0);
    assert_int_equal(tr_answer_local_fits(scenario, question, &fits, NULL), TR_OK);
    assert_int_equal(fits, 0);
    json_decref(document);
    free(question);
    tr_scenario_destroy(scenario);
}

static void numbers_alone_are_refused(void **state)
{
    const char *const pairs[] = {"model", "total=8e9", "system", "rtx-4090", NULL};
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_local *local = NULL;
    tr_error err;
    (void)state;
    assert_int_equal(tr_local_begin(scenario, question, NULL, 0, &local, &err), TR_ECONFLICT);
    free(question);
    tr_scenario_destroy(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_quality_that_can_be_read_is_taken),
        cmocka_unit_test(where_all_are_slow_the_fastest_good_one_is_taken),
        cmocka_unit_test(where_no_good_one_fits_the_rule_is_the_same_for_the_rest),
        cmocka_unit_test(as_published_nothing_is_lost),
        cmocka_unit_test(what_fits_fits),
        cmocka_unit_test(speed_falls_with_context_and_stays_below_its_bound),
        cmocka_unit_test(a_row_is_what_predict_says),
        cmocka_unit_test(formats_that_are_named_are_the_rows),
        cmocka_unit_test(on_a_mac_mlx_stands_beside_llama_cpp),
        cmocka_unit_test(a_smaller_cache_holds_a_longer_context),
        cmocka_unit_test(where_nothing_fits_what_would_was_tried),
        cmocka_unit_test(with_a_host_layers_move_there_and_more_fits),
        cmocka_unit_test(one_card_fewer_would_not_do),
        cmocka_unit_test(that_nothing_fits_is_an_answer),
        cmocka_unit_test(numbers_alone_are_refused),
    };
    return cmocka_run_group_tests_name("ask local", tests, NULL, NULL);
}
