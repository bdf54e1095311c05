/* wasm/no_system.c -- the module asks nothing of its host.
 *
 * snprintf drags in libc's stdio, and that the three calls below, which the
 * core never reaches: it writes to memory only. Defined here, they keep the
 * module free of imports, so that a page or node needs no system interface.
 */
#include <stdint.h>

/* "Function not supported" in WASI's numbering. */
enum { NOT_SUPPORTED = 52 };

uint16_t __wasi_fd_close(int32_t fd);
uint16_t __wasi_fd_seek(int32_t fd, int64_t offset, uint8_t whence, uint64_t *position);
uint16_t __wasi_fd_write(int32_t fd, const void *parts, uint32_t part_count, uint32_t *written);

uint16_t __wasi_fd_close(int32_t fd)
{
    (void)fd;
    return NOT_SUPPORTED;
}

uint16_t __wasi_fd_seek(int32_t fd, int64_t offset, uint8_t whence, uint64_t *position)
{
    (void)fd;
    (void)offset;
    (void)whence;
    (void)position;
    return NOT_SUPPORTED;
}

uint16_t __wasi_fd_write(int32_t fd, const void *parts, uint32_t part_count, uint32_t *written)
{
    (void)fd;
    (void)parts;
    (void)part_count;
    (void)written;
    return NOT_SUPPORTED;
}
