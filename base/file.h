/* Whole files at once. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* file_read_bytes: the content of a file of deltasweep's own, with its length: input_read of INPUT_OWN (base/input.h).
 * file_read: the same of a text without zeros. */
enum status file_read_bytes(const char *path, char **text, size_t *bytes, struct errmsg *e);
enum status file_read(const char *path, char **text, struct errmsg *e);

/* file_new: opens a new file for writing, in a folder of this program's own (a draft, a temporary folder). What was there
 * under this name is removed; it is neither followed nor written into. *f is NULL after STATUS_ENVIRONMENT. */
enum status file_new(const char *path, FILE **f, struct errmsg *e);

/* file_write: such a file with text as its whole content. STATUS_ENVIRONMENT if it cannot be written. */
enum status file_write(const char *path, const char *text, struct errmsg *e);

/* file_replace: replaces the file's content with these bytes, as output.h says. */
enum status file_replace(const char *path, const void *bytes, size_t n, struct errmsg *e);

/* file_remove_all: removes a file, or a folder with all that is in it; follows no link. 0 if nothing is there any more,
 * else -1 and errno. */
int file_remove_all(const char *path);

/* file_path: folder/name; STATUS_ENVIRONMENT if that is too long. */
enum status file_path(char path[PATH_MAX], const char *folder, const char *name, struct errmsg *e);

/* file_is_special: whether what is at path is neither a file nor a folder but a pipe, a socket or a device, whose reading
 * may never end. */
bool file_is_special(const char *path);

/* file_is_same: whether both paths lead to one file that is there. */
bool file_is_same(const char *a, const char *b);

/* file_is_folder: whether there is a folder at path. */
bool file_is_folder(const char *path);
