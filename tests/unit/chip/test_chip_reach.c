/* test_chip_reach.c -- what each chip of a group can send, by the shape of its links; and that no rate is guessed. */
#include "chip_test.h"

static tr_system named(const char *name)
{
    tr_system system;
    tr_error err = { .text = "" };
    if (tr_system_catalog_get(name, &system, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return system;
}

static tr_reach reach_of(const char *name, double group)
{
    const tr_system system = named(name);
    tr_reach reach;
    tr_error err = { .text = "" };
    if (tr_system_reach(&system, group, &reach, &err) != TR_OK)
        fail_msg("%s, %g: %s", name, group, err.text);
    return reach;
}

static void expect_missing(const char *name, double group, const char *field, const char *hint)
{
    const tr_system system = named(name);
    tr_reach reach, before;
    tr_error err = { .text = "" };
    memset(&reach, 7, sizeof reach);
    before = reach;
    assert_int_equal(tr_system_reach(&system, group, &reach, &err), TR_EMISSING);
    assert_memory_equal(&reach, &before, sizeof reach);
    if (strcmp(err.field, field) != 0 || strstr(err.text, system.chip.name) == NULL || strstr(err.text, hint) == NULL)
        fail_msg("%s, %g: %s: %s", name, group, err.field, err.text);
}

static void behind_a_switch_a_chip_has_all_its_links_for_any_group(void **state)
{
    (void)state;
    for (double group = 2.0; group <= 8.0; group += 1.0) {
        const tr_reach r = reach_of("dgx-h100", group);
        assert_same(r.inside_chip, group);
        assert_same(r.domain_count, 1.0);
        assert_same(r.inside_byte_per_s, 450e9);
        assert_same(r.ring_byte_per_s, 450e9);
        assert_same(r.neighbour_byte_per_s, 450e9);
        assert_true(r.adds_in_switch);
        assert_int_equal(r.topology, TR_TOPOLOGY_SWITCH);
    }
    assert_false(reach_of("8xa100-sxm-80gb", 8.0).adds_in_switch); /* NVLink3 */
    assert_false(reach_of("helios", 8.0).adds_in_switch);          /* no NVLink */
}

static void a_group_beyond_its_domain_spans_several_and_crosses_the_network(void **state)
{
    (void)state;
    const tr_reach r = reach_of("32xh100-sxm", 20.0);
    assert_same(r.inside_chip, 8.0);
    assert_same(r.domain_count, 3.0);
    assert_same(r.across_byte_per_s, 50e9);
}

static void a_pair_of_mi300x_shares_64_gigabytes_a_second_and_a_group_of_g_has_g_less_1_times_that(void **state)
{
    (void)state;
    for (double group = 2.0; group <= 8.0; group += 1.0) {
        const tr_reach r = reach_of("mi300x-platform", group);
        assert_near(r.inside_byte_per_s, (group - 1.0) * 64e9, 1e-15);
        assert_near(r.neighbour_byte_per_s, 64e9, 1e-15);
    }
    assert_near(reach_of("8xgaudi2", 8.0).inside_byte_per_s, 262.5e9, 1e-15);
    assert_near(reach_of("8xgaudi3", 4.0).inside_byte_per_s, 225e9, 1e-15);
    assert_near(reach_of("dgx-spark-pair", 2.0).inside_byte_per_s, 25e9, 1e-15);
    /* a hybrid mesh has 150 GB/s of links a chip, however many chips there are */
    assert_near(reach_of("dgx-v100", 4.0).inside_byte_per_s, 75e9, 1e-15);
    assert_near(reach_of("dgx-v100", 8.0).inside_byte_per_s, 150e9, 1e-15);
}

static void a_bridge_splits_its_links_over_the_cards_it_joins(void **state)
{
    (void)state;
    assert_near(reach_of("2xh200-nvl", 2.0).inside_byte_per_s, 450e9, 1e-15);
    assert_near(reach_of("4xh200-nvl", 2.0).inside_byte_per_s, 150e9, 1e-15);
    assert_near(reach_of("4xh200-nvl", 4.0).inside_byte_per_s, 450e9, 1e-15);
}

static void bridged_pairs_of_one_host_meet_over_pcie_or_their_network_card(void **state)
{
    (void)state;
    const tr_reach pcie = reach_of("8xa100-pcie-80gb,net=0", 8.0);
    assert_same(pcie.inside_chip, 2.0);
    assert_same(pcie.domain_count, 4.0);
    assert_near(pcie.across_byte_per_s, 31.5e9, 1e-15);
    assert_near(reach_of("8xa100-pcie-80gb", 8.0).across_byte_per_s, 25e9, 1e-15);
}

static void cards_without_links_reach_each_other_at_their_pcie_rate(void **state)
{
    (void)state;
    assert_near(reach_of("8xl40s", 8.0).inside_byte_per_s, 31.5e9, 1e-15);
    assert_near(reach_of("4xrtx-3080", 2.0).inside_byte_per_s, 31.5e9, 1e-15);
    assert_near(reach_of("2xarc-b580", 2.0).inside_byte_per_s, 15.75e9, 1e-15); /* eight lanes */
    assert_near(reach_of("2xrx-9070-xt", 2.0).inside_byte_per_s, 63e9, 1e-15);
}

static void a_geforce_without_peer_copies_shares_its_link_with_both_copies(void **state)
{
    (void)state;
    const tr_reach r = reach_of("4xrtx-4090", 4.0);
    assert_near(r.inside_byte_per_s, 15.75e9, 1e-15);
    assert_near(r.neighbour_byte_per_s, 31.5e9, 1e-15); /* one that only sends has the whole link */
    assert_near(reach_of("2xrtx-5090", 2.0).inside_byte_per_s, 31.5e9, 1e-15);
    assert_near(reach_of("2xrtx-4060", 2.0).inside_byte_per_s, 7.875e9, 1e-15);
}

static void an_all_to_all_on_a_torus_is_bound_by_its_middle(void **state)
{
    (void)state;
    /* 16 x 16, closed: 2 x 16 links over the middle, four a chip */
    const tr_reach pod = reach_of("tpu-v5e-pod", 256.0);
    assert_near(pod.ring_byte_per_s, 4.0 * 50e9, 1e-15);
    assert_near(pod.inside_byte_per_s, 32.0 * 50e9 * 4.0 * 255.0 / (256.0 * 256.0), 1e-14);
    assert_same(pod.neighbour_byte_per_s, 50e9);
    /* 2 x 4, open: two links over the middle and two at a corner */
    const tr_reach slice = reach_of("tpu-v5e-8", 8.0);
    assert_near(slice.ring_byte_per_s, 2.0 * 50e9, 1e-15);
    assert_near(slice.inside_byte_per_s, 2.0 * 50e9 * 4.0 * 7.0 / 64.0, 1e-14);
    /* a cube of 4 a side closes in three dimensions: 2 x 16 links over the middle */
    const tr_reach cube = reach_of("64xtpu-v5p", 64.0);
    assert_near(cube.ring_byte_per_s, 600e9, 1e-15);
    assert_near(cube.inside_byte_per_s, 32.0 * 100e9 * 4.0 * 63.0 / (64.0 * 64.0), 1e-14);
    /* two neighbours have their link, four in a square two each */
    assert_near(reach_of("tpu-v5e-8", 2.0).inside_byte_per_s, 50e9, 1e-15);
    assert_near(reach_of("tpu-v5e-8", 4.0).ring_byte_per_s, 100e9, 1e-15);
    /* seven fit no rectangle of their own: they lie in one of eight */
    assert_near(reach_of("tpu-v5e-8", 7.0).ring_byte_per_s, 2.0 * 50e9, 1e-15);
    assert_same(reach_of("trn2-instance", 16.0).ring_byte_per_s, 4.0 * 128e9);
}

static void an_all_to_all_is_never_faster_than_the_links_of_a_chip(void **state)
{
    (void)state;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        tr_system system;
        if (tr_system_of(tr_chip_catalog_at(i), 4096.0, &system, NULL) != TR_OK)
            continue;
        double before = 0.0;
        for (double group = 1.0; group <= 4096.0; group *= 2.0) {
            tr_reach r;
            if (tr_system_reach(&system, group, &r, NULL) != TR_OK)
                break;
            assert_true(r.inside_byte_per_s >= 0.0 && r.inside_byte_per_s <= r.ring_byte_per_s);
            if (system.chip.scaleup_byte_per_s > 0.0)
                assert_true(r.ring_byte_per_s <= system.chip.scaleup_byte_per_s * (1.0 + 1e-12));
            if (r.ring_byte_per_s < before && group <= system.domain_chip)
                fail_msg("%s: %g chips send %g byte/s, fewer %g", system.name, group, r.ring_byte_per_s, before);
            before = r.ring_byte_per_s;
        }
    }
}

static void a_link_that_is_not_published_is_said_and_not_guessed(void **state)
{
    (void)state;
    expect_missing("2xm4-max", 2.0, "scaleup_byte_per_s", "2xm4-max,link=");
    expect_missing("2xstrix-halo", 2.0, "scaleup_byte_per_s", "link=");
    expect_missing("groq-576", 2.0, "scaleup_byte_per_s", "link=");
    expect_missing("16xl40", 16.0, "scaleout_byte_per_s", "16xl40,net=");
    expect_missing("2xxeon-8480", 2.0, "scaleup_byte_per_s", "link=");
    assert_same(reach_of("2xm4-max", 1.0).inside_byte_per_s, 0.0); /* alone it needs none */
    assert_same(reach_of("2xm4-max,link=5GB/s", 2.0).inside_byte_per_s, 5e9);
    assert_same(reach_of("16xl40,net=25GB/s", 16.0).across_byte_per_s, 25e9);
    assert_near(reach_of("2xepyc-9654", 2.0).inside_byte_per_s, 256e9, 1e-15);
}

static void a_group_or_a_system_out_of_range_is_refused(void **state)
{
    (void)state;
    tr_system system = named("dgx-h100");
    tr_reach reach;
    const double bad[] = {0.0, -1.0, 1.5, 2e9, HUGE_VAL, (double)NAN};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tr_system_reach(&system, bad[i], &reach, NULL), TR_EDOMAIN);
    assert_int_equal(tr_system_reach(NULL, 2.0, &reach, NULL), TR_EMISSING);
    system.domain_chip = (double)NAN;
    assert_int_equal(tr_system_reach(&system, 2.0, &reach, NULL), TR_EDOMAIN);
    system = named("dgx-h100");
    system.chip.scaleup_byte_per_s = (double)NAN;
    assert_int_equal(tr_system_reach(&system, 2.0, &reach, NULL), TR_EMISSING);
    system.chip.scaleout_byte_per_s = (double)NAN;
    assert_int_equal(tr_system_reach(&system, 16.0, &reach, NULL), TR_EMISSING);
}

int main(void)
{
    TESTS(tests) = {
        CASE(behind_a_switch_a_chip_has_all_its_links_for_any_group),
        CASE(a_group_beyond_its_domain_spans_several_and_crosses_the_network),
        CASE(a_pair_of_mi300x_shares_64_gigabytes_a_second_and_a_group_of_g_has_g_less_1_times_that),
        CASE(a_bridge_splits_its_links_over_the_cards_it_joins),
        CASE(bridged_pairs_of_one_host_meet_over_pcie_or_their_network_card),
        CASE(cards_without_links_reach_each_other_at_their_pcie_rate),
        CASE(a_geforce_without_peer_copies_shares_its_link_with_both_copies),
        CASE(an_all_to_all_on_a_torus_is_bound_by_its_middle),
        CASE(an_all_to_all_is_never_faster_than_the_links_of_a_chip),
        CASE(a_link_that_is_not_published_is_said_and_not_guessed),
        CASE(a_group_or_a_system_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
