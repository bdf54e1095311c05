/* tests/fuzz/replay.c -- run a fuzz target over the files of a folder: its seeds as a regression test. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return -1;
    size_t size = 0, room = 1 << 16;
    uint8_t *data = malloc(room);
    while (data != NULL) {
        size += fread(data + size, 1, room - size, f);
        if (size < room)
            break;
        room *= 2;
        uint8_t *more = realloc(data, room);
        if (more == NULL)
            free(data);
        data = more;
    }
    fclose(f);
    if (data == NULL)
        return -1;
    /* A copy of the exact length, so that a read past the end is seen. */
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL) {
        free(data);
        return -1;
    }
    memcpy(exact, data, size);
    free(data);
    const int rc = LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return rc;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int n = 0, failed = 0;
    char path[4096];
    for (const struct dirent *e = readdir(folder); e != NULL; e = readdir(folder)) {
        if (e->d_name[0] == '.')
            continue;
        const int length = snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
        const int ok = length > 0 && (size_t)length < sizeof path && replay(path) == 0;
        printf("%s %d - %s\n", ok ? "ok" : "not ok", ++n, e->d_name);
        fflush(stdout);
        failed += !ok;
    }
    closedir(folder);
    printf("1..%d\n", n);
    if (n == 0)
        fprintf(stderr, "%s holds no seed\n", argv[1]);
    return failed > 0 || n == 0;
}
