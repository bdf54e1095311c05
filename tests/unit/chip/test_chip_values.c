/* test_chip_values.c -- figures of a dozen chips and systems, stated here by hand; and that no sparse figure
 * entered. */
#include "chip_test.h"

static void figures_stated_by_hand_are_in_the_catalog(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double bf16, fp8, fp4, label_memory_byte, memory_byte_per_s, power_w, scaleup_byte_per_s, domain_chip,
            scaleout_byte_per_s;
    } want[] = {
        { "a100-sxm-80gb", 312e12, 0, 0, 80e9, 2.039e12, 400, 300e9, 8, 25e9 },
        { "h100-sxm", 989.4e12, 1978.9e12, 0, 80e9, 3.35e12, 700, 450e9, 8, 50e9 },
        { "h200-sxm", 989.4e12, 1978.9e12, 0, 141e9, 4.8e12, 700, 450e9, 8, 50e9 },
        { "h800-sxm", 989.4e12, 1978.9e12, 0, 80e9, 3.35e12, 700, 200e9, 8, 50e9 },
        { "h20", 148e12, 296e12, 0, 96e9, 4.0e12, 400, 450e9, 8, 50e9 },
        { "b200-sxm", 2250e12, 4500e12, 9000e12, 180e9, 7.672e12, 1000, 900e9, 8, 50e9 },
        { "gb200", 2500e12, 5000e12, 10000e12, 186e9, 8e12, 1200, 900e9, 72, 50e9 },
        { "gb300", 2500e12, 5000e12, 15000e12, 278e9, 8e12, 1400, 900e9, 72, 100e9 },
        { "rubin", 4000e12, 17500e12, 35000e12, 288e9, 22e12, 1800, 1800e9, 72, 100e9 },
        { "mi300x", 1307.4e12, 2614.9e12, 0, 192e9, 5.3e12, 750, 448e9, 8, 50e9 },
        { "mi355x", 2516.6e12, 5033e12, 10066e12, 288e9, 8e12, 1400, 537.6e9, 8, 50e9 },
        { "tpu-v5e", 197e12, 0, 0, 16e9, 0.819e12, 0, 200e9, 256, 0 },
        { "tpu-v6e", 918e12, 918e12, 0, 32e9, 1.64e12, 0, 400e9, 256, 0 },
        { "l4", 121e12, 242.5e12, 0, 24e9, 0.3e12, 72, 0, 8, 12.5e9 },
        { "rtx-4090", 165.2e12, 330.3e12, 0, 24e9, 1.008e12, 450, 0, 8, 0 },
        { "m2-ultra", 27.2e12, 0, 0, 192e9, 0.8e12, 295, 0, 1, 0 },
        { "wse-3", 12500e12, 0, 0, 44e9, 21000e12, 23000, 0, 1, 150e9 },
        { "groq-lpu", 188e12, 0, 0, 0.23e9, 80e12, 300, 0, 576, 0 },
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const tr_chip *chip = chip_named(want[i].name);
        assert_near(chip->flop_per_s[TR_DTYPE_BF16], want[i].bf16, 1e-15);
        assert_near(chip->flop_per_s[TR_DTYPE_FP8], want[i].fp8, 1e-15);
        assert_near(chip->flop_per_s[TR_DTYPE_FP4], want[i].fp4, 1e-15);
        assert_near(chip->label_memory_byte > 0.0 ? chip->label_memory_byte : chip->memory_byte,
                    want[i].label_memory_byte, 1e-15);
        assert_near(chip->memory_byte_per_s, want[i].memory_byte_per_s, 1e-15);
        assert_same(chip->power_w, want[i].power_w);
        assert_near(chip->scaleup_byte_per_s, want[i].scaleup_byte_per_s, 1e-15);
        assert_same(chip->scaleup_domain_chip, want[i].domain_chip);
        assert_near(chip->scaleout_byte_per_s, want[i].scaleout_byte_per_s, 1e-15);
    }
}

static void usable_memory_caches_and_links_stated_by_hand_are_in_the_catalog(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double memory_byte, cache_byte;
        tr_topology topology;
        double pair_byte_per_s, host_byte_per_s;
    } want[] = {
        { "h100-sxm", 81559.0 * 1048576.0, 52428800, TR_TOPOLOGY_SWITCH, 0, 63e9 },
        { "h200-sxm", 143771.0 * 1048576.0, 52428800, TR_TOPOLOGY_SWITCH, 0, 63e9 },
        { "b200-sxm", 183359.0 * 1048576.0, 132644864, TR_TOPOLOGY_SWITCH, 0, 63e9 },
        { "gb200", 189471.0 * 1048576.0, 132120576, TR_TOPOLOGY_SWITCH, 0, 225e9 },
        { "mi300x", 206141652992, 268435456, TR_TOPOLOGY_MESH, 64e9, 63e9 },
        { "gaudi2", 96.0 * 1073741824.0, 50331648, TR_TOPOLOGY_MESH, 37.5e9, 31.5e9 },
        { "rtx-4090", 24564.0 * 1048576.0, 75497472, TR_TOPOLOGY_HOST, 0, 31.5e9 },
        { "rtx-4060", 8.0 * 1073741824.0, 25165824, TR_TOPOLOGY_HOST, 0, 15.75e9 },
        { "rtx-5060-ti", 16.0 * 1073741824.0, 33554432, TR_TOPOLOGY_HOST, 0, 31.5e9 },
        { "tpu-v5p", 95.0 * 1073741824.0, 0, TR_TOPOLOGY_TORUS, 100e9, 0 },
        { "m3-max-40", 115448730000, 50331648, TR_TOPOLOGY_UNKNOWN, 0, 0 },
        { "dgx-spark", 128501256192, 25165824, TR_TOPOLOGY_MESH, 25e9, 0 },
        { "epyc-9654", 12.0 * 64.0 * 1073741824.0, 402653184, TR_TOPOLOGY_MESH, 256e9, 0 },
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const tr_chip *chip = chip_named(want[i].name);
        assert_same(chip->memory_byte, want[i].memory_byte);
        assert_same(chip->cache_byte, want[i].cache_byte);
        assert_int_equal(chip->topology, want[i].topology);
        assert_same(chip->pair_byte_per_s, want[i].pair_byte_per_s);
        assert_same(chip->host_byte_per_s, want[i].host_byte_per_s);
    }
    assert_near(chip_named("epyc-9654")->flop_per_s[TR_DTYPE_BF16], 96.0 * 3.55e9 * 64.0, 1e-6);
    assert_near(chip_named("xeon-8480+")->flop_per_s[TR_DTYPE_BF16], 56.0 * 3.0e9 * 1024.0, 1e-6);
    assert_near(chip_named("ryzen-9950x")->memory_byte_per_s, 2.0 * 5600e6 * 8.0, 1e-12);
    assert_string_equal(chip_named("ryzen-ai-max-395")->name, "strix-halo");
    assert_string_equal(tr_chip_kind_name(chip_named("m3-max-40")->kind), "unified");
    assert_string_equal(tr_topology_name(TR_TOPOLOGY_TORUS), "torus");
    assert_string_equal(tr_topology_name((tr_topology)9), "");
}

static void sparse_figures_never_enter(void **state)
{
    (void)state;
    /* What the makers print largest, with structured sparsity (or with a marketing factor of two). */
    static const struct { const char *name; tr_dtype dtype; double sparse; } printed[] = {
        { "a100-sxm-80gb", TR_DTYPE_BF16, 624e12 },   { "a100-sxm-80gb", TR_DTYPE_INT8, 1248e12 },
        { "h100-sxm", TR_DTYPE_BF16, 1979e12 },       { "h100-sxm", TR_DTYPE_FP8, 3958e12 },
        { "h100-pcie", TR_DTYPE_BF16, 1513e12 },      { "h100-nvl", TR_DTYPE_BF16, 1671e12 },
        { "h200-sxm", TR_DTYPE_FP8, 3958e12 },        { "b200-sxm", TR_DTYPE_FP4, 18e15 },
        { "b100", TR_DTYPE_FP4, 14e15 },              { "gb200", TR_DTYPE_FP4, 20e15 },
        { "rubin", TR_DTYPE_FP4, 50e15 },             { "l4", TR_DTYPE_FP8, 485e12 },
        { "l40s", TR_DTYPE_FP8, 1466e12 },            { "rtx-5090", TR_DTYPE_FP4, 3352e12 },
        { "rtx-pro-6000", TR_DTYPE_FP4, 4000e12 },    { "dgx-spark", TR_DTYPE_FP4, 1000e12 },
        { "mi355x", TR_DTYPE_FP8, 10.1e15 },          { "mi455x", TR_DTYPE_FP4, 40.3e15 },
        { "trainium2", TR_DTYPE_BF16, 2563e12 },      { "trainium3", TR_DTYPE_BF16, 2517e12 },
        { "wse-3", TR_DTYPE_BF16, 125e15 },           { "rubin-cpx", TR_DTYPE_FP4, 30e15 },
    };
    for (size_t i = 0; i < sizeof printed / sizeof printed[0]; i++) {
        const double dense = chip_named(printed[i].name)->flop_per_s[printed[i].dtype];
        assert_true(dense > 0.0);
        assert_true(dense < 0.75 * printed[i].sparse);
    }
}

static void halving_the_width_at_most_doubles_the_rate_of_the_main_line(void **state)
{
    (void)state;
    /* A sparse FP8 beside a dense BF16 would show as a factor of four. */
    static const char *const name[] = {"h100-sxm", "h200-sxm", "b200-sxm", "gb200", "mi300x",
                                       "mi355x",   "l40s",     "gaudi2",   "tpu-v7"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        const tr_chip *chip = chip_named(name[i]);
        assert_near(chip->flop_per_s[TR_DTYPE_FP8] / chip->flop_per_s[TR_DTYPE_BF16], 2.0, 0.015);
    }
}

static void measured_multiplies_stay_below_the_dense_peak(void **state)
{
    (void)state;
    size_t measured = 0;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++)
        for (int d = 0; d < TR_DTYPE_COUNT; d++) {
            const tr_chip *chip = tr_chip_catalog_at(i);
            if (chip->measured_flop_per_s[d] > 0.0) {
                measured++;
                assert_true(chip->measured_flop_per_s[d] < chip->flop_per_s[d]);
                assert_true(chip->measured_flop_per_s[d] > 0.4 * chip->flop_per_s[d]);
            }
        }
    assert_true(measured >= 20);
    assert_near(chip_named("h100-sxm")->measured_flop_per_s[TR_DTYPE_BF16], 794.5e12, 1e-15);
}

static void a_gb200_rack_has_13_terabytes_576_terabytes_a_second_and_720_petaflops(void **state)
{
    (void)state;
    tr_system rack;
    assert_int_equal(tr_system_catalog_get("gb200-nvl72", &rack, NULL), TR_OK);
    assert_near(rack.chip_count * rack.chip.label_memory_byte, 13.392e12, 1e-12);
    assert_same(rack.chip_count * rack.chip.memory_byte, 72.0 * 189471.0 * 1048576.0); /* 14.3 usable */
    assert_near(rack.chip_count * rack.chip.memory_byte_per_s, 576e12, 1e-12);
    assert_near(rack.chip_count * rack.chip.flop_per_s[TR_DTYPE_FP4], 720e15, 1e-12);
    assert_near(rack.usd_per_hour, 72.0 * 7.52, 1e-12);
}

static void nvl576_counts_dies_and_we_count_packages(void **state)
{
    (void)state;
    tr_system rack;
    assert_int_equal(tr_system_catalog_get("rubin-ultra-nvl576", &rack, NULL), TR_OK);
    assert_same(rack.chip_count, 144.0);
}

/* What people's own machines are asked about: does it fit, does it stay in the cache, how fast is it filled. */
static void every_card_and_unified_machine_has_its_cache_its_way_to_the_host_and_its_memory(void **state)
{
    (void)state;
    size_t cards = 0, unified = 0;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        const tr_chip *c = tr_chip_catalog_at(i);
        const int is_card = c->kind == TR_CHIP_GPU && strncmp(c->memory_kind, "GDDR", 4) == 0;
        if ((!is_card && c->kind != TR_CHIP_UNIFIED) || strcmp(c->confidence, "announced") == 0 ||
            strcmp(c->name, "rubin-cpx") == 0)
            continue;
        const double label = c->label_memory_byte > 0.0 ? c->label_memory_byte : c->memory_byte;
        if (is_card ? !(c->cache_byte > 0.0 && c->host_byte_per_s > 0.0 && c->power_w > 0.0) : c->power_w < 0.0)
            fail_msg("%s lacks its cache, its way to the host or its power", c->name);
        if (!(c->memory_byte > 0.6 * label && c->memory_byte < 1.08 * label))
            fail_msg("%s: %g of %g bytes are usable", c->name, c->memory_byte, label);
        assert_null(strstr(c->source, "index file"));
        *(is_card ? &cards : &unified) += 1;
    }
    assert_true(cards >= 40 && unified >= 25);
}

int main(void)
{
    TESTS(tests) = {
        CASE(figures_stated_by_hand_are_in_the_catalog),
        CASE(usable_memory_caches_and_links_stated_by_hand_are_in_the_catalog),
        CASE(sparse_figures_never_enter),
        CASE(halving_the_width_at_most_doubles_the_rate_of_the_main_line),
        CASE(measured_multiplies_stay_below_the_dense_peak),
        CASE(a_gb200_rack_has_13_terabytes_576_terabytes_a_second_and_720_petaflops),
        CASE(nvl576_counts_dies_and_we_count_packages),
        CASE(every_card_and_unified_machine_has_its_cache_its_way_to_the_host_and_its_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
