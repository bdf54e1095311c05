/* cli/cli.h -- what the verbs of the command line share.
 *
 * A verb resolves its model and system, asks the answer room for a document
 * into a buffer, and returns; main prints the buffer only when all went well,
 * so that nobody sees half an answer.
 */
#ifndef TOKENROOF_SRC_CLI_CLI_H
#define TOKENROOF_SRC_CLI_CLI_H

#include <tokenroof/tokenroof.h>

/* Exit codes: answered; no answer exists; usage or bad input; could not read or write. */
enum { CLI_ANSWERED = 0, CLI_NO_ANSWER = 1, CLI_USAGE = 2, CLI_IO = 3 };

enum { CLI_ARG_MAX = 32 };

typedef struct cli cli;

/* One row of the table of verbs (verbs.c). */
typedef struct cli_verb {
    const char *name;
    const char *topic; /* heading in the overview */
    const char
        *operands;      /* "MODEL SYSTEM", "[MODEL]", "ID": MODEL and SYSTEM are inputs, others go to args */
    uint64_t groups;    /* of inputs it takes: TR_GROUP_BIT each */
    const char *doc;    /* one line */
    const char *examples; /* lines; "" if none */
    tr_status (*run)(cli *c, tr_error *err);
    const tr_input_id *lists; /* inputs of which it makes rows, or refuses several in its own words */
    size_t list_count;
} cli_verb;

/* Text that grows; the answer is collected in one. */
typedef struct cli_text {
    char *data;
    size_t length, capacity;
    int failed; /* out of memory */
} cli_text;

struct cli {
    const cli_verb *verb;
    tr_scenario *scenario;
    tr_style style;
    const char *args[CLI_ARG_MAX]; /* operands that are neither MODEL nor SYSTEM */
    int arg_count;
    cli_text text;
    tr_sink out; /* writes into text */
};

extern const cli_verb cli_verbs[];
extern const size_t cli_verb_count;
const cli_verb *cli_verb_find(const char *name); /* NULL if unknown */
const char *cli_verb_near(const char *name);     /* NULL if none is near */
int cli_verb_takes(const cli_verb *verb, const tr_input *input);
/* The verb's answer into c->out. A list that it would answer the first value of is refused: TR_ECONFLICT. */
tr_status cli_run(cli *c, tr_error *err);

/* options.c: argv[0] is the verb. Fills scenario, style and args.
 * Errors: TR_EUNKNOWN, TR_EPARSE, TR_ECONFLICT, TR_EMISSING, and what files bring.
 * *help is set where --help stood. */
tr_status cli_parse(cli *c, int argc, char **argv, int *help, tr_error *err);

/* resolve.c: what "model" and "system" in the scenario name. */
tr_status cli_model(const cli *c, tr_model *out, tr_error *err);
tr_status cli_system(const cli *c, tr_system *out, tr_error *err);
/* Both, and the question they make, resolved once; one allocation that holds them all, free() it. */
tr_status cli_case(const cli *c, tr_problem **out, tr_error *err);

/* output.c */
/* Fill *err and return status. field may be "". */
tr_status cli_fail(tr_error *err, tr_status status, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
#ifdef __clang_analyzer__ /* as in base/fail.h */
#define cli_fail(err, status, ...) (cli_fail((err), (status), __VA_ARGS__), (status))
#endif
tr_sink cli_text_sink(cli_text *text);
void cli_print(cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* All of the answer to stdout; a full disk or a closed pipe is TR_EIO. */
tr_status cli_flush(cli *c, tr_error *err);
/* Colour, width and characters from the terminal that stdout is, if it is one. */
void cli_style_from_terminal(tr_style *style);

/* plot.c: --plot. draw writes a figure for the target into the sink. */
typedef tr_status (*cli_draw)(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err);
/* Into the answer, in characters of the terminal's width. */
tr_status cli_draw_here(cli *c, cli_draw draw, void *context, tr_error *err);
int cli_plots(const cli *c); /* --plot was given */
/* part goes between the name and its suffix, for a verb with several figures: "", "-cost".
 * Errors: TR_EPARSE (neither .svg, .png, .pdf nor -), TR_EIO, and what draw brings. */
tr_status cli_plot(cli *c, const char *part, cli_draw draw, void *context, tr_error *err);

/* pictured.c: the picture goes where --plot says; the answer to stdout where a format was asked for, or no picture. */
typedef tr_status (*cli_answer)(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                tr_sink *sink, tr_error *err);
typedef tr_status (*cli_figure)(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                                tr_sink *sink, tr_error *err);
tr_status cli_pictured(cli *c, cli_answer answer, cli_figure figure, tr_error *err);

/* help.c */
void cli_help_overview(cli *c);
void cli_help_verb(cli *c, const cli_verb *verb);
void cli_help_man(cli *c); /* the man page as scdoc source */
/* completion.c */
void cli_completion_bash(cli *c);

/* The verbs, one file each. */
tr_status cmd_predict(cli *c, tr_error *err);
tr_status cmd_report(cli *c, tr_error *err);
tr_status cmd_step(cli *c, tr_error *err);
tr_status cmd_curve(cli *c, tr_error *err);
tr_status cmd_roof(cli *c, tr_error *err);
tr_status cmd_layout(cli *c, tr_error *err);
tr_status cmd_menu(cli *c, tr_error *err);
tr_status cmd_reversible(cli *c, tr_error *err);
tr_status cmd_lesson(cli *c, tr_error *err);
tr_status cmd_memory(cli *c, tr_error *err);
tr_status cmd_fit(cli *c, tr_error *err);
tr_status cmd_models(cli *c, tr_error *err);
tr_status cmd_chips(cli *c, tr_error *err);
tr_status cmd_oracle(cli *c, tr_error *err);
tr_status cmd_prices(cli *c, tr_error *err);
tr_status cmd_tiers(cli *c, tr_error *err);
tr_status cmd_explain(cli *c, tr_error *err);
tr_status cmd_lecture(cli *c, tr_error *err);
tr_status cmd_help(cli *c, tr_error *err);
tr_status cmd_completion(cli *c, tr_error *err);
tr_status cmd_validate(cli *c, tr_error *err);
tr_status cmd_lifecycle(cli *c, tr_error *err);
tr_status cmd_scale(cli *c, tr_error *err);
tr_status cmd_web(cli *c, tr_error *err);
tr_status cmd_version(cli *c, tr_error *err);

#endif
