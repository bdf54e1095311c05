/* io/replace.h -- a file written whole or not at all: what stood there before survives any failure.
 *
 * The text goes into a file beside the one that is meant, which takes its name when all of it has reached the disk.
 * What cannot be replaced (a pipe, /dev/stdout) is written to as it is; a symbolic link stays one. Native only.
 */
#ifndef TOKENROOF_SRC_IO_REPLACE_H
#define TOKENROOF_SRC_IO_REPLACE_H

#include <stdio.h>

#include "io/file.h"

typedef struct tr_replacement {
    FILE *file;                       /* write here; belongs to the replacement */
    int code;                         /* errno of a write that failed, where the writer kept it; else 0 */
    char path[TR_PATH_MAX];           /* what is meant, links followed */
    char temporary[TR_PATH_MAX + 32]; /* "": written in place */
} tr_replacement;

/* Begin; end it with tr_replace_commit or tr_replace_abandon. Errors: TR_EIO (the path and the reason), TR_ECAPACITY
 * (a path longer than TR_PATH_MAX). On error there is nothing to end. */
tr_status tr_replace_begin(const char *path, tr_replacement *out, tr_error *err);

/* All that was written takes the name. Errors: TR_EIO (also of any write before); then the file is as it was and
 * nothing is left beside it. */
tr_status tr_replace_commit(tr_replacement *replacement, tr_error *err);

/* Nothing happened. */
void tr_replace_abandon(tr_replacement *replacement);

/* The whole of it for text that is in memory. Errors: as above. */
tr_status tr_replace_with(const char *path, const char *text, size_t size_byte, tr_error *err);

#endif
