/* io/replace.c -- a file written whole or not at all: temporary file, fsync, rename. */
#define _XOPEN_SOURCE 700
#include "io/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"

static tr_status unwritten(const char *path, int code, tr_error *err)
{
    return tr_fail(err, TR_EIO, NULL, 0.0, "%.200s: could not write: %s", path, tr_errno_text(code));
}

/* Where a link leads, so that the link stays one; a path that does not exist yet is taken as it is. */
static tr_status follow(const char *path, char *out, tr_error *err)
{
    char *real = realpath(path, NULL);
    const int fits = strlen(real != NULL ? real : path) < TR_PATH_MAX;
    if (fits)
        (void)snprintf(out, TR_PATH_MAX, "%s", real != NULL ? real : path);
    free(real);
    return fits ? TR_OK : tr_fail(err, TR_ECAPACITY, NULL, 0.0, "'%.200s' is too long a path", path);
}

enum { NAMES_TRIED = 100 };

/* A file of a new name beside path, with the mode that path has or a new file gets. The process's number keeps two
 * programs apart, the count what an earlier one left behind. */
static int create_beside(tr_replacement *r, mode_t mode)
{
    int fd = -1;
    for (int i = 0; i < NAMES_TRIED && fd < 0; i++) {
        (void)snprintf(r->temporary, sizeof r->temporary, "%s.%ld-%d.tmp", r->path, (long)getpid(), i);
        fd = open(r->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

tr_status tr_replace_begin(const char *path, tr_replacement *out, tr_error *err)
{
    tr_replacement *r = out;
    struct stat st;
    memset(r, 0, sizeof *r);
    const tr_status s = follow(path, r->path, err);
    if (s != TR_OK)
        return s;
    const int there = stat(r->path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return tr_fail(err, TR_EIO, NULL, 0.0, "%.200s: could not write: it is a folder", path);
    const int in_place = there && !S_ISREG(st.st_mode);
    if (there && access(r->path, W_OK) != 0)
        return unwritten(path, errno, err); /* a rename would pass over the file's own word */
    const int fd = in_place ? open(r->path, O_WRONLY | O_CLOEXEC) : create_beside(r, there ? st.st_mode & 0777 : 0666);
    if (fd < 0)
        return unwritten(path, errno, err);
    r->file = fdopen(fd, "wb");
    if (r->file == NULL) {
        const int code = errno;
        (void)close(fd);
        if (r->temporary[0] != '\0')
            (void)unlink(r->temporary);
        return unwritten(path, code, err);
    }
    return TR_OK;
}

void tr_replace_abandon(tr_replacement *r)
{
    (void)fclose(r->file);
    r->file = NULL;
    if (r->temporary[0] != '\0')
        (void)unlink(r->temporary);
}

/* The folder's own entry reaches the disk too; a file system that cannot do that has done all it can. */
static void keep_name(const char *path)
{
    char folder[TR_PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        (void)snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

tr_status tr_replace_commit(tr_replacement *r, tr_error *err)
{
    const int beside = r->temporary[0] != '\0';
    errno = r->code;
    int bad = ferror(r->file) != 0 || fflush(r->file) != 0 || (beside && fsync(fileno(r->file)) != 0);
    int code = errno;
    if (fclose(r->file) != 0 && !bad) {
        bad = 1;
        code = errno;
    }
    r->file = NULL;
    if (!bad && beside && rename(r->temporary, r->path) != 0) {
        bad = 1;
        code = errno;
    }
    if (!bad && beside)
        keep_name(r->path);
    if (bad && beside)
        (void)unlink(r->temporary);
    return bad ? unwritten(r->path, code != 0 ? code : EIO, err) : TR_OK;
}

tr_status tr_replace_with(const char *path, const char *text, size_t size_byte, tr_error *err)
{
    tr_replacement r;
    const tr_status s = tr_replace_begin(path, &r, err);
    if (s != TR_OK)
        return s;
    if (fwrite(text, 1, size_byte, r.file) != size_byte)
        r.code = errno; /* that it failed stays in ferror, where commit finds it */
    return tr_replace_commit(&r, err);
}
