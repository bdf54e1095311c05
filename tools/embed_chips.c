/* tools/embed_chips.c -- data/chips, data/systems, data/tiers.json and data/macos.json into the read-only table of
 * the chip room.
 *
 * Runs while building: embed_chips DATA_FOLDER OUT.c DEPFILE. Whatever is wrong
 * with a data file stops the build, with the file's name and line.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "chip/field.h"
#include "io/chip_json.h"
#include "io/file.h"
#include "io/json_value.h"

enum { CHIP_MAX = 512, SYSTEM_MAX = 512, SERVER_MAX = 32, MACOS_MAX = 32, PATH_BYTE = 1024 };

typedef struct catalog {
    tr_chip_entry chip[CHIP_MAX];
    size_t chip_count;
    tr_system_entry system[SYSTEM_MAX];
    size_t system_count;
    tr_server_row server[SERVER_MAX];
    size_t server_count;
    tr_macos_row macos[MACOS_MAX];
    size_t macos_count;
    FILE *depfile;
} catalog;

static void stop(const char *path, const tr_error *err)
{
    (void)fprintf(stderr, "%s:%d: %s\n", path, err->line, err->text);
    exit(1);
}

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

/* Names of the .json files of a folder without their ending, sorted; the folder itself is a dependency too,
 * for new files. */
static size_t list(catalog *c, const char *folder, char (*names)[256], size_t capacity)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        stop_with(folder, "cannot be opened");
    (void)fprintf(c->depfile, " \\\n %s", folder);
    size_t count = 0;
    for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
        if (!tr_has_suffix(d->d_name, ".json"))
            continue;
        if (count == capacity)
            stop_with(folder, "more than %zu files", capacity);
        const size_t length = strlen(d->d_name) - strlen(".json");
        if (length >= sizeof names[0])
            stop_with(d->d_name, "has too long a name");
        memcpy(names[count], d->d_name, length);
        names[count++][length] = '\0';
    }
    (void)closedir(dir);
    qsort(names, count, sizeof names[0], by_name);
    return count;
}

static tr_flat *read_flat(catalog *c, const char *path)
{
    tr_error err;
    tr_flat *flat = NULL;
    memset(&err, 0, sizeof err);
    (void)fprintf(c->depfile, " \\\n %s", path);
    if (tr_flat_read(path, &flat, &err) != TR_OK)
        stop(path, &err);
    return flat;
}

static const tr_server_row *find_server(const void *context, const char *name)
{
    const catalog *c = context;
    for (size_t i = 0; i < c->server_count; i++)
        if (strcmp(c->server[i].name, name) == 0)
            return &c->server[i];
    return NULL;
}

/* A file is called after the thing it describes, in the one spelling. */
static void check_name(const char *path, const char *name, const char *file)
{
    char spelt[TR_NAME_MAX];
    tr_name_spell(name, spelt);
    if (strcmp(spelt, name) != 0 || strcmp(name, file) != 0)
        stop_with(path, "describes \"%s\"; a file is called NAME.json, in small letters and dashes", name);
}

static void read_chips(catalog *c, const char *data)
{
    static char names[CHIP_MAX][256];
    char folder[PATH_BYTE], path[PATH_BYTE + 264];
    (void)snprintf(folder, sizeof folder, "%s/chips", data);
    c->chip_count = list(c, folder, names, CHIP_MAX);
    for (size_t i = 0; i < c->chip_count; i++) {
        tr_error err;
        memset(&err, 0, sizeof err);
        (void)snprintf(path, sizeof path, "%s/%s.json", folder, names[i]);
        tr_flat *flat = read_flat(c, path);
        if (tr_chip_from_json(flat, "", TR_READ_CATALOG, find_server, c, &c->chip[i], &err) != TR_OK)
            stop(path, &err);
        tr_flat_destroy(flat);
        check_name(path, c->chip[i].chip.name, names[i]);
    }
}

static void read_systems(catalog *c, const char *data)
{
    static char names[SYSTEM_MAX][256];
    char folder[PATH_BYTE], path[PATH_BYTE + 264];
    (void)snprintf(folder, sizeof folder, "%s/systems", data);
    c->system_count = list(c, folder, names, SYSTEM_MAX);
    for (size_t i = 0; i < c->system_count; i++) {
        tr_error err;
        tr_system made;
        memset(&err, 0, sizeof err);
        (void)snprintf(path, sizeof path, "%s/%s.json", folder, names[i]);
        tr_flat *flat = read_flat(c, path);
        tr_system_entry *s = &c->system[i];
        if (tr_system_from_json(flat, TR_READ_CATALOG, s, &err) != TR_OK)
            stop(path, &err);
        tr_flat_destroy(flat);
        check_name(path, s->row.name, names[i]);
        s->row.chip = CHIP_MAX;
        for (size_t k = 0; k < c->chip_count; k++)
            if (strcmp(c->chip[k].chip.name, s->chip_name) == 0)
                s->row.chip = (uint32_t)k;
        if (s->row.chip == CHIP_MAX)
            stop_with(path, "no chip is called \"%s\"", s->chip_name);
        if (tr_system_from_row(&s->row, &c->chip[s->row.chip].chip, 1.0, &made, &err) != TR_OK)
            stop(path, &err);
        s->row.domain_chip = made.domain_chip;
    }
}

/* "gpu_memory": [{"label_byte", "gpu_byte", "source", "date"}, ...], smallest first. */
static void read_macos(catalog *c, const char *data)
{
    char path[PATH_BYTE], unused[512];
    tr_error err;
    memset(&err, 0, sizeof err);
    (void)snprintf(path, sizeof path, "%s/macos.json", data);
    tr_flat *flat = read_flat(c, path);
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *rest = tr_flat_below(e->key, "gpu_memory");
        size_t at = 0;
        const char *key = rest != NULL ? tr_value_index(rest, MACOS_MAX, &at) : e->key;
        const int label = key != NULL && strcmp(key, "label_byte") == 0;
        if (key == NULL)
            stop_with(path, "more than %d sizes of memory", MACOS_MAX);
        if (rest != NULL && at + 1 > c->macos_count)
            c->macos_count = at + 1;
        const tr_status s =
            label || strcmp(key, "gpu_byte") == 0
                ? tr_value_between(e, TR_UNIT_BYTE, 1e9, 1e15, 0,
                                   label ? &c->macos[at].label_byte : &c->macos[at].gpu_byte, &err)
                : tr_value_text(e, unused, sizeof unused, &err);
        if (s != TR_OK)
            stop(path, &err);
    }
    tr_flat_destroy(flat);
    for (size_t i = 0; i < c->macos_count; i++)
        if (!(c->macos[i].label_byte > (i > 0 ? c->macos[i - 1].label_byte : 0.0)) || !(c->macos[i].gpu_byte > 0.0))
            stop_with(path, "size %zu is not above the one before it, or has no gpu_byte", i);
}

/* No name or alias may mean two things. */
static void check_unique(const catalog *c)
{
    static char all[(CHIP_MAX + SYSTEM_MAX) * (TR_ALIAS_MAX + 1)][TR_NAME_MAX];
    size_t n = 0;
    for (size_t i = 0; i < c->chip_count; i++) {
        memcpy(all[n++], c->chip[i].chip.name, TR_NAME_MAX);
        for (int a = 0; a < c->chip[i].alias_count; a++)
            memcpy(all[n++], c->chip[i].alias[a], TR_NAME_MAX);
    }
    for (size_t i = 0; i < c->system_count; i++) {
        memcpy(all[n++], c->system[i].row.name, TR_NAME_MAX);
        for (int a = 0; a < c->system[i].alias_count; a++)
            memcpy(all[n++], c->system[i].alias[a], TR_NAME_MAX);
    }
    qsort(all, n, sizeof all[0], by_name);
    for (size_t i = 1; i < n; i++)
        if (strcmp(all[i - 1], all[i]) == 0)
            stop_with("data", "the name \"%s\" is given to two things", all[i]);
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

static void write_tier(FILE *f, const tr_tier *t)
{
    (void)fprintf(f, "{\"%s\", %.17g, %.17g, %.17g, %.17g, %.17g, ", t->name, t->capacity_byte, t->read_byte_per_s,
                  t->write_byte_per_s, t->usd_per_byte_s, t->usd_per_byte);
    write_text(f, t->price_source);
    (void)fprintf(f, "}, ");
}

static void write_ceilings(FILE *f, const double *flop_per_s)
{
    for (int d = 0; d < TR_DTYPE_COUNT; d++)
        (void)fprintf(f, "%.17g%s", flop_per_s[d], d + 1 < TR_DTYPE_COUNT ? ", " : "");
}

#define TEXT(member)                                                                                         \
    ((void)fprintf(f, "     ." #member " = "), write_text(f, chip->member), (void)fprintf(f, ",\n"))
#define WHOLE(member) ((void)fprintf(f, "     ." #member " = %d,\n", (int)chip->member))
#define NUMBER(member) ((void)fprintf(f, "     ." #member " = %.17g,\n", chip->member))

static void write_quotes(FILE *f, const tr_chip *chip)
{
    for (int kind = 0; kind < TR_PRICE_KIND_COUNT; kind++) {
        const tr_chip_quote *quote = &chip->quote[kind];
        if (quote->kind == TR_PRICE_NONE)
            continue;
        (void)fprintf(f, "     .quote[%d] = {%d, %.17g, %.17g, %.17g, ", kind, kind, quote->usd_per_hour,
                      quote->low_usd_per_hour, quote->high_usd_per_hour);
        write_text(f, quote->source);
        (void)fprintf(f, ", \"%s\"},\n", quote->date);
    }
}

static void write_chip(FILE *f, const tr_chip *chip)
{
    (void)fprintf(f, "    {\n");
    TEXT(name);
    TEXT(title);
    TEXT(vendor);
    TEXT(source);
    TEXT(date);
    TEXT(confidence);
    TEXT(note);
    WHOLE(kind);
    WHOLE(year);
    (void)fprintf(f, "     .flop_per_s = {");
    write_ceilings(f, chip->flop_per_s);
    (void)fprintf(f, "},\n     .measured_flop_per_s = {");
    write_ceilings(f, chip->measured_flop_per_s);
    (void)fprintf(f, "},\n");
    TEXT(memory_kind);
    NUMBER(memory_byte);
    NUMBER(label_memory_byte);
    NUMBER(memory_byte_per_s);
    NUMBER(cache_byte);
    NUMBER(cache_byte_per_s);
    NUMBER(core_count);
    NUMBER(vector_flop_per_s);
    NUMBER(fast_core_count);
    NUMBER(memory_channel_count);
    NUMBER(power_w);
    NUMBER(all_in_power_w);
    NUMBER(idle_power_w);
    TEXT(scaleup_link);
    WHOLE(topology);
    NUMBER(scaleup_byte_per_s);
    NUMBER(pair_byte_per_s);
    (void)fprintf(f, "     .torus_dimension = {%.17g, %.17g, %.17g},\n", chip->torus_dimension[0],
                  chip->torus_dimension[1], chip->torus_dimension[2]);
    NUMBER(scaleup_domain_chip);
    NUMBER(host_byte_per_s);
    WHOLE(staged_copy);
    NUMBER(scaleout_byte_per_s);
    NUMBER(usd_per_hour);
    WHOLE(price_kind);
    TEXT(price_date);
    TEXT(price_source);
    write_quotes(f, chip);
    if (chip->tier_count > 0) {
        (void)fprintf(f, "     .tier = {");
        for (int i = 0; i < chip->tier_count; i++)
            write_tier(f, &chip->tier[i]);
        (void)fprintf(f, "},\n     .tier_count = %d,\n", chip->tier_count);
    }
    (void)fprintf(f, "    },\n");
}

static size_t write_chips(FILE *f, const catalog *c)
{
    size_t aliases = 0;
    (void)fprintf(f, "const tr_chip tr_chip_table[] = {\n");
    for (size_t i = 0; i < c->chip_count; i++)
        write_chip(f, &c->chip[i].chip);
    (void)fprintf(f, "};\nconst uint32_t tr_chip_table_count = %zu;\n\n", c->chip_count);

    (void)fprintf(f, "const tr_chip_alias_row tr_chip_alias_table[] = {\n");
    for (size_t i = 0; i < c->chip_count; i++)
        for (int a = 0; a < c->chip[i].alias_count; a++, aliases++)
            (void)fprintf(f, "    {\"%s\", %zu},\n", c->chip[i].alias[a], i);
    (void)fprintf(f, "    {\"\", 0}\n};\nconst uint32_t tr_chip_alias_count = %zu;\n\n", aliases);

    return aliases;
}

static void write_systems(FILE *f, const catalog *c)
{
    size_t aliases = 0;
    (void)fprintf(f, "const tr_system_row tr_system_table[] = {\n");
    for (size_t i = 0; i < c->system_count; i++) {
        const tr_system_row *row = &c->system[i].row;
        (void)fprintf(f, "    {\"%s\", ", row->name);
        write_text(f, row->title);
        (void)fprintf(f, ",\n     ");
        write_text(f, row->source);
        (void)fprintf(f, ", \"%s\",\n     ", row->date);
        write_text(f, row->note);
        (void)fprintf(f, ", %u, %.17g, %.17g, %.17g, ", (unsigned)row->chip, row->chip_count,
                      row->domain_chip, row->usd_per_hour);
        write_text(f, row->price_source);
        (void)fprintf(f, ", \"%s\"},\n", row->price_date);
    }
    (void)fprintf(f, "};\nconst uint32_t tr_system_table_count = %zu;\n\n", c->system_count);
    (void)fprintf(f, "const tr_chip_alias_row tr_system_alias_table[] = {\n");
    for (size_t i = 0; i < c->system_count; i++)
        for (int a = 0; a < c->system[i].alias_count; a++, aliases++)
            (void)fprintf(f, "    {\"%s\", %zu},\n", c->system[i].alias[a], i);
    (void)fprintf(f, "    {\"\", 0}\n};\nconst uint32_t tr_system_alias_count = %zu;\n\n", aliases);
}

static void write_servers(FILE *f, const catalog *c)
{
    (void)fprintf(f, "const tr_server_row tr_server_table[] = {\n");
    for (size_t i = 0; i < c->server_count; i++) {
        (void)fprintf(f, "    {\"%s\", %d, {", c->server[i].name, c->server[i].tier_count);
        for (int t = 0; t < c->server[i].tier_count; t++)
            write_tier(f, &c->server[i].tier[t]);
        (void)fprintf(f, "}},\n");
    }
    (void)fprintf(f, "};\nconst uint32_t tr_server_table_count = %zu;\n", c->server_count);
}

static void write_macos(FILE *f, const catalog *c)
{
    (void)fprintf(f, "\nconst tr_macos_row tr_macos_table[] = {\n");
    for (size_t i = 0; i < c->macos_count; i++)
        (void)fprintf(f, "    {%.17g, %.17g},\n", c->macos[i].label_byte, c->macos[i].gpu_byte);
    (void)fprintf(f, "};\nconst uint32_t tr_macos_table_count = %zu;\n", c->macos_count);
}

int main(int argc, char **argv)
{
    static catalog c;
    char path[PATH_BYTE];
    tr_error err;
    memset(&err, 0, sizeof err);
    if (argc != 4) {
        (void)fprintf(stderr, "usage: embed_chips DATA_FOLDER OUT.c DEPFILE\n");
        return 2;
    }
    c.depfile = fopen(argv[3], "w");
    if (c.depfile == NULL)
        stop_with(argv[3], "cannot be written");
    (void)fprintf(c.depfile, "%s:", argv[2]);

    (void)snprintf(path, sizeof path, "%s/tiers.json", argv[1]);
    tr_flat *flat = read_flat(&c, path);
    if (tr_servers_from_json(flat, c.server, SERVER_MAX, &c.server_count, &err) != TR_OK)
        stop(path, &err);
    tr_flat_destroy(flat);
    read_chips(&c, argv[1]);
    read_systems(&c, argv[1]);
    read_macos(&c, argv[1]);
    check_unique(&c);
    (void)fprintf(c.depfile, "\n");

    FILE *f = fopen(argv[2], "w");
    if (f == NULL)
        stop_with(argv[2], "cannot be written");
    (void)fprintf(f,
                  "/* Written by tools/embed_chips.c from data/chips, data/systems, data/tiers.json and data/macos.json. */\n"
                  "#include \"chip/table.h\"\n\n");
    (void)write_chips(f, &c);
    write_systems(f, &c);
    write_servers(f, &c);
    write_macos(f, &c);
    if (ferror(f) != 0 || fclose(f) != 0 || fclose(c.depfile) != 0)
        stop_with(argv[2], "could not be written");
    return 0;
}
