/* cli/progress.h -- how far long work is, on a terminal; and the end that Ctrl-C asks for. */
#ifndef TOKENROOF_SRC_CLI_PROGRESS_H
#define TOKENROOF_SRC_CLI_PROGRESS_H

#include <tokenroof/base.h>

/* Of the one command line of a process. Plain data; give its `progress` to the work. */
typedef struct cli_progress {
    tr_progress progress;
    int shows;             /* 1: a line on stderr, a terminal */
    int is_drawn;
    double begin_s, last_s;
    double part, parts;    /* of a sweep: which combination, of how many; parts 0: no sweep */
} cli_progress;

/* From now on the first SIGINT stops the work where it next tells how far it is, and ends the process 100 ms later if
 * it does not; a second one ends it at once. */
void cli_progress_begin(cli_progress *p);
/* The work is over, its answer may take the time it needs to be written; the line is wiped off. */
void cli_progress_end(cli_progress *p);

#endif
