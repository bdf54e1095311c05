/* cli/sweep.c -- several values of inputs of which a verb makes no rows itself: every combination answered, as rows of
 * one answer that say which they are of. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEP_MAX = 10000, LABEL_SIZE = 96 };

/* What is swept: words as they were typed, or numbers of the scenario. */
typedef struct axis {
    const tr_input *input;
    const char *words;   /* count of them, one after another, each terminated; NULL: numbers */
    const double *numbers;
    size_t count;
    size_t width;        /* of its column in a table */
    int is_told;         /* the rows say it themselves */
    int is_for_people;   /* numbers with units */
} axis;

/* A combination that has no answer. */
typedef struct missing {
    size_t combination;
    tr_error why;
} missing;

typedef struct sweep {
    cli *c;
    cli one;             /* the command line of one combination, in a scenario of its own */
    axis axes[CLI_WORDS_MAX + TR_IN_COUNT];
    size_t count, combinations;
    size_t answered;
    int pages;           /* the verb's rows are no table for people: its page for each */
    int has_dollars;     /* a column of the table */
    tr_error why;        /* of the last that had no answer */
    char *head;          /* of a CSV: the line of its columns */
    missing *missing;    /* not written yet: there was no head to write them under */
    size_t missing_count;
} sweep;

/* ---- axes and their values ----------------------------------------------------------------- */

/* A verb of every list makes rows of them all; in its table for people it has columns for those in its own list. */
int cli_makes_rows(const tr_verb *verb, tr_input_id id)
{
    for (size_t i = 0; i < verb->list_count; i++)
        if (verb->lists[i] == id)
            return 1;
    return 0;
}

static int makes_rows(const tr_verb *verb, tr_format format, tr_input_id id)
{
    return cli_makes_rows(verb, id) || ((verb->flags & TR_VERB_EVERY_LIST) != 0 && format != TR_FORMAT_TEXT);
}

static void value_text(const axis *a, size_t index, char *out, size_t size)
{
    const char *word = a->words;
    if (word == NULL && a->is_for_people)
        (void)tr_quantity_format(a->numbers[index], a->input->unit, out, size);
    else if (word == NULL)
        (void)tr_number_format(a->numbers[index], out, size);
    if (word == NULL)
        return;
    while (index-- > 0)
        word += strlen(word) + 1;
    (void)snprintf(out, size, "%s", word);
}

/* The axes of what was asked, in the order of the table of inputs. */
static void find_axes(sweep *s)
{
    char text[TR_TEXT_MAX];
    s->combinations = 1;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        axis *a = &s->axes[s->count];
        *a = (axis){.input = tr_input_at(i), .is_for_people = s->c->style.format == TR_FORMAT_TEXT};
        for (int k = 0; k < s->c->word_count; k++)
            if (s->c->words[k].input == a->input) {
                a->words = s->c->words[k].text;
                a->count = s->c->words[k].count;
            }
        if (a->words == NULL)
            a->numbers = tr_input_list(s->c->scenario, (tr_input_id)i, &a->count);
        if (a->count < 2 || (a->words == NULL && (!tr_input_is_set(s->c->scenario, (tr_input_id)i) ||
                                                  makes_rows(s->c->verb, s->c->style.format, (tr_input_id)i))))
            continue;
        a->width = strlen(a->input->option);
        for (size_t k = 0; k < a->count; k++) {
            value_text(a, k, text, sizeof text);
            a->width = strlen(text) > a->width ? strlen(text) : a->width;
        }
        s->combinations = s->combinations > SWEEP_MAX ? s->combinations : s->combinations * a->count;
        s->count++;
    }
}

int cli_sweeps(cli *c)
{
    sweep *s = calloc(1, sizeof *s);
    if (s == NULL)
        return 0;
    s->c = c;
    find_axes(s);
    const int sweeps = s->count > 0;
    free(s);
    return sweeps;
}

/* The last axis runs fastest. */
static size_t position(const sweep *s, size_t combination, size_t k)
{
    for (size_t i = s->count - 1; i > k; i--)
        combination /= s->axes[i].count;
    return combination % s->axes[k].count;
}

static tr_status choose(sweep *s, size_t combination, tr_error *err)
{
    char text[TR_TEXT_MAX];
    tr_status status = tr_scenario_copy(s->one.scenario, s->c->scenario);
    for (size_t k = 0; status == TR_OK && k < s->count; k++) {
        const axis *a = &s->axes[k];
        const size_t at = position(s, combination, k);
        value_text(a, at, text, sizeof text);
        status = a->words != NULL ? tr_input_set(s->one.scenario, a->input->id, text, err)
                                  : tr_scenario_set_number(s->one.scenario, a->input->key, a->numbers[at], err);
    }
    return status;
}

/* "tp 4, weights fp8" */
static void label(const sweep *s, size_t combination, char *out, size_t size)
{
    char text[LABEL_SIZE];
    size_t n = 0;
    for (size_t k = 0; k < s->count && n < size; k++) {
        value_text(&s->axes[k], position(s, combination, k), text, sizeof text);
        n += (size_t)snprintf(out + n, size - n, "%s%s %s", k > 0 ? ", " : "", s->axes[k].input->option, text);
    }
}

/* ---- rows of one answer, each with its values before it ---------------------------------------- */

static void csv_cell(cli *c, const char *text)
{
    if (strpbrk(text, ",\"\n") == NULL) {
        cli_print(c, "%s,", text);
        return;
    }
    cli_print(c, "\"");
    for (; *text != '\0'; text++)
        cli_print(c, *text == '"' ? "\"\"" : "%c", *text);
    cli_print(c, "\",");
}

static void values(const sweep *s, size_t combination, int is_head)
{
    char text[TR_TEXT_MAX];
    for (size_t k = 0; k < s->count; k++) {
        const axis *a = &s->axes[k];
        if (a->is_told)
            continue;
        value_text(a, position(s, combination, k), text, sizeof text);
        if (s->c->style.format == TR_FORMAT_CSV)
            csv_cell(s->c, is_head ? a->input->key : text);
        else
            cli_print(s->c, "%-*s  ", (int)a->width, is_head ? a->input->option : text);
    }
}

static int has_column(const char *line, size_t length, const char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 0; i + n <= length; i++)
        if ((i == 0 || line[i - 1] == ',') && strncmp(line + i, name, n) == 0 &&
            (i + n == length || line[i + n] == ','))
            return 1;
    return 0;
}

/* A table of people says none of them, as a rule; a CSV those it has a column of. */
static void note_told(sweep *s, const char *line, size_t length)
{
    for (size_t k = 0; s->c->style.format == TR_FORMAT_CSV && k < s->count; k++) {
        char name[LABEL_SIZE];
        (void)snprintf(name, sizeof name, "%s.name", s->axes[k].input->key);
        s->axes[k].is_told = has_column(line, length, s->axes[k].input->key) || has_column(line, length, name);
    }
}

/* ---- what has no answer: a row that says why --------------------------------------------------- */

static void json_string(cli *c, const char *text)
{
    cli_print(c, "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            cli_print(c, "\\");
        cli_print(c, (unsigned char)*text < ' ' ? " " : "%c", *text);
    }
    cli_print(c, "\"");
}

static void missing_json(sweep *s, const missing *m)
{
    char text[TR_TEXT_MAX];
    cli_print(s->c, "{");
    for (size_t k = 0; k < s->count; k++) {
        const axis *a = &s->axes[k];
        value_text(a, position(s, m->combination, k), text, sizeof text);
        cli_print(s->c, "\"%s\":", a->input->key);
        if (a->words != NULL)
            json_string(s->c, text);
        else
            cli_print(s->c, "%s", text);
        cli_print(s->c, ",");
    }
    cli_print(s->c, "\"fits\":%s,\"error\":", m->why.status == TR_ENOFIT ? "false" : "null");
    json_string(s->c, m->why.text);
    cli_print(s->c, "}\n");
}

/* What a column of the verb's says of it: what it is of, and why there is no more. */
static void missing_cell(const sweep *s, const missing *m, const char *name, size_t length, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t k = 0; k < s->count; k++) {
        const char *key = s->axes[k].input->key;
        const size_t n = strlen(key);
        if (s->axes[k].is_told && strncmp(name, key, n) == 0 &&
            (length == n || (length == n + 5 && strncmp(name + n, ".name", 5) == 0)))
            value_text(&s->axes[k], position(s, m->combination, k), out, size);
    }
    if (length == 4 && strncmp(name, "fits", 4) == 0 && m->why.status == TR_ENOFIT)
        (void)snprintf(out, size, "false");
    if (length == 6 && strncmp(name, "reason", 6) == 0)
        (void)snprintf(out, size, "%s", m->why.text);
}

static void missing_csv(sweep *s, const missing *m)
{
    char cell[TR_TEXT_MAX];
    values(s, m->combination, 0);
    for (const char *name = s->head; *name != '\0';) {
        const size_t n = strcspn(name, ",");
        missing_cell(s, m, name, n, cell, sizeof cell);
        if (name[n] == ',')
            csv_cell(s->c, cell);
        else if (cell[0] != '\0') /* the last has no comma behind it */
            cli_print(s->c, strpbrk(cell, ",\"\n") != NULL ? "\"%s\"" : "%s", cell);
        name += n + (name[n] == ',');
    }
    cli_print(s->c, "\n");
}

static void missing_line(sweep *s, const missing *m)
{
    size_t at = 0;
    char text[sizeof m->why.text + 16];
    for (size_t k = 0; k < s->count; k++)
        at += s->axes[k].width + 2;
    values(s, m->combination, 0);
    (void)snprintf(text, sizeof text, "no answer: %s", m->why.text);
    cli_wrap(s->c, text, at, at < 40 ? at : 4);
}

static void missing_page(sweep *s, const missing *m)
{
    char words[TR_TEXT_MAX];
    label(s, m->combination, words, sizeof words);
    cli_print(s->c, "\n\n%s\n\n", words);
    cli_wrap(s->c, m->why.text, 0, 0);
}

/* Rows of those that came to no answer, where there are rows to stand among. */
static void flush_missing(sweep *s)
{
    for (size_t i = 0; i < s->missing_count; i++) {
        const missing *m = &s->missing[i];
        if (s->c->style.format == TR_FORMAT_JSON)
            cli_print(s->c, ",\n");
        if (s->c->style.format == TR_FORMAT_JSON || s->c->style.format == TR_FORMAT_JSONL)
            missing_json(s, m);
        else if (s->c->style.format == TR_FORMAT_CSV && s->head != NULL)
            missing_csv(s, m);
        else if (s->c->style.format == TR_FORMAT_TEXT && !s->pages)
            missing_line(s, m);
        else if (s->c->style.format == TR_FORMAT_TEXT)
            missing_page(s, m);
    }
    s->missing_count = 0;
}

/* Why nothing has an answer: once, where that is the same of all. */
static void say_missing(const sweep *s)
{
    int same = s->missing_count > 1;
    for (size_t i = 1; i < s->missing_count; i++)
        same = same && strcmp(s->missing[i].why.text, s->missing[0].why.text) == 0;
    for (size_t i = 0; i < (same ? 1 : s->missing_count); i++) {
        char words[TR_TEXT_MAX] = "";
        if (!same)
            label(s, s->missing[i].combination, words, sizeof words);
        (void)fprintf(stderr, "tokenroof %s: %s%s%s\n", s->c->verb->name, words, same ? "" : ": ",
                      s->missing[i].why.text);
    }
}

static tr_status keep_missing(sweep *s, size_t combination, tr_error *err)
{
    missing *more = realloc(s->missing, (s->missing_count + 1) * sizeof *more);
    if (more == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    s->missing = more;
    s->missing[s->missing_count++] = (missing){combination, s->why};
    return TR_OK;
}

static void add_lines(sweep *s, size_t combination)
{
    const char *line = s->one.text.data;
    for (size_t i = 0; line != NULL && *line != '\0'; i++) {
        const size_t n = strcspn(line, "\n");
        if (i == 0 && s->answered == 0) {
            note_told(s, line, n);
            s->has_dollars = memchr(line, '$', n) != NULL;
            s->head = s->c->style.format == TR_FORMAT_CSV ? strndup(line, n) : NULL;
        }
        if (i == 1)
            flush_missing(s);
        if (i > 0 || s->answered == 0) {
            values(s, combination, i == 0);
            (void)s->c->out.write(s->c->out.context, line, n);
            cli_print(s->c, "\n");
        }
        line += n + (line[n] == '\n');
    }
}

static int is_axis(const sweep *s, tr_input_id id)
{
    for (size_t k = 0; k < s->count; k++)
        if (s->axes[k].input->id == id)
            return 1;
    return 0;
}

/* "engine vllm; tp 4; weights fp8": what all rows share of who runs them and how they are laid out. */
static void shared_setting(const sweep *s, char *out, size_t size)
{
    static const tr_input_id id[] = {TR_IN_ENGINE, TR_IN_TP,           TR_IN_EP,      TR_IN_PP,
                                     TR_IN_DP,     TR_IN_WEIGHT_DTYPE, TR_IN_KV_DTYPE};
    const tr_scenario *scenario = s->c->scenario;
    size_t n = 0;
    int laid_out = strcmp(s->c->verb->name, "layout") == 0; /* its rows are layouts */
    out[0] = '\0';
    for (size_t i = 0; i < sizeof id / sizeof id[0] && n < size; i++) {
        const tr_input *input = tr_input_at(id[i]);
        const char *between = n > 0 ? "; " : "";
        const int set = tr_input_is_set(scenario, id[i]), choice = tr_input_choice(scenario, id[i]);
        laid_out = laid_out || (i >= 1 && i <= 4 && (set || is_axis(s, id[i])));
        if (i == 5 && !laid_out && tr_verb_takes(s->c->verb, tr_input_at(TR_IN_TP)))
            n += (size_t)snprintf(out + n, size - n, "%seach in the best layout that fits", between);
        between = n > 0 ? "; " : "";
        if (is_axis(s, id[i]) || n >= size)
            continue;
        if (i == 0 && !set && tr_verb_takes(s->c->verb, input))
            n += (size_t)snprintf(out + n, size - n, "no engine in particular");
        else if (set)
            n += (size_t)snprintf(out + n, size - n, "%s%s %s", between, input->option,
                                  i == 0   ? tr_input_text(scenario, id[i])
                                  : i == 5 ? tr_weight_format_name(choice)
                                  : i == 6 ? tr_dtype_name((tr_dtype)choice)
                                           : "");
        if (set && i >= 1 && i <= 4 && n < size) /* "tp " stands there */
            n += (size_t)snprintf(out + n, size - n, "%.0f", tr_input_number(scenario, id[i]));
    }
}

/* What the rows do not say: of which model on which system they are, where that is one, and what else they share. */
static void title(const sweep *s)
{
    const char *model = tr_input_text(s->c->scenario, TR_IN_MODEL);
    const char *system = tr_input_text(s->c->scenario, TR_IN_SYSTEM);
    int one_model = model[0] != '\0', one_system = system[0] != '\0';
    char shared[320];
    one_model = one_model && !is_axis(s, TR_IN_MODEL);
    one_system = one_system && !is_axis(s, TR_IN_SYSTEM);
    shared_setting(s, shared, sizeof shared);
    if (one_model || one_system || shared[0] != '\0')
        cli_print(s->c, "%s%s%s%s%s%s%s%s\n\n", one_model ? model : "", one_model && one_system ? " on " : "",
                  one_system ? system : "", one_model || one_system ? ": " : "", s->c->verb->name,
                  shared[0] != '\0' ? " (" : "", shared, shared[0] != '\0' ? ")" : "");
}

/* A table's dollars say below it which price each system has. */
static void add_prices(const sweep *s)
{
    const cli *one = &s->one;
    for (int i = 0; i < one->price_count && i < CLI_PRICE_MAX; i++)
        cli_print(s->c, "%s", i == 0 ? "\n" : ""), cli_wrap(s->c, one->prices[i], 0, 2);
    if (one->price_count > CLI_PRICE_MAX)
        cli_print(s->c, "and others: --csv has them in each row\n");
}

static void add_page(sweep *s, size_t combination)
{
    char words[TR_TEXT_MAX];
    label(s, combination, words, sizeof words);
    cli_print(s->c, "%s%s\n\n", s->answered > 0 ? "\n\n" : "", words);
    (void)s->c->out.write(s->c->out.context, s->one.text.data, s->one.text.length);
}

static void add(sweep *s, size_t combination)
{
    const tr_format format = s->c->style.format;
    if (format == TR_FORMAT_TEXT && s->answered == 0 && !s->pages)
        title(s);
    if (format == TR_FORMAT_JSON)
        cli_print(s->c, "%s", s->answered == 0 ? "{\"answers\": [\n" : ",\n");
    if (format == TR_FORMAT_JSONL)
        flush_missing(s);
    if (format == TR_FORMAT_JSON || format == TR_FORMAT_JSONL)
        (void)s->c->out.write(s->c->out.context, s->one.text.data, s->one.text.length);
    else if (s->pages)
        add_page(s, combination);
    else
        add_lines(s, combination);
    s->answered++;
    flush_missing(s);
}

/* ---- all of them ------------------------------------------------------------------------------- */

static tr_status run_one(sweep *s, size_t combination, tr_error *err)
{
    s->one.text.length = 0;
    tr_status status = choose(s, combination, &s->why);
    if (status == TR_OK)
        status = cli_run(&s->one, &s->why);
    /* Rows that have no heads, or are of parts of the answer, are no table: pages then. */
    if (s->one.style.format == TR_FORMAT_TABLE && s->answered == 0 &&
        ((s->c->verb->flags & TR_VERB_PAGE_DRAWS) != 0 || status == TR_ECONFLICT ||
         (status == TR_OK && s->one.text.data[0] == '\n'))) {
        s->pages = 1;
        s->one.style.format = TR_FORMAT_TEXT;
        s->one.text.length = 0;
        status = cli_run(&s->one, &s->why);
    }
    if (status == TR_OK && s->one.text.failed)
        return cli_fail(err, TR_ENOMEM, "", "out of memory for the answer");
    if (status == TR_OK) {
        add(s, combination);
        return TR_OK;
    }
    if (status == TR_ECANCELLED) {
        *err = s->why;
        return status;
    }
    status = keep_missing(s, combination, err);
    if (status == TR_OK && s->answered > 0)
        flush_missing(s);
    return status;
}

static tr_status run_all(sweep *s, tr_error *err)
{
    tr_status status = TR_OK;
    if (s->combinations > SWEEP_MAX)
        return cli_fail(err, TR_ECAPACITY, s->axes[0].input->key, "more than %d combinations; expected fewer",
                        SWEEP_MAX);
    if (cli_plots(s->c))
        return cli_fail(err, TR_ECONFLICT, "plot", "--plot draws one case: give one value of --%s",
                        s->axes[0].input->option);
    if (s->c->style.explain && s->c->style.format == TR_FORMAT_TEXT)
        return cli_fail(err, TR_ECONFLICT, "explain", "--explain works through one case: give one value of --%s",
                        s->axes[0].input->option);
    s->c->text.streams = s->c->style.format == TR_FORMAT_CSV || s->c->style.format == TR_FORMAT_JSONL;
    cli_progress *told = &s->c->progress;
    const tr_progress *progress = tr_scenario_progress(s->c->scenario);
    told->parts = (double)s->combinations;
    for (size_t i = 0; status == TR_OK && !s->c->text.failed && i < s->combinations; i++) {
        told->part = (double)i;
        if (progress != NULL && progress->tell(progress->context, told->part, told->parts) != 0)
            return cli_fail(err, TR_ECANCELLED, "", "stopped after %zu of %zu cases", i, s->combinations);
        status = run_one(s, i, err);
    }
    if (s->answered == 0)
        say_missing(s);
    if (status == TR_OK && s->answered == 0)
        return cli_fail(err, s->why.status, s->why.field, "none of the %zu cases can be answered", s->combinations);
    if (status == TR_OK && s->c->style.format == TR_FORMAT_JSON)
        cli_print(s->c, "]}\n");
    if (status == TR_OK && s->c->style.format == TR_FORMAT_TEXT && !s->pages && s->has_dollars)
        add_prices(s);
    return status;
}

tr_status cli_sweep(cli *c, tr_error *err)
{
    sweep *s = calloc(1, sizeof *s);
    if (s == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    s->c = c;
    find_axes(s);
    s->one = (cli){.verb = c->verb,
                   .scenario = tr_scenario_create(),
                   .style = c->style,
                   .arg_count = c->arg_count,
                   .cases = c->cases};
    memcpy(s->one.args, c->args, sizeof c->args);
    s->one.out = cli_text_sink(&s->one.text);
    s->one.is_one_of_many = 1;
    if (c->style.format == TR_FORMAT_TEXT)
        s->one.style.format = TR_FORMAT_TABLE;
    const tr_status status =
        s->one.scenario == NULL ? cli_fail(err, TR_ENOMEM, "", "out of memory") : run_all(s, err);
    tr_scenario_destroy(s->one.scenario);
    free(s->one.text.data);
    free(s->head);
    free(s->missing);
    free(s);
    return status;
}
