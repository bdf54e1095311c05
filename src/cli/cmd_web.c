/* cli/cmd_web.c -- `tokenroof web`: the page and the verbs' answers on this machine's own address. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "httpd/server.h"
#include "io/json_flat.h"
#include "io/model_file.h"
#include "io/scenario_file.h"

static int looks_like_a_path(const char *text)
{
    const size_t n = strlen(text);
    return text[0] == '/' || text[0] == '.' || text[0] == '~' || strstr(text, "..") != NULL ||
           (n > 5 && strcmp(text + n - 5, ".json") == 0) || (n > 5 && strcmp(text + n - 5, ".gguf") == 0) ||
           tr_model_is_path(text);
}

static tr_status check_name(const char *name, tr_input_id id, tr_error *err)
{
    if (!tr_is_inline(name) && (looks_like_a_path(name) || (id == TR_IN_SYSTEM && strchr(name, '/') != NULL)))
        return cli_fail(err, TR_EDOMAIN, tr_input_at(id)->key,
                        "'%.60s' would be a file: over HTTP give a catalog name or numbers", name);
    return TR_OK;
}

/* Several models or systems: of a list the scenario holds the first alone. */
static tr_status check_words(const cli *c, tr_error *err)
{
    tr_status s = TR_OK;
    for (int i = 0; i < c->word_count; i++) {
        const cli_words *words = &c->words[i];
        const char *word = words->text;
        const int is_name = words->input->id == TR_IN_MODEL || words->input->id == TR_IN_SYSTEM;
        for (size_t k = 0; is_name && s == TR_OK && k < words->count; k++, word += strlen(word) + 1)
            s = check_name(word, words->input->id, err);
    }
    return s;
}

/* Nothing that a client sends may name a file. */
static tr_status check_no_files(const tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id harmless[] = {TR_IN_MODEL,  TR_IN_SYSTEM, TR_IN_FAMILY,
                                           TR_IN_PRICES, TR_IN_ENGINE, TR_IN_TOPIC,
                                           TR_IN_SLO,    TR_IN_DISAGG, TR_IN_KV_LINK,
                                           TR_IN_PROTOCOL, TR_IN_DRAFT_MODEL};
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        int known = input->kind != TR_INPUT_TEXT || !tr_input_is_set(scenario, input->id);
        for (size_t k = 0; !known && k < sizeof harmless / sizeof harmless[0]; k++)
            known = harmless[k] == input->id;
        if (!known)
            return cli_fail(err, TR_EDOMAIN, input->key, "%s names a file, which is not allowed over HTTP",
                            input->key);
    }
    static const tr_input_id named[] = {TR_IN_MODEL, TR_IN_DRAFT_MODEL, TR_IN_SYSTEM};
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof named / sizeof named[0]; i++)
        s = check_name(tr_input_text(scenario, named[i]), named[i], err);
    return s;
}

/* The cases of a comparison, which name no files either; the flat body stays with them. */
static tr_status check_cases(const tr_flat *flat, tr_error *err)
{
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && tr_scenario_has_case(flat, i); i++) {
        tr_scenario *one = tr_scenario_create();
        s = one == NULL ? cli_fail(err, TR_ENOMEM, "", "out of memory") : tr_scenario_from_case(flat, i, one, err);
        if (s == TR_OK)
            s = check_no_files(one, err);
        tr_scenario_destroy(one);
    }
    return s;
}

static tr_status apply_body(cli *c, const char *body, size_t size, tr_flat **flat, tr_error *err)
{
    const int compares = strcmp(c->verb->name, "compare") == 0;
    tr_status s = tr_flat_parse(size > 0 ? body : "{}", size > 0 ? size : 2, flat, err);
    if (s != TR_OK)
        return s;
    const tr_words_taker taker = {cli_take_words, c};
    if (compares) {
        c->cases = *flat;
        s = tr_scenario_beside_cases(*flat, c->scenario, &taker, err);
    } else {
        s = tr_scenario_from_flat(*flat, c->scenario, &taker, err);
    }
    if (s == TR_OK)
        s = check_no_files(c->scenario, err);
    if (s == TR_OK)
        s = check_words(c, err);
    return s == TR_OK && compares ? check_cases(*flat, err) : s;
}

/* As many rows as its lists have combinations. */
static tr_status check_rows(const cli *c, double most, tr_error *err)
{
    double rows = 1;
    size_t count = 0;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        (void)tr_input_list(c->scenario, (tr_input_id)i, &count);
        rows *= count > 1 && tr_input_is_set(c->scenario, (tr_input_id)i) ? (double)count : 1;
    }
    for (int i = 0; i < c->word_count; i++)
        rows *= c->words[i].count > 1 ? (double)c->words[i].count : 1;
    if (rows <= most)
        return TR_OK;
    return cli_fail(err, TR_ECAPACITY, "",
                    "%.0f rows are asked for, and one question may have %.0f here (--max-rows of tokenroof web): "
                    "ask for fewer at a time",
                    rows, most);
}

/* What stands behind the verb in the address, as it would on the command line. */
static tr_status take_operand(cli *c, const char *operand, tr_error *err)
{
    if (looks_like_a_path(operand))
        return cli_fail(err, TR_EDOMAIN, "operand", "'%.60s' would be a file", operand);
    if (strcmp(c->verb->operands, "[MODEL]") == 0)
        return tr_input_set(c->scenario, TR_IN_MODEL, operand, err);
    if (strcmp(c->verb->operands, "[SYSTEM]") == 0)
        return tr_input_set(c->scenario, TR_IN_SYSTEM, operand, err);
    if (c->verb->operands[0] == '\0' || strncmp(c->verb->operands, "MODEL", 5) == 0)
        return cli_fail(err, TR_EUNKNOWN, "operand",
                        "%s takes nothing behind its name here: what is asked goes into the body", c->verb->name);
    c->args[c->arg_count++] = operand;
    return TR_OK;
}

/* One request, as the command line would run it with --json. */
static tr_status answer(void *context, const char *verb, const char *operand, const char *body, size_t size,
                        const tr_sink *out, tr_error *err)
{
    cli c = {.scenario = tr_scenario_create(), .style = {.format = TR_FORMAT_JSON, .columns = 100}, .out = *out};
    const double *most_rows = context;
    tr_flat *flat = NULL;
    c.verb = tr_verb_find(verb);
    tr_status s = TR_OK;
    if (c.scenario == NULL)
        s = cli_fail(err, TR_ENOMEM, "", "out of memory");
    else if (c.verb == NULL || (c.verb->flags & TR_VERB_SERVED) == 0)
        s = cli_fail(err, TR_EUNKNOWN, "verb", "no verb '%.30s' here: report, step, menu and others are",
                     verb);
    if (s == TR_OK)
        s = apply_body(&c, body, size, &flat, err);
    if (s == TR_OK && operand[0] != '\0')
        s = take_operand(&c, operand, err);
    if (s == TR_OK)
        s = check_rows(&c, *most_rows, err);
    if (s == TR_OK) {
        c.style.explain = tr_input_choice(c.scenario, TR_IN_EXPLAIN) > 0;
        const int needs = strstr(c.verb->operands, "MODEL SYSTEM") == c.verb->operands;
        if (needs && (tr_input_text(c.scenario, TR_IN_MODEL)[0] == '\0' ||
                      tr_input_text(c.scenario, TR_IN_SYSTEM)[0] == '\0'))
            s = cli_fail(err, TR_EMISSING, "model", "expected {\"model\": ..., \"system\": ...}");
    }
    if (s == TR_OK)
        s = cli_run(&c, err);
    if (s == TR_EUNKNOWN && operand[0] != '\0')
        (void)snprintf(err->field, sizeof err->field, "operand");
    for (int i = 0; i < c.word_count; i++)
        free(c.words[i].text);
    tr_scenario_destroy(c.scenario);
    tr_flat_destroy(flat);
    return s;
}

tr_status cmd_web(cli *c, tr_error *err)
{
    tr_httpd *server = NULL;
    sigset_t ends;
    int which = 0;
    const double port = tr_input_number(c->scenario, TR_IN_PORT);
    const char *host = tr_input_text(c->scenario, TR_IN_HOST);
    double most_rows = tr_input_number(c->scenario, TR_IN_MAX_ROWS);
    const tr_httpd_options options = {.host = host[0] != '\0' ? host : "127.0.0.1",
                                      .port = (int)port,
                                      .answer = answer,
                                      .context = &most_rows,
                                      .max_cpu_s = tr_input_number(c->scenario, TR_IN_MAX_SECONDS)};
    /* Blocked before any thread starts, so that only this one hears them. */
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    const tr_status s = tr_httpd_start(&options, &server, err);
    if (s != TR_OK)
        return s;
    (void)printf(strchr(options.host, ':') != NULL ? "http://[%s]:%d/\n" : "http://%s:%d/\n", options.host,
                 tr_httpd_port(server));
    (void)fflush(stdout);
    (void)sigwait(&ends, &which);
    if (!tr_httpd_stop(server))
        _exit(0); /* a question computes on, and nothing of it is kept */
    return TR_OK;
}
