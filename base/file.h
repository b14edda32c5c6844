/* Whole files at once. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* file_read: the text of a file, terminated by a 0; *text is the caller's to free, NULL on failure.
 * STATUS_ENVIRONMENT if it cannot be read. */
enum status file_read(const char *path, char **text, struct errmsg *e);

/* file_read_bytes: the same for a file that may contain zeros; *bytes is its length. */
enum status file_read_bytes(const char *path, char **text, size_t *bytes, struct errmsg *e);

/* file_write: writes text as the file's whole content. STATUS_ENVIRONMENT if it cannot be written. */
enum status file_write(const char *path, const char *text, struct errmsg *e);

/* file_replace: replaces the file's content with these bytes. They are first written to a file beside it, so that the
 * file has either all of them, on the disk, or its old content. STATUS_ENVIRONMENT if it cannot be written; then
 * nothing is left behind. What a link points to is replaced; a pipe or a device is written to. An SQLite database is
 * never replaced: that is a mistaken name, and the results in it would be lost. */
enum status file_replace(const char *path, const void *bytes, size_t n, struct errmsg *e);

/* file_path: folder/name; STATUS_ENVIRONMENT if that is too long. */
enum status file_path(char path[PATH_MAX], const char *folder, const char *name, struct errmsg *e);

/* file_is_special: whether what is at path is neither a file nor a folder but a pipe, a socket or a device, whose reading
 * may never end. */
bool file_is_special(const char *path);

/* file_is_same: whether both paths lead to one file that is there. */
bool file_is_same(const char *a, const char *b);

/* file_is_folder: whether there is a folder at path. */
bool file_is_folder(const char *path);
