/* io/file.c -- whole small files into memory, parts of large ones, folders. */
#define _POSIX_C_SOURCE 200809L

#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/sort.h"

const char *tr_errno_text(int code)
{
    switch (code) {
    case ENOENT: return "no such file or folder";
    case EACCES: return "no permission";
    case EPERM: return "not permitted";
    case EISDIR: return "it is a folder";
    case ENOTDIR: return "a part of the path is not a folder";
    case ENAMETOOLONG: return "the path is too long";
    case ELOOP: return "too many links";
    case EMFILE:
    case ENFILE: return "too many open files";
    case ENOMEM: return "out of memory";
    case EIO: return "the disk reported an error";
    case ENXIO: return "no such device";
    case EOVERFLOW: return "the file is too large";
    case ENOSPC: return "no space left on the disk";
    case EROFS: return "the disk is read-only";
    case EPIPE: return "the reader has gone";
    case EDQUOT: return "the disk quota is used up";
    default: return "the system refused";
    }
}

static tr_status fail_path(tr_error *err, const char *path, const char *why)
{
    return tr_fail(err, TR_EIO, NULL, 0.0, "cannot read '%.200s': %s", path, why);
}

tr_path_kind tr_path_look(const char *path)
{
    struct stat st;
    if (path == NULL || stat(path, &st) != 0)
        return TR_PATH_NONE;
    if (S_ISREG(st.st_mode))
        return TR_PATH_FILE;
    return S_ISDIR(st.st_mode) ? TR_PATH_FOLDER : TR_PATH_OTHER;
}

tr_status tr_path_join(char *out, size_t size, const char *folder, const char *name, tr_error *err)
{
    const size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    if (length + strlen(slash) + strlen(name) + 1 > size)
        return tr_fail(err, TR_ECAPACITY, NULL, 0.0, "the path '%.120s/%.80s' is too long", folder, name);
    (void)snprintf(out, size, "%s%s%s", folder, slash, name);
    return TR_OK;
}

const char *tr_path_last(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

int tr_has_suffix(const char *text, const char *suffix)
{
    const size_t n = strlen(text), m = strlen(suffix);
    if (m > n)
        return 0;
    for (size_t i = 0; i < m; i++) {
        char a = text[n - m + i], b = suffix[i];
        if (a >= 'A' && a <= 'Z')
            a = (char)(a - 'A' + 'a');
        if (b >= 'A' && b <= 'Z')
            b = (char)(b - 'A' + 'a');
        if (a != b)
            return 0;
    }
    return 1;
}

tr_status tr_file_read(const char *path, size_t limit_byte, char **out, size_t *size_byte, tr_error *err)
{
    if (tr_path_look(path) == TR_PATH_FOLDER)
        return fail_path(err, path, "it is a folder"); /* fopen would succeed and only reading fail */
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return fail_path(err, path, tr_errno_text(errno));

    char *data = NULL;
    size_t used = 0, room = 0;
    for (;;) {
        if (used + 1 >= room) { /* one byte stays free for the terminating zero */
            const size_t grown = room == 0 ? 16384 : room * 2;
            char *more = realloc(data, grown);
            if (more == NULL) {
                free(data);
                (void)fclose(file);
                return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory reading '%.200s'", path);
            }
            data = more;
            room = grown;
        }
        const size_t got = fread(data + used, 1, room - used - 1, file);
        used += got;
        if (used > limit_byte) {
            free(data);
            (void)fclose(file);
            return tr_fail(err, TR_ECAPACITY, NULL, (double)limit_byte,
                           "'%.200s' is larger than the limit of %zu bytes", path, limit_byte);
        }
        if (got == 0)
            break;
    }
    const int failed = ferror(file), code = errno;
    (void)fclose(file);
    if (failed) {
        free(data);
        return fail_path(err, path, tr_errno_text(code));
    }
    data[used] = '\0';
    *out = data;
    *size_byte = used;
    return TR_OK;
}

tr_status tr_file_open(const char *path, FILE **out, uint64_t *size_byte, tr_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return fail_path(err, path, tr_errno_text(errno));
    if (!S_ISREG(st.st_mode))
        return fail_path(err, path, S_ISDIR(st.st_mode) ? "it is a folder" : "it is not a regular file");
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return fail_path(err, path, tr_errno_text(errno));
    *out = file;
    *size_byte = (uint64_t)st.st_size;
    return TR_OK;
}

/* ---- folders -------------------------------------------------------------- */

enum { FOLDER_MAX = 65536 };

/* Names one after another, each with its zero. */
typedef struct names {
    char *text;
    size_t used, room, count;
} names;

static int names_add(names *list, const char *name)
{
    const size_t length = strlen(name) + 1;
    if (list->used + length > list->room) {
        const size_t room = (list->room + length) * 2;
        char *more = realloc(list->text, room);
        if (more == NULL)
            return 0;
        list->text = more;
        list->room = room;
    }
    memcpy(list->text + list->used, name, length);
    list->used += length;
    list->count++;
    return 1;
}

static int name_before(const void *context, size_t a, size_t b)
{
    const char *const *name = context;
    return strcmp(name[a], name[b]) < 0;
}

/* A table of pointers and, behind it, the names they point to, sorted. */
static char **names_table(const names *list)
{
    const size_t n = list->count;
    char **table = malloc((n + 1) * sizeof *table + list->used);
    const char **at = malloc((n + 1) * sizeof *at);
    size_t *order = malloc((2 * n + 2) * sizeof *order);
    if (table != NULL && at != NULL && order != NULL) {
        char *text = (char *)(table + n + 1);
        if (list->used > 0)
            memcpy(text, list->text, list->used);
        for (size_t i = 0, offset = 0; i < n; i++) {
            order[i] = i;
            at[i] = text + offset;
            offset += strlen(at[i]) + 1;
        }
        tr_sort_index_by(name_before, at, order, n, order + n + 1);
        for (size_t i = 0; i < n; i++)
            table[i] = text + (at[order[i]] - text);
        table[n] = NULL;
    } else {
        free(table);
        table = NULL;
    }
    free(order);
    free(at);
    return table;
}

tr_status tr_folder_list(const char *folder, const char *suffix, char ***out, size_t *count, tr_error *err)
{
    DIR *stream = opendir(folder);
    if (stream == NULL)
        return fail_path(err, folder, tr_errno_text(errno));
    names list = {NULL, 0, 0, 0};
    tr_status s = TR_OK;
    for (const struct dirent *e; s == TR_OK && (e = readdir(stream)) != NULL;) {
        if (e->d_name[0] == '.' || !tr_has_suffix(e->d_name, suffix))
            continue;
        if (list.count >= FOLDER_MAX)
            s = tr_fail(err, TR_ECAPACITY, NULL, FOLDER_MAX, "'%.200s' holds more than %d files", folder,
                        FOLDER_MAX);
        else if (!names_add(&list, e->d_name))
            s = tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory listing '%.200s'", folder);
    }
    (void)closedir(stream);
    if (s == TR_OK) {
        char **table = names_table(&list);
        if (table == NULL) {
            s = tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory listing '%.200s'", folder);
        } else {
            *out = table;
            *count = list.count;
        }
    }
    free(list.text);
    return s;
}
