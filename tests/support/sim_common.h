/* What the tests of the simulators share. Their cache is in the build folder, so that
 * another run, or the other preset, builds nothing again. */
#pragma once

#include "base/tool.h"
#include "sim/operator/check.h"
#include "sim/simulator.h"
#include "sim/operator/load.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* run_shell: for a test's own files only. */
static inline void run_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void run_shell(const char *format, ...)
{
    char command[4096];
    struct tool_output output;
    struct errmsg e = {""};
    va_list values;
    va_start(values, format);
    vsnprintf(command, sizeof command, format, values);
    va_end(values);
    const char *const argv[] = {"sh", "-c", command, NULL};
    if (tool_check(argv, NULL, NULL, 0, &output, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    tool_output_free(&output);
}

static inline int use_build_cache(void **state)
{
    (void)state;
    setenv("XDG_CACHE_HOME", DELTASWEEP_SOURCE_DIR "/build/test-cache", 1);
    unsetenv("DELTASWEEP_SHARE");
    return 0;
}

/* make_vectors: extremes first, then random ones. */
static inline struct vector_set make_vectors(const struct mac_config *c, int n_extreme, int n_random, uint64_t seed)
{
    struct vector_set s;
    struct errmsg e = {""};
    if (vector_set_new(&s, n_extreme + n_random, c->N, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    vector_set_extreme(&s, c, 0, n_extreme);
    vector_set_random(&s, c, n_extreme, n_random, seed);
    return s;
}

/* load_operator: built and loaded; its path goes into so_path. */
static inline struct operator_sim load_operator(const struct mac_config *c, char so_path[PATH_MAX])
{
    struct operator_sim library = {0};
    struct errmsg e = {""};
    double seconds;
    if (operator_sim_build(c, NULL, so_path, PATH_MAX, &seconds, &e) != STATUS_OK ||
        operator_sim_load(&library, so_path, c, &e) != STATUS_OK) {
        fail_msg("%s", e.text);
        abort(); /* cmocka has not told the compiler that it does not come back */
    }
    return library;
}

/* copy_share: a folder like the source tree's, for a test that changes the RTL; removed by remove_share. */
static inline void copy_share(char path[64])
{
    snprintf(path, 64, "/tmp/deltasweep-share-XXXXXX");
    assert_non_null(mkdtemp(path));
    run_shell("cp -r '%s/rtl' '%s/sim' '%s/'", DELTASWEEP_SOURCE_DIR, DELTASWEEP_SOURCE_DIR, path);
    setenv("DELTASWEEP_SHARE", path, 1);
}

/* plant_bug: edits the Verilog file of this name in the copy with sed, which must change it. */
static inline void plant_bug(const char *share, const char *file, const char *edit)
{
    run_shell("cd '%s' && bug=$(find rtl -name %s) && cp \"$bug\" before && sed -i \"%s\" \"$bug\" && "
              "! cmp -s before \"$bug\" && rm before",
              share, file, edit);
}

static inline void remove_share(const char *path)
{
    unsetenv("DELTASWEEP_SHARE");
    run_shell("rm -r '%s'", path);
}
