/* tools/embed_kernels.c -- data/calibration/kernels-*.json into the read-only tables of the fit room.
 *
 * Two tables: kernels, and what they say of a serving pass.
 * Runs while building: embed_kernels DATA_FOLDER OUT.c DEPFILE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/kernel_pass.h"
#include "fit/kernel_time.h"
#include "io/file.h"
#include "io/json_flat.h"

static void stop(const char *path, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", path, what);
    exit(1);
}

/* LIST.INDEX.NAME, NULL if absent. */
static const tr_flat_entry *look(const tr_flat *flat, const char *list, size_t index, const char *name)
{
    char key[160];
    (void)snprintf(key, sizeof key, "%s.%zu.%s", list, index, name);
    return tr_flat_find(flat, key);
}

static const tr_flat_entry *entry(const char *path, const tr_flat *flat, const char *list, size_t index,
                                  const char *name)
{
    const tr_flat_entry *e = look(flat, list, index, name);
    if (e == NULL)
        stop(path, name);
    return e;
}

static int kind_of(const char *name)
{
    for (int k = 0; k < TR_KERNEL_COUNT; k++)
        if (strcmp(tr_kernel_class_name((tr_kernel_class)k), name) == 0)
            return k;
    return -1;
}

/* Whose rows a kernel's constants rest on, and how far each was moved. */
static void check_basis(const char *path, const tr_flat *flat, int kind, size_t i)
{
    char name[80];
    if (entry(path, flat, "kernels", i, "file")->kind != TR_FLAT_TEXT ||
        !(entry(path, flat, "kernels", i, "rows")->number >= 1))
        stop(path, "a kernel that rests on no rows of a file");
    for (int k = 0; k < kernel_constant_count((tr_kernel_class)kind); k++) {
        (void)snprintf(name, sizeof name, "moved_ratio.%s", kernel_constant_at((tr_kernel_class)kind, k)->name);
        if (!(entry(path, flat, "kernels", i, name)->number > 0))
            stop(path, name);
    }
}

static int write_row(FILE *f, const char *path, const tr_flat *flat, const char *chip, size_t i)
{
    if (look(flat, "kernels", i, "kind") == NULL)
        return 0;
    const int kind = kind_of(entry(path, flat, "kernels", i, "kind")->text);
    if (kind < 0)
        stop(path, "a kind of kernel that is not known");
    check_basis(path, flat, kind, i);
    (void)fprintf(f, "    {\"%s\", \"%s\", \"%s\", \"%s\", %d, %.17g, {", chip,
                  entry(path, flat, "kernels", i, "engine")->text, entry(path, flat, "kernels", i, "precision")->text,
                  entry(path, flat, "kernels", i, "key")->text, kind, entry(path, flat, "kernels", i, "rows")->number);
    for (int k = 0; k < kernel_constant_count((tr_kernel_class)kind); k++)
        (void)fprintf(f, "%.17g, ",
                      entry(path, flat, "kernels", i, kernel_constant_at((tr_kernel_class)kind, k)->name)->number);
    (void)fprintf(f, "}, %.17g, %.17g},\n", entry(path, flat, "kernels", i, "low_ratio")->number,
                  entry(path, flat, "kernels", i, "high_ratio")->number);
    return 1;
}

static int write_pass(FILE *f, const char *path, const tr_flat *flat, const char *chip, size_t i)
{
    if (look(flat, "pass", i, "format") == NULL)
        return 0;
    (void)fprintf(f, "    {\"%s\", \"%s\", \"%s\", %.17g, {", chip, entry(path, flat, "pass", i, "engine")->text,
                  entry(path, flat, "pass", i, "format")->text, entry(path, flat, "pass", i, "rows")->number);
    for (int v = 0; v < KERNEL_PASS_COUNT; v++) { /* 0: nobody measured it */
        const tr_flat_entry *e = look(flat, "pass", i, kernel_pass_name(v));
        (void)fprintf(f, "%.17g, ", e == NULL ? 0.0 : e->number);
    }
    (void)fprintf(f, "}},\n");
    return 1;
}

typedef int write_one(FILE *f, const char *path, const tr_flat *flat, const char *chip, size_t i);

/* A list of every file, as the rows of one table. */
static size_t write_table(FILE *f, FILE *dep, const char *folder, char **names, size_t count, write_one *write)
{
    tr_error err;
    char path[TR_PATH_MAX];
    size_t rows = 0;
    memset(&err, 0, sizeof err);
    for (size_t i = 0; i < count; i++) {
        tr_flat *flat = NULL;
        if (strncmp(names[i], "kernels-", 8) != 0)
            continue;
        if (tr_path_join(path, sizeof path, folder, names[i], &err) != TR_OK ||
            tr_flat_read(path, &flat, &err) != TR_OK)
            stop(names[i], err.text);
        if (dep != NULL)
            (void)fprintf(dep, " \\\n %s", path);
        const tr_flat_entry *chip = tr_flat_find(flat, "chip");
        if (chip == NULL)
            stop(path, "names no chip");
        else
            for (size_t k = 0; write(f, path, flat, chip->text, k); k++)
                rows++;
        tr_flat_destroy(flat);
    }
    return rows;
}

int main(int argc, char **argv)
{
    tr_error err;
    char **names = NULL, folder[TR_PATH_MAX];
    size_t count = 0;
    memset(&err, 0, sizeof err);
    if (argc != 4) {
        (void)fprintf(stderr, "usage: embed_kernels DATA_FOLDER OUT.c DEPFILE\n");
        return 2;
    }
    (void)snprintf(folder, sizeof folder, "%s/calibration", argv[1]);
    if (tr_folder_list(folder, ".json", &names, &count, &err) != TR_OK)
        stop(folder, err.text);
    FILE *dep = fopen(argv[3], "w"), *f = fopen(argv[2], "w");
    if (dep == NULL || f == NULL) {
        stop(argv[2], "cannot be written");
        return 1;
    }
    (void)fprintf(dep, "%s: %s", argv[2], folder);
    (void)fprintf(f, "/* Written by tools/embed_kernels.c from data/calibration. */\n#include \"fit/kernel_pass.h\"\n"
                     "#include \"fit/kernel_time.h\"\n\nconst kernel_row kernel_table[] = {\n");
    size_t rows = write_table(f, dep, folder, names, count, write_row);
    (void)fprintf(f, "    {\"\", \"\", \"\", \"\", 0, 0, {0}, 0, 0}};\nconst unsigned kernel_table_count = %zu;\n\n",
                  rows);
    (void)fprintf(f, "const kernel_pass_row kernel_pass_table[] = {\n");
    rows = write_table(f, NULL, folder, names, count, write_pass);
    (void)fprintf(f, "    {\"\", \"\", \"\", 0, {0}}};\nconst unsigned kernel_pass_table_count = %zu;\n", rows);
    (void)fprintf(dep, "\n");
    free(names);
    if (ferror(f) != 0 || fclose(f) != 0 || fclose(dep) != 0)
        stop(argv[2], "could not be written");
    return 0;
}
