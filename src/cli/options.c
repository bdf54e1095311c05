/* cli/options.c -- the command line into a scenario, by the table of inputs. */
#define _GNU_SOURCE
#include "cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/scenario_file.h"

enum { OPTION_FIRST = 256, OPTION_HELP = 100000 }; /* clear of the characters getopt returns */

/* An option as it was typed. */
typedef struct given {
    const tr_input *input;
    const char *text;
} given;

/* The names of an input on the command line: its option, then its aliases, then NULL. */
static const char *name_of(const tr_input *input, size_t index)
{
    return index == 0 ? input->option : input->alias[index - 1];
}

/* The first names, of two inputs that the verb takes, that the name may be short for. */
static void begins_with(const tr_verb *verb, const char *name, const char **first, const char **second)
{
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        const char *begun = NULL, *option;
        for (size_t k = 0; (option = name_of(input, k)) != NULL; k++) {
            if (!tr_verb_takes(verb, input) || name[0] == '\0' || strncmp(option, name, strlen(name)) != 0)
                continue;
            if (begun == NULL)
                begun = option;
            if (strcmp(option, name) == 0) { /* the whole name is that option alone */
                *first = option;
                *second = NULL;
                return;
            }
        }
        if (*first == NULL)
            *first = begun;
        else if (*second == NULL)
            *second = begun;
    }
}

/* unknown: "unknown option --num-drafts: " or nothing. */
static tr_status not_of_verb(const tr_verb *verb, const tr_input *input, const char *unknown, tr_error *err)
{
    char takers[160];
    const char *meant = tr_input_meant(input->option, verb->groups);
    tr_verb_takers(input, takers, sizeof takers);
    if (meant != NULL)
        return cli_fail(err, TR_EUNKNOWN, input->key, "%s--%s is an option of %s, not of %s: did you mean --%s?",
                        unknown, input->option, takers, verb->name, meant);
    return cli_fail(err, TR_EUNKNOWN, input->key,
                    "%s--%s is an option of %s, not of %s: `tokenroof help %s` lists its own", unknown, input->option,
                    takers, verb->name, verb->name);
}

static tr_status unknown_option(const tr_verb *verb, const char *typed, tr_error *err)
{
    char name[64];
    const char *start = typed + strspn(typed, "-");
    const size_t length = strcspn(start, "=");
    (void)strncpy(name, start, sizeof name - 1);
    name[length < sizeof name - 1 ? length : sizeof name - 1] = '\0';
    const char *first = NULL, *second = NULL;
    begins_with(verb, name, &first, &second);
    if (second != NULL)
        return cli_fail(err, TR_EUNKNOWN, name, "--%s may be --%s or --%s: spell it out", name, first,
                        second);
    if (first != NULL && strchr(typed, '=') != NULL)
        return cli_fail(err, TR_EPARSE, name, "--%s takes no value", first);
    const char *near = tr_input_near(name, verb->groups);
    if (near != NULL && strcmp(near, tr_input_find(near)->key) == 0)
        near = tr_input_find(near)->option;
    if (near != NULL)
        return cli_fail(err, TR_EUNKNOWN, name, "unknown option --%s: did you mean --%s?", name, near);
    near = tr_input_near(name, TR_GROUP_ALL);
    if (near != NULL) {
        char unknown[96];
        (void)snprintf(unknown, sizeof unknown, "unknown option --%s: ", name);
        return not_of_verb(verb, tr_input_find(near), unknown, err);
    }
    return cli_fail(err, TR_EUNKNOWN, name, "unknown option %.60s: `tokenroof help %s` lists them", typed,
                    verb->name);
}

/* getopt takes the beginning of a name, of an engine's too: another word for a different input is not that. */
static const char *meant_instead(const tr_verb *verb, const tr_input *input, const char *typed)
{
    char name[64];
    const char *start = typed + strspn(typed, "-");
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    if (tr_input_find(name) != NULL || strncmp(input->option, name, strlen(name)) == 0)
        return NULL;
    const char *meant = tr_input_meant(name, verb->groups);
    return meant != NULL && tr_input_find(meant) != input ? meant : NULL;
}

/* getopt's view of the table. Freed by the caller. */
static struct option *options_of_table(void)
{
    struct option *options = calloc(TR_IN_COUNT * (1 + TR_ALIAS_MAX) + 2, sizeof *options), *at = options;
    if (options == NULL)
        return NULL;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        const int has_value = input->kind == TR_INPUT_SWITCH ? no_argument : required_argument;
        for (size_t k = 0; name_of(input, k) != NULL; k++)
            *at++ = (struct option){name_of(input, k), has_value, NULL, OPTION_FIRST + (int)i};
    }
    *at = (struct option){"help", no_argument, NULL, OPTION_HELP};
    return options;
}

/* Some engines take --tensor_parallel_size too: our options have no underscore. */
static void spell_with_dashes(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        for (char *at = argv[i]; strncmp(argv[i], "--", 2) == 0 && *at != '\0' && *at != '='; at++)
            if (*at == '_')
                *at = '-';
}

static tr_status read_options(const tr_verb *verb, int argc, char **argv, const struct option *options,
                              given *list, int *count, int *help, tr_error *err)
{
    opterr = 0;
    optind = 1;
    spell_with_dashes(argc, argv);
    while (1) {
        const int before = optind;
        const int got = getopt_long_only(argc, argv, ":h", options, NULL);
        if (got == -1)
            return TR_OK;
        if (got == 'h' || got == OPTION_HELP) {
            *help = 1;
            continue;
        }
        if (got == '?')
            return unknown_option(verb, argv[optind > before ? optind - 1 : before], err);
        if (got == ':')
            return cli_fail(err, TR_EMISSING, "", "%.60s needs a value", argv[optind - 1]);
        const tr_input *input = tr_input_at((size_t)(got - OPTION_FIRST));
        const char *typed = argv[optind - (optarg == argv[optind - 1] ? 2 : 1)];
        const char *meant = meant_instead(verb, input, typed);
        if (meant != NULL)
            return cli_fail(err, TR_EUNKNOWN, "", "unknown option %.60s: did you mean --%s?", typed, meant);
        if (!tr_verb_takes(verb, input))
            return not_of_verb(verb, input, "", err);
        list[(*count)++] = (given){input, optarg};
    }
}

/* ---- operands --------------------------------------------------------------- */

/* The index-th word of "MODEL SYSTEM" without its brackets; *required is 0 for "[ID]". A last word "FILE..."
 * or "[FILE...]" stands for any number of them. */
static int operand_at(const char *operands, int index, char *out, size_t size, int *required)
{
    const char *at = operands + strspn(operands, " ");
    for (; index > 0 && *at != '\0'; index--) {
        const size_t word = strcspn(at, " ");
        const size_t end = word > 0 && at[word - 1] == ']' ? word - 1 : word;
        if (end > 3 && at[word] == '\0' && strncmp(at + end - 3, "...", 3) == 0)
            break;
        at += word;
        at += strspn(at, " ");
    }
    size_t n = strcspn(at, " ");
    *required = *at != '[' && index == 0;
    if (*at == '[') {
        at++;
        n -= 2;
    }
    if (n == 0 || n >= size)
        return 0;
    memcpy(out, at, n);
    out[n] = '\0';
    return 1;
}

/* TR_IN_COUNT for an operand that is no input. */
static tr_input_id input_of_operand(const char *operand)
{
    return strcmp(operand, "MODEL") == 0    ? TR_IN_MODEL
           : strcmp(operand, "SYSTEM") == 0 ? TR_IN_SYSTEM
           : strcmp(operand, "PRICES") == 0 ? TR_IN_PRICES
                                            : TR_IN_COUNT;
}

static const char *text_given(const given *list, int count, tr_input_id id)
{
    for (int i = 0; i < count; i++)
        if (list[i].input->id == id)
            return list[i].text;
    return NULL;
}

/* The head of a GGUF file stands for MODEL: *is_head 1, and the first operand is the next one. */
static tr_status take_head(const cli *c, given *list, int *count, int *is_head, tr_error *err)
{
    const char *head = text_given(list, *count, TR_IN_GGUF_HEAD);
    *is_head = head != NULL;
    if (head == NULL)
        return TR_OK;
    if (strstr(c->verb->operands, "MODEL") == NULL)
        return cli_fail(err, TR_ECONFLICT, "gguf_head", "%s takes no --gguf-head: name the file where a model stands",
                        c->verb->name);
    if (text_given(list, *count, TR_IN_MODEL) != NULL)
        return cli_fail(err, TR_ECONFLICT, "gguf_head", "--gguf-head names the model: leave out --model");
    list[(*count)++] = (given){tr_input_at(TR_IN_MODEL), head};
    return TR_OK;
}

/* Operands that are inputs into the list, before the options; the others to args. */
static tr_status take_operands(cli *c, int argc, char **argv, given *list, int *count, tr_error *err)
{
    char operand[32];
    int required = 0, inputs = 0, is_head;
    const tr_status s = take_head(c, list, count, &is_head, err);
    if (s != TR_OK)
        return s;
    for (int i = 0; i < argc; i++) {
        if (is_head && !operand_at(c->verb->operands, i + 1, operand, sizeof operand, &required))
            return cli_fail(err, TR_EPARSE, "gguf_head", "--gguf-head names the model: leave '%.60s' out", argv[0]);
        if (i >= CLI_ARG_MAX || !operand_at(c->verb->operands, i + is_head, operand, sizeof operand, &required))
            return cli_fail(err, TR_EPARSE, "", "unexpected argument '%.60s': expected tokenroof %s %s", argv[i],
                            c->verb->name, c->verb->operands);
        const tr_input_id id = input_of_operand(operand);
        if (id == TR_IN_COUNT) {
            c->args[c->arg_count++] = argv[i];
            continue;
        }
        memmove(list + inputs + 1, list + inputs, (size_t)(*count - inputs) * sizeof *list);
        list[inputs++] = (given){tr_input_at(id), argv[i]};
        (*count)++;
    }
    return TR_OK;
}

static tr_status check_operands(const cli *c, int argc, tr_error *err)
{
    char operand[32];
    int required = 0;
    for (int i = 0; i < CLI_ARG_MAX && operand_at(c->verb->operands, i, operand, sizeof operand, &required); i++) {
        const tr_input_id id = input_of_operand(operand);
        const int missing = id != TR_IN_COUNT ? tr_input_text(c->scenario, id)[0] == '\0' : i >= argc;
        if (required && missing)
            return cli_fail(err, TR_EMISSING, id == TR_IN_COUNT ? "" : tr_input_at(id)->key,
                            "%s is missing: expected tokenroof %s %s", operand, c->verb->name,
                            c->verb->operands);
    }
    return TR_OK;
}

/* ---- style ------------------------------------------------------------------ */

static tr_status style_of(const tr_scenario *scenario, tr_style *style, tr_error *err)
{
    static const struct {
        tr_input_id id;
        tr_format format;
    } formats[] = {{TR_IN_JSON, TR_FORMAT_JSON},
                   {TR_IN_JSONL, TR_FORMAT_JSONL},
                   {TR_IN_CSV, TR_FORMAT_CSV},
                   {TR_IN_SCHEMA, TR_FORMAT_SCHEMA}};
    const int to_terminal = strcmp(tr_input_text(scenario, TR_IN_PLOT), "-") == 0;
    const char *chosen = NULL;
    style->explain = tr_input_choice(scenario, TR_IN_EXPLAIN) > 0;
    style->format = TR_FORMAT_TEXT;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (tr_input_choice(scenario, formats[i].id) <= 0)
            continue;
        if (chosen != NULL)
            return cli_fail(err, TR_ECONFLICT, "json", "give only one of --json, --jsonl, --csv and --schema");
        chosen = tr_input_at(formats[i].id)->option;
        style->format = formats[i].format;
    }
    if (style->explain && style->format > TR_FORMAT_JSON)
        return cli_fail(err, TR_ECONFLICT, "explain", "--explain works with text or --json output, not with --%s",
                        chosen);
    if (to_terminal && chosen != NULL)
        return cli_fail(err, TR_ECONFLICT, "plot", "--plot - draws on stdout, where --%s writes: give it a file",
                        chosen);
    return TR_OK;
}

/* ---- values -------------------------------------------------------------------- */

static int is_number(const tr_input *input) { return input->kind == TR_INPUT_NUMBER || input->kind == TR_INPUT_LIST; }

/* Inputs whose words may stand in a list with commas; names and paths may hold one. */
static int has_commas(const tr_input *input) { return input->kind != TR_INPUT_TEXT || input->id == TR_IN_ENGINE; }

/* Every value that was typed for an input, with commas between them, each option in its order. Freed by the caller. */
static char *gathered(const given *list, int count, const tr_input *input, char comma)
{
    size_t size = 1, n = 0;
    for (int i = 0; i < count; i++)
        size += list[i].input == input ? strlen(list[i].text) + 1 : 0;
    char *out = calloc(size, 1);
    for (int i = 0; out != NULL && i < count; i++)
        if (list[i].input == input) {
            const size_t length = strlen(list[i].text);
            if (n > 0)
                out[n++] = comma;
            memcpy(out + n, list[i].text, length);
            n += length;
        }
    return out;
}

/* Several words: kept as an axis, the first set, each tried; formats of which the verb makes rows itself are set
 * together. text is taken over. */
static tr_status set_words(cli *c, const tr_input *input, char *text, char comma, tr_error *err)
{
    tr_status s = TR_OK;
    size_t count = 1;
    const size_t length = strlen(text);
    if (input->kind == TR_INPUT_WEIGHTS && cli_makes_rows(c->verb, input->id)) {
        for (size_t i = 0; i < length; i++)
            text[i] = (char)(text[i] == comma ? ',' : text[i]);
        s = tr_input_set(c->scenario, input->id, text, err);
        free(text);
        return s;
    }
    for (size_t i = 0; i < length; i++)
        if (text[i] == comma) {
            text[i] = '\0';
            count++;
        }
    if (count > 1 && c->word_count == CLI_WORDS_MAX)
        s = cli_fail(err, TR_ECAPACITY, input->key, "more than %d inputs have several values", CLI_WORDS_MAX);
    const char *word = text + length;
    for (size_t i = count; s == TR_OK && i-- > 0;) { /* from the last: the first is what stays */
        while (word > text && word[-1] != '\0')
            word--;
        s = tr_input_set(c->scenario, input->id, word, err);
        word -= word > text;
    }
    if (s != TR_OK || count == 1)
        free(text);
    else
        c->words[c->word_count++] = (cli_words){input, text, count};
    return s;
}

/* What was said of an input before: an option wins over a file. */
static void forget_words(cli *c, const tr_input *input)
{
    for (int i = 0; i < c->word_count; i++)
        if (c->words[i].input == input) {
            free(c->words[i].text);
            c->words[i--] = c->words[--c->word_count];
        }
}

tr_status cli_take_words(void *context, const tr_input *input, const char *values, tr_error *err)
{
    char *text = strdup(values);
    if (text == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    forget_words(context, input);
    return set_words(context, input, text, '\n', err);
}

static tr_status set_all(cli *c, const given *list, int count, const tr_input *input, tr_error *err)
{
    const char comma = is_number(input) || has_commas(input) ? ',' : '\n';
    char *text = gathered(list, count, input, comma);
    if (text == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    forget_words(c, input);
    if (!is_number(input))
        return set_words(c, input, text, comma, err);
    const tr_status s = tr_input_set(c->scenario, input->id, text, err);
    if (s == TR_EPARSE && input->choices != NULL && strchr(text, ',') != NULL) /* words for a number: each of them */
        return set_words(c, input, text, comma, err);
    free(text);
    return s;
}

/* Preset first, then the file, then the options as typed: the more specific wins. An input of the question that is
 * given again adds a value; of how it is answered the last word counts. */
static tr_status apply(cli *c, const given *list, int count, tr_error *err)
{
    tr_status s = TR_OK;
    for (int i = 0; s == TR_OK && i < count; i++)
        if (list[i].input->id == TR_IN_PRESET)
            s = tr_scenario_preset(c->scenario, list[i].text, err);
    for (int i = 0; s == TR_OK && i < count; i++)
        if (list[i].input->id == TR_IN_SCENARIO)
            s = tr_scenario_read(list[i].text, c->scenario, &(tr_words_taker){cli_take_words, c}, err);
    for (int i = 0; s == TR_OK && i < count; i++) {
        const tr_input *input = list[i].input;
        int is_first = 1;
        for (int k = 0; k < i; k++)
            is_first = is_first && list[k].input != input;
        if (input->kind == TR_INPUT_SWITCH)
            s = tr_input_set(c->scenario, input->id, "on", err);
        else if (input->group >= TR_GROUP_OUTPUT)
            s = tr_input_set(c->scenario, input->id, list[i].text, err);
        else if (input->id != TR_IN_PRESET && is_first)
            s = set_all(c, list, count, input, err);
    }
    return s;
}

tr_status cli_parse(cli *c, int argc, char **argv, int *help, tr_error *err)
{
    struct option *options = options_of_table();
    given *list = calloc((size_t)argc + 2, sizeof *list);
    int count = 0;
    tr_status s = TR_OK;
    if (options == NULL || list == NULL)
        s = cli_fail(err, TR_ENOMEM, "", "out of memory");
    if (s == TR_OK)
        s = read_options(c->verb, argc, argv, options, list, &count, help, err);
    if (s == TR_OK && !*help) {
        s = take_operands(c, argc - optind, argv + optind, list, &count, err);
        if (s == TR_OK)
            s = apply(c, list, count, err);
        if (s == TR_OK)
            s = check_operands(c, argc - optind, err);
        if (s == TR_OK)
            s = style_of(c->scenario, &c->style, err);
    }
    free(list);
    free(options);
    return s;
}
