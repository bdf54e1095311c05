/* bench_latency.c -- a whole process: from a config.json to its answer beside a process that does nothing, and rows beside
 * the times that they may take.
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
#define FEW_SAMPLES 3
#define TARGET_S 0.010

/* What the rows are, and how long they may take. */
static const struct {
    const char *name, *aim;
    double aim_s;
    int samples;
    const char *argument[12];
} rows[] = {{"10,240 cases of predict as CSV", "the aim of 0.1 s", 0.1, 11,
             {"predict", "llama-3.1-70b", "8xh100-sxm", "--isl", "512..8k+512", "--osl", "128..1k+128", "--concurrency",
              "1..80+1", "--csv"}},
            {"a million steps as CSV", "the aim of 5 s", 5.0, FEW_SAMPLES,
             {"step", "llama-3.1-70b", "8xh100-sxm", "--batch", "1..1000+1", "--context", "1k..1000k+1k", "--csv"}},
            {"a million steps as JSON lines", "the aim of 5 s", 5.0, FEW_SAMPLES,
             {"step", "llama-3.1-70b", "8xh100-sxm", "--batch", "1..1000+1", "--context", "1k..1000k+1k", "--jsonl"}}};

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

static double median_s(char *const *argv, int samples)
{
    double sample[SAMPLES];
    for (int i = 0; i < samples; i++) {
        const double start = bench_now_s();
        const int rc = run(argv);
        sample[i] = bench_now_s() - start;
        if (rc != 0) {
            (void)fprintf(stderr, "bench_latency: %s: exit %d\n", argv[0], rc);
            return -1.0;
        }
    }
    return bench_median(sample, (size_t)samples);
}

static int time_rows(char *program)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[12][64];
        char *argv[14] = {program};
        for (size_t k = 0; k < 12 && rows[i].argument[k] != NULL; k++) {
            (void)snprintf(text[k], sizeof text[k], "%s", rows[i].argument[k]);
            argv[k + 1] = text[k];
        }
        const double took_s = median_s(argv, rows[i].samples);
        if (!(took_s > 0.0))
            return 1;
        bench_print(rows[i].name, took_s, "s", rows[i].aim_s, rows[i].aim, BENCH_LESS_IS_BETTER);
    }
    return 0;
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
    const double floor_s = median_s(nothing, SAMPLES);
    const double took_s = median_s(argv + 1, SAMPLES);
    if (!(took_s > 0.0 && floor_s > 0.0))
        return 1;
    bench_print("config.json to answer, whole process", took_s, "s", floor_s, "a process that does nothing",
                BENCH_LESS_IS_BETTER);
    bench_print("config.json to answer, against the aim", took_s, "s", TARGET_S, "the aim of 10 ms",
                BENCH_LESS_IS_BETTER);
    return time_rows(argv[1]);
}
