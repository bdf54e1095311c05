/* test_io_constants.c -- data/laws and data/spec: every constant has its source, equals a collected table,
 * and gives the figures that others worked out from it. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../csv_rows.h"

#include "io/chip_folder.h"
#include "io/json_flat.h"

static tr_flat *read_data(const char *path)
{
    const char *root = getenv("TOKENROOF_ROOT");
    char full[4096];
    tr_flat *flat = NULL;
    tr_error err = { .text = "" };
    (void)snprintf(full, sizeof full, "%s/data/%s", root != NULL ? root : ".", path);
    if (tr_flat_read(full, &flat, &err) != TR_OK)
        fail_msg("%s", err.text);
    return flat;
}

static const tr_flat_entry *at(const tr_flat *flat, const char *list, size_t index, const char *key)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s.%zu.%s", list, index, key);
    return tr_flat_find(flat, path);
}

/* Constant number i of all that a file publishes, group after group; NULL past the end. */
static const tr_flat_entry *constant_at(const tr_flat *law, size_t i, const char *key)
{
    char list[64];
    for (size_t g = 0; at(law, "published", g, "source") != NULL; g++) {
        (void)snprintf(list, sizeof list, "published.%zu.constants", g);
        size_t n = 0;
        for (; at(law, list, n, "name") != NULL; n++)
            if (n == i)
                return at(law, list, n, key);
        i -= n;
    }
    return NULL;
}

static int holds(const tr_flat *law, double value)
{
    const tr_flat_entry *e;
    for (size_t i = 0; (e = constant_at(law, i, "value")) != NULL; i++)
        if (fabs(e->number - value) <= 1e-12 * fabs(value))
            return 1;
    return 0;
}

static double constant(const char *file, const char *name)
{
    char path[128];
    (void)snprintf(path, sizeof path, "laws/%s.json", file);
    tr_flat *law = read_data(path);
    double value = (double)NAN;
    const tr_flat_entry *e;
    for (size_t i = 0; (e = constant_at(law, i, "name")) != NULL; i++)
        if (strcmp(e->text, name) == 0)
            value = constant_at(law, i, "value")->number;
    tr_flat_destroy(law);
    if (!(value > -HUGE_VAL))
        fail_msg("%s has no %s", file, name);
    return value;
}

/* Calls each of data/folder's files by its path below data/. */
static void each_file(const char *folder, void (*visit)(const char *path))
{
    const char *root = getenv("TOKENROOF_ROOT");
    char data[3000], path[300], *names = NULL;
    size_t count = 0;
    (void)snprintf(data, sizeof data, "%s/data", root != NULL ? root : ".");
    assert_int_equal(tr_data_folder_list(data, folder, &names, &count, NULL), TR_OK);
    assert_true(count > 0);
    const char *name = names;
    for (size_t i = 0; i < count; i++, name += strlen(name) + 1) {
        (void)snprintf(path, sizeof path, "%s/%.200s.json", folder, name);
        visit(path);
    }
    free(names);
}

static void check_law(const char *path)
{
    tr_flat *law = read_data(path);
    static const char word[3][12] = { "source", "date", "confidence" };
    for (size_t g = 0; g == 0 || at(law, "published", g, "source") != NULL; g++)
        for (int w = 0; w < 3; w++) {
            const tr_flat_entry *e = at(law, "published", g, word[w]);
            if (e == NULL || e->text[0] == '\0')
                fail_msg("%s: group %zu has no %s", path, g, word[w]);
        }
    const tr_flat_entry *name;
    size_t count = 0;
    for (; (name = constant_at(law, count, "name")) != NULL; count++) {
        const tr_flat_entry *value = constant_at(law, count, "value"),
                            *unit = constant_at(law, count, "unit");
        if (value == NULL || value->kind != TR_FLAT_NUMBER || unit == NULL || unit->text[0] == '\0')
            fail_msg("%s: %s needs value and unit", path, name->text);
    }
    assert_true(count > 0);
    tr_flat_destroy(law);
}

static void every_constant_has_unit_source_date_and_confidence(void **state)
{
    (void)state;
    each_file("laws", check_law);
}

/* Numbers in a cell: "0.14/0.55/2.19", "133->304", "1.25x/2.0x/0.1x". */
static size_t numbers_in(const char *text, double *out, size_t capacity)
{
    size_t n = 0;
    for (const char *c = text; *c != '\0' && n < capacity;) {
        const int sign = *c == '-' && isdigit((unsigned char)c[1]) && c == text;
        if (!sign && !isdigit((unsigned char)*c)) {
            c++;
            continue;
        }
        char *end;
        out[n++] = strtod(c, &end);
        c = end;
    }
    return n;
}

static void every_published_number_of_the_collected_table_is_in_our_files(void **state)
{
    csv *table = csv_shared(state, "facts/anchors.csv");
    static const struct { const char *group, *file;
    } home[] = {
        {"USL", "routed_scaling"},
        {"Chinchilla", "chinchilla"},
        {"DeepSeek infra", "deepseek_fleet"},
        {"DeepSeek-V3 report", "training_runs"},
        {"DeepSeek-V4 report", "training_runs"},
        {"Training run", "training_runs"},
        {"Serving anchor", "serving_prices"},
        {"Empirical factor", "efficiency"},
        {"RevNet", "reversible"},
        {"Tier drain", "storage"},
        {"Cache storage price", "cache_prices"},
        {"Cache price", "cache_prices"},
        {"Batch price", "cache_prices"},
    };
    size_t checked = 0;
    for (size_t r = 0; r < table->rows; r++) {
        const char *group = csv_at(table, r, "group"), *key = csv_at(table, r, "key"),
                   *value = csv_at(table, r, "value");
        /* Worked out from others, held by a chip's own file, or a formula. */
        const int derived = strncmp(csv_at(table, r, "source"), "computed", 8) == 0 ||
                            strstr(key, "HBM") == key || strcmp(key, "Llama 3.1 405B") == 0 ||
                            strstr(key, "HBM3") == key;
        if (derived || (isalpha((unsigned char)value[0]) && value[0] != 'x'))
            continue;
        const char *file = strcmp(key, "MTP-3 Qwen3.8-2.4T") == 0 ? "serving_prices" : NULL;
        for (size_t i = 0; i < sizeof home / sizeof home[0] && file == NULL; i++)
            if (strcmp(home[i].group, group) == 0)
                file = home[i].file;
        if (file == NULL)
            fail_msg("no file of ours for '%s'", group);
        char path[128];
        (void)snprintf(path, sizeof path, "laws/%s.json", file);
        tr_flat *law = read_data(path);
        double number[4];
        const size_t n = numbers_in(value, number, 4);
        const double scale = strcmp(csv_at(table, r, "unit"), "%") == 0 ? 0.01 : 1.0;
        for (size_t i = 0; i < n; i++, checked++)
            if (!holds(law, number[i] * scale))
                fail_msg("%s, %s: %g is not in %s", group, key, number[i], path);
        tr_flat_destroy(law);
    }
    assert_true(checked >= 95);
}

static void near_enough(const char *what, double have, double want, double tolerance)
{
    if (!(fabs(have - want) <= tolerance * fabs(want)))
        fail_msg("%s: have %.8g, published %.8g", what, have, want);
}

static void deepseeks_day_adds_up(void **state)
{
    (void)state;
#define DAY(name) constant("deepseek_fleet", name)
    const double nodes = DAY("mean_nodes"), rate = DAY("chip_usd_per_hour");
    near_enough("cost of a day", nodes * 8.0 * rate * 24.0, DAY("cost_usd_per_day"), 1e-12);
    const double busy = DAY("input_token_per_day") / DAY("prefill_token_per_s_per_node") / 86400.0 +
                        DAY("output_token_per_day") / DAY("decode_token_per_s_per_node") / 86400.0;
    near_enough("nodes from tokens", busy, 226.86, 1e-4);
    const double revenue =
        (DAY("cached_input_token_per_day") * DAY("r1_cached_usd_per_mtoken") +
         (DAY("input_token_per_day") - DAY("cached_input_token_per_day")) * DAY("r1_input_usd_per_mtoken") +
         DAY("output_token_per_day") * DAY("r1_output_usd_per_mtoken")) /
        1e6;
    near_enough("revenue", revenue, DAY("revenue_usd_per_day"), 2e-4);
    near_enough("margin", revenue / DAY("cost_usd_per_day") - 1.0, DAY("margin_ratio"), 2e-3);
    const double per_chip = DAY("decode_token_per_s_per_node") / 8.0;
    near_enough("sequences a chip", per_chip / DAY("output_token_per_s_per_seq"), 88.0, 2e-3);
    near_enough("batch of the unit", DAY("decode_unit_chip") * per_chip / DAY("output_token_per_s_per_seq"),
                12686.0, 1e-4);
    near_enough("decode cost", rate / 3600.0 / per_chip * 1e6, 0.300, 2e-3);
    near_enough("prefill cost", 8.0 * rate / 3600.0 / DAY("prefill_token_per_s_per_node") * 1e6, 0.0603,
                2e-3);
}

static void training_runs_come_to_their_published_utilisation(void **state)
{
    (void)state;
#define RUN(name) constant("training_runs", name)
    near_enough("V3",
                6.0 * 37e9 * RUN("deepseek-v3.pretrain_token") /
                    (RUN("deepseek-v3.pretrain_chip_hour") * 3600.0 * 989.4e12),
                0.3463, 2e-4);
    near_enough("Llama 3.1 405B",
                6.0 * RUN("llama-3.1-405b.total_param") * RUN("llama-3.1-405b.pretrain_token") /
                    (RUN("llama-3.1-405b.chip_hour") * 3600.0 * 989.4e12),
                0.3458, 3e-4);
    near_enough("V3 hours",
                RUN("deepseek-v3.pretrain_chip_hour") + RUN("deepseek-v3.context_chip_hour") +
                    RUN("deepseek-v3.post_chip_hour"),
                RUN("deepseek-v3.total_chip_hour"), 1e-12);
    near_enough("V3 dollars", 2.0 * RUN("deepseek-v3.total_chip_hour"), RUN("deepseek-v3.cost_usd"), 1e-12);
    near_enough("V3 cache", 61.0 * 576.0 * 2.0, RUN("deepseek-v3.kv_byte_per_token"), 1e-12);
}

static double token_per_param(const char *fit)
{
    char key[4][32];
    static const char word[4][8] = { "a", "b", "alpha", "beta" };
    double v[4];
    for (int i = 0; i < 4; i++) {
        (void)snprintf(key[i], sizeof key[i], "%s.%s", fit, word[i]);
        v[i] = constant("chinchilla", key[i]);
    }
    const double sum = v[2] + v[3], g = pow(v[2] * v[0] / (v[3] * v[1]), 1.0 / sum), c = 5.88e23 / 6.0;
    return pow(c, v[2] / sum) / g / (g * pow(c, v[3] / sum));
}

static void the_two_chinchilla_fits_disagree_as_published(void **state)
{
    (void)state;
    near_enough("Hoffmann", token_per_param("hoffmann"), 92.83, 1e-4);
    near_enough("Epoch", token_per_param("epoch"), 18.38, 3e-4);
}

#define USL(name) constant("routed_scaling", "s-base." name)

static double saturated(double experts)
{
    const double start = USL("expert_start"), max = USL("expert_max");
    return 1.0 / (1.0 / (experts - 1.0 + 1.0 / (1.0 / start - 1.0 / max)) + 1.0 / max);
}

static double log_loss(double param, double experts)
{
    const double n = log10(param), e = log10(saturated(experts));
    return USL("a") * n + USL("b") * e + USL("c") * n * e + USL("d");
}

static double effective_param(double param, double experts)
{
    const double start = USL("expert_start"), e = saturated(experts);
    const double slope = USL("a") + USL("c") * log10(start);
    return pow(param, (USL("a") + USL("c") * log10(e)) / slope) * pow(e / start, USL("b") / slope);
}

static void a_routed_370m_beats_a_dense_1300m_as_published(void **state)
{
    (void)state;
    near_enough("loss of 370M with 64 experts", log_loss(370e6, 64.0), 0.34796, 2e-5);
    near_enough("loss of 1.3B dense", log_loss(1.3e9, 1.0), 0.34974, 2e-5);
    near_enough("effective size", effective_param(370e6, 64.0), 1.369e9, 1e-3);
    near_enough("effective size, small", effective_param(5e6, 128.0), 51.8e6, 2e-3);
}

/* ---- speculative decoding ---------------------------------------------------- */

static void check_spec(const char *path)
{
    tr_flat *spec = read_data(path);
    static const char word[4][12] = { "source", "date", "confidence", "dataset" };
    for (int w = 0; w < 4; w++)
        assert_non_null(tr_flat_find(spec, word[w]));
    for (size_t i = 0; at(spec, "runs", i, "method") != NULL; i++)
        for (size_t k = 0; k < 8; k++) {
            char drafted[64], accepted[64];
            (void)snprintf(drafted, sizeof drafted, "drafted_token.%zu", k);
            (void)snprintf(accepted, sizeof accepted, "accepted_token.%zu", k);
            const double d = at(spec, "runs", i, drafted)->number, a = at(spec, "runs", i, accepted)->number;
            assert_true(a >= 1.0 &&
                        a <= 1.0 + d); /* at least the model's own token, at most all that were drafted */
        }
    tr_flat_destroy(spec);
}

static void a_step_yields_between_one_token_and_all_drafted(void **state)
{
    (void)state;
    each_file("spec", check_spec);
}

static void every_acceptance_of_the_collected_table_is_in_our_files(void **state)
{
    csv *table = csv_shared(state, "facts/spec_acceptance.csv");
    for (size_t r = 0; r < table->rows; r++) {
        char path[128], run[160], key[64];
        (void)snprintf(path, sizeof path, "spec/%s.json", csv_at(table, r, "model"));
        (void)snprintf(run, sizeof run, "%s, run %s", csv_at(table, r, "file"), csv_at(table, r, "gha_run"));
        tr_flat *spec = read_data(path);
        const double thinking = strcmp(csv_at(table, r, "mode"), "thinking_on") == 0;
        const double drafted = csv_number(table, r, "num_spec_tokens");
        int seen = 0;
        for (size_t i = 0; at(spec, "runs", i, "method") != NULL; i++) {
            if (strcmp(at(spec, "runs", i, "run")->text, run) != 0 ||
                at(spec, "runs", i, "thinking")->number != thinking)
                continue;
            assert_string_equal(at(spec, "runs", i, "method")->text, csv_at(table, r, "method"));
            (void)snprintf(key, sizeof key, "accepted_token.%d", (int)drafted - 1);
            assert_true(at(spec, "runs", i, key)->number == csv_number(table, r, "acceptance_length"));
            seen++;
        }
        assert_int_equal(seen, 1);
        tr_flat_destroy(spec);
    }
    assert_int_equal(table->rows, 112);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_constant_has_unit_source_date_and_confidence),
        cmocka_unit_test_teardown(every_published_number_of_the_collected_table_is_in_our_files, csv_forget),
        cmocka_unit_test(deepseeks_day_adds_up),
        cmocka_unit_test(training_runs_come_to_their_published_utilisation),
        cmocka_unit_test(the_two_chinchilla_fits_disagree_as_published),
        cmocka_unit_test(a_routed_370m_beats_a_dense_1300m_as_published),
        cmocka_unit_test(a_step_yields_between_one_token_and_all_drafted),
        cmocka_unit_test_teardown(every_acceptance_of_the_collected_table_is_in_our_files, csv_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
