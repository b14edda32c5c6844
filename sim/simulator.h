/* Makes a shared object, kept in the cache, from Verilog and the C++ glue that gives it a C interface. */
#pragma once

#include "base/digest.h"

#include <limits.h>
#include <stdbool.h>

/* A command's arguments; owns its strings. */
struct arguments {
    char *list[64];
    int n;
    bool failed; /* out of memory, or too many */
};

void arguments_add(struct arguments *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct simulator {
    const char *cache;       /* kind of its cache entry */
    const char *object;      /* the file in there, "mac.so" */
    const char *top, *class; /* the module, and the name of the class that Verilator makes of it */
    const char *glue;        /* "sim/operator/dut.cpp" */
    const char *trace_kind;  /* NULL, "fst" or "vcd" */
    struct arguments verilog; /* for Verilator: parameters, and sources that no module's name leads to */
    struct arguments defines; /* for the compiler */
    /* write (may be NULL): generated sources into the folder where all is made. */
    enum status (*write)(const void *context, const char *folder, struct errmsg *e);
    const void *context;
};

/* simulator_digest: adds to d what a simulator depends on: the tools, the trace's format, the Verilog file top_file
 * with all files that it uses, and the files of its glue (ended by NULL). Files count by name, not by folder. */
enum status simulator_digest(struct digest *d, const char *trace_kind, const char *top_file, const char *const *glue,
                             struct errmsg *e);

/* simulator_build: finds the object under the key hex, or makes it. Always frees the arguments in s. *build_seconds is
 * 0 if the object was found. */
enum status simulator_build(struct simulator *s, const char hex[DIGEST_HEX_BYTES], char *so_path,
                            unsigned so_path_bytes, double *build_seconds, struct errmsg *e);

/* verilator_runtime: the folder that has Verilator's headers, and its library as one object file. That is compiled once
 * for each version and kept in the cache. */
enum status verilator_runtime(const char *trace_kind, char include[PATH_MAX], char object[PATH_MAX], struct errmsg *e);
