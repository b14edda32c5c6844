/* The Verilog files in the sub-folders of rtl/. File x.v holds module x, so a module is found by its name alone; no two
 * files have the same name. */
#pragma once

#include "base/digest.h"

#include <limits.h>

enum { RTL_FILES_MOST = 128, RTL_NAME_BYTES = 80 };

/* rtl_folders: the sub-folders that hold modules, ended by NULL. This is the one list of them. */
extern const char *const rtl_folders[];

struct rtl_file {
    const char *folder; /* one of rtl_folders */
    char name[RTL_NAME_BYTES];
};

struct rtl_files {
    char root[PATH_MAX]; /* the folder that holds rtl_folders */
    int n;
    struct rtl_file file[RTL_FILES_MOST];
};

/* rtl_files_all: every Verilog file, sorted by name. STATUS_ENVIRONMENT if a folder cannot be listed or two files have
 * the same name. */
enum status rtl_files_all(struct rtl_files *out, const char *root, struct errmsg *e);

/* rtl_files_find: the file named top, then all files whose module it uses, directly or not, sorted by name. */
enum status rtl_files_find(struct rtl_files *out, const char *root, const char *top, struct errmsg *e);

/* rtl_file_path: where file i is. */
enum status rtl_file_path(const struct rtl_files *files, int i, char path[PATH_MAX], struct errmsg *e);

/* rtl_files_digest: adds the content of each file under its name. A file may move to another folder without any change
 * of a digest. */
enum status rtl_files_digest(const struct rtl_files *files, struct digest *d, struct errmsg *e);

/* rtl_digest: one digest of the names and contents of all Verilog files that ship with the program. */
enum status rtl_digest(char hex[DIGEST_HEX_BYTES], struct errmsg *e);
