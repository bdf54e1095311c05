/* cli/resolve.c -- what MODEL and SYSTEM name: numbers, a file, an entry of --data DIR or of the catalog. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/chip_file.h"
#include "io/file.h"
#include "io/model_file.h"
#include "probe/machine.h"

/* "" as NULL: how the readers say "not given". */
static const char *given(const tr_scenario *scenario, tr_input_id id)
{
    const char *text = tr_input_text(scenario, id);
    return text[0] != '\0' ? text : NULL;
}

/* A file knows more than its counts: where its parts disagree is worth a line. */
static tr_status take_file(tr_status status, const tr_model_file *file, tr_model *out)
{
    if (status != TR_OK)
        return status;
    for (int i = 0; i < file->note_count; i++)
        (void)fprintf(stderr, "tokenroof: note: %s\n", file->note[i]);
    *out = file->model;
    return TR_OK;
}

static tr_status from_data(const char *folder, const char *name, const char *family, tr_model_file *file,
                           tr_model *out, tr_error *err)
{
    tr_status s = tr_model_data_read(folder, name, family, file, err);
    if (s != TR_EUNKNOWN)
        return take_file(s, file, out);
    return tr_model_catalog_get(name, out, err);
}

/* A file that is not here may be one of the catalog's, packed again: "Qwen3-8B-Q4_K_M.gguf". */
static tr_status hint_catalog(tr_status status, const char *path, tr_error *err)
{
    char stem[128];
    const char *last = tr_path_last(path);
    const size_t length = strlen(last);
    size_t index;
    tr_weight_format format;
    const int is_absent = status == TR_EIO && tr_path_look(path) == TR_PATH_NONE;
    if (!is_absent || !tr_has_suffix(last, ".gguf") || length >= sizeof stem)
        return status;
    (void)snprintf(stem, sizeof stem, "%.*s", (int)length - 5, last);
    if (tr_model_catalog_find_format(stem, &index, &format, NULL) != TR_OK)
        return status;
    const size_t at = strlen(err->text);
    (void)snprintf(err->text + at, sizeof err->text - at, "; the catalog has %s%s%s", tr_model_catalog_name(index),
                   format != TR_WEIGHT_FORMAT_NATIVE ? ": add --weights " : "",
                   format != TR_WEIGHT_FORMAT_NATIVE ? tr_weight_format_name(format) : "");
    return status;
}

/* is_head: name is a file with the first bytes of a GGUF file. */
static tr_status model_named(const cli *c, const char *name, const char *family, int is_head, tr_model *out,
                             tr_error *err)
{
    const char *folder = given(c->scenario, TR_IN_DATA);
    const int is_file = is_head || (!tr_is_inline(name) && tr_model_is_path(name));
    if (family != NULL && !is_file && folder == NULL)
        return cli_fail(err, TR_ECONFLICT, "family", "--as is for a config.json: '%.80s' is not a file", name);
    if (!is_file && tr_is_inline(name))
        return tr_model_inline(name, out, err);
    if (!is_file && folder == NULL)
        return tr_model_catalog_get(name, out, err);
    tr_model_file *file = malloc(sizeof *file);
    if (file == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    const tr_status s = is_head   ? take_file(tr_model_head_read(name, family, file, err), file, out)
                        : is_file ? take_file(tr_model_file_read(name, family, file, err), file, out)
                                  : from_data(folder, name, family, file, out, err);
    free(file);
    return is_file ? hint_catalog(s, name, err) : s;
}

tr_status cli_model(const cli *c, tr_model *out, tr_error *err)
{
    const char *const name = tr_input_text(c->scenario, TR_IN_MODEL), *const head = given(c->scenario, TR_IN_GGUF_HEAD);
    const int is_head = head != NULL && strcmp(name, head) == 0;
    return model_named(c, name, given(c->scenario, TR_IN_FAMILY), is_head, out, err);
}

/* What it is made of may be known and its bandwidth not: only `local` has an answer then, of what fits. */
static tr_status this_machine(const cli *c, tr_system *out, tr_error *err)
{
    const tr_status s = tr_probe_machine(out, err);
    if (s != TR_OK || out->chip.memory_byte_per_s < TR_BANDWIDTH_NOT_KNOWN || strcmp(c->verb->name, "local") == 0)
        return s;
    return cli_fail(err, TR_EMISSING, "system",
                    "this machine's CPU (%s) is not in the catalog, and its bandwidth not known: `tokenroof measure` "
                    "finds it", out->chip.title);
}

tr_status cli_system(const cli *c, tr_system *out, tr_error *err)
{
    const char *name = tr_input_text(c->scenario, TR_IN_SYSTEM);
    if (tr_is_inline(name))
        return tr_system_inline(name, out, err);
    if (strcmp(name, CLI_THIS_MACHINE) == 0)
        return this_machine(c, out, err);
    return tr_system_open(name, given(c->scenario, TR_IN_DATA), out, err);
}

/* What a question stands on; the question comes first, so that who frees it frees all. */
typedef struct question {
    tr_problem problem;
    tr_model model, draft_model;
    tr_system system;
} question;

/* The model that drafts, named as any other. */
static tr_status take_drafter(const cli *c, question *q, tr_error *err)
{
    const char *name = given(c->scenario, TR_IN_DRAFT_MODEL);
    tr_error why;
    if (name == NULL || !tr_verb_takes(c->verb, tr_input_at(TR_IN_DRAFT_MODEL)))
        return TR_OK;
    const tr_status s = model_named(c, name, NULL, 0, &q->draft_model, &why);
    if (s != TR_OK)
        return cli_fail(err, s, "draft_model", "draft-model: %.400s", why.text);
    q->model.draft_model = &q->draft_model;
    return TR_OK;
}

tr_status cli_case(const cli *c, tr_problem **out, tr_error *err)
{
    question *q = malloc(sizeof *q);
    if (q == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    tr_status s = cli_model(c, &q->model, err);
    if (s == TR_OK)
        s = take_drafter(c, q, err);
    if (s == TR_OK)
        s = cli_system(c, &q->system, err);
    if (s == TR_OK)
        s = tr_verb_question(c->verb, c->scenario, &q->model, &q->system, &q->problem, err);
    if (s != TR_OK) {
        free(q);
        return s;
    }
    *out = &q->problem;
    return TR_OK;
}
