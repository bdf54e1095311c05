/* test_io_catalog.c -- every file of data/models: counted, compared with what its makers stored, compiled in.
 */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/file.h"
#include "io/model_entry.h"
#include "io/model_file.h"

#define DATA TR_SOURCE_ROOT "/data"

static char **names;
static size_t name_count;
static tr_model_file *file; /* large: not on the stack */

static int open_catalog(void **state)
{
    (void)state;
    tr_error err = {.text = ""};
    file = malloc(sizeof *file);
    return file == NULL || tr_model_data_list(DATA, &names, &name_count, &err) != TR_OK;
}

static int close_catalog(void **state)
{
    (void)state;
    free(names);
    free(file);
    return 0;
}

static void read_entry(const char *name, tr_model_entry *entry)
{
    char path[TR_PATH_MAX];
    tr_error err = {.text = ""};
    (void)snprintf(path, sizeof path, DATA "/models/%s.json", name);
    if (tr_model_entry_read(path, entry, &err) != TR_OK)
        fail_msg("%s:%d: %s", path, err.line, err.text);
}

static void count_model(const char *name)
{
    tr_error err = {.text = ""};
    if (tr_model_data_read(DATA, name, NULL, file, &err) != TR_OK)
        fail_msg("%s: %s (line %d)", name, err.text, err.line);
}

static void there_are_at_least_110_models(void **state)
{
    (void)state;
    assert_true(name_count >= 110);
    print_message("# %zu models\n", name_count);
}

static void every_model_is_counted_from_its_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < name_count; i++) {
        count_model(names[i]);
        assert_string_equal(file->model.name, names[i]);
        assert_true(file->model.total_param > 1e8);
        assert_true(file->model.active_param <= file->model.total_param);
        assert_true(file->model.hf_id[0] != '\0');
        assert_true(file->model.source[0] != '\0');
    }
}

/* The oracle: a published checkpoint holds the language model we count, and the named rest; nothing else. */
static void every_exact_total_is_met_to_the_last_parameter_by_named_differences(void **state)
{
    (void)state;
    int exact = 0, explained = 0, without = 0;
    for (size_t i = 0; i < name_count; i++) {
        tr_model_entry entry;
        read_entry(names[i], &entry);
        count_model(names[i]);
        if (!(entry.stored_param > 0.0)) {
            without++;
        } else if (fabs(file->model.total_param + entry.difference_param - entry.stored_param) > 0.0) {
            fail_msg("%s: counted %.0f + named %.0f, stored %.0f: %.0f without a name", names[i],
                     file->model.total_param, entry.difference_param, entry.stored_param,
                     entry.stored_param - file->model.total_param - entry.difference_param);
        } else if (fabs(entry.difference_param) > 0.0) {
            explained++;
        } else {
            exact++;
        }
        tr_model_entry_free(&entry);
    }
    print_message(
        "# %d equal the stored total, %d with named differences, %d have no exact total published\n", exact,
        explained, without);
    assert_true(exact + explained >= 60);
}

static void prediction_layers_named_as_a_difference_are_the_ones_counted(void **state)
{
    (void)state;
    int checked = 0;
    for (size_t i = 0; i < name_count; i++) {
        tr_model_entry entry;
        read_entry(names[i], &entry);
        count_model(names[i]);
        const double named = tr_model_entry_difference_param(&entry, "multi-token prediction layers");
        if (named > 0.0 && file->model.mtp_param > 0.0) {
            if (fabs(named - file->model.mtp_param) > 0.0)
                fail_msg("%s: named %.0f, counted %.0f", names[i], named, file->model.mtp_param);
            checked++;
        }
        tr_model_entry_free(&entry);
    }
    assert_true(checked >= 10);
}

static void rounded_totals_of_the_makers_are_met_within_three_percent(void **state)
{
    (void)state;
    for (size_t i = 0; i < name_count; i++) {
        tr_model_entry entry;
        read_entry(names[i], &entry);
        count_model(names[i]);
        if (entry.published_param > 0.0 && fabs(file->model.total_param / entry.published_param - 1.0) > 0.03)
            fail_msg("%s: counted %.4g, published %.4g", names[i], file->model.total_param,
                     entry.published_param);
        tr_model_entry_free(&entry);
    }
}

/* Same keys, two ways in: the table that the build made, and the file itself. */
static void the_catalog_compiled_in_equals_the_files(void **state)
{
    (void)state;
    assert_int_equal(tr_model_catalog_count(), name_count);
    tr_model *compiled = malloc(sizeof *compiled);
    assert_non_null(compiled);
    for (size_t i = 0; i < name_count; i++) {
        tr_error err = {.text = ""};
        count_model(names[i]);
        if (tr_model_catalog_get(names[i], compiled, &err) != TR_OK)
            fail_msg("%s: %s", names[i], err.text);
        assert_memory_equal(compiled, &file->model, sizeof *compiled);
    }
    free(compiled);
}

static void the_catalog_is_sorted_by_name(void **state)
{
    (void)state;
    for (size_t i = 1; i < tr_model_catalog_count(); i++)
        assert_true(strcmp(tr_model_catalog_name(i - 1), tr_model_catalog_name(i)) < 0);
    assert_null(tr_model_catalog_name(tr_model_catalog_count()));
}

static void a_model_is_found_by_id_and_alias_in_any_case(void **state)
{
    (void)state;
    static const char *const wanted[] = {"DeepSeek-V3", "deepseek-ai/deepseek-v3", "deepseek-v3-0324",
                                         "DEEPSEEK-AI/DeepSeek-V3.1"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        tr_model_file *found = malloc(sizeof *found);
        assert_non_null(found);
        assert_int_equal(tr_model_data_read(DATA, wanted[i], NULL, found, NULL), TR_OK);
        assert_string_equal(found->model.name, "deepseek-v3");
        assert_true(found->model.total_param == 671026419200.0);
        assert_int_equal(tr_model_catalog_get(wanted[i], &found->model, NULL), TR_OK);
        assert_string_equal(found->model.name, "deepseek-v3");
        free(found);
    }
}

static void an_unknown_name_is_refused_with_the_near_one(void **state)
{
    (void)state;
    tr_error err = {.text = ""};
    assert_int_equal(tr_model_data_read(DATA, "deepseek-v33", NULL, file, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "deepseek-v3"));
    assert_int_equal(tr_model_data_read("/nonexistent", "deepseek-v3", NULL, file, &err), TR_EIO);
}

/* ---- entries that must fail ------------------------------------------------ */

static tr_error refuse(const char *text, tr_status expected)
{
    tr_flat *flat = NULL;
    tr_model_entry entry;
    tr_error err;
    memset(&err, 0, sizeof err);
    assert_int_equal(tr_flat_parse(text, strlen(text), &flat, NULL), TR_OK);
    assert_int_equal(tr_model_entry_from_flat(flat, &entry, &err), expected);
    tr_flat_destroy(flat);
    return err;
}

#define HEAD                                                                                                 \
    "{\"name\": \"a-1\", \"hf_id\": \"x/A-1\", \"licence\": \"MIT\", \"source\": \"s\", \"date\": "          \
    "\"2026-01-01\""

static void an_entry_states_every_required_key_and_no_unknown_one(void **state)
{
    (void)state;
    tr_error err = refuse("{\"name\": \"a\", \"config\": {\"hidden_size\": 1}}", TR_EMISSING);
    assert_string_equal(err.field, "hf_id");
    err = refuse(HEAD "}", TR_EMISSING);
    assert_string_equal(err.field, "config");
    err = refuse(HEAD ",\n \"hidden_size\": 64, \"config\": {\"x\": 1}}", TR_EUNKNOWN);
    assert_int_equal(err.line, 2);
    assert_string_equal(err.field, "hidden_size");
    err = refuse(HEAD ",\n\n \"stored\": {\"parms\": 64}, \"config\": {\"x\": 1}}", TR_EUNKNOWN);
    assert_int_equal(err.line, 3);
}

static void an_entry_of_the_wrong_kind_is_refused(void **state)
{
    (void)state;
    (void)refuse(HEAD ", \"stored\": {\"param\": \"many\"}, \"config\": {\"x\": 1}}", TR_EPARSE);
    (void)refuse(HEAD ", \"stored\": {\"param\": 1.5}, \"config\": {\"x\": 1}}", TR_EDOMAIN);
    (void)refuse(HEAD ", \"stored\": {\"param\": -3}, \"config\": {\"x\": 1}}", TR_EDOMAIN);
    (void)refuse(HEAD ", \"weight_total_byte\": 0, \"config\": {\"x\": 1}}", TR_EDOMAIN);
    (void)refuse(HEAD ", \"aliases\": \"b\", \"config\": {\"x\": 1}}", TR_EUNKNOWN);
    (void)refuse(HEAD ", \"aliases\": [\"b|c\"], \"config\": {\"x\": 1}}", TR_EPARSE);
    (void)refuse(HEAD ", \"aliases\": [\"\"], \"config\": {\"x\": 1}}", TR_EPARSE);
    (void)refuse("{\"name\": \"A B\", \"hf_id\": \"x/A\", \"licence\": \"MIT\", \"source\": \"s\", \"date\": "
                 "\"2026\", "
                 "\"config\": {\"x\": 1}}",
                 TR_EPARSE);
}

static void a_folder_of_own_models_is_read_by_name_and_a_damaged_one_fails_only_for_itself(void **state)
{
    (void)state;
    char folder[] = "/tmp/tokenroof-data-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/models", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/models/mine.json", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    (void)fputs("{\"name\": \"mine\", \"hf_id\": \"me/Mine\", \"licence\": \"MIT\", \"source\": \"own\", "
                "\"date\": \"2026-01-01\", \"config\": {\"architectures\": [\"LlamaForCausalLM\"], "
                "\"hidden_size\": 64, "
                "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"intermediate_size\": 128, "
                "\"vocab_size\": 100}}",
                out);
    (void)fclose(out);
    char broken[128];
    (void)snprintf(broken, sizeof broken, "%s/models/broken.json", folder);
    out = fopen(broken, "w");
    assert_non_null(out);
    (void)fputs("{\n\"name\": broken}", out);
    (void)fclose(out);

    tr_error err = {.text = ""};
    assert_int_equal(tr_model_data_read(folder, "ME/mine", NULL, file, &err), TR_OK);
    /* 2 tables of 100 x 64, a final norm, 2 layers of 4 x 64 x 64 + 3 x 64 x 128 + 2 norms */
    assert_true(file->model.total_param == 2 * 6400 + 64 + 2 * (4 * 4096 + 3 * 8192 + 128));
    assert_int_equal(tr_model_data_read(folder, "broken", NULL, file, &err), TR_EPARSE);
    assert_int_equal(err.line, 2);
    assert_int_equal(tr_model_data_read(folder, "absent", NULL, file, &err), TR_EUNKNOWN);
    (void)remove(path);
    (void)remove(broken);
    (void)snprintf(path, sizeof path, "%s/models", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_at_least_110_models),
        cmocka_unit_test(every_model_is_counted_from_its_file),
        cmocka_unit_test(every_exact_total_is_met_to_the_last_parameter_by_named_differences),
        cmocka_unit_test(prediction_layers_named_as_a_difference_are_the_ones_counted),
        cmocka_unit_test(rounded_totals_of_the_makers_are_met_within_three_percent),
        cmocka_unit_test(the_catalog_compiled_in_equals_the_files),
        cmocka_unit_test(the_catalog_is_sorted_by_name),
        cmocka_unit_test(a_model_is_found_by_id_and_alias_in_any_case),
        cmocka_unit_test(an_unknown_name_is_refused_with_the_near_one),
        cmocka_unit_test(an_entry_states_every_required_key_and_no_unknown_one),
        cmocka_unit_test(an_entry_of_the_wrong_kind_is_refused),
        cmocka_unit_test(a_folder_of_own_models_is_read_by_name_and_a_damaged_one_fails_only_for_itself),
    };
    return cmocka_run_group_tests(tests, open_catalog, close_catalog);
}
