/* claims/settings.c -- the settings of a check, read as the command line would read them. */
#include <stdlib.h>
#include <string.h>

#include "claims/question.h"
#include "base/fail.h"
#include "base/text.h"

int tr_claim_next(const char **with, tr_claim_setting *out)
{
    const char *at = *with;
    const size_t n = strcspn(at, ";");
    const char *equals = memchr(at, '=', n);
    if (equals == NULL)
        return 0;
    *out = (tr_claim_setting){at, equals + 1, (size_t)(equals - at), n - (size_t)(equals - at) - 1};
    at += n;
    *with = at + strspn(at, "; ");
    return 1;
}

/* The setting of key: where its value begins and how long it is. */
static const char *segment(const char *with, const char *key, size_t *length)
{
    tr_claim_setting setting;
    while (tr_claim_next(&with, &setting))
        if (setting.key_length == strlen(key) && strncmp(setting.key, key, setting.key_length) == 0) {
            *length = setting.value_length;
            return setting.value;
        }
    return NULL;
}

int tr_claim_text(const char *with, const char *key, char *out, size_t size)
{
    size_t length = 0;
    const char *at = segment(with, key, &length);
    return at != NULL && tr_text_copy_span(out, size, at, length) < size;
}

tr_status tr_claim_number(const char *with, const char *key, double *out, tr_error *err)
{
    char text[64];
    if (!tr_claim_text(with, key, text, sizeof text))
        return tr_fail(err, TR_EMISSING, key, 0, "this question needs the setting '%.40s'", key);
    return tr_quantity_parse(text, TR_UNIT_NONE, out, err);
}

tr_status tr_claim_number_or(const char *with, const char *key, double fallback, double *out, tr_error *err)
{
    size_t length = 0;
    if (segment(with, key, &length) != NULL)
        return tr_claim_number(with, key, out, err);
    *out = fallback;
    return TR_OK;
}

tr_status tr_claim_numbers(const char *with, const char *const *keys, double *out, tr_error *err)
{
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && keys[i] != NULL; i++)
        s = tr_claim_number(with, keys[i], &out[i], err);
    return s;
}

/* Keys of questions that take a case and one thing more. */
static int is_extra(const char *key) { return strcmp(key, "margin") == 0; }

static tr_status set_each(tr_scenario *scenario, const char *with, int presets, tr_error *err)
{
    tr_status s = TR_OK;
    tr_claim_setting setting;
    for (const char *at = with; s == TR_OK && *at != '\0';) {
        char key[64] = "", value[TR_TEXT_MAX];
        if (!tr_claim_next(&at, &setting) ||
            tr_text_copy_span(key, sizeof key, setting.key, setting.key_length) >= sizeof key ||
            tr_text_copy_span(value, sizeof value, setting.value, setting.value_length) >= sizeof value)
            return tr_fail(err, TR_EPARSE, key, 0, "expected settings of the form key=value; key=value");
        const int is_preset = strcmp(key, "preset") == 0;
        if (is_preset && presets)
            s = tr_scenario_preset(scenario, value, err);
        else if (!is_preset && !presets && !is_extra(key))
            s = tr_scenario_set(scenario, key, value, err);
    }
    return s;
}

/* Settings come after their preset, wherever it stands. */
static tr_status scenario_of(const char *with, tr_scenario **out, tr_error *err)
{
    tr_scenario *scenario = tr_scenario_create();
    if (scenario == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0, "out of memory");
    tr_status s = set_each(scenario, with, 1, err);
    if (s == TR_OK)
        s = set_each(scenario, with, 0, err);
    if (s != TR_OK) {
        tr_scenario_destroy(scenario);
        return s;
    }
    *out = scenario;
    return TR_OK;
}

static tr_status model_named(const char *name, tr_model *out, tr_error *err)
{
    return tr_is_inline(name) ? tr_model_inline(name, out, err) : tr_model_catalog_get(name, out, err);
}

static tr_status system_named(const char *name, tr_system *out, tr_error *err)
{
    return tr_is_inline(name) ? tr_system_inline(name, out, err) : tr_system_catalog_get(name, out, err);
}

tr_status tr_claim_model(const char *with, tr_model **out, tr_error *err)
{
    char name[TR_TEXT_MAX];
    if (!tr_claim_text(with, "model", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "model", 0, "this question needs the setting 'model'");
    tr_model *model = malloc(sizeof *model);
    const tr_status s =
        model == NULL ? tr_fail(err, TR_ENOMEM, "", 0, "out of memory") : model_named(name, model, err);
    if (s != TR_OK) {
        free(model);
        return s;
    }
    *out = model;
    return TR_OK;
}

tr_status tr_claim_case_of(const char *with, tr_claim_case **out, tr_error *err)
{
    tr_scenario *scenario = NULL;
    tr_status s = scenario_of(with, &scenario, err);
    if (s != TR_OK)
        return s;
    tr_claim_case *c = malloc(sizeof *c);
    if (c == NULL)
        s = tr_fail(err, TR_ENOMEM, "", 0, "out of memory");
    if (s == TR_OK)
        s = model_named(tr_input_text(scenario, TR_IN_MODEL), &c->model, err);
    if (s == TR_OK)
        s = system_named(tr_input_text(scenario, TR_IN_SYSTEM), &c->system, err);
    if (s == TR_OK)
        s = tr_problem_system(scenario, &c->system, err);
    if (s == TR_OK)
        s = tr_problem_of(scenario, &c->model, &c->system, &c->question, err);
    tr_scenario_destroy(scenario);
    if (s != TR_OK) {
        free(c);
        return s;
    }
    *out = c;
    return TR_OK;
}
