/* What a function that can fail returns, and the message that goes with it. */
#pragma once

/* 0 is good, negative is bad. The program turns a status into its documented
 * exit code with status_exit_code(). */
enum status {
    STATUS_OK = 0,
    STATUS_VERDICT = -1,     /* the work was done and its answer is no: a mismatch, an infeasible request */
    STATUS_USAGE = -2,       /* the command line is wrong */
    STATUS_ENVIRONMENT = -3, /* disk, memory, permissions, a database of another program */
    STATUS_MISSING = -4,     /* a tool or data set is not installed */
    STATUS_INPUT = -5,       /* an input file is wrong: sweep file, data set */
    STATUS_INTERRUPTED = -6, /* the user asked to stop */
};

/* One message for a person: what is wrong, where (file:line, or the key), and the
 * remedy. Owned by the caller; long texts are cut, always terminated. */
struct errmsg {
    char text[2048];
};

/* fail: writes the formatted message into e (which may be NULL) and returns s. */
enum status fail(struct errmsg *e, enum status s, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* fail_errno: as fail, followed by ": " and the text of the current errno. */
enum status fail_errno(struct errmsg *e, enum status s, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#ifdef __clang_analyzer__ /* it does not see what fail returns, which is in another file */
#define fail(e, s, ...) (fail((e), (s), __VA_ARGS__), (s))
#define fail_errno(e, s, ...) (fail_errno((e), (s), __VA_ARGS__), (s))
#endif

/* status_exit_code: 0 good, 1 negative verdict, 2 usage or environment, 3 bad
 * input file, 130 interrupted. */
int status_exit_code(enum status s);
