/* cli/cmd_models.c -- `tokenroof models [MODEL]`: the catalog, or one model and what it is made of. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "io/model_file.h"

/* The models of --data DIR, then the catalog's that DIR does not have. */
typedef struct folder_list {
    const char *folder;
    char **name; /* of the folder, sorted; one allocation */
    size_t count;
    size_t *catalog; /* positions in the catalog */
    size_t catalog_count;
    tr_model_file *file;
} folder_list;

static int has(const folder_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->name[i], name) == 0)
            return 1;
    return 0;
}

static tr_status open_list(const char *folder, folder_list *list, tr_error *err)
{
    list->folder = folder;
    const tr_status s = tr_model_data_list(folder, &list->name, &list->count, err);
    if (s != TR_OK)
        return s;
    list->file = malloc(sizeof *list->file);
    list->catalog = calloc(tr_model_catalog_count() + 1, sizeof *list->catalog);
    if (list->file == NULL || list->catalog == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    for (size_t i = 0; tr_model_catalog_name(i) != NULL; i++)
        if (!has(list, tr_model_catalog_name(i)))
            list->catalog[list->catalog_count++] = i;
    return TR_OK;
}

static tr_status list_at(void *context, size_t index, tr_model *out, tr_error *err)
{
    folder_list *list = context;
    if (index >= list->count)
        return tr_model_catalog_get(tr_model_catalog_name(list->catalog[index - list->count]), out, err);
    const tr_status s = tr_model_data_read(list->folder, list->name[index], NULL, list->file, err);
    if (s == TR_OK)
        *out = list->file->model;
    return s;
}

static tr_status list_with_folder(cli *c, const char *folder, tr_error *err)
{
    folder_list names = {.folder = NULL};
    tr_status s = open_list(folder, &names, err);
    if (s == TR_OK) {
        const tr_model_list list = {
            .count = names.count + names.catalog_count, .at = list_at, .context = &names};
        s = tr_answer_models(c->scenario, &list, &c->style, &c->out, err);
    }
    free(names.name);
    free(names.catalog);
    free(names.file);
    return s;
}

tr_status cmd_models(cli *c, tr_error *err)
{
    const char *folder = tr_input_text(c->scenario, TR_IN_DATA);
    const int is_list = tr_input_text(c->scenario, TR_IN_MODEL)[0] == '\0';
    return is_list && folder[0] != '\0' ? list_with_folder(c, folder, err) : cli_answer(c, err);
}
