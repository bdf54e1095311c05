/* test_serve_acceptance.c -- tokens out of a step from the acceptance of its drafts, backwards, and as measured. */
#include "fixture.h"

/* 1 + a + ... + a^k = (1 - a^(k+1)) / (1 - a): by hand 1 + 0.8 + 0.64 + 0.512 = 2.952. */
static void tokens_of_a_step_are_a_geometric_sum(void **state)
{
    (void)state;
    assert_close(tr_draft_kept_token(3, 0.8), 2.952, 1e-15);
    assert_close(tr_draft_kept_token(1, 0.79), 1.79, 1e-15);
    assert_close(tr_draft_kept_token(5, 0.5), (1 - 1.0 / 64) / 0.5, 1e-15);
    assert_close(tr_draft_kept_token(4, 0.9), (1 - 0.59049) / 0.1, 1e-12);
    assert_true(tr_draft_kept_token(0, 0.5) == 1.0 && tr_draft_kept_token(7, 0) == 1.0);
    assert_true(tr_draft_kept_token(7, 1) == 8.0);
    assert_true(isnan(tr_draft_kept_token(3, 1.01)) && isnan(tr_draft_kept_token(-1, 0.5)) &&
                isnan(tr_draft_kept_token(3, NAN)));
}

static void tokens_of_a_step_grow_with_acceptance_and_drafts(void **state)
{
    (void)state;
    for (double k = 1; k <= 16; k += 1)
        for (double a = 0; a < 0.94; a += 0.05) {
            const double here = tr_draft_kept_token(k, a);
            assert_true(tr_draft_kept_token(k, a + 0.05) > here && tr_draft_kept_token(k + 1, a) >= here);
            assert_true(here >= 1 && here <= 1 / (1 - a));
        }
}

static void the_acceptance_is_found_again_from_the_tokens(void **state)
{
    (void)state;
    assert_close(tr_draft_accept_share(3, 2.952), 0.8, 1e-12);
    assert_close(tr_draft_accept_share(1, 1.79), 0.79, 1e-12);
    assert_true(tr_draft_accept_share(3, 1) < 1e-12 && tr_draft_accept_share(3, 4) > 1 - 1e-12);
    assert_true(isnan(tr_draft_accept_share(3, 4.1)) && isnan(tr_draft_accept_share(3, 0.9)) &&
                isnan(tr_draft_accept_share(0, 1)));
}

static void a_measured_model_has_its_own_acceptance_and_a_relative_its_familys(void **state)
{
    (void)state;
    static tr_model model, drafter;
    tr_acceptance a;
    get_model("deepseek-v3", &model);
    tr_acceptance_of(&model, 3, &a); /* by its prediction layer, as the one measured: 2.49 tokens with 3 drafts */
    assert_true(a.kin == TR_KIN_FAMILY);
    assert_string_equal(a.model, "deepseek-v4-pro");
    assert_string_equal(a.method, "MTP");
    assert_close(a.token_per_step, 2.49, 1e-12);
    assert_close(1 + a.share + a.share * a.share + a.share * a.share * a.share, 2.49, 1e-12);
    assert_true(a.low_share <= a.share && a.share < a.high_share);
    get_model("deepseek-v4-pro", &model);
    tr_acceptance_of(&model, 1, &a);
    assert_true(a.kin == TR_KIN_SAME);
    assert_close(a.share, 0.79, 1e-12);
    /* Another model that drafts is none of those measured. */
    get_model("llama-3.2-1b", &drafter);
    model.draft_model = &drafter;
    tr_acceptance_of(&model, 1, &a);
    assert_true(a.kin == TR_KIN_NONE && a.model[0] == '\0');
}

static void without_a_relative_the_middle_of_all_is_taken(void **state)
{
    (void)state;
    static tr_model model;
    tr_acceptance a, more;
    get_model("llama-3.1-70b", &model);
    tr_acceptance_of(&model, 1, &a);
    assert_true(a.kin == TR_KIN_NONE);
    /* One draft of models that think: 1.78 1.79 1.79 1.83 1.84 1.84 1.84 1.93; one more of kimi-k3 is not ours. */
    assert_close(a.share, 0.84, 1e-12);
    assert_close(a.low_share, 0.78, 1e-12);
    assert_close(a.high_share, 0.93, 1e-12);
    /* More drafts than were measured keep the acceptance of the most that were. */
    tr_acceptance_of(&model, 8, &a);
    tr_acceptance_of(&model, 12, &more);
    assert_true(more.share == a.share && more.token_per_step > a.token_per_step);
    assert_close(more.token_per_step, tr_draft_kept_token(12, a.share), 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_of_a_step_are_a_geometric_sum),
        cmocka_unit_test(tokens_of_a_step_grow_with_acceptance_and_drafts),
        cmocka_unit_test(the_acceptance_is_found_again_from_the_tokens),
        cmocka_unit_test(a_measured_model_has_its_own_acceptance_and_a_relative_its_familys),
        cmocka_unit_test(without_a_relative_the_middle_of_all_is_taken),
    };
    return cmocka_run_group_tests_name("serve acceptance", tests, NULL, NULL);
}
