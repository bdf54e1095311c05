/* claims/command.c -- the command line that asks what a check of a claim asks. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "claims/question.h"

static int is(const tr_claim_setting *setting, const char *key)
{
    return setting->key_length == strlen(key) && strncmp(setting->key, key, setting->key_length) == 0;
}

static void append_span(char *out, size_t size, const char *text, size_t length)
{
    const size_t used = strlen(out);
    (void)tr_text_copy_span(out + used, size - used, text, length);
}

/* Model and system as operands, if both are there; the rest as options. */
static void append_case(char *out, size_t size, const char *with)
{
    tr_claim_setting setting;
    char model[TR_TEXT_MAX], system[TR_TEXT_MAX], key[64];
    const int both = tr_claim_text(with, "model", model, sizeof model) &&
                     tr_claim_text(with, "system", system, sizeof system);
    const char *before = "";
    if (both) {
        (void)tr_text_append(out, size, model);
        (void)tr_text_append(out, size, " ");
        (void)tr_text_append(out, size, system);
        before = " ";
    }
    for (const char *at = with; tr_claim_next(&at, &setting);) {
        (void)tr_text_copy_span(key, sizeof key, setting.key, setting.key_length);
        const tr_input *input = tr_input_find(key);
        if (both && (is(&setting, "model") || is(&setting, "system")))
            continue;
        (void)tr_text_append(out, size, before);
        (void)tr_text_append(out, size, "--");
        (void)tr_text_append(out, size, input != NULL ? input->option : key);
        (void)tr_text_append(out, size, " ");
        append_span(out, size, setting.value, setting.value_length);
        before = " ";
    }
}

/* "*" stands for the case, "{chip}" for the setting of that name. */
static void fill(const char *form, const char *with, char *out, size_t size)
{
    for (const char *at = form; *at != '\0';) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        char key[32], value[TR_TEXT_MAX] = "";
        if (end != NULL) {
            (void)tr_text_copy_span(key, sizeof key, at + 1, (size_t)(end - at - 1));
            (void)tr_claim_text(with, key, value, sizeof value);
            (void)tr_text_append(out, size, value);
            at = end + 1;
        } else if (*at == '*') {
            append_case(out, size, with);
            at++;
        } else {
            append_span(out, size, at++, 1);
        }
    }
}

void tr_claim_command(const tr_claim_check *check, int second, tr_claim_line *out)
{
    const tr_claim_question *by = tr_claim_question_named(second ? check->against_asks : check->asks);
    const char *with = second ? check->against_with : check->with;
    *out = (tr_claim_line){"", ""};
    if (by == NULL || (by->command == NULL && by->equation[0] == '\0'))
        return;
    (void)tr_text_append(out->command, sizeof out->command, "tokenroof ");
    if (by->command != NULL) {
        fill(by->command, with, out->command, sizeof out->command);
    } else {
        (void)tr_text_append(out->command, sizeof out->command, "explain ");
        (void)tr_text_append(out->command, sizeof out->command, by->equation);
    }
    if (by->key != NULL)
        fill(by->key, with, out->key, sizeof out->key);
}
