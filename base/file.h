/* Whole files at once. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* file_read: the text of a file, terminated by a 0; *text is the caller's to free, NULL on failure.
 * STATUS_ENVIRONMENT if it cannot be read. */
enum status file_read(const char *path, char **text, struct errmsg *e);

/* file_read_bytes: the same, with its length: there may be zeros in it. */
enum status file_read_bytes(const char *path, char **text, size_t *bytes, struct errmsg *e);

/* file_write: the file becomes text. STATUS_ENVIRONMENT if it cannot be written. */
enum status file_write(const char *path, const char *text, struct errmsg *e);

/* file_replace: the file becomes these bytes, whole and on the disk, or stays what it was: they are written beside it
 * first. STATUS_ENVIRONMENT if it cannot be written; then nothing is left behind. */
enum status file_replace(const char *path, const void *bytes, size_t n, struct errmsg *e);

/* file_path: folder/name; STATUS_ENVIRONMENT if that is too long. */
enum status file_path(char path[PATH_MAX], const char *folder, const char *name, struct errmsg *e);

/* file_is_folder: whether there is a folder at path. */
bool file_is_folder(const char *path);
