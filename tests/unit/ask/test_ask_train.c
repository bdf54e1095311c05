/* test_ask_train.c -- one machine has one schedule: scale, report and lesson name the same train. */
#include "unit_ask.h"

#include <tokenroof/lesson.h>
#include <tokenroof/life.h>

/* The problem as the three verbs lay it out: for many batches, unless one is asked for. */
static double lesson_of(const char *const *pairs, const char *id)
{
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_exercise e = {.id = NULL};
    for (size_t i = 0; i < tr_lesson_count(); i++) {
        assert_int_equal(tr_lesson_ask(question, i, &e, NULL), TR_OK);
        if (strcmp(e.id, id) == 0)
            break;
    }
    assert_string_equal(e.id, id);
    free(question);
    tr_scenario_destroy(scenario);
    return e.value;
}

static void three_verbs_name_the_same_train(void **state)
{
    (void)state;
    static const char *const cases[][9] = {
        {"model", "deepseek-v3", "system", "gb200-nvl72", "context", "8192", NULL},
        {"model", "deepseek-v3", "system", "gb200-nvl72", "context", "512", NULL},
        {"model", "llama-3.1-70b", "system", "8xh100-sxm", "context", "32768", NULL},
        {"model", "llama-3.1-70b", "system", "8xh100-sxm", "context", "8192", "physics", "bound", NULL},
        {"model", "total=600e9,active=30e9,kv=60000,weight=1", "system", "flops=6e15,bw=6e12,mem=1e12,usd=3.6",
         "context", "4096", NULL},
    };
    static const char *const same[] = {"train.batch_seq",   "train.period_s",      "train.period_s_bound",
                                       "train.racks",       "train.racks_bound",   "train.mean_wait_s",
                                       "train.worst_wait_s", "train.drain_s",      "train.token_per_s",
                                       "train.idle_seq",    "train.racks_bound"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *scale = json_of(tr_answer_scale, cases[i]), *report = json_of(tr_answer_report, cases[i]);
        for (size_t k = 0; k < sizeof same / sizeof same[0]; k++)
            if (number_at(scale, same[k]) != number_at(report, same[k]))
                fail_msg("case %zu: %s is %g and %g", i, same[k], number_at(scale, same[k]),
                         number_at(report, same[k]));
        /* The lesson asks what can be worked out by hand: the bound. */
        assert_true(lesson_of(cases[i], "worst-wait") == 2 * number_at(scale, "train.period_s_bound"));
        assert_true(lesson_of(cases[i], "world") == number_at(scale, "train.racks_bound"));
        assert_true(lesson_of(cases[i], "full-train") == number_at(scale, "train.batch_seq"));
        json_decref(scale);
        json_decref(report);
    }
}

static void idle_seats_are_paid_by_those_who_ride(void **state)
{
    (void)state;
    static const char *const full[] = {"model", "llama-3.1-70b", "system", "8xh100-sxm", "context", "8192", NULL};
    static const char *const half[] = {"model",   "llama-3.1-70b", "system",      "8xh100-sxm",
                                       "context", "8192",          "utilisation", "0.5", NULL};
    json_t *a = json_of(tr_answer_scale, full), *b = json_of(tr_answer_scale, half);
    assert_true(number_at(a, "train.idle_seq") == 0 && number_at(a, "train.idle_usd_per_mtoken") == 0);
    assert_true(number_at(b, "train.period_s") == number_at(a, "train.period_s"));
    assert_true(number_at(b, "train.idle_seq") == number_at(b, "train.batch_seq") / 2);
    assert_true(fabs(number_at(b, "train.racks") / number_at(a, "train.racks") - 2) < 1e-12);
    assert_true(fabs(number_at(b, "train.usd_per_mtoken") / number_at(a, "train.usd_per_mtoken") - 2) < 1e-12);
    assert_true(fabs(number_at(b, "train.idle_usd_per_mtoken") / number_at(a, "train.usd_per_mtoken") - 1) < 1e-12);
    json_decref(a);
    json_decref(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_verbs_name_the_same_train),
        cmocka_unit_test(idle_seats_are_paid_by_those_who_ride),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
