/* test_chip_oracle.c -- every row and every column of a collected table of chips against our own data.
 *
 * The table is beside the repository (../shared/facts/chips.csv, or TOKENROOF_SHARED) and not part of it;
 * without it the cases are skipped and say so.
 */
#include <stdlib.h>

#include "chip_test.h"

#include "../csv_rows.h"

typedef struct pair {
    const char *row, *chip;
} pair;

static const pair NAMES[] = {
    { "V100 SXM2 32GB", "v100-sxm-32gb" },
    { "A100 SXM 40GB", "a100-sxm-40gb" },
    { "A100 SXM 80GB", "a100-sxm-80gb" },
    { "A100 PCIe 40GB", "a100-pcie-40gb" },
    { "A100 PCIe 80GB", "a100-pcie-80gb" },
    { "H100 SXM", "h100-sxm" },
    { "H100 PCIe", "h100-pcie" },
    { "H100 NVL (per GPU)", "h100-nvl" },
    { "H200 SXM", "h200-sxm" },
    { "H200 NVL", "h200-nvl" },
    { "H800 SXM", "h800-sxm" },
    { "H20", "h20" },
    { "GH200 96GB", "gh200-96gb" },
    { "B100", "b100" },
    { "B200 SXM", "b200-sxm" },
    { "B300 SXM", "b300-sxm" },
    { "GB200 NVL72 (per GPU)", "gb200" },
    { "GB300 NVL72 (per GPU)", "gb300" },
    { "Vera Rubin NVL72 (per Rubin GPU package)", "rubin" },
    { "Rubin Ultra NVL576 (per 4-die package)", "rubin-ultra" },
    { "Rubin CPX", "rubin-cpx" },
    { "L4", "l4" },
    { "L40S", "l40s" },
    { "A10", "a10" },
    { "A10G (AWS g5)", "a10g" },
    { "T4", "t4" },
    { "RTX 4090", "rtx-4090" },
    { "RTX 5090", "rtx-5090" },
    { "RTX PRO 6000 Blackwell", "rtx-pro-6000" },
    { "DGX Spark GB10", "dgx-spark" },
    { "MI250X", "mi250x" },
    { "MI300X", "mi300x" },
    { "MI325X", "mi325x" },
    { "MI355X", "mi355x" },
    { "MI350X", "mi350x" },
    { "MI455X (Helios)", "mi455x" },
    { "TPU v4", "tpu-v4" },
    { "TPU v5e", "tpu-v5e" },
    { "TPU v5p", "tpu-v5p" },
    { "TPU v6e Trillium", "tpu-v6e" },
    { "TPU v7 Ironwood", "tpu-v7" },
    { "TPU 8i", "tpu-8i" },
    { "TPU 8t", "tpu-8t" },
    { "Trainium2", "trainium2" },
    { "Trainium3", "trainium3" },
    { "Gaudi 2", "gaudi2" },
    { "Gaudi 3", "gaudi3" },
    { "Apple M2 Ultra (76-core)", "m2-ultra" },
    { "Apple M3 Ultra (80-core)", "m3-ultra" },
    { "Apple M4 Max (40-core)", "m4-max" },
    { "Groq LPU v1", "groq-lpu" },
    { "Groq 3 LPU (NVIDIA)", "groq-3-lpu" },
    { "Cerebras WSE-3", "wse-3" },
    { "MatX One", "matx-one" },
};
enum { NAME_COUNT = sizeof NAMES / sizeof NAMES[0] };

/* The chip of a row; the catalog also has to know the row's own words where they are plain. */
static size_t chip_of(const csv *table, size_t row)
{
    const char *name = csv_at(table, row, "name");
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcmp(NAMES[i].row, name) == 0)
            for (size_t c = 0; c < tr_chip_catalog_count(); c++)
                if (strcmp(tr_chip_catalog_at(c)->name, NAMES[i].chip) == 0)
                    return c;
    fail_msg("no chip of ours stands for the row '%s'", name);
    return 0;
}

/* Where a second look, or the maker's own later page, says otherwise than the table; each has its source in data/. */
static int is_corrected(const char *chip, const char *column)
{
    static const struct { const char *chip, *columns; } corrected[] = {
        { "b200-sxm", "fp32_tflops_dense mem_bw_tbps drain_ms_cap_over_bw ridge_flop_per_byte_bf16 H_bf16_tokens "
                      "H_fp8_tokens H_fp4_tokens" },
        { "b300-sxm", "mem_bw_tbps drain_ms_cap_over_bw ridge_flop_per_byte_bf16 H_bf16_tokens H_fp8_tokens "
                      "H_fp4_tokens" },
        { "gaudi2", "scaleup_gbps_oneway scaleup_gbps_bidir scaleup_over_scaleout" }, /* 21 of 24 ports */
        { "gaudi3", "scaleup_gbps_oneway scaleup_gbps_bidir scaleup_over_scaleout" },
        { "tpu-v4", "scaleup_gbps_oneway scaleup_gbps_bidir" }, /* Google's 50 and 100 GB/s a link, not 45 and 90 */
        { "tpu-v5e", "scaleup_gbps_oneway scaleup_gbps_bidir" },
        { "tpu-v5p", "scaleup_gbps_oneway scaleup_gbps_bidir" },
        { "tpu-v6e", "scaleup_gbps_oneway scaleup_gbps_bidir" },
    };
    for (size_t i = 0; i < sizeof corrected / sizeof corrected[0]; i++)
        if (strcmp(corrected[i].chip, chip) == 0 && strstr(corrected[i].columns, column) != NULL)
            return 1;
    return 0;
}

static double label_byte(const tr_chip *chip)
{
    return chip->label_memory_byte > 0.0 ? chip->label_memory_byte : chip->memory_byte;
}

/* An empty cell is 0 with us. The product of a decimal and a power of ten may differ in the last place. */
static void expect(const csv *table, size_t row, const char *column, double scale, double have)
{
    const double want = csv_number(table, row, column) * scale;
    const int same = fabs(have - want) <= 4e-16 * fabs(want);
    if (is_corrected(tr_chip_catalog_at(chip_of(table, row))->name, column)) {
        assert_false(same); /* else the correction is none */
        return;
    }
    if (!same)
        fail_msg("%s, %s: have %.17g, the table says %.17g", csv_at(table, row, "name"), column, have, want);
}

/* Columns worked out from others, printed with few digits. */
static void expect_printed(const csv *table, size_t row, const char *column, double have, double half_digit)
{
    if (csv_at(table, row, column)[0] == '\0' ||
        is_corrected(tr_chip_catalog_at(chip_of(table, row))->name, column))
        return;
    const double want = csv_number(table, row, column);
    if (!(fabs(have - want) <= half_digit * 1.0001))
        fail_msg("%s, %s: have %.9g, the table says %g", csv_at(table, row, "name"), column, have, want);
}

static void every_row_has_its_chip_and_every_chip_its_row(void **state)
{
    csv *table = csv_shared(state, "facts/chips.csv");
    assert_int_equal(table->rows, NAME_COUNT);
    for (size_t r = 0; r < table->rows; r++)
        (void)chip_of(table, r);
}

static void every_ceiling_equals_the_table(void **state)
{
    csv *table = csv_shared(state, "facts/chips.csv");
    static const struct { const char *column; tr_dtype dtype; } column[] = {
        { "fp32_tflops_dense", TR_DTYPE_FP32 }, { "tf32_tflops_dense", TR_DTYPE_TF32 },
        { "bf16_tflops_dense", TR_DTYPE_BF16 }, { "fp8_tflops_dense", TR_DTYPE_FP8 },
        { "fp4_tflops_dense", TR_DTYPE_FP4 },   { "int8_tops_dense", TR_DTYPE_INT8 },
    };
    for (size_t r = 0; r < table->rows; r++) {
        const tr_chip *chip = tr_chip_catalog_at(chip_of(table, r));
        for (size_t k = 0; k < sizeof column / sizeof column[0]; k++)
            expect(table, r, column[k].column, 1e12, chip->flop_per_s[column[k].dtype]);
        assert_same(chip->flop_per_s[TR_DTYPE_INT4], 0.0);
        expect(table, r, "measured_bf16_mamf_tflops", 1e12, chip->measured_flop_per_s[TR_DTYPE_BF16]);
        expect(table, r, "measured_fp8_mamf_tflops", 1e12, chip->measured_flop_per_s[TR_DTYPE_FP8]);
    }
}

static void every_size_rate_and_power_equals_the_table(void **state)
{
    csv *table = csv_shared(state, "facts/chips.csv");
    for (size_t r = 0; r < table->rows; r++) {
        const tr_chip *chip = tr_chip_catalog_at(chip_of(table, r));
        assert_string_equal(chip->vendor, csv_at(table, r, "vendor"));
        assert_string_equal(chip->confidence, csv_at(table, r, "confidence"));
        assert_string_equal(chip->memory_kind, csv_at(table, r, "mem_type"));
        assert_int_equal(chip->year, (int)csv_number(table, r, "year"));
        expect(table, r, "mem_gb", 1e9, label_byte(chip));
        expect(table, r, "mem_bw_tbps", 1e12, chip->memory_byte_per_s);
        expect(table, r, "power_w", 1.0, chip->power_w);
        expect(table, r, "allin_kw", 1e3, chip->all_in_power_w);
    }
}

static void every_link_equals_the_table_one_way_and_in_bytes(void **state)
{
    csv *table = csv_shared(state, "facts/chips.csv");
    for (size_t r = 0; r < table->rows; r++) {
        const tr_chip *chip = tr_chip_catalog_at(chip_of(table, r));
        const char *link = csv_at(table, r, "scaleup_link");
        assert_string_equal(chip->scaleup_link, strcmp(link, "-") == 0 ? "" : link);
        const double domain = csv_number(table, r, "scaleup_domain_gpus");
        if (chip->topology == TR_TOPOLOGY_HOST) { /* the table calls PCIe a link; it counts 31 for 31.5 GB/s */
            const double pcie_byte_per_s = csv_number(table, r, "scaleup_gbps_oneway") * 1e9;
            assert_same(chip->scaleup_byte_per_s, 0.0);
            assert_same(domain, 1.0);
            if (pcie_byte_per_s > 0.0)
                assert_near(chip->host_byte_per_s, pcie_byte_per_s, 0.02);
            expect(table, r, "scaleout_gbit_per_gpu", 1e9 / 8.0, chip->scaleout_byte_per_s);
            continue;
        }
        expect(table, r, "scaleup_gbps_oneway", 1e9, chip->scaleup_byte_per_s);
        expect(table, r, "scaleup_gbps_bidir", 1e9 / 2.0, chip->scaleup_byte_per_s);
        expect(table, r, "scaleout_gbit_per_gpu", 1e9 / 8.0, chip->scaleout_byte_per_s);
        assert_same(chip->scaleup_domain_chip, domain > 0.0 ? domain : 1.0);
        expect_printed(table, r, "scaleup_over_scaleout",
                       chip->scaleup_byte_per_s / chip->scaleout_byte_per_s, 0.005);
    }
}

static void every_drain_ridge_and_balance_equals_the_table(void **state)
{
    csv *table = csv_shared(state, "facts/chips.csv");
    for (size_t r = 0; r < table->rows; r++) {
        const tr_chip *chip = tr_chip_catalog_at(chip_of(table, r));
        expect_printed(table, r, "drain_ms_cap_over_bw", 1e3 * label_byte(chip) / chip->memory_byte_per_s, 0.00005);
        expect_printed(table, r, "ridge_flop_per_byte_bf16",
                       chip->flop_per_s[TR_DTYPE_BF16] / chip->memory_byte_per_s, 0.05);
        expect_printed(table, r, "H_bf16_tokens", tr_chip_balance_token(chip, TR_DTYPE_BF16), 0.05);
        expect_printed(table, r, "H_fp8_tokens", tr_chip_balance_token(chip, TR_DTYPE_FP8), 0.05);
        expect_printed(table, r, "H_fp4_tokens", tr_chip_balance_token(chip, TR_DTYPE_FP4), 0.05);
    }
}

/* The facts keep each published price as a row; a quote takes the rows of one kind together. */
static tr_price_kind kind_of(const csv *table, size_t r)
{
    static const struct { const char *words; tr_price_kind kind;
    } names[] = {{"on-demand", TR_PRICE_ON_DEMAND}, {"one-year", TR_PRICE_RESERVED}, {"rental-3yr", TR_PRICE_3YR},
                 {"owned (TCO), neocloud", TR_PRICE_OWNED}, {"owned (TCO), hyperscaler", TR_PRICE_OWNED_HYPERSCALER},
                 {"spot", TR_PRICE_SPOT}, {"on-demand (as in the product)", TR_PRICE_ON_DEMAND}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(csv_at(table, r, "kind"), names[i].words) == 0)
            return names[i].kind;
    return TR_PRICE_NONE;
}

static const tr_chip *chip_of_fact(const char *name)
{
    static const char *const other[][2] = {
        {"A100 SXM 80GB", "a100-sxm-80gb"}, {"A100 SXM 40GB", "a100-sxm-40gb"},   {"B200", "b200-sxm"},
        {"B300", "b300-sxm"},               {"A100 PCIe 40GB", "a100-pcie-40gb"}, {"A100 PCIe 80GB", "a100-pcie-80gb"}};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        if (strcmp(name, other[i][0]) == 0)
            return tr_chip_catalog_find(other[i][1]);
    return tr_chip_catalog_find(name);
}

static void every_quote_lies_in_the_range_of_the_prices_published(void **state)
{
    csv *table = csv_shared(state, "facts/price_kinds.csv");
    size_t priced = 0, exact = 0;
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        for (int kind = TR_PRICE_ON_DEMAND; kind < TR_PRICE_KIND_COUNT; kind++) {
            const tr_chip_quote *quote = &chip->quote[kind];
            double low = HUGE_VAL, high = 0.0;
            for (size_t r = 0; r < table->rows; r++) {
                static const char *const column[] = {"low", "median", "high"};
                if (chip_of_fact(csv_at(table, r, "chip")) != chip || kind_of(table, r) != (tr_price_kind)kind)
                    continue;
                for (size_t c = 0; c < 3; c++)
                    if (csv_at(table, r, column[c])[0] != '\0') {
                        const double usd = csv_number(table, r, column[c]);
                        low = usd < low ? usd : low;
                        high = usd > high ? usd : high;
                    }
            }
            if (!(high > 0.0))
                continue; /* older surveys of cards that the facts do not name */
            if (quote->kind == TR_PRICE_NONE) { /* recalled, never read: not taken */
                assert_true(chip->vendor[0] == 'G');
                continue;
            }
            if (!(quote->low_usd_per_hour >= low && quote->high_usd_per_hour <= high))
                fail_msg("%s, %s: %g to %g, but the facts say %g to %g", chip->name, tr_price_kind_name(quote->kind),
                         quote->low_usd_per_hour, quote->high_usd_per_hour, low, high);
            priced++;
            if (kind == TR_PRICE_3YR || kind == TR_PRICE_OWNED || kind == TR_PRICE_OWNED_HYPERSCALER) {
                assert_same(quote->usd_per_hour, low);
                exact++;
            }
        }
    }
    assert_int_equal(exact, 27); /* nine chips, three kinds of one survey */
    assert_true(priced >= 50);
}

/* One vendor's tool lists 14 systems; it differs where the notes say so, and nowhere else. */
static void a_vendors_own_table_agrees_but_for_named_differences(void **state)
{
    csv *table = csv_shared(state, "truth/hardware_systems.csv");
    static const struct { const char *system, *chip;
    } names[] = {
        {"a100_pcie", "a100-pcie-80gb"},
        {"a100_sxm", "a100-sxm-80gb"},
        {"b200_sxm", "b200-sxm"},
        {"b300_sxm", "b300-sxm"},
        {"gb200", "gb200"},
        {"gb300", "gb300"},
        {"h100_pcie", "h100-pcie"},
        {"h100_sxm", "h100-sxm"},
        {"h200_sxm", "h200-sxm"},
        {"l4", "l4"},
        {"l40s", "l40s"},
    };
    size_t seen = 0;
    for (size_t r = 0; r < table->rows; r++)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strcmp(csv_at(table, r, "system"), names[i].system) != 0)
                continue;
            const tr_chip *chip = chip_named(names[i].chip);
            seen++;
            /* 7.7 for 7.67 TB/s of a B200; 989 for 989.4; memory in whole GiB of some, as the driver reports it of
             * others */
            assert_near(csv_number(table, r, "mem_bw_Bps"), chip->memory_byte_per_s, 0.004);
            assert_near(csv_number(table, r, "bf16_flops"), chip->flop_per_s[TR_DTYPE_BF16], 5e-4);
            if (csv_number(table, r, "fp8_flops") > 0.0)
                assert_near(csv_number(table, r, "fp8_flops"), chip->flop_per_s[TR_DTYPE_FP8], 3e-3);
            if (csv_number(table, r, "fp4_flops") > 0.0)
                assert_near(csv_number(table, r, "fp4_flops"), chip->flop_per_s[TR_DTYPE_FP4],
                            0.04); /* 14 against 13.5 */
            assert_near(csv_number(table, r, "int8_flops"), chip->flop_per_s[TR_DTYPE_INT8], 4e-3);
            assert_near(csv_number(table, r, "mem_capacity_B"), chip->memory_byte, 0.068);
            assert_near(csv_number(table, r, "power_W"), chip->power_w, 1e-12);
        }
    assert_int_equal(seen, sizeof names / sizeof names[0]);
}

/* The table of constants has the drains of the tiers that stand beside a chip. */
static void tier_drains_equal_the_table_of_constants(void **state)
{
    csv *table = csv_shared(state, "facts/anchors.csv");
    const tr_chip *h100 = chip_named("h100-sxm"), *gb200 = chip_named("gb200"), *rubin = chip_named("rubin");
    tr_tier on_box[3] = { h100->tier[0], gb200->tier[0], rubin->tier[0] };
    on_box[0].capacity_byte = label_byte(h100);
    on_box[1].capacity_byte = label_byte(gb200);
    on_box[2].capacity_byte = label_byte(rubin);
    const struct { const char *key; const tr_tier *tier; double share; } want[] = {
        { "HBM3 H100", &on_box[0], 1.0 },
        { "HBM3e GB200", &on_box[1], 1.0 },
        { "HBM4 Rubin", &on_box[2], 1.0 },
        { "DDR5 over PCIe5 x16 per GPU share 256GB", &h100->tier[1], 1.0 },
        { "NVMe TLC Gen5 7.68TB", &h100->tier[2], 1.0 },
        { "NVMe QLC 61.44TB", &h100->tier[3], 1.0 },
        { "HDD 24TB", &h100->tier[4], 1.0 },
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        static const char word[3][12] = { "capacity", "bandwidth", "drain" };
        int seen = 0;
        for (size_t r = 0; r < table->rows; r++)
            for (int w = 0; w < 3; w++) {
                char key[96];
                (void)snprintf(key, sizeof key, "%s %s", want[i].key, word[w]);
                if (strcmp(csv_at(table, r, "key"), key) != 0)
                    continue;
                const double have = w == 0   ? want[i].tier->capacity_byte
                                    : w == 1 ? want[i].tier->read_byte_per_s
                                             : tr_tier_drain_s(want[i].tier);
                assert_near(have, csv_number(table, r, "value") * (w == 2 ? 1.0 : want[i].share),
                            w == 2 ? 2e-5 : 1e-15);
                seen++;
            }
        assert_int_equal(seen, 3);
    }
}

int main(void)
{
    TESTS(tests) = {
        CASE_WITH(every_row_has_its_chip_and_every_chip_its_row, csv_forget),
        CASE_WITH(every_ceiling_equals_the_table, csv_forget),
        CASE_WITH(every_size_rate_and_power_equals_the_table, csv_forget),
        CASE_WITH(every_link_equals_the_table_one_way_and_in_bytes, csv_forget),
        CASE_WITH(every_drain_ridge_and_balance_equals_the_table, csv_forget),
        CASE_WITH(every_quote_lies_in_the_range_of_the_prices_published, csv_forget),
        CASE_WITH(a_vendors_own_table_agrees_but_for_named_differences, csv_forget),
        CASE_WITH(tier_drains_equal_the_table_of_constants, csv_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
