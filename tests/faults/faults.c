/* faults.c -- preloaded in tests: one call into the system fails, as full or dying disks do.
 *
 * FAULT_CALL names it (fsync, rename), FAULT_ERRNO is the number that it leaves. The C library's own buffered writes
 * do not come past here: files.py limits the size of files for those.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *call)
{
    const char *wanted = getenv("FAULT_CALL"), *code = getenv("FAULT_ERRNO");
    if (wanted == NULL || code == NULL || strcmp(wanted, call) != 0)
        return 0;
    errno = atoi(code);
    return 1;
}

int fsync(int fd) { return fails("fsync") ? -1 : (int)syscall(SYS_fsync, fd); }

int rename(const char *from, const char *to) { return fails("rename") ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to); }
