/* test_chip_second_look.c -- usable memory, caches, shapes of links and PCIe rates against tables collected beside the
 * repository (../shared/facts/chips_second_look.csv and cpus.csv, or TOKENROOF_SHARED); skipped without them.
 */
#include <stdlib.h>

#include "chip_test.h"

#include "../csv_rows.h"

static int is_sure(const csv *table, size_t row, const char *column)
{
    const char *word = csv_at(table, row, column);
    return strcmp(word, "high") == 0 || strcmp(word, "medium") == 0;
}

static int is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return 0;
}
#define AMONG(name, names) is_among(name, names, sizeof names / sizeof names[0])

/* The table's rounding: printed MB of macOS, 15.8 for 15.75 GB/s. */
static void expect_close(const char *name, const char *what, double have, double want, double tolerance)
{
    if (!(fabs(have - want) <= tolerance * want))
        fail_msg("%s: %s is %.12g, the table says %.12g", name, what, have, want);
}

static void usable_memory_equals_the_table_where_it_is_sure_and_public(void **state)
{
    (void)state;
    csv *table = csv_shared(state, "facts/chips_second_look.csv");
    /* No public page was found for the driver's figure: the label in GiB stands, within a hundredth. */
    static const char *const unread[] = {"gh200-96gb", "h20", "h100-nvl", "rtx-4070", "rtx-4070-super", "rtx-4070-ti",
                                         "rtx-5060-ti", "rtx-5070-ti", "rtx-5080", "rtx-6000-ada", "rtx-a6000", "a40",
                                         "tpu-v7"};
    size_t seen = 0;
    for (size_t r = 0; r < table->rows; r++) {
        const char *name = csv_at(table, r, "name");
        if (!is_sure(table, r, "usable_confidence") || strcmp(name, "tpu-v4") == 0) /* XLA leaves 30.75 of its 32 GiB */
            continue;
        const double want = csv_number(table, r, "usable_byte"), tolerance = AMONG(name, unread) ? 0.015 : 2e-4;
        expect_close(name, "usable memory", chip_named(name)->memory_byte, want, tolerance);
        seen++;
    }
    assert_true(seen >= 60);
}

static void caches_equal_the_table_where_it_is_sure(void **state)
{
    (void)state;
    csv *table = csv_shared(state, "facts/chips_second_look.csv");
    static const char *const a_core_each[] = {"trainium2", "trainium3"};
    size_t seen = 0;
    for (size_t r = 0; r < table->rows; r++) {
        const char *name = csv_at(table, r, "name");
        if (!is_sure(table, r, "llc_confidence") || AMONG(name, a_core_each))
            continue;
        expect_close(name, "cache", chip_named(name)->cache_byte, csv_number(table, r, "llc_byte"), 0.0);
        seen++;
    }
    assert_true(seen >= 70);
}

static void links_have_the_shape_and_the_pair_rate_of_the_table(void **state)
{
    (void)state;
    csv *table = csv_shared(state, "facts/chips_second_look.csv");
    static const struct { const char *word; tr_topology topology; } shape[] = {
        {"switch", TR_TOPOLOGY_SWITCH}, {"full mesh", TR_TOPOLOGY_MESH}, {"mesh", TR_TOPOLOGY_MESH},
        {"hybrid cube mesh", TR_TOPOLOGY_MESH}, {"2D torus", TR_TOPOLOGY_TORUS}, {"3D torus", TR_TOPOLOGY_TORUS},
        {"none: through", TR_TOPOLOGY_HOST}, {"Ethernet", TR_TOPOLOGY_MESH}, {"bridge", TR_TOPOLOGY_MESH},
    };
    /* A bridge is bought apart: these come without one. Of the 8t no side is published. */
    static const char *const otherwise[] = {"a30", "a40", "mi100", "mi210", "rtx-2080-ti", "rtx-3090", "rtx-a6000",
                                            "tpu-8t"};
    size_t seen = 0;
    for (size_t r = 0; r < table->rows; r++) {
        const char *name = csv_at(table, r, "name"), *words = csv_at(table, r, "topology");
        for (size_t i = 0; i < sizeof shape / sizeof shape[0]; i++) {
            if (strncmp(words, shape[i].word, strlen(shape[i].word)) != 0 || AMONG(name, otherwise))
                continue;
            const tr_chip *chip = chip_named(name);
            if (chip->topology != shape[i].topology)
                fail_msg("%s: %s, the table says %s", name, tr_topology_name(chip->topology), words);
            const double pair = csv_number(table, r, "pair_byte_per_s_one_way");
            if (pair > 0.0 && chip->pair_byte_per_s > 0.0)
                expect_close(name, "rate of a pair", chip->pair_byte_per_s, pair, 0.0);
            seen++;
            break;
        }
    }
    assert_true(seen >= 65);
}

static void the_way_to_the_host_has_the_rate_of_the_table(void **state)
{
    (void)state;
    csv *table = csv_shared(state, "facts/chips_second_look.csv");
    size_t seen = 0;
    for (size_t r = 0; r < table->rows; r++) {
        const char *name = csv_at(table, r, "name");
        const double want = csv_number(table, r, "host_to_device_byte_per_s_one_way");
        if (!(want > 0.0) || strcmp(name, "tpu-v6e") == 0) /* lanes not given */
            continue;
        expect_close(name, "rate to the host", chip_named(name)->host_byte_per_s, want, 0.004);
        const int staged = strncmp(csv_at(table, r, "note"), "GeForce drivers since RTX 4000", 30) == 0;
        if (chip_named(name)->staged_copy != staged)
            fail_msg("%s: staged copy %d", name, !staged);
        seen++;
    }
    assert_true(seen >= 65);
}

static void every_cpu_has_the_tables_cores_rates_bandwidth_and_cache(void **state)
{
    (void)state;
    csv *table = csv_shared(state, "facts/cpus.csv");
    size_t seen = 0;
    for (size_t r = 0; r < table->rows; r++) {
        char title[96] = "";
        const char *name = csv_at(table, r, "name");
        const tr_chip *chip = NULL;
        (void)snprintf(title, sizeof title, "%s %s", csv_at(table, r, "vendor"), name);
        for (size_t i = 0; i < tr_chip_catalog_count() && chip == NULL; i++) {
            const tr_chip *at = tr_chip_catalog_at(i);
            const size_t n = strlen(name);
            if (at->kind == TR_CHIP_CPU && (strcmp(at->title, title) == 0 || strcmp(at->title, name) == 0 ||
                                            (strncmp(at->title, name, n) == 0 && strcmp(at->title + n, " CPU") == 0)))
                chip = at;
        }
        if (chip == NULL) {
            assert_string_equal(name, "Apple M5 Max (18-core CPU)"); /* the clock of most of its cores was not read */
            continue;
        }
        const double apart = chip->vector_flop_per_s, fp32 = apart > 0.0 ? apart : chip->flop_per_s[TR_DTYPE_FP32];
        expect_close(name, "FP32", fp32, csv_number(table, r, "fp32_tflops_a_socket") * 1e12, 0.005);
        expect_close(name, "BF16", chip->flop_per_s[TR_DTYPE_BF16],
                     csv_number(table, r, "bf16_tflops_a_socket") * 1e12, 0.005);
        double int8 = csv_number(table, r, "int8_tops_a_socket") * 1e12;
        if (!(int8 > 0.0)) /* whole numbers without VNNI: AVX2 pairs, SDOT, SMMLA */
            int8 = fp32 * (strcmp(chip->vendor, "Apple") != 0 ? 2.0 : chip->year < 2022 || name[7] == '1' ? 4.0 : 8.0);
        expect_close(name, "INT8", chip->flop_per_s[TR_DTYPE_INT8], int8, 0.005);
        expect_close(name, "bandwidth", chip->memory_byte_per_s, csv_number(table, r, "memory_gb_per_s_a_socket") * 1e9,
                     1e-9);
        expect_close(name, "cache", chip->cache_byte, csv_number(table, r, "llc_mib") * 1048576.0, 0.0);
        assert_same(chip->power_w, csv_number(table, r, "power_w"));
        assert_same(chip->memory_channel_count, csv_number(table, r, "memory_channels"));
        assert_string_equal(chip->confidence, csv_at(table, r, "confidence"));
        seen++;
    }
    assert_int_equal(seen, table->rows - 1);
}

int main(void)
{
    TESTS(tests) = {
        CASE_WITH(usable_memory_equals_the_table_where_it_is_sure_and_public, csv_forget),
        CASE_WITH(caches_equal_the_table_where_it_is_sure, csv_forget),
        CASE_WITH(links_have_the_shape_and_the_pair_rate_of_the_table, csv_forget),
        CASE_WITH(the_way_to_the_host_has_the_rate_of_the_table, csv_forget),
        CASE_WITH(every_cpu_has_the_tables_cores_rates_bandwidth_and_cache, csv_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
