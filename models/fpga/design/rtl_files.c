#include "models/fpga/design/rtl_files.h"

#include "base/file.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* blank_comments: comments become spaces: they may name other modules. */
static void blank_comments(char *text)
{
    for (char *p = text; *p != '\0'; p++) {
        if (p[0] != '/' || (p[1] != '/' && p[1] != '*'))
            continue;
        const bool line = p[1] == '/';
        const char *end = line ? strchr(p, '\n') : strstr(p + 2, "*/");
        const size_t n = end == NULL ? strlen(p) : (size_t)(end - p) + (line ? 0 : 2);
        memset(p, ' ', n);
        p += n - 1;
    }
}

static bool is_word(int c)
{
    return isalnum(c) || c == '_' || c == '$';
}

/* mentions: whether word stands in text as a word of its own. */
static bool mentions(const char *text, const char *word, size_t length)
{
    for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word))
        if ((p == text || !is_word((unsigned char)p[-1])) && !is_word((unsigned char)p[length]))
            return true;
    return false;
}

static int is_verilog(const struct dirent *entry)
{
    const size_t n = strlen(entry->d_name);
    return n > 2 && n < RTL_NAME_BYTES && strcmp(entry->d_name + n - 2, ".v") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

enum status rtl_files_find(struct rtl_files *out, const char *folder, const char *top, struct errmsg *e)
{
    char path[PATH_MAX], module[RTL_NAME_BYTES];
    struct dirent **all = NULL;
    enum status s = STATUS_OK;

    memset(out, 0, sizeof *out);
    const int n = scandir(folder, &all, is_verilog, alphasort);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", folder);
    snprintf(out->name[out->n++], RTL_NAME_BYTES, "%s", top);
    for (int done = 0; done < out->n && s == STATUS_OK; done++) {
        if (snprintf(path, sizeof path, "%s/%s", folder, out->name[done]) >= PATH_MAX) {
            s = fail(e, STATUS_ENVIRONMENT, "the path of %s is too long", out->name[done]);
            break;
        }
        char *text;
        if ((s = file_read(path, &text, e)) != STATUS_OK)
            break;
        blank_comments(text);
        for (int i = 0; i < n && s == STATUS_OK; i++) {
            const size_t length = strlen(all[i]->d_name) - 2;
            bool known = false;
            for (int k = 0; k < out->n; k++)
                known = known || strcmp(out->name[k], all[i]->d_name) == 0;
            snprintf(module, sizeof module, "%.*s", (int)length, all[i]->d_name);
            if (known || !mentions(text, module, length))
                continue;
            if (out->n == RTL_FILES_MOST)
                s = fail(e, STATUS_ENVIRONMENT, "%s needs more than %d files", top, RTL_FILES_MOST);
            else
                memcpy(out->name[out->n++], all[i]->d_name, length + sizeof ".v");
        }
        free(text);
    }
    qsort(out->name + 1, (size_t)(out->n - 1), RTL_NAME_BYTES, by_name);
    for (int i = 0; i < n; i++)
        free(all[i]);
    free(all);
    return s;
}
