/* What goes between this program and a tool that it started: the tool's input, what it prints, and its end. Of use to
 * base/tool.c alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What comes from one pipe. Of more than `most` bytes the beginning and the end are kept, with a line between them that
 * says how many are left out. */
struct tool_stream {
    int fd;      /* -1: it was closed */
    size_t most; /* bytes that are kept at most */
    char *bytes; /* owned; a 0 follows the last one; NULL before stream_end */
    size_t used, room;
    size_t lost; /* bytes that are left out */
};

/* How an exchange ends. */
enum exchange_end {
    EXCHANGE_DONE,    /* the tool has ended, and all that it printed was read */
    EXCHANGE_LEFT,    /* the tool has ended, but what it started held its pipes open for a while longer */
    EXCHANGE_LATE,    /* the time was up */
    EXCHANGE_HEAVY,   /* the tool used too much memory */
    EXCHANGE_STOPPED, /* the user asked to stop */
    EXCHANGE_FAILED,  /* errno says why */
};

struct exchange {
    pid_t child;
    int in; /* the tool's standard input; closed at the end */
    const char *input;
    size_t input_bytes;
    struct tool_stream out, err;
    double end;         /* by clock_monotonic_s; INFINITY: no limit */
    double most_memory; /* bytes that the tool may use with all that it started; 0: no limit */
    bool stops;         /* whether stop_requested ends it */
};

/* exchange_run: until the tool has ended and its outputs are closed, or until something else is the case. The child is
 * not yet waited for. */
enum exchange_end exchange_run(struct exchange *x);

/* stream_end: closes the pipe, and makes the bytes a text; false without memory for it. */
bool stream_end(struct tool_stream *s);
