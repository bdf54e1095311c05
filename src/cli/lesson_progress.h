/* cli/lesson_progress.h -- what was answered of a lesson, kept in a file that the user names. */
#ifndef TOKENROOF_SRC_CLI_LESSON_PROGRESS_H
#define TOKENROOF_SRC_CLI_LESSON_PROGRESS_H

#include <tokenroof/lesson.h>

/* A line an answer: model, system, context, batch, exercise, value ("-": passed over), "?" where a hint was taken;
 * apart by tabs. What the file has of this case goes to guess and kept, which hold tr_lesson_count(). path "" or a file
 * that is not there: nothing. Errors: TR_EPARSE (with the line), TR_EIO. */
tr_status lesson_progress_read(const char *path, const tr_problem *question, tr_guess *guess, int *kept, tr_error *err);

/* The file with this case's answers in place of those it had; lines of other cases stay. path "": nothing.
 * Errors: TR_EIO, TR_ENOMEM. */
tr_status lesson_progress_write(const char *path, const tr_problem *question, const tr_guess *guess, tr_error *err);

#endif
