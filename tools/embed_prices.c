/* tools/embed_prices.c -- data/prices into the read-only table of the price room.
 *
 * Runs while building: embed_prices DATA_FOLDER OUT.c DEPFILE. Whatever is wrong
 * with a data file stops the build, with the file's name and line.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "price/price_table.h"
#include "io/file.h"
#include "io/price_json.h"

enum { SHEET_MAX = 64, PATH_BYTE = 1024 };

typedef struct catalog {
    const char *data;
    tr_price_sheet *sheet[SHEET_MAX];
    size_t sheet_count;
    FILE *depfile;
} catalog;

static void stop_with(const char *path, const char *text, ...)
{
    va_list args;
    va_start(args, text);
    (void)fprintf(stderr, "%s: ", path);
    (void)vfprintf(stderr, text, args);
    (void)fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

/* ---- reading -------------------------------------------------------------- */

static int by_name(const void *a, const void *b) { return strcmp((const char *)a, (const char *)b); }

static int by_sheet_name(const void *a, const void *b)
{
    const tr_price_sheet *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* A model that a price names in the catalog is there; its file is a dependency. */
static void check_catalog(const catalog *c, const char *path, const tr_price_sheet *sheet)
{
    for (size_t i = 0; i < sheet->model_count; i++) {
        char file[PATH_BYTE + 128];
        const char *name = sheet->models[i].catalog;
        if (name[0] == '\0')
            continue;
        (void)snprintf(file, sizeof file, "%s/models/%s.json", c->data, name);
        FILE *f = fopen(file, "r");
        if (f == NULL)
            stop_with(path, "%s: the catalog has no model \"%s\"", sheet->models[i].name, name);
        (void)fclose(f);
    }
}

/* Lengths that the public structs hold. */
static void check_lengths(const char *path, const tr_price_sheet *sheet)
{
    static const tr_price_provider row;
    if (strlen(sheet->name) >= sizeof row.name)
        stop_with(path, "a provider's name has at most %zu letters", sizeof row.name - 1);
}

static void read_sheets(catalog *c)
{
    static char names[SHEET_MAX][256];
    char folder[PATH_BYTE], path[PATH_BYTE + 264];
    (void)snprintf(folder, sizeof folder, "%s/prices", c->data);
    DIR *dir = opendir(folder);
    if (dir == NULL)
        stop_with(folder, "cannot be opened");
    (void)fprintf(c->depfile, " \\\n %s", folder);
    size_t count = 0;
    for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
        if (!tr_has_suffix(d->d_name, ".json"))
            continue;
        if (count == SHEET_MAX || strlen(d->d_name) >= sizeof names[0])
            stop_with(folder, "more than %d files, or too long a name", SHEET_MAX);
        memcpy(names[count++], d->d_name, strlen(d->d_name) + 1);
    }
    (void)closedir(dir);
    qsort(names, count, sizeof names[0], by_name);
    for (size_t i = 0; i < count; i++) {
        tr_error err;
        memset(&err, 0, sizeof err);
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)fprintf(c->depfile, " \\\n %s", path);
        if (tr_price_sheet_read(path, &c->sheet[i], &err) != TR_OK)
            stop_with(path, "line %d: %s", err.line, err.text);
        c->sheet_count++;
        const size_t length = strlen(names[i]) - strlen(".json");
        if (strlen(c->sheet[i]->name) != length || memcmp(c->sheet[i]->name, names[i], length) != 0)
            stop_with(path, "describes \"%s\"; a file is called NAME.json", c->sheet[i]->name);
        check_catalog(c, path, c->sheet[i]);
        check_lengths(path, c->sheet[i]);
    }
    qsort(c->sheet, c->sheet_count, sizeof c->sheet[0], by_sheet_name);
}

/* ---- writing -------------------------------------------------------------- */

static void write_text(FILE *f, const char *text)
{
    (void)fputc('"', f);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            (void)fputc('\\', f);
        if ((unsigned char)*c < 0x80)
            (void)fputc(*c, f);
        else
            (void)fprintf(f, "\\%03o", (unsigned)(unsigned char)*c);
    }
    (void)fputc('"', f);
}

static void text(FILE *f, const char *member, const char *value)
{
    if (value[0] == '\0')
        return;
    (void)fprintf(f, "     .%s = ", member);
    write_text(f, value);
    (void)fprintf(f, ",\n");
}

/* 0 in a sheet is "not known", which is NaN in the table. */
static void number(FILE *f, double value)
{
    if (value > 0.0)
        (void)fprintf(f, "%.17g", value);
    else
        (void)fprintf(f, "UNKNOWN");
}

static void rates(FILE *f, const char *member, const tr_rates *r)
{
    const double value[] = {r->input_usd_per_mtoken, r->cached_read_usd_per_mtoken, r->write_5m_usd_per_mtoken,
                            r->write_1h_usd_per_mtoken, r->output_usd_per_mtoken};
    (void)fprintf(f, "     .%s = {", member);
    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
        number(f, value[i]);
        (void)fprintf(f, "%s", i + 1 < sizeof value / sizeof value[0] ? ", " : "},\n");
    }
}

/* The price of holding a cache goes by a family's word in the model's name; the longest word counts. */
static double hold_of(const tr_price_sheet *sheet, const char *model)
{
    double usd = 0.0;
    size_t longest = 0;
    for (size_t i = 0; i < sheet->storage_count; i++) {
        const size_t n = strlen(sheet->storage[i].family);
        if (n > longest && strstr(model, sheet->storage[i].family) != NULL) {
            longest = n;
            usd = sheet->storage[i].usd_per_mtoken_hour;
        }
    }
    return usd;
}

static void write_price(FILE *f, const tr_price_sheet *sheet, const tr_price_model *model,
                        const tr_price_period *period)
{
    (void)fprintf(f, "    {\n");
    text(f, "provider", sheet->name);
    text(f, "model", model->name);
    text(f, "catalog_model", model->catalog);
    text(f, "date", sheet->date);
    text(f, "from", period->from);
    text(f, "daily_from_utc", period->daily_from_utc);
    text(f, "daily_to_utc", period->daily_to_utc);
    rates(f, "base", &period->base);
    rates(f, "long_rates", &period->above);
    rates(f, "fast", &period->fast);
    (void)fprintf(f, "     .context_token = ");
    number(f, model->context_token);
    (void)fprintf(f, ", .long_above_token = ");
    number(f, period->long_above_token);
    (void)fprintf(f, ",\n     .batch_price_ratio = ");
    number(f, sheet->batch_price_ratio);
    (void)fprintf(f, ", .hold_usd_per_mtoken_hour = ");
    number(f, period->base.cached_read_usd_per_mtoken > 0.0 ? hold_of(sheet, model->name) : 0.0);
    (void)fprintf(f, ",\n    },\n");
}

static void write_fast(FILE *f, size_t index, const tr_price_period *period)
{
    (void)fprintf(f, "    {%zu, {\"%s\", ", index, period->fast_from);
    write_text(f, period->fast_source);
    (void)fprintf(f, ", \"%s\", ", period->fast_date);
    write_text(f, period->fast_note);
    (void)fprintf(f, ", ");
    number(f, period->fast_speed_ratio);
    (void)fprintf(f, "}},\n");
}

/* By model; a sheet is in its own order, periods from old to new. */
static int by_model(const void *a, const void *b)
{
    const tr_price_model *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* Calls write_price, or write_fast, for each period; returns how many were written. */
static size_t write_all(FILE *f, const catalog *c, int fast)
{
    size_t index = 0, written = 0;
    for (size_t s = 0; s < c->sheet_count; s++) {
        const tr_price_sheet *sheet = c->sheet[s];
        const tr_price_model **order = calloc(sheet->model_count + 1, sizeof *order);
        if (order == NULL)
            stop_with(sheet->name, "out of memory");
        for (size_t m = 0; m < sheet->model_count; m++)
            order[m] = &sheet->models[m];
        qsort(order, sheet->model_count, sizeof *order, by_model);
        for (size_t m = 0; m < sheet->model_count; m++)
            for (size_t p = 0; p < order[m]->period_count; p++, index++) {
                const tr_price_period *period = &sheet->periods[order[m]->first_period + p];
                if (fast && !(period->fast.output_usd_per_mtoken > 0.0))
                    continue;
                if (fast)
                    write_fast(f, index, period);
                else
                    write_price(f, sheet, order[m], period);
                written++;
            }
        free(order);
    }
    return written;
}

static void write_providers(FILE *f, const catalog *c)
{
    (void)fprintf(f, "const tr_price_provider tr_price_provider_table[] = {\n");
    for (size_t i = 0; i < c->sheet_count; i++) {
        (void)fprintf(f, "    {\n");
        text(f, "name", c->sheet[i]->name);
        text(f, "title", c->sheet[i]->title);
        text(f, "source", c->sheet[i]->source);
        text(f, "date", c->sheet[i]->date);
        text(f, "batch_source", c->sheet[i]->batch_source);
        text(f, "batch_date", c->sheet[i]->batch_date);
        (void)fprintf(f, "    },\n");
    }
    (void)fprintf(f, "};\nconst uint32_t tr_price_provider_table_count = %zu;\n\n", c->sheet_count);
}

int main(int argc, char **argv)
{
    static catalog c;
    if (argc != 4) {
        (void)fprintf(stderr, "usage: embed_prices DATA_FOLDER OUT.c DEPFILE\n");
        return 2;
    }
    c.data = argv[1];
    c.depfile = fopen(argv[3], "w");
    if (c.depfile == NULL)
        stop_with(argv[3], "cannot be written");
    (void)fprintf(c.depfile, "%s:", argv[2]);
    read_sheets(&c);
    (void)fprintf(c.depfile, "\n");

    FILE *f = fopen(argv[2], "w");
    if (f == NULL)
        stop_with(argv[2], "cannot be written");
    (void)fprintf(f, "/* Written by tools/embed_prices.c from data/prices. */\n#include <math.h>\n\n"
                     "#include \"price/price_table.h\"\n\n#define UNKNOWN ((double)NAN)\n\n");
    write_providers(f, &c);
    (void)fprintf(f, "const tr_price tr_price_table[] = {\n");
    const size_t prices = write_all(f, &c, 0);
    (void)fprintf(f, "};\nconst uint32_t tr_price_table_count = %zu;\n\n", prices);
    (void)fprintf(f, "const tr_price_fast_row tr_price_fast_table[] = {\n");
    const size_t fasts = write_all(f, &c, 1);
    (void)fprintf(f, "    {0}\n};\nconst uint32_t tr_price_fast_table_count = %zu;\n", fasts);
    for (size_t i = 0; i < c.sheet_count; i++)
        tr_price_sheet_destroy(c.sheet[i]);
    if (ferror(f) != 0 || fclose(f) != 0 || fclose(c.depfile) != 0)
        stop_with(argv[2], "could not be written");
    return 0;
}
