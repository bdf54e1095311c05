/* io/file.h -- whole small files into memory, parts of large ones, folders; limits, and plain words for
 * errors.
 *
 * Native only. Nothing here looks at what a file holds. On error outputs are
 * untouched and err names the path and the reason.
 */
#ifndef TOKENROOF_SRC_IO_FILE_H
#define TOKENROOF_SRC_IO_FILE_H

#include <stdio.h>

#include <tokenroof/base.h>

#define TR_PATH_MAX 4096

/* Read all of path into *out (allocated, with a terminating zero that *size
 * does not count; free() it). Pipes and /dev/stdin work; limit_byte stops
 * endless ones. Errors: TR_EIO, TR_ECAPACITY (longer than limit_byte), TR_ENOMEM. */
tr_status tr_file_read(const char *path, size_t limit_byte, char **out, size_t *size_byte, tr_error *err);

/* Open a regular file for reading parts of it; *size_byte is its length. fclose() it.
 * Errors: TR_EIO (also for what is not a regular file). */
tr_status tr_file_open(const char *path, FILE **out, uint64_t *size_byte, tr_error *err);

typedef enum tr_path_kind { TR_PATH_NONE = 0, TR_PATH_FILE, TR_PATH_FOLDER, TR_PATH_OTHER } tr_path_kind;
tr_path_kind tr_path_look(const char *path); /* TR_PATH_NONE: not there, or not reachable */

/* out = folder/name. Errors: TR_ECAPACITY (longer than size). */
tr_status tr_path_join(char *out, size_t size, const char *folder, const char *name, tr_error *err);

/* Names in folder that end in suffix, sorted by bytes, as one allocation: free() it.
 * A missing folder is TR_EIO. Errors: TR_EIO, TR_ECAPACITY (more than 65,536), TR_ENOMEM. */
tr_status tr_folder_list(const char *folder, const char *suffix, char ***out, size_t *count, tr_error *err);

/* The part after the last '/'; path itself if there is none. */
const char *tr_path_last(const char *path);

/* 1 if text ends in suffix, letters compared without case. */
int tr_has_suffix(const char *text, const char *suffix);

/* A plain phrase for an errno value, independent of the locale: "no such file or folder". */
const char *tr_errno_text(int code);

#endif
