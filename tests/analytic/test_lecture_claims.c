/* test_lecture_claims.c -- a walk over all claims of the lecture: each number comes out, and the list is the agreed one. */
#include "../unit/csv_rows.h"

#include <math.h>

#include <tokenroof/tokenroof.h>

#include "lab/lab.h"

enum { LISTED = 143, CLAIMS = 153 };

static tr_claim_answer answer_of(size_t index, size_t check)
{
    tr_claim_answer answer = {.value = (double)NAN};
    tr_error err = {.status = TR_OK};
    if (tr_claim_compute(index, check, tr_lab_claim, &answer, &err) != TR_OK)
        fail_msg("%s, check %zu: %s", tr_claim_at(index)->id, check, err.text);
    return answer;
}

static tr_verdict verdict_of(size_t index)
{
    tr_verdict verdict = TR_VERDICT_STATED;
    assert_int_equal(tr_claim_verdict(index, tr_lab_claim, &verdict, NULL), TR_OK);
    return verdict;
}

static size_t index_of(const char *id)
{
    size_t i = 0;
    while (i < tr_claim_count() && strcmp(tr_claim_at(i)->id, id) != 0)
        i++;
    return i;
}

static int is_asked(const tr_claim_check *check) { return check->asks[0] != '\0'; }

/* Nothing is computed: a stated number, alone or against another. */
static int is_echo(const tr_claim_check *check)
{
    return strcmp(check->asks, "stated") == 0 &&
           (check->against[0] == '\0' || strcmp(check->against_asks, "stated") == 0);
}

static void all_claims_are_there_in_order_and_their_parts_behind_them(void **state)
{
    (void)state;
    size_t wholes = 0;
    for (size_t i = 0; i < tr_claim_count(); i++) {
        const tr_claim *c = tr_claim_at(i);
        char id[8];
        (void)snprintf(id, sizeof id, "L%03zu", ++wholes);
        assert_string_equal(c->id, id);
        assert_ptr_equal(tr_claim_find(id), c);
        assert_true(c->part_count != 1 && (c->part_count == 0 || c->check_count == 0));
        for (size_t p = 1; p <= c->part_count; p++) {
            (void)snprintf(id, sizeof id, "%s%c", c->id, (char)('a' + (int)p - 1));
            assert_string_equal(tr_claim_at(i + p)->id, id);
            assert_string_equal(tr_claim_at(i + p)->topic, c->topic);
        }
        i += c->part_count;
    }
    assert_int_equal(wholes, CLAIMS);
    assert_null(tr_claim_at(tr_claim_count()));
    assert_null(tr_claim_find("L999"));
    assert_string_equal(tr_claim_find("l048")->id, "L048");
}

static void a_number_stands_for_what_rounds_to_the_digits_written(void **state)
{
    (void)state;
    tr_claim_span span;
    assert_true(tr_claim_written("12.8e-3", &span) && span.single && span.value == 12.8e-3);
    assert_true(fabs(span.low - 12.75e-3) < 1e-15 && fabs(span.high - 12.85e-3) < 1e-15);
    assert_true(tr_claim_written("-30", &span) && span.low == -30.5 && span.high == -29.5);
    assert_true(tr_claim_written("15e-3 to 20e-3", &span) && !span.single);
    assert_true(fabs(span.low - 14.5e-3) < 1e-15 && fabs(span.high - 20.5e-3) < 1e-15);
    assert_true(tr_claim_written(">= 10", &span) && span.low == 9.5 && span.high == TR_CLAIM_NO_END);
    assert_true(tr_claim_written("<= 1.0", &span) && span.low == -TR_CLAIM_NO_END && fabs(span.high - 1.05) < 1e-15);
    static const char *const slips[] = {"", "x", "1e", "1 to", "1 to x", ">= ", "3,000", "1..2", "5%"};
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++)
        assert_false(tr_claim_written(slips[i], &span));
}

static void one_rule_judges_every_number(void **state)
{
    (void)state;
    static const struct {
        const char *says;
        double computed;
        tr_agreement agreement;
    } cases[] = {
        {"300", 300.4, TR_AGREES},        {"300", 299.5, TR_AGREES},       {"300", 295.3, TR_AGREE_NEAR},
        {"300", 390.0, TR_AGREE_NEAR},    {"300", 391.0, TR_AGREE_OFF},    {"300", 230.7, TR_AGREE_OFF},
        {"300", -300.0, TR_AGREE_OFF},    {"0", 0.4, TR_AGREES},           {"0", 0.6, TR_AGREE_OFF},
        {"15 to 20", 20.4, TR_AGREES},    {"15 to 20", 22.5, TR_AGREE_OFF}, /* a range has said how far it reaches */
        {">= 10", 9.5, TR_AGREES},        {">= 10", 9.4, TR_AGREE_OFF},    {"<= 1", 0.28, TR_AGREES},
        {"", 1.0, TR_AGREE_NOT_JUDGED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(tr_claim_judge(cases[i].says, cases[i].computed), cases[i].agreement);
    assert_int_equal(tr_claim_judge("300", (double)NAN), TR_AGREE_NOT_JUDGED);
}

static void every_check_gives_its_number_to_the_digits_it_is_given_in(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < tr_claim_count(); i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            tr_claim_answer answer = {.value = (double)NAN};
            tr_error err = {.text = ""};
            if (!is_asked(check))
                continue;
            if (tr_claim_compute(i, k, tr_lab_claim, &answer, &err) == TR_OK &&
                tr_claim_judge(check->gives, answer.value) == TR_AGREES)
                continue;
            print_error("# %s %s \"%s\": %.10g, expected %s %s\n", tr_claim_at(i)->id, check->asks, check->what,
                        answer.value, check->gives, err.text);
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

static void no_number_that_must_come_out_is_given_in_so_few_digits_that_it_says_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_claim_count(); i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            tr_claim_span span;
            if (!is_asked(check))
                continue;
            assert_true(tr_claim_written(check->gives, &span) && span.single);
            if (span.high - span.low > 1e-2 * fabs(span.value) + 1e-3 * (span.value == 0))
                fail_msg("%s: %s", tr_claim_at(i)->id, check->gives);
            assert_int_not_equal(tr_claim_judge(check->gives, span.high + 0.2 * (span.high - span.low)), TR_AGREES);
        }
}

static void every_claim_has_its_reason_and_an_echo_judges_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_claim_count(); i++) {
        const tr_claim *c = tr_claim_at(i);
        size_t judged = 0;
        assert_true(c->claim[0] != '\0' && c->source[0] != '\0' && c->date[0] != '\0');
        if (strlen(c->reason) < 4)
            fail_msg("%s has no reason", c->id);
        for (size_t k = 0; k < c->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            if (check->says[0] == '\0' || !is_asked(check))
                continue;
            judged++;
            if (is_echo(check))
                fail_msg("%s is judged by what it says itself", c->id);
        }
        if (c->part_count == 0)
            assert_int_equal(verdict_of(i) == TR_VERDICT_STATED, judged == 0);
    }
}

static void every_answer_names_its_function_and_an_equation_that_exists(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_claim_count(); i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_answer answer = answer_of(i, k);
            if (is_asked(tr_claim_check_at(i, k)) && !is_echo(tr_claim_check_at(i, k)))
                assert_true(answer.function[0] != '\0');
            if (answer.equation[0] != '\0' && tr_equation_find(answer.equation) == NULL)
                fail_msg("%s: no equation %s", tr_claim_at(i)->id, answer.equation);
        }
}

static void a_check_that_is_not_there_is_refused(void **state)
{
    (void)state;
    tr_claim_answer answer;
    tr_error err;
    assert_int_equal(tr_claim_compute(tr_claim_count(), 0, tr_lab_claim, &answer, &err), TR_EDOMAIN);
    assert_int_equal(tr_claim_compute(0, 1000, tr_lab_claim, &answer, &err), TR_EDOMAIN);
    assert_null(tr_claim_check_at(0, 1000));
}

static void an_experiment_that_nobody_has_is_not_run_and_nothing_else_needs_one(void **state)
{
    (void)state;
    size_t not_run = 0;
    for (size_t i = 0; i < tr_claim_count(); i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            tr_claim_answer answer = {.value = 42};
            assert_int_equal(tr_claim_compute(i, k, NULL, &answer, NULL), TR_OK);
            not_run += is_asked(tr_claim_check_at(i, k)) && isnan(answer.value);
        }
    assert_int_equal(not_run, 4); /* of L109 and L110 */
    tr_verdict verdict = TR_VERDICT_RIGHT;
    assert_int_equal(tr_claim_verdict(index_of("L109"), NULL, &verdict, NULL), TR_OK);
    assert_int_equal(verdict, TR_VERDICT_STATED);
}

static void a_claim_of_several_assertions_follows_from_its_parts(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(index_of("L067a")), TR_VERDICT_RIGHT);        /* flash for five minutes */
    assert_int_equal(verdict_of(index_of("L067b")), TR_VERDICT_CONTRADICTED); /* a disk for an hour */
    assert_int_equal(verdict_of(index_of("L067")), TR_VERDICT_SLOPPY);
    assert_int_equal(verdict_of(index_of("L036")), TR_VERDICT_RIGHT); /* a stated part is left aside */
}

/* ---- against the list beside the repository ---------------------------------------- */

static double unit_of(const char *unit)
{
    return strcmp(unit, "GB") == 0 ? 1e9 : strcmp(unit, "TB") == 0 ? 1e12 : strcmp(unit, "ms") == 0 ? 1e-3 : 1.0;
}

static int is_near(double given, double value) { return fabs(given - value) <= 5e-4 * fabs(value) + 1e-12; }

/* One of the claim's numbers is `value`: as said, as expected, or as computed; of its parts too. */
static int has_number(size_t index, double value)
{
    for (size_t i = index; i <= index + tr_claim_at(index)->part_count; i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            tr_claim_span said, gives;
            if (tr_claim_written(check->says, &said) &&
                (is_near(said.value, value) || (!said.single && tr_claim_judge(check->says, value) == TR_AGREES)))
                return 1;
            if (is_asked(check) && tr_claim_written(check->gives, &gives) &&
                (is_near(gives.value, value) || is_near(answer_of(i, k).value, value)))
                return 1;
        }
    return 0;
}

static void numbers_of_the_list_are_among_ours(csv *list, size_t row, size_t index, const char *column, size_t *missing)
{
    const char *text = csv_at(list, row, column);
    if (strstr(text, "..") != NULL)
        return;
    const double unit = unit_of(csv_at(list, row, "unit"));
    for (const char *c = text; *c != '\0';) {
        char *end;
        if (*c == '\'') { /* a word in a list */
            c += 1 + strcspn(c + 1, "'");
            c += *c != '\0';
            continue;
        }
        const double value = strtod(c, &end);
        if (end == c) {
            c++;
            continue;
        }
        if (!has_number(index, value * unit)) {
            print_error("# %s: %s %s is not among our numbers\n", tr_claim_at(index)->id, column, text);
            ++*missing;
        }
        c = end;
    }
}

static void the_agreed_list_has_the_same_claims_verdicts_and_numbers(void **state)
{
    csv *list = csv_shared(state, "facts/lecture_claims.csv");
    size_t missing = 0;
    assert_int_equal(list->rows, LISTED);
    for (size_t row = 0; row < list->rows; row++) {
        const char *id = csv_at(list, row, "id");
        const size_t i = index_of(id);
        assert_true(i < tr_claim_count());
        const tr_verdict v = verdict_of(i);
        const char *verdict = v == TR_VERDICT_RIGHT || v == TR_VERDICT_STATED ? "ok" : tr_verdict_name(v);
        if (strcmp(verdict, csv_at(list, row, "status")) != 0) {
            print_error("# %s is %s here, %s in the list\n", id, verdict, csv_at(list, row, "status"));
            missing++;
        }
        numbers_of_the_list_are_among_ours(list, row, i, "result", &missing);
        numbers_of_the_list_are_among_ours(list, row, i, "expr_value", &missing);
        numbers_of_the_list_are_among_ours(list, row, i, "corrected_value", &missing);
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_claims_are_there_in_order_and_their_parts_behind_them),
        cmocka_unit_test(a_number_stands_for_what_rounds_to_the_digits_written),
        cmocka_unit_test(one_rule_judges_every_number),
        cmocka_unit_test(every_check_gives_its_number_to_the_digits_it_is_given_in),
        cmocka_unit_test(no_number_that_must_come_out_is_given_in_so_few_digits_that_it_says_nothing),
        cmocka_unit_test(every_claim_has_its_reason_and_an_echo_judges_none),
        cmocka_unit_test(a_claim_of_several_assertions_follows_from_its_parts),
        cmocka_unit_test(every_answer_names_its_function_and_an_equation_that_exists),
        cmocka_unit_test(a_check_that_is_not_there_is_refused),
        cmocka_unit_test(an_experiment_that_nobody_has_is_not_run_and_nothing_else_needs_one),
        cmocka_unit_test_teardown(the_agreed_list_has_the_same_claims_verdicts_and_numbers, csv_forget),
    };
    return cmocka_run_group_tests_name("lecture: claims", tests, NULL, NULL);
}
