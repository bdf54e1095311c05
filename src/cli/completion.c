/* cli/completion.c -- a bash completion script, written from the tables of verbs and inputs. */
#include "cli/cli.h"

#include <string.h>

static void words(cli *c, const char *choices)
{
    for (; *choices != '\0'; choices++)
        cli_print(c, "%c", *choices == '|' ? ' ' : *choices);
}

static void verb_cases(cli *c)
{
    for (size_t i = 0; i < tr_verb_count(); i++) {
        const tr_verb *v = tr_verb_at(i);
        cli_print(c, "        %s) options=\"--help", v->name);
        for (size_t k = 0; k < TR_IN_COUNT; k++)
            if (tr_verb_takes(v, tr_input_at(k)))
                cli_print(c, " --%s", tr_input_at(k)->option);
        cli_print(c, "\"; operands=\"%s\" ;;\n", v->operands);
    }
}

/* "--kv|--kv-cache-dtype": every name of the input. */
static void names(cli *c, const tr_input *input, const char *between)
{
    cli_print(c, "--%s", input->option);
    for (const char *const *alias = input->alias; *alias != NULL; alias++)
        cli_print(c, "%s--%s", between, *alias);
}

static void option_cases(cli *c)
{
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        if (input->kind == TR_INPUT_SWITCH)
            continue;
        cli_print(c, "        ");
        names(c, input, "|");
        if (input->choices != NULL) {
            cli_print(c, ") COMPREPLY=($(compgen -W \"");
            words(c, input->choices);
            cli_print(c, "\" -- \"$cur\")); return ;;\n");
        } else if (input->id == TR_IN_MODEL || input->id == TR_IN_SYSTEM || input->id == TR_IN_DRAFT_MODEL) {
            cli_print(c, ") _tokenroof_names %s; return ;;\n", input->id == TR_IN_SYSTEM ? "systems" : "models");
        } else if (input->kind == TR_INPUT_TEXT) {
            cli_print(c, ") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
        } else {
            cli_print(c, ") return ;;\n");
        }
    }
}

/* Options that take a value, for counting operands. */
static void valued(cli *c)
{
    cli_print(c, "    local valued=\"");
    for (size_t i = 0; i < TR_IN_COUNT; i++)
        if (tr_input_at(i)->kind != TR_INPUT_SWITCH) {
            cli_print(c, " ");
            names(c, tr_input_at(i), " ");
        }
    cli_print(c, " \"\n");
}

void cli_completion_bash(cli *c)
{
    cli_print(c, "# bash completion for tokenroof; load it with: source <(tokenroof completion bash)\n"
                 "_tokenroof_names() {\n"
                 "    COMPREPLY=($(compgen -W \"$(tokenroof completion \"$1\" 2>/dev/null)\" -- \"$cur\")"
                 " $(compgen -f -- \"$cur\"))\n"
                 "}\n"
                 "_tokenroof() {\n"
                 "    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
                 "    local verb=\"${COMP_WORDS[1]}\" options=\"\" operands=\"\" verbs=\"");
    for (size_t i = 0; i < tr_verb_count(); i++)
        cli_print(c, "%s%s", i > 0 ? " " : "", tr_verb_at(i)->name);
    cli_print(c, "\"\n");
    valued(c);
    cli_print(c, "    COMPREPLY=()\n"
                 "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                 "        COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\")); return\n"
                 "    fi\n"
                 "    case \"$verb\" in\n");
    verb_cases(c);
    cli_print(c, "    esac\n"
                 "    case \"$prev\" in\n");
    option_cases(c);
    cli_print(c, "    esac\n"
                 "    if [[ \"$cur\" == -* ]]; then\n"
                 "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")); return\n"
                 "    fi\n"
                 "    local i n=1\n"
                 "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
                 "        if [[ \"${COMP_WORDS[i]}\" == -* ]]; then\n"
                 "            [[ \"$valued\" == *\" ${COMP_WORDS[i]} \"* ]] && ((i++))\n"
                 "        else\n"
                 "            ((n++))\n"
                 "        fi\n"
                 "    done\n"
                 "    case \"$(echo \"$operands\" | cut -d' ' -f$n)\" in\n"
                 "        MODEL|'[MODEL]') _tokenroof_names models ;;\n"
                 "        SYSTEM|'[SYSTEM]') _tokenroof_names systems ;;\n"
                 "        '[VERB]') COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\")) ;;\n"
                 "        '[ID]') COMPREPLY=($(compgen -W \"$(tokenroof completion equations 2>/dev/null)\" "
                 "-- \"$cur\")) ;;\n"
                 "        SHELL) COMPREPLY=($(compgen -W \"bash\" -- \"$cur\")) ;;\n"
                 "    esac\n"
                 "}\n"
                 "complete -o filenames -F _tokenroof tokenroof\n");
}
