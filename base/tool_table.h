/* What is known of the tools that this program runs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct known_tool {
    const char *tool, *package, *version_flag;
    const char *variable; /* of the environment: the program to take in its place; or NULL */
    double seconds;       /* s that it may take where nothing else was said; 0: a day */
    bool leaves;          /* what it starts outlives it, and keeps its environment: no temporary folder of its own */
    size_t out_bytes;     /* how much of its standard output is kept; 0: 64 MB */
};

/* tool_known: its row; a row with the name alone where nothing is known of it (valid until the next call). */
const struct known_tool *tool_known(const char *name);
