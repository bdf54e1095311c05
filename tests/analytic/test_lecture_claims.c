/* test_lecture_claims.c -- a walk over all claims of the lecture: each number comes out, and the list is the agreed one. */
#include "../unit/csv_rows.h"

#include <math.h>

#include <tokenroof/tokenroof.h>

#include "lab/lab.h"

enum { CLAIMS = 143 };

static tr_claim_answer answer_of(size_t index, size_t check)
{
    tr_claim_answer answer = {.value = (double)NAN};
    tr_error err = {.status = TR_OK};
    if (tr_claim_compute(index, check, tr_lab_claim, &answer, &err) != TR_OK)
        fail_msg("%s, check %zu: %s", tr_claim_at(index)->id, check, err.text);
    return answer;
}

static void all_143_claims_are_there_in_order(void **state)
{
    (void)state;
    assert_int_equal(tr_claim_count(), CLAIMS);
    for (size_t i = 0; i < CLAIMS; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "L%03zu", i + 1);
        assert_string_equal(tr_claim_at(i)->id, id);
        assert_ptr_equal(tr_claim_find(id), tr_claim_at(i));
    }
    assert_null(tr_claim_at(CLAIMS));
    assert_null(tr_claim_find("L144"));
    assert_ptr_equal(tr_claim_find("l048"), tr_claim_at(47));
}

static void every_check_gives_its_number_to_the_digits_it_is_given_in(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < CLAIMS; i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            tr_claim_answer answer = {.value = (double)NAN};
            tr_error err = {.text = ""};
            if (tr_claim_compute(i, k, tr_lab_claim, &answer, &err) == TR_OK && tr_claim_agrees(check, &answer))
                continue;
            print_error("# %s %s \"%s\": %.10g, expected %.10g to %.2g%% %s\n", tr_claim_at(i)->id, check->asks,
                        check->what, answer.value, check->value, 100.0 * check->tolerance_ratio, err.text);
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

static void a_wrong_number_does_not_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLAIMS; i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            tr_claim_answer answer = answer_of(i, k);
            answer.value = check->value * (1.0 + 1.01 * check->tolerance_ratio) + 1e-3 * (check->value == 0);
            assert_false(tr_claim_agrees(check, &answer));
            answer.value = (double)NAN;
            assert_false(tr_claim_agrees(check, &answer));
            /* No tolerance may be so wide that it says nothing. */
            assert_true(check->tolerance_ratio <= 0.25);
        }
}

static void a_verdict_has_the_numbers_that_it_needs(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLAIMS; i++) {
        const tr_claim *c = tr_claim_at(i);
        size_t corrected = 0, asked = 0;
        for (size_t k = 0; k < c->check_count; k++) {
            const tr_claim_check *check = tr_claim_check_at(i, k);
            corrected += check->kind == TR_CHECK_CORRECTED;
            asked += strcmp(check->asks, "stated") != 0 || check->against[0] != '\0';
        }
        assert_true(c->claim[0] != '\0' && c->source[0] != '\0' && c->date[0] != '\0');
        if (c->verdict == TR_VERDICT_STATED)
            assert_true(asked == 0 && c->reason[0] != '\0');
        else if (asked == 0)
            fail_msg("%s is not computed and not called stated", c->id);
        if (c->verdict == TR_VERDICT_SLOPPY || c->verdict == TR_VERDICT_CONTRADICTED) {
            if (corrected == 0 || c->reason[0] == '\0')
                fail_msg("%s is %s without a corrected number or a reason", c->id, tr_verdict_name(c->verdict));
        } else if (corrected != 0) {
            fail_msg("%s is %s and has a corrected number", c->id, tr_verdict_name(c->verdict));
        }
    }
}

static void every_answer_names_its_function_and_an_equation_that_exists(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLAIMS; i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            const tr_claim_answer answer = answer_of(i, k);
            if (answer.equation[0] != '\0' && tr_equation_find(answer.equation) == NULL)
                fail_msg("%s: no equation %s", tr_claim_at(i)->id, answer.equation);
        }
}

static void a_check_that_is_not_there_is_refused(void **state)
{
    (void)state;
    tr_claim_answer answer;
    tr_error err;
    assert_int_equal(tr_claim_compute(CLAIMS, 0, tr_lab_claim, &answer, &err), TR_EDOMAIN);
    assert_int_equal(tr_claim_compute(0, 1000, tr_lab_claim, &answer, &err), TR_EDOMAIN);
    assert_null(tr_claim_check_at(0, 1000));
}

static void an_experiment_that_nobody_has_is_not_run_and_nothing_else_needs_one(void **state)
{
    (void)state;
    size_t not_run = 0;
    for (size_t i = 0; i < CLAIMS; i++)
        for (size_t k = 0; k < tr_claim_at(i)->check_count; k++) {
            tr_claim_answer answer = {.value = 42};
            tr_error err;
            if (tr_claim_compute(i, k, NULL, &answer, &err) == TR_OK)
                continue;
            assert_string_equal(err.field, "experiment");
            assert_int_equal(err.status, TR_EMISSING);
            assert_true(answer.value == 42);
            not_run++;
        }
    assert_int_equal(not_run, 4); /* of L109 and L110 */
}

/* ---- against the list beside the repository ---------------------------------------- */

static double unit_of(const char *unit)
{
    return strcmp(unit, "GB") == 0 ? 1e9 : strcmp(unit, "TB") == 0 ? 1e12 : strcmp(unit, "ms") == 0 ? 1e-3 : 1.0;
}

/* One of the claim's numbers is `value`: as expected, or as computed. */
static int has_number(size_t index, double value)
{
    for (size_t k = 0; k < tr_claim_at(index)->check_count; k++) {
        const double given = tr_claim_check_at(index, k)->value, found = answer_of(index, k).value;
        const double near = 5e-4 * fabs(value) + 1e-12;
        if (fabs(given - value) <= near || fabs(found - value) <= near)
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
    assert_int_equal(list->rows, CLAIMS);
    for (size_t row = 0; row < list->rows; row++) {
        const tr_claim *c = tr_claim_find(csv_at(list, row, "id"));
        assert_non_null(c);
        const char *status = csv_at(list, row, "status");
        const char *verdict = c->verdict == TR_VERDICT_RIGHT || c->verdict == TR_VERDICT_STATED
                                  ? "ok"
                                  : tr_verdict_name(c->verdict);
        assert_string_equal(verdict, status);
        numbers_of_the_list_are_among_ours(list, row, row, "result", &missing);
        numbers_of_the_list_are_among_ours(list, row, row, "expr_value", &missing);
        numbers_of_the_list_are_among_ours(list, row, row, "corrected_value", &missing);
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_143_claims_are_there_in_order),
        cmocka_unit_test(every_check_gives_its_number_to_the_digits_it_is_given_in),
        cmocka_unit_test(a_wrong_number_does_not_agree),
        cmocka_unit_test(a_verdict_has_the_numbers_that_it_needs),
        cmocka_unit_test(every_answer_names_its_function_and_an_equation_that_exists),
        cmocka_unit_test(a_check_that_is_not_there_is_refused),
        cmocka_unit_test(an_experiment_that_nobody_has_is_not_run_and_nothing_else_needs_one),
        cmocka_unit_test_teardown(the_agreed_list_has_the_same_claims_verdicts_and_numbers, csv_forget),
    };
    return cmocka_run_group_tests_name("lecture: claims", tests, NULL, NULL);
}
