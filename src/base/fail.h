/* base/fail.h -- the one way for a room to refuse: fill the caller's error, return the status. */
#ifndef TOKENROOF_SRC_BASE_FAIL_H
#define TOKENROOF_SRC_BASE_FAIL_H

#include <tokenroof/base.h>

/* Fill *err (if not NULL) and return status. text is a printf format; field may be NULL. */
tr_status tr_fail(tr_error *err, tr_status status, const char *field, double value, const char *text, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 5, 6)))
#endif
    ;

/* The same with a position in a file (0 = unknown). */
tr_status tr_fail_at(tr_error *err, tr_status status, const char *field, double value, int line, int column,
                     const char *text, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 7, 8)))
#endif
    ;

#ifdef __clang_analyzer__ /* so that the analyzer knows, across files, that a failure is not TR_OK */
#define tr_fail(err, status, ...) (tr_fail((err), (status), __VA_ARGS__), (status))
#define tr_fail_at(err, status, ...) (tr_fail_at((err), (status), __VA_ARGS__), (status))
#endif

#endif
