/* tools/embed_priors.c -- data/priors/serving.json and launches.json into the read-only tables of the price room.
 *
 * Runs while building: embed_priors SERVING LAUNCHES OUT.c. Whatever is wrong with a file
 * stops the build, with its line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "price/oracle_prior.h"
#include "io/json_flat.h"
#include "io/json_value.h"

enum { PRIOR_MAX = 64, FAST_MAX = 64, LAUNCH_MAX = 512 };

typedef struct priors {
    tr_prior prior[PRIOR_MAX];
    size_t count;
    char chip[TR_ORACLE_CHIP_MAX][64];
    size_t chip_count;
    char tier_chip[64];
    char fast[FAST_MAX][96];
    size_t fast_count;
    tr_launch launch[LAUNCH_MAX];
    size_t launch_count;
} priors;

static void stop_at(const char *path, const tr_flat_entry *e, const char *text)
{
    (void)fprintf(stderr, "%s: line %d: %s: %s\n", path, e != NULL ? e->line : 0, e != NULL ? e->key : "", text);
    exit(1);
}

static void need(const char *path, const tr_flat_entry *e, tr_status s, const tr_error *err)
{
    if (s != TR_OK)
        stop_at(path, e, err->text);
}

static void read_prior(const char *path, const tr_flat_entry *e, const char *rest, priors *out)
{
    size_t index;
    tr_error err;
    memset(&err, 0, sizeof err);
    const char *key = tr_value_index(rest, PRIOR_MAX, &index);
    if (key == NULL)
        stop_at(path, e, "expected a list of at most 64 priors");
    tr_prior *p = &out->prior[index];
    if (index >= out->count)
        out->count = index + 1;
    if (strcmp(key, "name") == 0)
        need(path, e, tr_value_text(e, p->name, sizeof p->name, &err), &err);
    else if (strcmp(key, "note") == 0)
        need(path, e, tr_value_text(e, p->note, sizeof p->note, &err), &err);
    else if (strcmp(key, "source") == 0)
        need(path, e, tr_value_text(e, p->source, sizeof p->source, &err), &err);
    else if (strcmp(key, "date") == 0)
        need(path, e, tr_value_date(e, p->date, sizeof p->date, &err), &err);
    else if (strcmp(key, "min") == 0)
        need(path, e, tr_value_between(e, TR_UNIT_NONE, 1e-6, 1e15, 0, &p->min, &err), &err);
    else if (strcmp(key, "max") == 0)
        need(path, e, tr_value_between(e, TR_UNIT_NONE, 1e-6, 1e15, 0, &p->max, &err), &err);
    else if (strcmp(key, "value") == 0) {
        need(path, e, tr_value_between(e, TR_UNIT_NONE, 1e-6, 1e15, 0, &p->min, &err), &err);
        p->max = p->min;
    } else
        stop_at(path, e, "expected name, min and max or value, note, source or date");
}

static tr_flat *flat_of(const char *path, tr_error *err)
{
    tr_flat *flat = NULL;
    memset(err, 0, sizeof *err);
    if (tr_flat_read(path, &flat, err) != TR_OK)
        stop_at(path, NULL, err->text);
    return flat;
}

static void read_all(const char *path, priors *out)
{
    tr_error err;
    tr_flat *flat = flat_of(path, &err);
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *rest = tr_flat_below(e->key, "priors");
        size_t index;
        if (rest != NULL) {
            read_prior(path, e, rest, out);
        } else if ((rest = tr_flat_below(e->key, "chips.names")) != NULL) {
            if (tr_value_index(rest, TR_ORACLE_CHIP_MAX, &index) == NULL)
                stop_at(path, e, "expected at most 16 chips");
            need(path, e, tr_value_text(e, out->chip[index], sizeof out->chip[index], &err), &err);
            out->chip_count = index + 1;
        } else if ((rest = tr_flat_below(e->key, "fast_modes.names")) != NULL) {
            if (tr_value_index(rest, FAST_MAX, &index) == NULL)
                stop_at(path, e, "expected at most 64 fast modes");
            need(path, e, tr_value_text(e, out->fast[index], sizeof out->fast[index], &err), &err);
            out->fast_count = index + 1;
        } else if (strcmp(e->key, "tiers.chip") == 0) {
            need(path, e, tr_value_text(e, out->tier_chip, sizeof out->tier_chip, &err), &err);
        }
    }
    tr_flat_destroy(flat);
    for (size_t i = 0; i < out->count; i++)
        if (out->prior[i].name[0] == '\0' || !(out->prior[i].max >= out->prior[i].min) || out->prior[i].min <= 0.0 ||
            out->prior[i].source[0] == '\0') {
            (void)fprintf(stderr, "%s: prior %zu: expected a name, a source, and 0 < min <= max\n", path, i);
            exit(1);
        }
}

static void read_launches(const char *path, priors *out)
{
    tr_error err;
    tr_flat *flat = flat_of(path, &err);
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *rest = tr_flat_below(e->key, "launches");
        size_t index;
        if (rest == NULL)
            continue;
        const char *key = tr_value_index(rest, LAUNCH_MAX, &index);
        if (key == NULL)
            stop_at(path, e, "expected a list of at most 512 launches");
        tr_launch *l = &out->launch[index];
        out->launch_count = index >= out->launch_count ? index + 1 : out->launch_count;
        if (strcmp(key, "name") == 0)
            need(path, e, tr_value_text(e, l->name, sizeof l->name, &err), &err);
        else if (strcmp(key, "launch") == 0)
            need(path, e, tr_value_date(e, l->date, sizeof l->date, &err), &err);
        else if (strcmp(key, "source") == 0)
            need(path, e, tr_value_text(e, l->source, sizeof l->source, &err), &err);
        else if (strcmp(key, "date") != 0)
            stop_at(path, e, "expected name, launch, source or date");
    }
    tr_flat_destroy(flat);
    for (size_t i = 0; i < out->launch_count; i++)
        if (out->launch[i].name[0] == '\0' || out->launch[i].date[0] == '\0' || out->launch[i].source[0] == '\0') {
            (void)fprintf(stderr, "%s: launch %zu: expected a name, a launch and a source\n", path, i);
            exit(1);
        }
}

static void text(FILE *f, const char *value, const char *after)
{
    (void)fputc('"', f);
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            (void)fputc('\\', f);
        if ((unsigned char)*c < 0x80)
            (void)fputc(*c, f);
        else
            (void)fprintf(f, "\\%03o", (unsigned)(unsigned char)*c);
    }
    (void)fprintf(f, "\"%s", after);
}

int main(int argc, char **argv)
{
    static priors p;
    if (argc != 4) {
        (void)fprintf(stderr, "usage: embed_priors SERVING LAUNCHES OUT.c\n");
        return 2;
    }
    read_all(argv[1], &p);
    read_launches(argv[2], &p);
    FILE *f = fopen(argv[3], "w");
    if (f == NULL) {
        (void)fprintf(stderr, "%s: cannot be written\n", argv[3]);
        return 1;
    }
    (void)fprintf(f, "/* Written by tools/embed_priors.c from data/priors. */\n#include \"price/oracle_prior.h\"\n\n"
                     "const tr_prior tr_prior_table[] = {\n");
    for (size_t i = 0; i < p.count; i++) {
        (void)fprintf(f, "    {");
        text(f, p.prior[i].name, ", ");
        (void)fprintf(f, "%.17g, %.17g,\n     ", p.prior[i].min, p.prior[i].max);
        text(f, p.prior[i].note, ",\n     ");
        text(f, p.prior[i].source, ", ");
        text(f, p.prior[i].date, "},\n");
    }
    (void)fprintf(f, "};\nconst uint32_t tr_prior_table_count = %zu;\n\nconst char tr_prior_chip_table[][64] = {\n",
                  p.count);
    for (size_t i = 0; i < p.chip_count; i++) {
        (void)fprintf(f, "    ");
        text(f, p.chip[i], ",\n");
    }
    (void)fprintf(f, "};\nconst uint32_t tr_prior_chip_table_count = %zu;\nconst char tr_prior_tier_chip[64] = ",
                  p.chip_count);
    text(f, p.tier_chip, ";\n");
    (void)fprintf(f, "const char tr_prior_fast_table[][96] = {\n");
    for (size_t i = 0; i < p.fast_count; i++) {
        (void)fprintf(f, "    ");
        text(f, p.fast[i], ",\n");
    }
    (void)fprintf(f, "};\nconst uint32_t tr_prior_fast_table_count = %zu;\n\nconst tr_launch tr_launch_table[] = {\n",
                  p.fast_count);
    for (size_t i = 0; i < p.launch_count; i++) {
        (void)fprintf(f, "    {");
        text(f, p.launch[i].name, ", ");
        text(f, p.launch[i].date, ",\n     ");
        text(f, p.launch[i].source, "},\n");
    }
    (void)fprintf(f, "};\nconst uint32_t tr_launch_table_count = %zu;\n", p.launch_count);
    if (ferror(f) != 0 || fclose(f) != 0) {
        (void)fprintf(stderr, "%s: could not be written\n", argv[3]);
        return 1;
    }
    return 0;
}
