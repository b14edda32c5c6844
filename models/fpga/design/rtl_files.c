#include "models/fpga/design/rtl_files.h"

#include "base/file.h"
#include "base/share.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const rtl_folders[] = {"accelerator", "mac", "parts", NULL};

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
    const struct rtl_file *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static enum status add(struct rtl_files *out, const char *folder, const char *name, struct errmsg *e)
{
    if (out->n == RTL_FILES_MOST)
        return fail(e, STATUS_ENVIRONMENT, "%s has more than %d Verilog files", out->root, RTL_FILES_MOST);
    struct rtl_file *file = &out->file[out->n++];
    file->folder = folder;
    snprintf(file->name, sizeof file->name, "%.*s", RTL_NAME_BYTES - 1, name);
    return STATUS_OK;
}

static enum status add_folder(struct rtl_files *out, const char *folder, struct errmsg *e)
{
    char path[PATH_MAX];
    struct dirent **entries = NULL;
    enum status s = file_path(path, out->root, folder, e);
    if (s != STATUS_OK)
        return s;
    const int n = scandir(path, &entries, is_verilog, NULL);
    if (n < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", path);
    for (int i = 0; i < n; i++) {
        if (s == STATUS_OK)
            s = add(out, folder, entries[i]->d_name, e);
        free(entries[i]);
    }
    free(entries);
    return s;
}

enum status rtl_files_all(struct rtl_files *out, const char *root, struct errmsg *e)
{
    enum status s;
    out->n = 0;
    if (snprintf(out->root, sizeof out->root, "%s", root) >= PATH_MAX)
        return fail(e, STATUS_ENVIRONMENT, "the path %.200s… is too long", root);
    for (int i = 0; rtl_folders[i] != NULL; i++)
        if ((s = add_folder(out, rtl_folders[i], e)) != STATUS_OK)
            return s;
    qsort(out->file, (size_t)out->n, sizeof out->file[0], by_name);
    for (int i = 1; i < out->n; i++)
        if (by_name(&out->file[i - 1], &out->file[i]) == 0)
            return fail(e, STATUS_ENVIRONMENT, "%s has two files %s, in %s and %s", root, out->file[i].name,
                        out->file[i - 1].folder, out->file[i].folder);
    return STATUS_OK;
}

enum status rtl_file_path(const struct rtl_files *files, int i, char path[PATH_MAX], struct errmsg *e)
{
    const struct rtl_file *file = &files->file[i];
    if (snprintf(path, PATH_MAX, "%s/%s/%s", files->root, file->folder, file->name) >= PATH_MAX)
        return fail(e, STATUS_ENVIRONMENT, "the path of %s is too long", file->name);
    return STATUS_OK;
}

/* has: whether a file of this name is in the list. */
static bool has(const struct rtl_files *files, const char *name)
{
    for (int i = 0; i < files->n; i++)
        if (strcmp(files->file[i].name, name) == 0)
            return true;
    return false;
}

/* add_used: those of all whose module file i of out mentions. */
static enum status add_used(struct rtl_files *out, int i, const struct rtl_files *all, struct errmsg *e)
{
    char path[PATH_MAX], module[RTL_NAME_BYTES], *text;
    enum status s;
    if ((s = rtl_file_path(out, i, path, e)) != STATUS_OK || (s = file_read(path, &text, e)) != STATUS_OK)
        return s;
    blank_comments(text);
    for (int k = 0; k < all->n && s == STATUS_OK; k++) {
        const struct rtl_file *file = &all->file[k];
        const size_t length = strlen(file->name) - 2;
        snprintf(module, sizeof module, "%.*s", (int)length, file->name);
        if (!has(out, file->name) && mentions(text, module, length))
            s = add(out, file->folder, file->name, e);
    }
    free(text);
    return s;
}

enum status rtl_files_find(struct rtl_files *out, const char *root, const char *top, struct errmsg *e)
{
    struct rtl_files all;
    enum status s = rtl_files_all(&all, root, e);
    out->n = 0;
    if (s != STATUS_OK)
        return s;
    memcpy(out->root, all.root, sizeof out->root);
    for (int i = 0; i < all.n && s == STATUS_OK; i++)
        if (strcmp(all.file[i].name, top) == 0)
            s = add(out, all.file[i].folder, top, e);
    if (s == STATUS_OK && out->n == 0)
        return fail(e, STATUS_ENVIRONMENT, "no folder in %s has the file %s", root, top);
    for (int i = 0; i < out->n && s == STATUS_OK; i++)
        s = add_used(out, i, &all, e);
    qsort(out->file + 1, (size_t)(out->n - 1), sizeof out->file[0], by_name);
    return s;
}

enum status rtl_files_digest(const struct rtl_files *files, struct digest *d, struct errmsg *e)
{
    char path[PATH_MAX];
    enum status s = STATUS_OK;
    for (int i = 0; i < files->n && s == STATUS_OK; i++)
        if ((s = rtl_file_path(files, i, path, e)) == STATUS_OK)
            s = digest_file(d, files->file[i].name, path, e);
    return s;
}

enum status rtl_digest(char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    char root[PATH_MAX], path[PATH_MAX];
    struct rtl_files all;
    struct digest d;
    enum status s;
    if ((s = share_path(root, "rtl", e)) != STATUS_OK || (s = rtl_files_all(&all, root, e)) != STATUS_OK)
        return s;
    digest_init(&d);
    for (int i = 0; i < all.n && s == STATUS_OK; i++) {
        digest_text(&d, "file", all.file[i].name);
        if ((s = rtl_file_path(&all, i, path, e)) == STATUS_OK)
            s = digest_file(&d, "content", path, e);
    }
    digest_hex(&d, hex);
    return s;
}
