/* tools/embed_calibration.c -- data/calibration into the read-only table of the step room.
 *
 * Runs while building: embed_calibration DATA_FOLDER OUT.c DEPFILE. Whatever is
 * wrong with a file stops the build, with the file's name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tokenroof/calibration.h>

#include "io/file.h"
#include "io/json_flat.h"

enum { FILE_MAX = 256, MODEL_MAX = 256, FEW_ROWS = 40 };

typedef struct table {
    tr_calibration row[FILE_MAX];
    size_t count;
    char model[MODEL_MAX][TR_NAME_MAX];
    size_t models;
} table;

static void stop(const char *path, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", path, what);
    exit(1);
}

static double number(const char *path, const tr_flat *flat, const char *key)
{
    const tr_flat_entry *e = tr_flat_find(flat, key);
    if (e == NULL || e->kind != TR_FLAT_NUMBER) {
        char text[256];
        (void)snprintf(text, sizeof text, "expected a number at \"%s\"", key);
        stop(path, text);
        return 0;
    }
    return e->number;
}

static void text(const char *path, const tr_flat *flat, const char *key, char *out, size_t size)
{
    const tr_flat_entry *e = tr_flat_find(flat, key);
    if (e == NULL || e->kind != TR_FLAT_TEXT || strlen(e->text) >= size)
        stop(path, key);
    else
        memcpy(out, e->text, strlen(e->text) + 1);
}

static void read_band(const char *path, const tr_flat *flat, const char *what, tr_distance d, tr_band *out)
{
    char key[128];
    (void)snprintf(key, sizeof key, "band.%s.%s.low_ratio", what, tr_distance_name(d));
    out->low_ratio = number(path, flat, key);
    (void)snprintf(key, sizeof key, "band.%s.%s.high_ratio", what, tr_distance_name(d));
    out->high_ratio = number(path, flat, key);
}

static void add_model(table *t, const char *path, const char *name)
{
    for (size_t i = 0; i < t->models; i++)
        if (strcmp(t->model[i], name) == 0)
            return;
    if (t->models == MODEL_MAX || strlen(name) >= TR_NAME_MAX)
        stop(path, "too many models, or too long a name");
    memcpy(t->model[t->models++], name, strlen(name) + 1);
}

/* Where a constant began and how far it was moved: a ratio of the two, to the digits written. */
static void check_prior(const char *path, const tr_flat *flat, int k, double value)
{
    char key[128];
    (void)snprintf(key, sizeof key, "constants.%s.prior", tr_constant_name((tr_constant)k));
    const double prior = number(path, flat, key);
    (void)snprintf(key, sizeof key, "constants.%s.prior_spread", tr_constant_name((tr_constant)k));
    const double spread = number(path, flat, key);
    (void)snprintf(key, sizeof key, "constants.%s.moved_ratio", tr_constant_name((tr_constant)k));
    const double moved = number(path, flat, key), off = moved * prior / value - 1;
    if (!(prior > 0) || !(spread >= 0 && spread <= 10) || !(moved > 0) || !(off < 0.01 + 1e-3 / moved) ||
        !(off > -0.01 - 1e-3 / moved))
        stop(path, key);
}

/* Rows of one group of constants: those of the chip and engine are among those of the sources. */
static void check_basis_rows(const char *path, const tr_flat *flat, int group)
{
    char key[128];
    (void)snprintf(key, sizeof key, "rests_on.%d.rows.of_this_chip_and_engine", group);
    const double own = number(path, flat, key);
    const size_t start = strlen(key) - strlen("of_this_chip_and_engine");
    double all = -own;
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        if (strncmp(e->key, key, start) != 0)
            continue;
        if (e->kind != TR_FLAT_NUMBER || !(e->number >= 0))
            stop(path, e->key);
        all += e->number;
    }
    if (!(own >= 0 && own <= all))
        stop(path, key);
}

/* Each constant stands in one group. */
static void check_basis(const char *path, const tr_flat *flat)
{
    int seen[TR_CONSTANT_COUNT] = {0};
    char key[128];
    for (int group = 0; group < TR_CONSTANT_COUNT; group++)
        for (int i = 0; i < TR_CONSTANT_COUNT; i++) {
            (void)snprintf(key, sizeof key, "rests_on.%d.constants.%d", group, i);
            const tr_flat_entry *e = tr_flat_find(flat, key);
            int k = 0;
            if (e == NULL)
                break;
            while (k < TR_CONSTANT_COUNT && strcmp(tr_constant_name((tr_constant)k), e->text) != 0)
                k++;
            if (k == TR_CONSTANT_COUNT || seen[k]++ > 0)
                stop(path, key);
            if (i == 0)
                check_basis_rows(path, flat, group);
        }
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        if (seen[k] == 0) {
            (void)snprintf(key, sizeof key, "rests_on says nothing of %s", tr_constant_name((tr_constant)k));
            stop(path, key);
        }
}

static void read_row(table *t, const char *path)
{
    tr_error err;
    tr_flat *flat = NULL;
    memset(&err, 0, sizeof err);
    if (tr_flat_read(path, &flat, &err) != TR_OK)
        stop(path, err.text);
    tr_calibration *c = &t->row[t->count++];
    memset(c, 0, sizeof *c);
    text(path, flat, "name", c->name, sizeof c->name);
    text(path, flat, "chip", c->chip, sizeof c->chip);
    text(path, flat, "engine", c->engine, sizeof c->engine);
    for (int i = 0; i < TR_CONSTANT_COUNT; i++) {
        char key[128];
        (void)snprintf(key, sizeof key, "constants.%s.value", tr_constant_name((tr_constant)i));
        c->value[i] = number(path, flat, key);
        (void)snprintf(key, sizeof key, "constants.%s.error_ratio", tr_constant_name((tr_constant)i));
        c->error_ratio[i] = number(path, flat, key);
        check_prior(path, flat, i, c->value[i]);
    }
    check_basis(path, flat);
    for (int d = 0; d < TR_DISTANCE_COUNT; d++) {
        for (int q = 0; q < TR_INTERVAL_COUNT; q++)
            read_band(path, flat, tr_interval_name((tr_interval)q), (tr_distance)d, &c->band[q][d]);
    }
    /* A model of a few rows is no better known for them, on other chips least of all. */
    const int few = number(path, flat, "rows.of_this_chip_and_engine") < FEW_ROWS;
    for (size_t i = 0; i < MODEL_MAX && !few; i++) {
        char key[64];
        (void)snprintf(key, sizeof key, "models.%zu", i);
        const tr_flat_entry *e = tr_flat_find(flat, key);
        if (e == NULL)
            break;
        add_model(t, path, e->text);
    }
    tr_flat_destroy(flat);
    if (tr_calibration_check(c, &err) != TR_OK)
        stop(path, err.text);
}

static void write_numbers(FILE *f, const char *name, const double *x)
{
    (void)fprintf(f, "     .%s = {", name);
    for (int i = 0; i < TR_CONSTANT_COUNT; i++)
        (void)fprintf(f, "%s%.17g", i > 0 ? ", " : "", x[i]);
    (void)fprintf(f, "},\n");
}

static void write_bands(FILE *f, const tr_calibration *c)
{
    (void)fprintf(f, "     .band = {");
    for (int q = 0; q < TR_INTERVAL_COUNT; q++) {
        (void)fprintf(f, "{");
        for (int d = 0; d < TR_DISTANCE_COUNT; d++)
            (void)fprintf(f, "{%.17g, %.17g}, ", c->band[q][d].low_ratio, c->band[q][d].high_ratio);
        (void)fprintf(f, "}, ");
    }
    (void)fprintf(f, "},\n");
}

static void write_table(FILE *f, const table *t)
{
    (void)fprintf(f, "/* Written by tools/embed_calibration.c from data/calibration. */\n"
                     "#include \"rate/calibration_table.h\"\n\nconst tr_calibration tr_calibration_table[] = {\n");
    for (size_t i = 0; i < t->count; i++) {
        const tr_calibration *c = &t->row[i];
        (void)fprintf(f, "    {.name = \"%s\", .chip = \"%s\", .engine = \"%s\",\n", c->name, c->chip, c->engine);
        write_numbers(f, "value", c->value);
        write_numbers(f, "error_ratio", c->error_ratio);
        write_bands(f, c);
        (void)fprintf(f, "    },\n");
    }
    (void)fprintf(f, "};\nconst uint32_t tr_calibration_table_count = %zu;\n\n", t->count);
    (void)fprintf(f, "const char tr_calibration_model_table[][TR_NAME_MAX] = {\n");
    for (size_t i = 0; i < t->models; i++)
        (void)fprintf(f, "    \"%s\",\n", t->model[i]);
    (void)fprintf(f, "    \"\"};\nconst uint32_t tr_calibration_model_count = %zu;\n", t->models);
}

int main(int argc, char **argv)
{
    static table t;
    tr_error err;
    char **names = NULL, path[TR_PATH_MAX], folder[TR_PATH_MAX];
    size_t count = 0;
    memset(&err, 0, sizeof err);
    if (argc != 4) {
        (void)fprintf(stderr, "usage: embed_calibration DATA_FOLDER OUT.c DEPFILE\n");
        return 2;
    }
    (void)snprintf(folder, sizeof folder, "%s/calibration", argv[1]);
    if (tr_folder_list(folder, ".json", &names, &count, &err) != TR_OK)
        stop(folder, err.text);
    if (count == 0 || count > FILE_MAX)
        stop(folder, "holds no calibration, or too many");
    FILE *dep = fopen(argv[3], "w");
    FILE *f = fopen(argv[2], "w");
    if (dep == NULL || f == NULL) {
        stop(argv[2], "cannot be written");
        return 1;
    }
    (void)fprintf(dep, "%s: %s", argv[2], folder);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(names[i], "kernels-", 8) == 0) /* those of the fit room */
            continue;
        if (tr_path_join(path, sizeof path, folder, names[i], &err) != TR_OK)
            stop(names[i], err.text);
        (void)fprintf(dep, " \\\n %s", path);
        read_row(&t, path);
    }
    (void)fprintf(dep, "\n");
    write_table(f, &t);
    free(names);
    if (ferror(f) != 0 || fclose(f) != 0 || fclose(dep) != 0)
        stop(argv[2], "could not be written");
    return 0;
}
