/* bench_latency.c -- a whole process, from a config.json to its answer, beside a process that does nothing.
 *
 *     bench_latency PROGRAM ARGUMENT...
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define SAMPLES 101
#define TARGET_S 0.010

extern char **environ;

/* Exit status of the program, output thrown away; -1 if it could not be started. */
static int run(char *const *argv)
{
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int rc = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (rc != 0)
        return -1;
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static double median_s(char *const *argv)
{
    double sample[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        const double start = bench_now_s();
        const int rc = run(argv);
        sample[i] = bench_now_s() - start;
        if (rc != 0) {
            (void)fprintf(stderr, "bench_latency: %s: exit %d\n", argv[0], rc);
            return -1.0;
        }
    }
    return bench_median(sample, SAMPLES);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_latency PROGRAM ARGUMENT...\n");
        return 2;
    }
    if (access(argv[1], X_OK) != 0) {
        (void)printf("{\"bench\":\"config.json to answer\",\"skipped\":\"%s is not built\"}\n", argv[1]);
        return 77;
    }
    char name[] = "true";
    char *const nothing[] = {name, NULL};
    const double floor_s = median_s(nothing);
    const double took_s = median_s(argv + 1);
    if (!(took_s > 0.0 && floor_s > 0.0))
        return 1;
    bench_print("config.json to answer, whole process", took_s, "s", floor_s, "a process that does nothing",
                BENCH_LESS_IS_BETTER);
    bench_print("config.json to answer, against the aim", took_s, "s", TARGET_S, "the aim of 10 ms",
                BENCH_LESS_IS_BETTER);
    return 0;
}
