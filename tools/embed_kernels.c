/* tools/embed_kernels.c -- data/calibration/kernels-*.json into the read-only table of the fit room.
 *
 * Runs while building: embed_kernels DATA_FOLDER OUT.c DEPFILE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/kernel_time.h"
#include "io/file.h"
#include "io/json_flat.h"

static void stop(const char *path, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", path, what);
    exit(1);
}

static const tr_flat_entry *entry(const char *path, const tr_flat *flat, size_t index, const char *name)
{
    char key[160];
    (void)snprintf(key, sizeof key, "kernels.%zu.%s", index, name);
    const tr_flat_entry *e = tr_flat_find(flat, key);
    if (e == NULL)
        stop(path, key);
    return e;
}

static int kind_of(const char *name)
{
    for (int k = 0; k < TR_KERNEL_COUNT; k++)
        if (strcmp(tr_kernel_class_name((tr_kernel_class)k), name) == 0)
            return k;
    return -1;
}

static int write_row(FILE *f, const char *path, const tr_flat *flat, const char *chip, size_t i)
{
    char probe[64];
    (void)snprintf(probe, sizeof probe, "kernels.%zu.kind", i);
    if (tr_flat_find(flat, probe) == NULL)
        return 0;
    const int kind = kind_of(entry(path, flat, i, "kind")->text);
    if (kind < 0)
        stop(path, "a kind of kernel that is not known");
    (void)fprintf(f, "    {\"%s\", \"%s\", \"%s\", \"%s\", %d, %.17g, {", chip, entry(path, flat, i, "engine")->text,
                  entry(path, flat, i, "precision")->text, entry(path, flat, i, "key")->text, kind,
                  entry(path, flat, i, "rows")->number);
    for (int k = 0; k < kernel_constant_count((tr_kernel_class)kind); k++)
        (void)fprintf(f, "%.17g, ", entry(path, flat, i, kernel_constant_at((tr_kernel_class)kind, k)->name)->number);
    (void)fprintf(f, "}, %.17g, %.17g},\n", entry(path, flat, i, "low_ratio")->number,
                  entry(path, flat, i, "high_ratio")->number);
    return 1;
}

int main(int argc, char **argv)
{
    tr_error err;
    char **names = NULL, path[TR_PATH_MAX], folder[TR_PATH_MAX];
    size_t count = 0, rows = 0;
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
    (void)fprintf(f, "/* Written by tools/embed_kernels.c from data/calibration. */\n#include \"fit/kernel_time.h\"\n\n"
                     "const kernel_row kernel_table[] = {\n");
    for (size_t i = 0; i < count; i++) {
        tr_flat *flat = NULL;
        if (strncmp(names[i], "kernels-", 8) != 0)
            continue;
        if (tr_path_join(path, sizeof path, folder, names[i], &err) != TR_OK ||
            tr_flat_read(path, &flat, &err) != TR_OK)
            stop(names[i], err.text);
        (void)fprintf(dep, " \\\n %s", path);
        const tr_flat_entry *chip = tr_flat_find(flat, "chip");
        if (chip == NULL)
            stop(path, "names no chip");
        else
            for (size_t k = 0; write_row(f, path, flat, chip->text, k); k++)
                rows++;
        tr_flat_destroy(flat);
    }
    (void)fprintf(dep, "\n");
    (void)fprintf(f, "    {\"\", \"\", \"\", \"\", 0, 0, {0}, 0, 0}};\nconst unsigned kernel_table_count = %zu;\n", rows);
    free(names);
    if (ferror(f) != 0 || fclose(f) != 0 || fclose(dep) != 0)
        stop(argv[2], "could not be written");
    return 0;
}
