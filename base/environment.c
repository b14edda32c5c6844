#include "base/environment.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name that ends in '*' stands for all that begin so. */
static const char *const kept[] = {
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONUSERBASE",
    "VIRTUAL_ENV",
    "CCACHE_DIR",
    "SLURM_CONF",
    "SLURM_CLUSTERS",
    "SBATCH_*",
    "DELTASWEEP_*",
    "ASAN_OPTIONS",
    "LSAN_OPTIONS",
    "UBSAN_OPTIONS",
    "FAIL_MALLOC*", /* of the tests */
    NULL,
};
static const char *const unwanted[] = {"ONEDNN_VERBOSE*", "DNNL_VERBOSE*", "OPENBLAS_VERBOSE", NULL};

/* in_list: whether the variable ("NAME=value") has one of the names. */
static bool in_list(const char *variable, const char *const *names)
{
    const size_t n = strcspn(variable, "=");
    for (; *names != NULL; names++) {
        const size_t m = strlen(*names);
        if ((*names)[m - 1] == '*' ? strncmp(variable, *names, m - 1) == 0
                                   : n == m && strncmp(variable, *names, n) == 0)
            return true;
    }
    return false;
}

static const char *const folders[] = {"TMPDIR", "TMP", "TEMP", NULL};

/* is_usable: whether temporary files can be made in the folder. */
static bool is_usable(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode) && access(path, W_OK | X_OK) == 0;
}

/* usual_temporary: the folder in which temporary files are made. */
static const char *usual_temporary(void)
{
    const char *folder = getenv("TMPDIR");
    return folder != NULL && is_usable(folder) ? folder : "/tmp";
}

char **environment_of_tools(const char *temporary)
{
    static char **list, setting[PATH_MAX + 8];
    size_t n = 0, used = 0;
    while (environ != NULL && environ[n] != NULL)
        n++;
    char **grown = realloc(list, (n + 3) * sizeof *list);
    if (grown == NULL)
        return NULL;
    list = grown;
    for (size_t i = 0; i < n; i++)
        if (in_list(environ[i], kept) && !in_list(environ[i], folders))
            list[used++] = environ[i];
    snprintf(setting, sizeof setting, "TMPDIR=%s", temporary != NULL ? temporary : usual_temporary());
    list[used++] = setting;
    list[used++] = "LC_ALL=C.UTF-8"; /* messages in English, numbers with a point, texts in UTF-8 */
    list[used] = NULL;
    return list;
}

void environment_settle(void)
{
    char **p = environ;
    while (p != NULL && *p != NULL) {
        if (!in_list(*p, unwanted)) {
            p++;
            continue;
        }
        char *name = strndup(*p, strcspn(*p, "="));
        if (name == NULL || unsetenv(name) != 0)
            p++; /* it stays */
        free(name);
    }
}
