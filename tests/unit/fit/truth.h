/* Measured tables beside the repository, and the files that were made of them, for the tests of the fit room. */
#ifndef TOKENROOF_TESTS_FIT_TRUTH_H
#define TOKENROOF_TESTS_FIT_TRUTH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <tokenroof/tokenroof.h>

#include "io/file.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

static inline const char *root_folder(void)
{
    const char *root = getenv("TOKENROOF_ROOT");
    return root != NULL ? root : ".";
}

/* Skips the test where the table is absent. */
static inline void truth_file(const char *name, char *out, size_t size)
{
    const char *shared = getenv("TOKENROOF_SHARED");
    if (shared != NULL && shared[0] != '\0')
        (void)snprintf(out, size, "%s/truth/%s", shared, name);
    else
        (void)snprintf(out, size, "%s/../shared/truth/%s", root_folder(), name);
    if (tr_path_look(out) != TR_PATH_FILE) {
        print_message("SKIP: %s absent\n", out);
        skip();
    }
}

/* For a sink that lets records go. */
static inline tr_status skipped(void *context, int line, const char *reason, tr_error *err)
{
    (void)context, (void)line, (void)reason, (void)err;
    return TR_OK;
}

/* Bytes of DIR/NAME; free them. */
static inline char *bytes_of(const char *folder, const char *name, size_t *size)
{
    char path[TR_PATH_MAX], *text = NULL;
    assert_int_equal(tr_path_join(path, sizeof path, folder, name, NULL), TR_OK);
    if (tr_file_read(path, (size_t)1 << 20, &text, size, NULL) != TR_OK)
        fail_msg("%s is missing", path);
    return text;
}

#endif
