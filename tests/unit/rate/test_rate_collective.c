/* test_rate_collective.c -- one collective: its start, its wire, and the topology that it crosses. */
#include "fixture.h"

static tr_collective over(const tr_system *system, tr_collective_kind kind, double group, double byte, double across)
{
    tr_collective c;
    tr_error err;
    if (tr_collective_of(system, kind, group, byte, across, &c, &err) != TR_OK)
        fail_msg("%s", err.text);
    return c;
}

static void a_collective_costs_its_start_and_its_bytes(void **state)
{
    (void)state;
    const tr_system system = get_system("16xh100-sxm"); /* two domains of eight, 450 GB/s and 50 GB/s */
    assert_close(over(&system, TR_COLLECTIVE_ALL_REDUCE, 1, 1e6, 0).time_s, 0, 0);
    tr_collective c = over(&system, TR_COLLECTIVE_ALL_REDUCE, 8, 1000, 0);
    assert_int_equal(c.algorithm, TR_ALGORITHM_ONE_SHOT);
    assert_close(c.link_byte, 7000, 0);
    c = over(&system, TR_COLLECTIVE_ALL_REDUCE, 8, 1e9, 0);
    assert_int_equal(c.algorithm, TR_ALGORITHM_IN_SWITCH);
    assert_close(c.wire_s, 1e9 * 9 / 8 / 450e9, 1e-12);
    const double inside_s = c.time_s;
    c = over(&system, TR_COLLECTIVE_ALL_REDUCE, 16, 1e9, 0);
    assert_true(c.scaleout);
    assert_true(c.time_s > inside_s + 1e9 / 8 / 50e9);
    /* Bytes that stay and bytes that leave go side by side. */
    c = over(&system, TR_COLLECTIVE_ALL_TO_ALL, 16, 7e6, 8e6);
    assert_close(c.wire_s, 8e6 / 50e9, 1e-12);
    c = over(&system, TR_COLLECTIVE_ALL_TO_ALL, 16, 900e6, 8e6);
    assert_close(c.wire_s, 900e6 / 450e9, 1e-12);
    /* A gather over two domains: an eighth of the other's half over each card, beside seven eighths inside. */
    c = over(&system, TR_COLLECTIVE_ALL_GATHER, 16, 16e6, 0);
    assert_close(c.link_byte, 16e6 / 8 / 2 + 16e6 * 7 / 8, 1e-12);
    assert_close(c.wire_s, 16e6 * 7 / 8 / 450e9, 1e-12);
    c = over(&system, TR_COLLECTIVE_SEND, 16, 1e6, 0);
    assert_close(c.wire_s, 1e6 / 50e9, 1e-12);
    assert_close(c.time_s, c.start_s + c.wire_s, 1e-15);
}

static void the_start_grows_with_hops_round_the_domains(void **state)
{
    (void)state;
    const tr_system system = get_system("64xh100-sxm");
    const double a = 2.5e-6; /* between cards */
    const double inside_s = over(&system, TR_COLLECTIVE_ALL_REDUCE, 8, 1e9, 0).start_s;
    const tr_collective ring = over(&system, TR_COLLECTIVE_ALL_REDUCE, 64, 1e9, 0);
    assert_int_equal(ring.algorithm, TR_ALGORITHM_RING);
    assert_close(ring.start_s, 2.0 * 7.0 * a + inside_s, 1e-12);
    const tr_collective tree = over(&system, TR_COLLECTIVE_ALL_REDUCE, 64, 8.0, 0);
    assert_int_equal(tree.algorithm, TR_ALGORITHM_TREE);
    assert_close(tree.start_s, 2.0 * 3.0 * a + over(&system, TR_COLLECTIVE_ALL_REDUCE, 8, 8.0, 0).start_s, 1e-12);
}

static void no_smaller_message_takes_longer(void **state)
{
    (void)state;
    static const char *const names[] = {"16xh100-sxm", "mi300x-platform", "tpu-v5p", "4xrtx-4090"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tr_system system;
        if (tr_system_catalog_get(names[i], &system, NULL) != TR_OK)
            continue;
        for (int kind = 0; kind < 4; kind++)
            for (double group = 1; group <= system.chip_count; group *= 2) {
                double before = 0;
                for (double n = 1; n < 1e12; n *= 3) {
                    const tr_collective c = over(&system, (tr_collective_kind)kind, group, n, 0);
                    assert_true(c.time_s >= before);
                    before = c.time_s;
                }
            }
    }
}

/* A pair shares 64 GB/s, a group of g has (g - 1) x 64: a two-shot all-reduce of n bytes moves 2 n (g - 1) / g and
 * takes 2 n / (64 g); tp shards the batch over replicas, so that n is in proportion to g. All tie. */
static void a_mesh_of_pairs_gives_every_group_its_own_links(void **state)
{
    (void)state;
    static tr_model model;
    get_model("llama-3.1-70b", &model);
    const tr_system system = get_system("mi300x-platform");
    const tr_load load = {TR_PHASE_PREFILL, 8, 0, 8192};
    double comm_s = 0.0;
    for (double tp = 2; tp <= 8; tp *= 2) {
        const tr_shard shard = shard_of(&model, &system, (tr_layout){tp, 1, 1, 1, 8 / tp, 0});
        const tr_step step = step_on(&shard, NULL, load);
        if (comm_s > 0.0)
            assert_close(step.comm_s, comm_s, 1e-12);
        comm_s = step.comm_s;
    }
    /* 160 all-reduces of 8 x 8192 tokens' rows of 16 KiB a replica's eighth: 2 n / (64e9 x 8). */
    assert_close(comm_s, 160.0 * 2.0 * (8.0 * 8192 * 8192 * 2) / (64e9 * 8), 1e-12);
}

static void a_torus_goes_round_faster_than_across(void **state)
{
    (void)state;
    tr_system system = toy_system(16.0);
    system.domain_chip = 16.0;
    system.chip.scaleup_domain_chip = 16.0;
    system.chip.topology = TR_TOPOLOGY_TORUS;
    system.chip.torus_dimension[0] = system.chip.torus_dimension[1] = 4.0;
    system.chip.pair_byte_per_s = 45e9;
    system.chip.scaleup_byte_per_s = 180e9;
    tr_reach reach;
    assert_int_equal(tr_system_reach(&system, 16.0, &reach, NULL), TR_OK);
    assert_true(reach.ring_byte_per_s > reach.inside_byte_per_s);
    const tr_collective sum = over(&system, TR_COLLECTIVE_ALL_REDUCE, 16, 1e9, 0);
    assert_close(sum.wire_s, 2.0 * 1e9 * 15 / 16 / reach.ring_byte_per_s, 1e-12);
    assert_close(over(&system, TR_COLLECTIVE_ALL_GATHER, 16, 1e9, 0).wire_s,
                 1e9 * 15 / 16 / reach.ring_byte_per_s, 1e-12);
    assert_close(over(&system, TR_COLLECTIVE_ALL_TO_ALL, 16, 1e9, 0).wire_s, 1e9 / reach.inside_byte_per_s, 1e-12);
}

static void a_collective_over_no_known_link_or_of_nan_is_refused(void **state)
{
    (void)state;
    tr_error err;
    tr_collective c;
    const tr_system system = get_system("16xh100-sxm"), apart = get_system("2xm4-max");
    const double nan = (double)NAN;
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_SEND, nan, 1, 0, &c, &err), TR_EDOMAIN);
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_SEND, 2, nan, 0, &c, &err), TR_EDOMAIN);
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_SEND, 2, 1, nan, &c, &err), TR_EDOMAIN);
    assert_int_equal(tr_collective_of(&system, (tr_collective_kind)9, 2, 1, 0, &c, &err), TR_EDOMAIN);
    assert_int_equal(tr_collective_of(NULL, TR_COLLECTIVE_SEND, 2, 1, 0, &c, &err), TR_EMISSING);
    assert_int_equal(tr_collective_of(&system, TR_COLLECTIVE_SEND, 2, 1, 0, NULL, &err), TR_EMISSING);
    assert_int_equal(tr_collective_of(&apart, TR_COLLECTIVE_ALL_REDUCE, 2, 1, 0, &c, &err), TR_EMISSING);
    assert_non_null(strstr(err.text, "link="));
    assert_string_equal(tr_algorithm_name(TR_ALGORITHM_TWO_SHOT), "two-shot");
    assert_string_equal(tr_algorithm_name((tr_algorithm)99), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_collective_costs_its_start_and_its_bytes),
        cmocka_unit_test(the_start_grows_with_hops_round_the_domains),
        cmocka_unit_test(no_smaller_message_takes_longer),
        cmocka_unit_test(a_mesh_of_pairs_gives_every_group_its_own_links),
        cmocka_unit_test(a_torus_goes_round_faster_than_across),
        cmocka_unit_test(a_collective_over_no_known_link_or_of_nan_is_refused),
    };
    return cmocka_run_group_tests_name("rate collective", tests, NULL, NULL);
}
