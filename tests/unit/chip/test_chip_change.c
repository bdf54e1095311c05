/* test_chip_change.c -- changes and a host behind a name: "8xh100-sxm,mem=64GB", "rtx-4090+epyc-9654". */
#include "chip_test.h"

#include "chip/change.h"
#include "chip/table.h"

static tr_system named(const char *name)
{
    tr_system system;
    tr_error err = { .text = "" };
    if (tr_system_catalog_get(name, &system, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    assert_int_equal(tr_chip_check(&system.chip, NULL), TR_OK);
    return system;
}

static void expect_refused(const char *name, tr_status status, const char *field, const char *part)
{
    tr_system system;
    tr_error err = { .text = "" };
    memset(&system, 7, sizeof system);
    const tr_system before = system;
    const tr_status s = tr_system_catalog_get(name, &system, &err);
    if (s != status || strcmp(err.field, field) != 0 || strstr(err.text, part) == NULL)
        fail_msg("%s: expected %s on %s with '%s', got %s on %s: %s", name, tr_status_name(status), field, part,
                 tr_status_name(s), err.field, err.text);
    assert_memory_equal(&system, &before, sizeof system);
    assert_int_equal(tr_system_catalog_get(name, &system, NULL), status);
}

static void each_key_changes_its_figure(void **state)
{
    (void)state;
    const tr_system s = named("8xh100-sxm,mem=64GB,bw=4.8TB/s,cache=60MB,net=100GB/s,power=350,price=2.5,domain=4,"
                              "bf16=500TFLOP/s");
    assert_same(s.chip.memory_byte, 64e9);
    assert_same(s.chip.label_memory_byte, 0.0); /* the same */
    assert_same(s.chip.memory_byte_per_s, 4.8e12);
    assert_same(s.chip.cache_byte, 60e6);
    assert_same(s.chip.scaleout_byte_per_s, 100e9);
    assert_same(s.chip.power_w, 350.0);
    assert_near(s.chip.all_in_power_w, 1730.0 / 2.0, 1e-15);
    assert_same(s.chip.usd_per_hour, 2.5);
    assert_same(s.usd_per_hour, 20.0);
    assert_int_equal(s.chip.price_kind, TR_PRICE_GIVEN);
    assert_int_equal(s.price_kind, TR_PRICE_GIVEN);
    assert_same(s.chip.flop_per_s[TR_DTYPE_BF16], 500e12);
    assert_near(s.chip.flop_per_s[TR_DTYPE_FP8], 1978.9e12, 1e-15);
    assert_same(s.domain_chip, 4.0);
    assert_same(s.chip.tier[0].capacity_byte, 64e9);
    assert_same(s.chip.tier[0].read_byte_per_s, 4.8e12);
    assert_same(named("h100-sxm,usd=3").usd_per_hour, 3.0);
    assert_same(named("h100-sxm,memory=64GB,bandwidth=1TB/s").chip.memory_byte, 64e9);
}

static void a_factor_multiplies_what_is_there(void **state)
{
    (void)state;
    const tr_chip *h100 = chip_named("h100-sxm");
    assert_near(named("h100-sxm,bw=2x").chip.memory_byte_per_s, 6.7e12, 1e-15);
    assert_near(named("h100-sxm,price=0.5x").chip.usd_per_hour, 1.475, 1e-15);
    assert_near(named("gb200-nvl72,price=2x").usd_per_hour, 2.0 * 72.0 * 7.52, 1e-12);
    const tr_chip twice = named("h100-sxm,flops=2x").chip, given = named("h100-sxm,flops=1978.8T").chip;
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++) {
        assert_near(twice.flop_per_s[d], 2.0 * h100->flop_per_s[d], 1e-15);
        assert_near(given.flop_per_s[d], 2.0 * h100->flop_per_s[d], 1e-15); /* of BF16; the others keep their ratio */
    }
    assert_same(named("p40,flops=23.6e12").chip.flop_per_s[TR_DTYPE_INT8], 94e12); /* no BF16: of FP32 */
}

static void a_link_keeps_its_shape_and_joins_what_had_none(void **state)
{
    (void)state;
    const tr_chip mesh = named("8xmi300x,link=896GB/s").chip;
    assert_near(mesh.pair_byte_per_s, 128e9, 1e-12);
    assert_int_equal(mesh.topology, TR_TOPOLOGY_MESH);
    const tr_chip torus = named("tpu-v5e-8,link=0.5x").chip;
    assert_near(torus.pair_byte_per_s, 25e9, 1e-12);
    const tr_system macs = named("4xm3-ultra,link=10GB/s");
    assert_same(macs.domain_chip, 4.0);
    assert_int_equal(macs.chip.topology, TR_TOPOLOGY_SWITCH);
    const tr_system bridged = named("4xrtx-3090,link=56.25GB/s,domain=2");
    assert_same(bridged.domain_chip, 2.0);
    assert_same(bridged.chip.scaleup_byte_per_s, 56.25e9);
}

static void an_apple_chips_memory_is_the_size_on_the_box_and_macos_shares_it_out(void **state)
{
    (void)state;
    const tr_chip *whole = chip_named("m3-max-40");
    const tr_chip chip = named("m3-max-40,mem=64GB").chip;
    assert_same(chip.label_memory_byte, 64e9);
    assert_same(chip.memory_byte, 55662790000.0);
    assert_same(chip.memory_byte, chip_named("m4-pro-20")->memory_byte);
    assert_same(named("m3-max-40,mem=64GiB").chip.memory_byte, chip.memory_byte);
    assert_same(named("m3-max-40,mem=0.5x").chip.memory_byte, chip.memory_byte);
    assert_true(chip.memory_byte < whole->memory_byte);
    expect_refused("m3-max-40,mem=63GB", TR_EDOMAIN, "mem", "Apple sells");
    assert_same(named("dgx-spark,mem=64GB").chip.memory_byte, 64e9);
}

static void every_apple_chips_gpu_memory_is_macoss_share_of_its_size(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        double label = 0.0;
        if (chip->kind != TR_CHIP_UNIFIED || strcmp(chip->vendor, "Apple") != 0)
            continue;
        seen++;
        assert_same(tr_macos_gpu_byte(chip->label_memory_byte, &label), chip->memory_byte);
        assert_same(label, chip->label_memory_byte);
    }
    assert_true(seen >= 28);
    for (uint32_t i = 0; i < tr_macos_table_count; i++) {
        const double share = tr_macos_table[i].gpu_byte / (tr_macos_table[i].label_byte / 1e9 * 1073741824.0);
        assert_true(share > 0.66 && share < 0.91);
    }
}

static void a_cpu_says_how_much_memory_is_installed(void **state)
{
    (void)state;
    const tr_chip *epyc = chip_named("epyc-9654");
    assert_int_equal(epyc->kind, TR_CHIP_CPU);
    assert_same(epyc->memory_byte, 12.0 * 64.0 * 1073741824.0);
    assert_same(named("epyc-9654,mem=1.5TB").chip.memory_byte, 1.5e12);
    assert_same(named("m3-max-cpu,mem=64GB").chip.memory_byte, 64e9); /* all of it is the CPU's */
}

static void the_name_and_title_say_what_was_changed(void **state)
{
    (void)state;
    assert_string_equal(named("8 x H100 SXM, mem=64GB").name, "8xh100-sxm, mem=64GB");
    assert_string_equal(named("h100,bw=2x").name, "h100-sxm,bw=2x");
    assert_string_equal(named("nvl72,mem=200GB").name, "gb200-nvl72,mem=200GB");
    const tr_system s = named("2xrtx-4090+epyc-9654,mem=256GB");
    assert_string_equal(s.name, "2xrtx-4090+epyc-9654,mem=256GB");
    assert_string_equal(s.chip.name, "rtx-4090"); /* what it was measured under */
    assert_string_equal(s.chip.change, "");
    assert_string_equal(s.host.change, "mem=256GB");
    assert_non_null(strstr(named("h100,bw=2x").title, "bw=2x"));
}

static void another_count_keeps_the_changes_and_the_host(void **state)
{
    (void)state;
    tr_system s = named("2xrtx-4090,mem=48GB+epyc-9654,mem=256GB");
    assert_int_equal(tr_system_recount(&s, 4.0, &s, NULL), TR_OK);
    assert_string_equal(s.name, "4xrtx-4090,mem=48GB+epyc-9654,mem=256GB");
    assert_same(s.chip.memory_byte, 48e9);
    assert_same(s.chip.tier[1].capacity_byte, 64e9); /* a quarter of the host's */
    assert_same(s.host_count, 1.0);
}

static void a_host_beside_the_chips_shares_out_its_memory(void **state)
{
    (void)state;
    const tr_system s = named("4xrtx-4090+2xepyc-9654,mem=256GB");
    assert_int_equal(s.has_host, 1);
    assert_string_equal(s.host.name, "epyc-9654");
    assert_same(s.host_count, 2.0);
    assert_same(s.host.memory_byte, 256e9);
    assert_string_equal(s.chip.tier[1].name, "ddr");
    assert_same(s.chip.tier[1].capacity_byte, 128e9);
    assert_near(s.chip.tier[1].read_byte_per_s, 31.5e9, 1e-15); /* the PCIe link, not the DRAM */
    const tr_system slow = named("8xl40s+ryzen-7950x");
    assert_near(slow.chip.tier[1].read_byte_per_s, 83.2e9 / 8.0, 1e-12); /* the DRAM, not the link */
    assert_int_equal(named("h100-sxm").has_host, 0);
    assert_same(named("h100-sxm").host_count, 0.0);
    assert_string_equal(named("rtx-4090+xeon-8480+,mem=1TB").host.name, "xeon-8480");
    assert_string_equal(named("rtx-3080+i9-14900k").chip.tier[1].name, "ddr"); /* a chip without a server of its own */
}

static void a_misspelt_change_is_answered_with_the_right_one(void **state)
{
    (void)state;
    expect_refused("h100,mme=64GB", TR_EUNKNOWN, "mme", "did you mean 'mem'");
    expect_refused("h100,pirce=2", TR_EUNKNOWN, "pirce", "did you mean 'price'");
    expect_refused("h100,zzzzzzzz=2", TR_EUNKNOWN, "zzzzzzzz", "known: mem, bw");
    expect_refused("h100,mme=64GB", TR_EUNKNOWN, "mme", "known: mem, bw");
    expect_refused("h1000,mem=64GB", TR_EUNKNOWN, "system", "did you mean \"h100\"");
    expect_refused("rtx-4090+epcy-9654", TR_EUNKNOWN, "system", "did you mean \"epyc-9654\"");
}

static void a_bad_change_is_refused_and_named(void **state)
{
    (void)state;
    expect_refused("h100,mem=64", TR_EDOMAIN, "memory_byte", "memory_byte"); /* 64 bytes */
    expect_refused("h100,mem=64GB/s", TR_EPARSE, "mem", "bytes");
    expect_refused("h100,bw=64GB", TR_EPARSE, "bw", "bandwidth");
    expect_refused("h100,mem=", TR_EPARSE, "mem", "not a number");
    expect_refused("h100,mem=nan", TR_EDOMAIN, "mem", "finite");
    expect_refused("h100,mem=-64GB", TR_EDOMAIN, "mem", "above 0");
    expect_refused("h100,bw=0", TR_EDOMAIN, "bw", "above 0");
    expect_refused("h100,bw=0x", TR_EDOMAIN, "bw", "above 0");
    expect_refused("h100,fp4=2x", TR_EMISSING, "fp4", "no such figure");
    expect_refused("m4-max,link=2x", TR_EMISSING, "link", "no such figure");
    expect_refused("h100,mem=64GB,mem=80GB", TR_ECONFLICT, "mem", "twice");
    expect_refused("h100,domain=1.5", TR_EDOMAIN, "domain", "whole");
    expect_refused("h100,domain=2x", TR_EPARSE, "domain", "2x");
    expect_refused("h100,mem", TR_EPARSE, "system", "key=value");
    expect_refused("h100,", TR_EPARSE, "system", "key=value");
    expect_refused("h100,,mem=64GB", TR_EPARSE, "system", "key=value");
    expect_refused("h100,=64GB", TR_EPARSE, "system", "key=value");
    expect_refused("h100,bw=1e30B/s", TR_EDOMAIN, "memory_byte_per_s", "memory_byte_per_s");
    expect_refused("matx-one,mem=64GB", TR_EMISSING, "memory_byte", "matx-one");
    char lengthy[512] = "h100,mem=64GB";
    for (int i = 0; i < 120; i++)
        (void)strcat(lengthy, " ");
    expect_refused(lengthy, TR_ECAPACITY, "system", "127 bytes");
}

static void a_host_that_is_none_is_refused(void **state)
{
    (void)state;
    expect_refused("rtx-4090+h100-sxm", TR_ECONFLICT, "system", "a CPU");
    expect_refused("epyc-9654+epyc-9654", TR_ECONFLICT, "system", "it is one");
    expect_refused("m3-max-40+epyc-9654", TR_ECONFLICT, "system", "share the memory");
    expect_refused("rtx-4090+epyc-9654+epyc-9654", TR_ECONFLICT, "system", "not more");
    expect_refused("rtx-4090+", TR_EUNKNOWN, "system", "no chip or system");
}

static void a_plus_within_a_number_or_a_name_opens_no_host(void **state)
{
    (void)state;
    assert_same(named("h100,bw=1e+12").chip.memory_byte_per_s, 1e12);
    assert_string_equal(named("Xeon 8480+").chip.name, "xeon-8480");
    const tr_system s = named("h100,mem=8e+10+epyc-9654");
    assert_same(s.chip.memory_byte, 8e10);
    assert_string_equal(s.host.name, "epyc-9654");
}

static void tiers_stay_in_order_whatever_is_changed(void **state)
{
    (void)state;
    static const char *const text[] = {"h100-sxm,bw=20GB/s",      "h100-sxm,bw=1GB/s",
                                       "gb200-nvl72+epyc-9654",   "gb200,bw=1x",
                                       "72xh100-sxm+ryzen-9950x", "l4+epyc-7763,bw=1GB/s"};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        (void)named(text[i]); /* which checks the whole chip */
}

int main(void)
{
    TESTS(tests) = {
        CASE(each_key_changes_its_figure),
        CASE(a_factor_multiplies_what_is_there),
        CASE(a_link_keeps_its_shape_and_joins_what_had_none),
        CASE(an_apple_chips_memory_is_the_size_on_the_box_and_macos_shares_it_out),
        CASE(every_apple_chips_gpu_memory_is_macoss_share_of_its_size),
        CASE(a_cpu_says_how_much_memory_is_installed),
        CASE(the_name_and_title_say_what_was_changed),
        CASE(another_count_keeps_the_changes_and_the_host),
        CASE(a_host_beside_the_chips_shares_out_its_memory),
        CASE(a_misspelt_change_is_answered_with_the_right_one),
        CASE(a_bad_change_is_refused_and_named),
        CASE(a_host_that_is_none_is_refused),
        CASE(a_plus_within_a_number_or_a_name_opens_no_host),
        CASE(tiers_stay_in_order_whatever_is_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
