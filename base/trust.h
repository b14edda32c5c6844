/* Whether another user could have put something into the place of a file. Root is trusted: it may do everything anyway.
 * "Others" are all users but this one and root. A group counts as others, unless it is root's or the user's own (one
 * that has the user's name and no other member). */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* trust_way: where path leads: place is path with its links followed, as far as it is there. STATUS_ENVIRONMENT if a
 * link on the way, or path itself, is one that another user made in a folder that others may write: it may lead to a
 * file of which the user does not think. */
enum status trust_way(const char *path, char place[PATH_MAX], struct errmsg *e);

/* trust_folder: STATUS_ENVIRONMENT unless path is a folder that belongs to this user or to root, in which others may
 * not write, and into whose place they cannot put another one. The sticky bit does for the folders above it alone, and
 * so does an owner whom this user namespace does not know (in a sandbox, root). */
enum status trust_folder(const char *path, struct errmsg *e);

/* trust_owned: whether the file belongs to this user or to root. trust_closed: whether others may not write it. */
bool trust_owned(const struct stat *s);
bool trust_closed(const struct stat *s);

/* trust_shared: whether the users of a group share a file of another user with this one: it is in a folder that nobody
 * else may write, all of the group may write it, and this user, who is not root, is one of them. */
bool trust_shared(const struct stat *folder, const struct stat *file);
