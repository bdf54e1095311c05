/* cli/cli.h -- what the verbs of the command line share.
 *
 * A verb resolves its model and system, asks the answer room for a document
 * into a buffer, and returns; main prints the buffer only when all went well,
 * so that nobody sees half an answer.
 */
#ifndef TOKENROOF_SRC_CLI_CLI_H
#define TOKENROOF_SRC_CLI_CLI_H

#include <tokenroof/tokenroof.h>

#include "cli/progress.h"

/* Exit codes: answered; no answer exists; usage or bad input; could not read or write. */
enum { CLI_ANSWERED = 0, CLI_NO_ANSWER = 1, CLI_USAGE = 2, CLI_IO = 3, CLI_INTERRUPTED = 130 };

enum { CLI_ARG_MAX = 32, CLI_WORDS_MAX = 16 };

typedef struct cli cli;

/* Text that grows; the answer is collected in one. */
typedef struct cli_text {
    char *data;
    size_t length, capacity;
    int failed; /* out of memory, or who reads it wants no more */
    int streams; /* to stdout as it comes, when it is more than a screenful: rows, of which each stands for itself */
} cli_text;

/* Several words for one input: models, systems, formats. */
typedef struct cli_words {
    const tr_input *input;
    char *text;  /* one after another, each terminated; owned */
    size_t count;
} cli_words;

enum { CLI_PRICE_MAX = 8, CLI_PRICE_SIZE = 224 };

struct cli {
    const tr_verb *verb;
    tr_scenario *scenario;
    tr_style style;
    const char *args[CLI_ARG_MAX]; /* operands that are neither MODEL nor SYSTEM */
    int arg_count;
    const struct tr_flat *cases; /* of compare over HTTP: its questions, in place of args */
    cli_words words[CLI_WORDS_MAX];
    int word_count;
    int is_one_of_many; /* of a sweep: it sweeps no further, and says less */
    char prices[CLI_PRICE_MAX][CLI_PRICE_SIZE]; /* which prices its dollars use, and who drafts, each once */
    int has_no_answer;  /* what was written says that nothing fits: exit 1 */
    int price_count;    /* of all, were there place */
    cli_text text;
    tr_sink out; /* writes into text */
    cli_progress progress;
};

/* A SYSTEM that stands for what the program runs on. */
#define CLI_THIS_MACHINE "this-machine"

/* dispatch.c: the verb's answer into c->out. What it would not answer is refused: TR_ECONFLICT. */
tr_status cli_run(cli *c, tr_error *err);
/* The same of a row of the table that has an answer. */
tr_status cli_answer(cli *c, tr_error *err);

/* dispatch.c: keeps which price a question's dollars use, and who drafts in it. */
void cli_note_price(cli *c, const tr_problem *question);
/* The answer of a subject, and its pictures. */
tr_status cli_write(cli *c, const tr_subject *subject, tr_error *err);

/* sweep.c: several values of inputs of which the verb makes no rows itself. Every combination is answered; one that
 * has no answer is a row that says why. Errors: TR_ECAPACITY, TR_ECONFLICT (a picture), those of the verb where none
 * answers. */
int cli_makes_rows(const tr_verb *verb, tr_input_id id); /* of a list in this input, by itself */
int cli_sweeps(cli *c);
tr_status cli_sweep(cli *c, tr_error *err);

/* options.c: argv[0] is the verb. Fills scenario, style and args.
 * Errors: TR_EUNKNOWN, TR_EPARSE, TR_ECONFLICT, TR_EMISSING, and what files bring.
 * *help is set where --help stood. */
tr_status cli_parse(cli *c, int argc, char **argv, int *help, tr_error *err);

/* The same for several values of an input, some of them words, with newlines between them: kept as an axis. context is
 * the cli. */
tr_status cli_take_words(void *context, const tr_input *input, const char *values, tr_error *err);

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
/* What to ask next, to a person at a terminal. */
void cli_say_next(const cli *c);
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

/* help.c */
/* text in words from column at on, then below column indent. */
void cli_wrap(cli *c, const char *text, size_t at, size_t indent);
void cli_help_first(cli *c);    /* five verbs by the question they answer */
void cli_help_overview(cli *c); /* all */
void cli_help_verb(cli *c, const tr_verb *verb);
void cli_help_man(cli *c); /* the man page as scdoc source */
/* completion.c */
void cli_completion_bash(cli *c);

/* What a row of the table cannot answer, a file each. */
tr_status cmd_compare(cli *c, tr_error *err);
tr_status cmd_reversible(cli *c, tr_error *err);
tr_status cmd_local(cli *c, tr_error *err);
tr_status cmd_lesson(cli *c, tr_error *err);
tr_status cmd_fit(cli *c, tr_error *err);
tr_status cmd_models(cli *c, tr_error *err);
tr_status cmd_chips(cli *c, tr_error *err);
tr_status cmd_help(cli *c, tr_error *err);
tr_status cmd_completion(cli *c, tr_error *err);
tr_status cmd_validate(cli *c, tr_error *err);
tr_status cmd_web(cli *c, tr_error *err);
tr_status cmd_version(cli *c, tr_error *err);

#endif
