/* DeepSeek's published day of serving V3 and R1: cost, revenue, nodes, and the batch, from its own figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include <tokenroof/rate.h>

#include "price/published_day.h"

#define CLOSE(a, b, relative) assert_true(fabs((a) - (b)) <= (relative) * fabs(b))

/* data/laws/deepseek_fleet.json. */
static tr_fleet_day published(void)
{
    return (tr_fleet_day){.node_count = 226.75,
                          .node_chip = 8,
                          .chip_usd_per_hour = 2,
                          .input_token = 608e9,
                          .cached_token = 342e9,
                          .output_token = 168e9,
                          .prefill_node_token_per_s = 73700,
                          .decode_node_token_per_s = 14800,
                          .seq_token_per_s = 21,
                          .unit_chip = 144,
                          .balance_batch_seq = 5278,
                          .input_usd_per_mtoken = 0.55,
                          .cached_usd_per_mtoken = 0.14,
                          .output_usd_per_mtoken = 2.19};
}

static void the_published_day_costs_earns_and_needs_what_it_says(void **state)
{
    (void)state;
    const tr_fleet_day day = published();
    tr_fleet_answer a;
    assert_int_equal(tr_fleet_day_of(&day, &a, NULL), TR_OK);
    CLOSE(a.cost_usd, 87072.0, 1e-12);
    CLOSE(a.revenue_usd, 562027.0, 2e-4); /* its token counts are rounded to a billion: $562,100 */
    CLOSE(a.margin_ratio, 5.45, 2e-3);
    CLOSE(a.prefill_node_count, 95.5, 1e-3);
    CLOSE(a.decode_node_count, 131.4, 1e-3);
    CLOSE(a.needed_node_count, 226.9, 1e-3); /* and it used 226.75 */
    CLOSE(a.chip_token_per_s, 1850.0, 1e-12);
    CLOSE(a.chip_seq, 88.1, 1e-3);
    CLOSE(a.unit_seq, 12686.0, 1e-4);
    CLOSE(a.decode_usd_per_mtoken, 0.300, 2e-3);
    CLOSE(a.prefill_usd_per_mtoken, 0.0603, 1e-3);
    CLOSE(a.decode_prefill_ratio, 4.98, 1e-3);
}

static void its_unit_decodes_two_point_four_times_the_balanced_batch(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_roofline roof;
    tr_fleet_answer a;
    tr_fleet_day day = published();
    /* The lecture's two numbers of the model, on 144 chips of the catalog's H800. */
    assert_int_equal(tr_model_from_numbers(&(tr_model_numbers){671e9, 37.55e9, 35136, 1}, &model, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get("144xh800-sxm", &system, NULL), TR_OK);
    const tr_formats fp8 = {.weight = TR_WEIGHT_FORMAT_FP8, .kv = TR_DTYPE_FP8, .math = TR_DTYPE_FP8};
    assert_int_equal(tr_roofline_of(&model, &system, NULL, &fp8, &roof, NULL), TR_OK);
    day.balance_batch_seq = tr_balance_batch_seq(&roof, 0);
    assert_int_equal(tr_fleet_day_of(&day, &a, NULL), TR_OK);
    CLOSE(a.batch_balance_ratio, 2.40, 5e-3);
}

static void a_day_without_a_rate_or_with_more_cached_than_read_is_refused(void **state)
{
    (void)state;
    tr_fleet_answer a = {.cost_usd = 42};
    tr_fleet_day day = published();
    day.decode_node_token_per_s = 0;
    assert_int_equal(tr_fleet_day_of(&day, &a, NULL), TR_EDOMAIN);
    day = published();
    day.cached_token = 700e9;
    assert_int_equal(tr_fleet_day_of(&day, &a, NULL), TR_ECONFLICT);
    CLOSE(a.cost_usd, 42.0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_day_costs_earns_and_needs_what_it_says),
        cmocka_unit_test(its_unit_decodes_two_point_four_times_the_balanced_batch),
        cmocka_unit_test(a_day_without_a_rate_or_with_more_cached_than_read_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
