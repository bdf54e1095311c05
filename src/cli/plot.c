/* cli/plot.c -- --plot: a figure into a file or the terminal; PNG and PDF through rsvg-convert. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/replace.h"

extern char **environ;

/* All of text into a pipe's end; SIGPIPE is ignored, so a reader that died is an error here. */
static int feed(int to, const cli_text *text)
{
    size_t done = 0;
    while (done < text->length) {
        const ssize_t n = write(to, text->data + done, text->length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0;
        done += (size_t)n;
    }
    return 1;
}

/* rsvg-convert with its input from a pipe and its output into a file. Returns 0 or an errno value. */
static int start_converter(char *const argv[], int into, int *to, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe(ends) != 0)
        return errno;
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    int code = posix_spawn_file_actions_init(&actions);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    if (code == 0)
        code = posix_spawn_file_actions_addclose(&actions, ends[0]);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, into, STDOUT_FILENO);
    if (code == 0)
        code = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[0]);
    if (code != 0)
        (void)close(ends[1]);
    *to = ends[1];
    return code;
}

static tr_status convert(const char *path, const char *format, const cli_text *svg, int into, tr_error *err)
{
    static char program[] = "rsvg-convert", zoom[] = "--zoom=2";
    char kind[16];
    char *const argv[] = {program, zoom, kind, NULL};
    int to = -1, status = 0;
    pid_t pid = 0;
    (void)snprintf(kind, sizeof kind, "--format=%s", format);
    const int code = start_converter(argv, into, &to, &pid);
    if (code == ENOENT)
        return cli_fail(
            err, TR_EIO, "plot",
            "%.120s: a .%s needs rsvg-convert (Debian: librsvg2-bin), which is not installed; .svg needs "
            "nothing",
            path, format);
    if (code != 0)
        return cli_fail(err, TR_EIO, "plot", "rsvg-convert could not start: %s", tr_errno_text(code));
    const int fed = feed(to, svg);
    (void)close(to);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!fed || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return cli_fail(err, TR_EIO, "plot", "%.200s: rsvg-convert could not write it", path);
    return TR_OK;
}

static tr_status write_converted(const char *path, const cli_text *svg, tr_error *err)
{
    tr_replacement file;
    tr_status s = tr_replace_begin(path, &file, err);
    if (s != TR_OK)
        return s;
    s = convert(path, tr_has_suffix(path, ".png") ? "png" : "pdf", svg, fileno(file.file), err);
    if (s == TR_OK)
        return tr_replace_commit(&file, err);
    tr_replace_abandon(&file);
    return s;
}

static tr_status draw_to_file(const cli *c, const char *path, cli_draw draw, void *context, tr_error *err)
{
    cli_text text = {.data = NULL};
    tr_sink sink = cli_text_sink(&text);
    const tr_figure_target page = {.svg = {.width_px = tr_input_number(c->scenario, TR_IN_WIDTH),
                                           .height_px = 0, /* as the content asks for */
                                           .dark = tr_input_choice(c->scenario, TR_IN_THEME) == 1}};
    tr_status s = draw(context, &page, &sink, err);
    if (text.failed)
        s = cli_fail(err, TR_ENOMEM, "plot", "out of memory for the figure");
    if (s == TR_OK && tr_has_suffix(path, ".svg"))
        s = tr_replace_with(path, text.data, text.length, err);
    else if (s == TR_OK)
        s = write_converted(path, &text, err);
    free(text.data);
    return s;
}

tr_status cli_draw_here(cli *c, cli_draw draw, void *context, tr_error *err)
{
    const tr_figure_target terminal = {.terminal = 1,
                                       .columns = c->style.columns < 120 ? c->style.columns : 120,
                                       .rows = 24,
                                       .colour = c->style.colour,
                                       .ascii = c->style.ascii};
    return draw(context, &terminal, &c->out, err);
}

int cli_plots(const cli *c) { return tr_input_text(c->scenario, TR_IN_PLOT)[0] != '\0'; }

tr_status cli_plot(cli *c, const char *part, cli_draw draw, void *context, tr_error *err)
{
    const char *name = tr_input_text(c->scenario, TR_IN_PLOT);
    char path[TR_TEXT_MAX + 16];
    if (strcmp(name, "-") == 0)
        return cli_draw_here(c, draw, context, err);
    if (!tr_has_suffix(name, ".svg") && !tr_has_suffix(name, ".png") && !tr_has_suffix(name, ".pdf"))
        return cli_fail(err, TR_EPARSE, "plot",
                        "plot: expected a name that ends in .svg, .png or .pdf, or -, not '%.120s'", name);
    const int stem = (int)strlen(name) - 4;
    (void)snprintf(path, sizeof path, "%.*s%s%s", stem, name, part, name + stem);
    return draw_to_file(c, path, draw, context, err);
}
