/* Trains, racks, links and pipelines against the lecture's numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tokenroof/life.h>

#include "life/racks.h"

#define assert_near(value, expected, relative) assert_true(fabs((value) / (expected)-1.0) <= (relative))

static void a_world_needs_a_thousand_racks(void **state)
{
    (void)state;
    assert_near(tr_rack_count(128e6, 128e3), 1000, 1e-12);
    assert_true(isnan(tr_rack_count(128e6, 0)));
}

static void a_larger_domain_fetches_weights_sooner(void **state)
{
    (void)state;
    assert_near(tr_domain_fetch_s(671.026e9, 3.35e12, 8), 0.0250383, 1e-5);
    assert_near(tr_domain_fetch_s(671.026e9, 8e12, 72), 0.00116498, 1e-5);
}

static void experts_talk_in_proportion_and_half_of_it_leaves_one_of_two_racks(void **state)
{
    (void)state;
    assert_near(tr_moe_token_byte(7168, 8, 64, 1, 2), 8 * 7168 * 3 * (63.0 / 64), 1e-12);
    assert_true(tr_moe_token_byte(7168, 8, 1, 1, 2) == 0);
    assert_near(tr_leaving_share(2), 0.5, 1e-12);
    assert_true(tr_leaving_share(1) == 0);
    assert_near(tr_stage_over_hop_ratio(8, 8, 1), 2.0, 1e-12);
}

static void stages_divide_the_weights_and_not_the_cache(void **state)
{
    (void)state;
    const double kv = 8192.0 * 35136;
    assert_near(tr_stage_byte_per_chip(671e9, kv, 64, 4, 2400), 13.41e9, 0.001);
    const double cache = tr_stage_byte_per_chip(0, kv, 64, 1, 2400);
    for (double p = 1; p <= 64; p *= 2) {
        assert_near(tr_stage_byte_per_chip(0, kv, 64, p, 2400), cache, 1e-12);
        assert_near(tr_stage_byte_per_chip(671e9, kv, 64, p, 2400) - cache, 671e9 / (64 * p), 1e-9);
    }
    assert_near(tr_hops_s(4, 2e-3), 8e-3, 1e-12);
}

static void bubbles_shrink_with_micro_batches(void **state)
{
    (void)state;
    assert_near(tr_train_bubble_share(4, 4), 3.0 / 7, 1e-12);
    assert_near(tr_decode_idle_share(4, 1), 0.75, 1e-12);
    assert_true(tr_decode_idle_share(4, 4) == 0);
    for (double m = 1; m < 64; m *= 2)
        assert_true(tr_train_bubble_share(8, 2 * m) < tr_train_bubble_share(8, m));
    assert_true(tr_train_bubble_share(1, 5) == 0);
}

static void attention_overtakes_the_weights_of_llama_at_54k(void **state)
{
    (void)state;
    static tr_model model;
    assert_int_equal(tr_model_catalog_get("llama-3.1-70b", &model, NULL), TR_OK);
    const double wall = tr_attention_wall_token(&model);
    assert_near(wall, 2 * model.multiply_param / (4.0 * 80 * 64 * 128), 1e-11);
    assert_true(wall > 50000 && wall < 55000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_world_needs_a_thousand_racks),
        cmocka_unit_test(a_larger_domain_fetches_weights_sooner),
        cmocka_unit_test(experts_talk_in_proportion_and_half_of_it_leaves_one_of_two_racks),
        cmocka_unit_test(stages_divide_the_weights_and_not_the_cache),
        cmocka_unit_test(bubbles_shrink_with_micro_batches),
        cmocka_unit_test(attention_overtakes_the_weights_of_llama_at_54k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
