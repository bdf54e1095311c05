/* wasm/no_system.c -- the module asks nothing of its host.
 *
 * snprintf drags in libc's stdio, and that three system calls, which the core
 * never reaches: it writes to memory only. Defined here under the names by
 * which libc imports them, they keep the module free of imports, so that a
 * page or node needs no system interface.
 */
#include <stdint.h>

/* "Function not supported" in WASI's numbering. */
enum { NOT_SUPPORTED = 52 };

int32_t __imported_wasi_snapshot_preview1_fd_close(int32_t fd);
int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t fd, int64_t offset, int32_t whence, int32_t position);
int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t fd, int32_t parts, int32_t part_count, int32_t written);

int32_t __imported_wasi_snapshot_preview1_fd_close(int32_t fd)
{
    (void)fd;
    return NOT_SUPPORTED;
}

int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t fd, int64_t offset, int32_t whence, int32_t position)
{
    (void)fd;
    (void)offset;
    (void)whence;
    (void)position;
    return NOT_SUPPORTED;
}

int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t fd, int32_t parts, int32_t part_count, int32_t written)
{
    (void)fd;
    (void)parts;
    (void)part_count;
    (void)written;
    return NOT_SUPPORTED;
}
