/* ask/local_near.c -- where nothing fits, what would: each change asked as the question itself was. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/local.h"
#include "base/text.h"

enum { CARDS_MAX = 16, NAME_SIZE = 256 };

/* One change being tried: the question with another model, system or inputs. */
typedef struct trial {
    tr_local *l;
    tr_scenario *scenario;
    tr_model model;
    tr_system system;
    tr_problem question;
} trial;

static void reset(trial *t)
{
    (void)tr_scenario_copy(t->scenario, t->l->scenario);
    t->question = *t->l->question;
}

/* Those worth having; those asked for with --weights where some were. */
static size_t wanted(const trial *t, tr_weight_format *out)
{
    static const char *const good[] = {"q8_0", "q6_k", "q5_k_m", "q5_k_s", "q4_k_m"};
    const tr_local *l = t->l;
    size_t n = 0;
    if (tr_input_is_set(l->scenario, TR_IN_WEIGHT_DTYPE) || t->question.model == l->model)
        for (size_t i = 0; i < l->count; i++)
            if (tr_input_is_set(l->scenario, TR_IN_WEIGHT_DTYPE) || l->row[i].is_published)
                out[n++] = l->row[i].format;
    for (size_t i = 0; n == 0 && i < sizeof good / sizeof good[0]; i++)
        if (tr_weight_format_parse(good[i], &out[i], NULL) != TR_OK)
            return 0;
    return n > 0 ? n : sizeof good / sizeof good[0];
}

/* What was typed and has to be typed again. */
static void add_options(const trial *t, char *out, size_t size)
{
    char text[64], option[96];
    static const tr_input_id id[] = {TR_IN_CONTEXT, TR_IN_ISL, TR_IN_OSL};
    const tr_scenario *s = t->scenario;
    for (size_t i = 0; i < sizeof id / sizeof id[0]; i++) {
        const tr_input *input = tr_input_at(id[i]);
        size_t count = 0;
        const double *list = tr_input_list(s, id[i], &count);
        const int typed = tr_input_is_set(s, id[i]) && (id[i] == TR_IN_CONTEXT || !tr_local_is_usual(s, id[i]));
        for (size_t k = 0; typed && k < count; k++) {
            (void)tr_quantity_format(list[k], input->unit, text, sizeof text);
            (void)snprintf(option, sizeof option, k == 0 ? " --%s %s" : ",%s%s", k == 0 ? input->option : "", text);
            (void)tr_text_append(out, size, option);
        }
    }
    tr_weight_format format[TR_LOCAL_MAX];
    const size_t formats = tr_input_formats(s, TR_IN_WEIGHT_DTYPE, format, TR_LOCAL_MAX);
    for (size_t i = 0; tr_input_is_set(s, TR_IN_WEIGHT_DTYPE) && i < formats && i < TR_LOCAL_MAX; i++) {
        (void)snprintf(option, sizeof option, "%s%s", i == 0 ? " --weights " : ",", tr_weight_format_name(format[i]));
        (void)tr_text_append(out, size, option);
    }
    if (tr_input_is_set(s, TR_IN_KV_DTYPE)) {
        (void)snprintf(option, sizeof option, " --kv %s", tr_dtype_name((tr_dtype)tr_input_choice(s, TR_IN_KV_DTYPE)));
        (void)tr_text_append(out, size, option);
    }
}

/* [K118] 1 where something fits then, kept as the index-th: one more, or in place of one that was there. */
static int try_it(trial *t, size_t index, const char *change)
{
    tr_local *now = NULL;
    tr_weight_format formats[TR_LOCAL_MAX];
    t->question.layout_given = 0;
    const size_t count = wanted(t, formats);
    if (index >= TR_LOCAL_NEAR_MAX || tr_local_begin(t->scenario, &t->question, formats, count, &now, NULL) != TR_OK)
        return 0;
    const int fits = now->choice.best < now->count;
    if (fits) {
        const tr_local_row *row = &now->row[now->choice.best];
        tr_local_near *n = &t->l->near[index];
        *n = (tr_local_near){.context_token = row->asked_token, .file_byte = row->file_byte,
                             .token_per_s = row->token_per_s};
        (void)tr_text_copy(n->change, sizeof n->change, change);
        (void)tr_text_copy(n->model, sizeof n->model, now->model->name);
        (void)tr_text_copy(n->system, sizeof n->system, now->system->name);
        (void)tr_text_copy(n->format, sizeof n->format, row->name);
        const char *typed = tr_input_text(t->scenario, TR_IN_MODEL);
        const int has_words = now->system == t->l->system || strcmp(now->system->name, t->l->system->name) != 0;
        if (has_words) /* a machine without a name of the catalog has none with more memory */
            (void)snprintf(n->command, sizeof n->command, "%.90s %.120s",
                           now->model == t->l->model ? typed : now->model->name,
                           now->system->name);
        if (has_words)
            add_options(t, n->command, sizeof n->command);
        t->l->near_count = index + 1 > t->l->near_count ? index + 1 : t->l->near_count;
    }
    tr_local_end(now);
    return fits;
}

/* ---- what is tried ------------------------------------------------------------------------------------------ */

/* The chip by its name with what was changed of it, but for its memory. */
static void chip_name(const tr_chip *chip, char *out, size_t size)
{
    (void)tr_text_copy(out, size, chip->name);
    if (chip->change[0] != '\0' && !tr_text_holds(chip->change, "mem=")) {
        (void)tr_text_append(out, size, ",");
        (void)tr_text_append(out, size, chip->change);
    }
}

static int is_card(const tr_local *l)
{
    return l->system->chip.kind == TR_CHIP_GPU || l->system->chip.kind == TR_CHIP_OTHER;
}

/* A cache in blocks of a byte an element takes half; then less context. */
static void try_cache(trial *t)
{
    const tr_local *l = t->l;
    char change[96], text[32];
    double most = 0.0;
    reset(t);
    if (!tr_input_is_set(l->scenario, TR_IN_KV_DTYPE) &&
        tr_input_set(t->scenario, TR_IN_KV_DTYPE, "q8_0", NULL) == TR_OK)
        (void)try_it(t, t->l->near_count, "KV cache in q8_0");
    for (size_t i = 0; i < l->count; i++)
        most = l->row[i].fits || l->row[i].max_token > 1e9 ? most : fmax(most, l->row[i].max_token);
    most = floor(most / 1024.0) * 1024.0;
    reset(t);
    if (most >= 1024.0 && tr_scenario_set_number(t->scenario, "context_token", most, NULL) == TR_OK) {
        (void)tr_quantity_format(most, TR_UNIT_CONTEXT, text, sizeof text);
        (void)snprintf(change, sizeof change, "no more than %s of context", text);
        (void)try_it(t, t->l->near_count, change);
    }
}

static void try_cards(trial *t)
{
    char change[96];
    const double have = t->l->system->chip_count;
    int found = 0;
    reset(t);
    for (double n = have + 1.0; is_card(t->l) && !found && n <= CARDS_MAX; n += 1.0) {
        if (tr_system_recount(t->l->system, n, &t->system, NULL) != TR_OK)
            return;
        t->question.system = &t->system;
        (void)snprintf(change, sizeof change, "%.0f of these cards", n);
        found = try_it(t, t->l->near_count, change);
    }
}

/* The least of the usual sizes beside this chip. */
static void try_memory(trial *t)
{
    static const double size[] = {16e9,  24e9,  32e9,  48e9,  64e9,  96e9,   128e9,  192e9,
                                  256e9, 384e9, 512e9, 768e9, 1024e9, 1536e9, 2048e9, 3072e9};
    const tr_chip *chip = &t->l->system->chip;
    char name[NAME_SIZE], base[NAME_SIZE], change[96];
    int found = 0;
    reset(t);
    chip_name(chip, base, sizeof base);
    for (size_t i = 0; !is_card(t->l) && !found && i < sizeof size / sizeof size[0]; i++) {
        if (size[i] * 1.05 < chip->memory_byte)
            continue;
        (void)snprintf(name, sizeof name, "%.0fx%.200s,mem=%.0fGB", t->l->system->chip_count, base, size[i] / 1e9);
        const char *one = t->l->system->chip_count > 1.0 ? name : strchr(name, 'x') + 1;
        if (tr_chip_catalog_find(chip->name) == NULL) {
            t->system = *t->l->system;
            t->system.chip.memory_byte = size[i];
        } else if (tr_system_catalog_get(one, &t->system, NULL) != TR_OK) {
            continue;
        }
        t->question.system = &t->system;
        (void)snprintf(change, sizeof change, "%.0f GB of memory", size[i] / 1e9);
        found = try_it(t, t->l->near_count, change);
    }
}

/* Layers left to a desktop's processor, or where that has too little memory a server's; where there is one, more
 * memory for it. */
static void try_host(trial *t)
{
    static const struct {
        const char *name;
        double byte;
    } host[] = {{"ryzen-9950x", 32e9}, {"ryzen-9950x", 64e9}, {"ryzen-9950x", 96e9}, {"ryzen-9950x", 192e9},
                {"epyc-9654", 384e9},  {"epyc-9654", 768e9},  {"epyc-9654", 1536e9}};
    const tr_system *mine = t->l->system;
    char name[NAME_SIZE], base[NAME_SIZE], change[96];
    int found = 0;
    if (!is_card(t->l))
        return;
    reset(t);
    (void)tr_text_copy_span(base, sizeof base, mine->name, strcspn(mine->name, "+"));
    for (size_t i = 0; !found && i < sizeof host / sizeof host[0]; i++) {
        if (mine->has_host && host[i].byte <= mine->host.memory_byte)
            continue;
        (void)snprintf(name, sizeof name, "%.150s+%s,mem=%.0fGB", base, mine->has_host ? mine->host.name : host[i].name,
                       host[i].byte / 1e9);
        if (tr_system_catalog_get(name, &t->system, NULL) != TR_OK)
            return;
        t->question.system = &t->system;
        (void)snprintf(change, sizeof change, mine->has_host ? "a %s with %.0f GB" : "layers left to %s with %.0f GB",
                       t->system.host.name, host[i].byte / 1e9);
        found = try_it(t, t->l->near_count, change);
    }
}

/* A card of the same maker with just enough memory; of several the newest. */
static void try_larger_card(trial *t)
{
    const tr_chip *mine = &t->l->system->chip;
    const size_t at = t->l->near_count;
    char title[96];
    double least = HUGE_VAL;
    int year = 0;
    reset(t);
    for (size_t i = 0; is_card(t->l) && i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        if (chip->kind != mine->kind || strcmp(chip->vendor, mine->vendor) != 0 ||
            !(chip->memory_byte > mine->memory_byte) || strcmp(chip->confidence, "announced") == 0 ||
            !(chip->memory_byte < least || (!(chip->memory_byte > least) && chip->year > year)) ||
            tr_system_of(chip, 1.0, &t->system, NULL) != TR_OK)
            continue;
        t->question.system = &t->system;
        (void)tr_text_copy_span(title, sizeof title, chip->title, strcspn(chip->title, "("));
        if (try_it(t, at, title)) {
            least = chip->memory_byte;
            year = chip->year;
        }
    }
}

/* "qwen3" of "qwen3-235b-a22b", "llama-3.1" of "llama-3.1-70b": what stands before its size; all of a name without. */
static size_t stem_length(const char *name)
{
    for (size_t n = strcspn(name, "-"); name[n] == '-'; n += 1 + strcspn(name + n + 1, "-")) {
        const size_t digits = strspn(name + n + 1, "0123456789.x");
        if (digits > 0 && strchr("bm", name[n + 1 + digits]) != NULL)
            return n;
    }
    return strlen(name);
}

static size_t common(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] != '\0' && a[n] == b[n])
        n++;
    return n;
}

/* The largest smaller one whose name begins alike; of two alike the one whose name is nearer. */
static void try_smaller_model(trial *t, size_t stem)
{
    const tr_model *mine = t->l->model;
    const size_t at = t->l->near_count;
    double most = 0.0;
    size_t alike = 0;
    reset(t);
    for (size_t i = 0; i < tr_model_catalog_count(); i++) {
        const char *name = tr_model_catalog_name(i);
        const size_t length = strlen(name);
        const int packed = tr_text_holds(name, "fp4") || tr_text_holds(name, "-fp8");
        if (packed || length <= stem || name[stem] != '-' || strncmp(name, mine->name, stem) != 0 ||
            tr_model_catalog_get(name, &t->model, NULL) != TR_OK || t->model.total_param >= mine->total_param)
            continue;
        const size_t near = common(name, mine->name);
        if (!(t->model.total_param > most * 1.02 || (t->model.total_param > most * 0.98 && near > alike)))
            continue;
        t->question.model = &t->model;
        if (try_it(t, at, name)) {
            most = t->model.total_param;
            alike = near;
        }
    }
}

int tr_local_asks_near(const tr_local *l)
{
    const tr_local_row *best = l->choice.best < l->count ? &l->row[l->choice.best] : NULL;
    return best == NULL || !(best->is_published || best->perplexity_ratio <= tr_local_perplexity_ratio("q4_k_m") ||
                             tr_input_is_set(l->scenario, TR_IN_WEIGHT_DTYPE));
}

void tr_local_find_near(tr_local *l)
{
    if (!tr_local_asks_near(l))
        return;
    trial *t = calloc(1, sizeof *t);
    if (t != NULL)
        t->scenario = tr_scenario_create();
    if (t != NULL && t->scenario != NULL) {
        t->l = l;
        try_cache(t);
        try_host(t);
        try_cards(t);
        try_larger_card(t);
        try_memory(t);
        const size_t before = l->near_count;
        try_smaller_model(t, stem_length(l->model->name));
        if (l->near_count == before)
            try_smaller_model(t, strcspn(l->model->name, "-"));
    }
    if (t != NULL)
        tr_scenario_destroy(t->scenario);
    free(t);
}
