/* test_io_gguf_families.c -- every family that GGUF files have a name for, from its metadata alone: counted as in the
 * catalog. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "files.h"
#include "io/gguf.h"
#include "io/gguf_arch.h"
#include "io/gguf_config.h"

static tr_model known, read_back; /* large */
static int wrong;

/* "0*5,8" as numbers. */
static size_t numbers(const char *text, uint32_t *out, size_t room)
{
    size_t n = 0;
    for (char *end; *text != '\0'; text = *end == ',' ? end + 1 : end) {
        const uint32_t value = (uint32_t)strtoul(text, &end, 10);
        const size_t times = *end == '*' ? strtoul(end + 1, &end, 10) : 1;
        for (size_t i = 0; i < times && n < room; i++)
            out[n++] = value;
    }
    return n;
}

static void add_word(gguf_file *f, const char *arch, char *word)
{
    static uint32_t list[1024];
    char key[160];
    if (word[0] == '@') {
        gguf_tensor(f, word + 1, 0, 32, 0, 0, 128);
        return;
    }
    char *value = strchr(word, '=');
    assert_non_null(value);
    *value++ = '\0';
    (void)snprintf(key, sizeof key, "%s.%s", arch, word);
    if (strpbrk(value, "*,") == NULL)
        gguf_u32(f, key, (uint32_t)strtoul(value, NULL, 10));
    else
        gguf_u32s(f, key, list, numbers(value, list, sizeof list / sizeof list[0]));
}

static void read_metadata(gguf_file *f)
{
    tr_error err = {.text = ""};
    tr_gguf *gguf = NULL;
    tr_config *config = NULL;
    bytes all = gguf_finish(f);
    FILE *in = fmemopen(all.data, all.size, "rb");
    assert_non_null(in);
    if (tr_gguf_parse(in, all.size, &gguf, &err) != TR_OK || tr_config_from_gguf(gguf, &config, &err) != TR_OK ||
        tr_model_from_config(config, NULL, &read_back, &err) != TR_OK) {
        print_error("%s: %s\n", known.name, err.text);
        wrong++;
        read_back = known;
    }
    (void)fclose(in);
    tr_config_destroy(config);
    tr_gguf_destroy(gguf);
    bytes_free(&all);
}

static void check(const char *arch)
{
    const tr_model *a = &known, *b = &read_back;
    const double at = 100000.0;
    if (a->total_param != b->total_param || a->active_param != b->active_param || a->tied != b->tied)
        print_error("%s as %s: %.0f parameters (%.0f active), the catalog has %.0f (%.0f)\n", a->name, arch,
                    b->total_param, b->active_param, a->total_param, a->active_param);
    else if (tr_model_kv_store_byte(a, at, 2) != tr_model_kv_store_byte(b, at, 2) ||
        tr_model_kv_read_byte(a, at, 2) != tr_model_kv_read_byte(b, at, 2) ||
        a->state_byte_per_seq != b->state_byte_per_seq || tr_model_attention_flop(a, at) != tr_model_attention_flop(b, at))
        print_error("%s as %s: a sequence keeps %.0f bytes and a state of %.0f, in the catalog %.0f and %.0f\n", a->name,
                    arch, tr_model_kv_store_byte(b, at, 2), b->state_byte_per_seq, tr_model_kv_store_byte(a, at, 2),
                    a->state_byte_per_seq);
    else if (a->layers != b->layers || a->hidden != b->hidden || a->vocab != b->vocab)
        print_error("%s as %s: %.0f layers of %.0f\n", a->name, arch, b->layers, b->hidden);
    else
        return;
    wrong++;
}

/* One model: its name, the architecture, then words. */
static void try_model(char *text)
{
    char *rest = NULL;
    const char *name = strtok_r(text, " \n", &rest), *arch = strtok_r(NULL, " \n", &rest);
    gguf_file f = {.payload = 0};
    gguf_text(&f, "general.architecture", arch);
    for (char *word; (word = strtok_r(NULL, " \n", &rest)) != NULL;)
        add_word(&f, arch, word);
    assert_int_equal(tr_model_catalog_get(name, &known, NULL), TR_OK);
    read_metadata(&f);
    check(arch);
}

static void metadata_of_every_catalogued_family_counts_as_its_config_does(void **state)
{
    (void)state;
    static char text[65536];
    FILE *file = fopen(TR_SOURCE_ROOT "/tests/unit/io/gguf_families.txt", "r");
    assert_non_null(file);
    const size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    int models = 0;
    for (char *at = text, *end; at < text + size; at = end) {
        for (end = strchr(at, '\n'); end != NULL && end[1] == ' '; end = strchr(end + 1, '\n')) {}
        end = end == NULL ? text + size : end + 1;
        if (*at == '#' || end - at < 8)
            continue;
        char *one = strndup(at, (size_t)(end - at));
        assert_non_null(one);
        try_model(one);
        free(one);
        models++;
    }
    assert_int_equal(wrong, 0);
    assert_true(models >= 40);
}

/* Each row's families must be known to the model room. */
static void every_architecture_has_a_family(void **state)
{
    (void)state;
    size_t n = 0;
    for (const tr_gguf_arch *a; (a = tr_gguf_arch_at(n)) != NULL; n++) {
        const char *const families[] = {a->dense, a->mixture};
        assert_ptr_equal(tr_gguf_arch_of(a->name), a);
        for (size_t i = 0; i < 2; i++) {
            int found = families[i] == NULL;
            for (size_t k = 0; !found && tr_model_family(k) != NULL; k++)
                found = strcmp(tr_model_family(k), families[i]) == 0;
            if (!found)
                fail_msg("%s: no family %s", a->name, families[i]);
        }
    }
    assert_true(n >= 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_of_every_catalogued_family_counts_as_its_config_does),
        cmocka_unit_test(every_architecture_has_a_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
