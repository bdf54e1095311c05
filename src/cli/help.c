/* cli/help.c -- the overview, a verb's help and the man page, all from the tables of verbs and inputs. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 96, INDENT = 22, LIMITS_MAX = 1200 };

/* text broken at blanks; the cursor stands at column `at`, later lines begin at `indent`. */
void cli_wrap(cli *c, const char *text, size_t at, size_t indent)
{
    int begun = 0;
    while (*text != '\0') {
        const size_t n = strcspn(text, " ");
        if (begun && at + 1 + n > WIDTH) {
            cli_print(c, "\n%*s", (int)indent, "");
            at = indent;
        } else if (begun) {
            cli_print(c, " ");
            at++;
        }
        cli_print(c, "%.*s", (int)n, text);
        at += n;
        begun = 1;
        text += n + strspn(text + n, " ");
    }
    cli_print(c, "\n");
}

static void labelled(cli *c, const char *label, const char *text)
{
    const size_t n = strlen(label);
    cli_print(c, "  %s%*s", label, n + 2 < INDENT ? (int)(INDENT - n - 2) : 2, "");
    cli_wrap(c, text, n + 2 < INDENT ? INDENT : n + 4, INDENT);
}

/* Verbs under their topics, in the order of the table. */
static void print_verbs(cli *c)
{
    const char *topic = "";
    for (size_t i = 0; i < tr_verb_count(); i++) {
        const tr_verb *v = tr_verb_at(i);
        if (strcmp(topic, v->topic) != 0)
            cli_print(c, "\n%s\n", v->topic);
        topic = v->topic;
        labelled(c, v->name, v->doc);
    }
}

static void print_names(cli *c)
{
    cli_print(c,
              "\nMODEL is a catalog name, a Hugging Face id, a config.json or its folder, a .gguf file, or "
              "numbers\n"
              "(total=671e9,active=37e9,kv=70272,weight=1). SYSTEM is a catalog name, a count and a name\n"
              "(8xh100-sxm), a JSON file, or numbers (flops=2e15,bw=3.35TB/s,mem=80GB,usd=2.5). Both take overrides\n"
              "behind the name: deepseek-v3,layers=30 and 8xh100-sxm,bw=2x.\n");
}

static const char first_line[] =
    "tokenroof: how long a language model takes on this hardware, what limits it, what it costs\n\n";

void cli_help_first(cli *c)
{
    cli_print(c, "%s", first_line);
    for (size_t i = 0; i < tr_verb_count(); i++) {
        const tr_verb *v = tr_verb_at(i);
        if (v->job != NULL)
            cli_print(c, "%s\n  %.*s\n\n", v->job, (int)strcspn(v->examples, "\n"), v->examples);
    }
    cli_print(c, "Any number may be a list or a range, and any option may be given again: `--concurrency 1..256x2\n"
                 "--weights fp8,bf16` gives rows. --csv, --jsonl and --json are for programs, --plot FILE draws.\n");
    print_names(c);
    cli_print(c, "\n`tokenroof models` and `tokenroof chips` list the catalogs, `tokenroof help VERB` prints a verb's\n"
                 "options, and `tokenroof help all` lists the other verbs.\n");
}

void cli_help_overview(cli *c)
{
    cli_print(c, "%s  tokenroof VERB [MODEL] [SYSTEM] [options]\n", first_line);
    print_verbs(c);
    print_names(c);
    cli_print(c, "Numbers take units (3.35TB/s, 128k, 20ms, '$2.50/h'), lists (1,8,64) and ranges (1..4096x2,\n"
                 "1..100+5); words take lists (fp8,bf16), and any option may be given again (--system A --system B):\n"
                 "each value gives rows. `tokenroof help VERB` lists a verb's options.\n");
}

/* ---- one verb --------------------------------------------------------------- */

static const char *placeholder(const tr_input *input)
{
    switch (input->kind) {
    case TR_INPUT_NUMBER: return input->choices != NULL ? "NUMBER|WORD" : "NUMBER";
    case TR_INPUT_LIST: return "LIST";
    case TR_INPUT_TEXT:
        return input->id == TR_IN_PLOT || input->id == TR_IN_SCENARIO ? "FILE" : "NAME";
    case TR_INPUT_CHOICE:
    case TR_INPUT_DTYPE:
    case TR_INPUT_WEIGHTS: return "WORD";
    case TR_INPUT_SWITCH: break;
    }
    return "";
}

/* "1000000000" is hard to read: "1e9". */
static void bound_text(double bound, char *out, size_t size)
{
    (void)snprintf(out, size, "%g", bound);
    char *plus = strstr(out, "e+");
    if (plus != NULL)
        memmove(plus + 1, plus + 2 + (plus[2] == '0'), strlen(plus + 2 + (plus[2] == '0')) + 1);
}

/* "decode, prefill": the words of choices. */
static void choice_text(const char *choices, char *out, size_t size)
{
    size_t n = 0;
    for (; *choices != '\0' && n + 3 < size; choices++) {
        out[n++] = *choices == '|' ? ',' : *choices;
        if (*choices == '|')
            out[n++] = ' ';
    }
    out[n] = '\0';
}

/* "default 4096, 0 in prefill", "default: the catalog's". */
static void default_text(const tr_input *input, char *out, size_t size)
{
    out[0] = '\0';
    if (input->fallback != NULL || input->follows != NULL)
        (void)snprintf(out, size, "default%s%s%s%s", input->fallback != NULL ? " " : ": ",
                       input->fallback != NULL ? input->fallback : "",
                       input->fallback != NULL && input->follows != NULL ? ", " : "",
                       input->follows != NULL ? input->follows : "");
}

/* "decode, prefill; default decode", "1 to 1e6; default 1; also --ep-size". Empty if there is nothing to say. */
static void limits(const tr_input *input, char *out, size_t size)
{
    char part[3][384] = {"", "", ""}, low[40], high[40];
    if (input->choices != NULL) {
        choice_text(input->choices, part[0], sizeof part[0]);
    } else if (input->kind == TR_INPUT_NUMBER || input->kind == TR_INPUT_LIST) {
        bound_text(input->min, low, sizeof low);
        bound_text(input->max, high, sizeof high);
        (void)snprintf(part[0], sizeof part[0], "%s to %s", low, high);
    }
    default_text(input, part[1], sizeof part[1]);
    for (int i = 0; input->alias[i] != NULL; i++) {
        const size_t n = strlen(part[2]);
        (void)snprintf(part[2] + n, sizeof part[2] - n, "%s--%s", i == 0 ? "also " : ", ", input->alias[i]);
    }
    out[0] = '\0';
    for (int i = 0; i < 3; i++) {
        const size_t n = strlen(out);
        if (part[i][0] != '\0')
            (void)snprintf(out + n, size - n, "%s%s", n > 0 ? "; " : "", part[i]);
    }
}

static void print_option(cli *c, const tr_input *input)
{
    char label[64], range[LIMITS_MAX], text[LIMITS_MAX + 640];
    (void)snprintf(label, sizeof label, "--%s %s", input->option, placeholder(input));
    limits(input, range, sizeof range);
    (void)snprintf(text, sizeof text, "%s%s%s%s", input->doc, range[0] != '\0' ? " (" : "", range,
                   range[0] != '\0' ? ")" : "");
    labelled(c, label, text);
}

static void print_examples(cli *c, const char *examples)
{
    if (examples[0] == '\0')
        return;
    cli_print(c, "\nExamples\n");
    for (const char *at = examples; *at != '\0';) {
        const size_t n = strcspn(at, "\n");
        cli_print(c, "  %.*s\n", (int)n, at);
        at += n + (at[n] == '\n');
    }
}

void cli_help_verb(cli *c, const tr_verb *verb)
{
    int any = 0;
    cli_print(c, "tokenroof %s%s%s%s\n\n", verb->name, verb->operands[0] != '\0' ? " " : "", verb->operands,
              verb->groups != 0 ? " [options]" : "");
    cli_print(c, "  ");
    cli_wrap(c, verb->doc, 2, 2);
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        if (!tr_verb_takes(verb, tr_input_at(i)))
            continue;
        if (!any++)
            cli_print(c, "\nOptions\n");
        print_option(c, tr_input_at(i));
    }
    print_examples(c, verb->examples);
    if (verb->next != NULL) {
        cli_print(c, "\nNext\n  ");
        cli_wrap(c, verb->next, 2, 2);
    }
}

/* ---- the man page, as scdoc source ------------------------------------------- */

/* scdoc reads _ and * as emphasis and a leading dash, dot or hash as structure. */
static void man_text(cli *c, const char *text)
{
    for (; *text != '\0'; text++)
        cli_print(c, strchr("_*\\~`[]<>|", *text) != NULL ? "\\%c" : "%c", *text);
}

static void man_verbs(cli *c)
{
    cli_print(c, "# VERBS\n\n");
    for (size_t i = 0; i < tr_verb_count(); i++) {
        cli_print(c, "*%s*", tr_verb_at(i)->name);
        if (tr_verb_at(i)->operands[0] != '\0')
            cli_print(c, " ");
        man_text(c, tr_verb_at(i)->operands);
        cli_print(c, "\n\t");
        man_text(c, tr_verb_at(i)->doc);
        cli_print(c, ".\n\n");
    }
}

/* The verbs that take an input: "step, report". */
static void man_takers(cli *c, const tr_input *input)
{
    int n = 0;
    cli_print(c, " Taken by ");
    for (size_t i = 0; i < tr_verb_count(); i++)
        if (tr_verb_takes(tr_verb_at(i), input))
            cli_print(c, "%s%s", n++ > 0 ? ", " : "", tr_verb_at(i)->name);
    cli_print(c, ".");
}

static void man_options(cli *c)
{
    cli_print(c, "# OPTIONS\n\nThe name in brackets is the key in a scenario file.\n\n");
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        char range[LIMITS_MAX];
        limits(input, range, sizeof range);
        cli_print(c, "*--%s* %s (", input->option, placeholder(input));
        man_text(c, input->key);
        cli_print(c, ")\n\t");
        man_text(c, input->doc);
        cli_print(c, ".");
        if (range[0] != '\0') {
            cli_print(c, " Range: ");
            man_text(c, range);
            cli_print(c, ".");
        }
        man_takers(c, input);
        cli_print(c, "\n\n");
    }
}

static void man_examples(cli *c)
{
    cli_print(c, "# EXAMPLES\n\n```\n");
    for (size_t i = 0; i < tr_verb_count(); i++)
        cli_print(c, "%s", tr_verb_at(i)->examples);
    cli_print(c, "```\n");
}

void cli_help_man(cli *c)
{
    cli_print(
        c,
        "tokenroof(1)\n\n# NAME\n\ntokenroof - how long a language model takes on this hardware, what limits "
        "it, and what it costs\n\n# SYNOPSIS\n\n*tokenroof* VERB \\[MODEL\\] \\[SYSTEM\\] \\[options\\]\n\n");
    cli_print(
        c,
        "# DESCRIPTION\n\nComputes a forward pass of a language model from its config.json and a chip's "
        "datasheet: work divided by rate, sum over what shares a resource, max over resources that run side "
        "by side. It needs no GPU, no Python and no network.\n\n");
    man_verbs(c);
    cli_print(c, "# MODEL AND SYSTEM\n\n");
    for (int i = 0; i < 2; i++) {
        cli_print(c, "*%s*: ", i == 0 ? "MODEL" : "SYSTEM");
        man_text(c, tr_input_at(i == 0 ? TR_IN_MODEL : TR_IN_SYSTEM)->doc);
        cli_print(c, ".\n\n");
    }
    cli_print(
        c,
        "Numbers take units (3.35TB/s, 128k, 20ms, $2.50/h), lists (1,8,64) and ranges (1..4096x2 doubles, "
        "1..100+5 steps). A list gives rows. In a context k is 1024, elsewhere 1000.\n\n");
    man_options(c);
    cli_print(c, "# EXIT STATUS\n\n0\n\tAnswered.\n\n1\n\tThe model has no answer: it does not fit, or "
                 "nothing reaches "
                 "the target.\n\n2\n\tUsage, or bad input.\n\n3\n\tCould not read or write.\n\n");
    cli_print(c, "# ENVIRONMENT\n\n*NO\\_COLOR*\n\tIf set and not empty, no colour.\n\n");
    man_examples(c);
}
