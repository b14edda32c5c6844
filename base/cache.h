/* Finished work on disk, under ${XDG_CACHE_HOME:-~/.cache}/deltasweep/<kind>/<digest>/. An entry appears whole or not
 * at all, and only one process at a time makes it. What is in it is executed and believed. Therefore the folders and
 * files belong to this user or to root, and others may not write them (trust.h): any other cache is refused. An entry
 * is sealed (seal.h), and checked whenever it is opened. A damaged one is made anew. */
#pragma once

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

struct cache_entry {
    bool found;           /* the entry is there, in path */
    char path[PATH_MAX];  /* the finished entry (a folder) */
    char draft[PATH_MAX]; /* found == false: an empty folder to fill, then cache_publish */
    const char *name;     /* "<kind>/<digest>", in path */
    int lock_fd, use_fd;  /* of the maker; of those who use the entry */
};

/* cache_root: the cache's folder, made if need be. */
enum status cache_root(char path[PATH_MAX], struct errmsg *e);

/* cache_kind: the folder of a kind of entries, made if need be. */
enum status cache_kind(char path[PATH_MAX], const char *kind, struct errmsg *e);

/* cache_open: looks the entry up; if it is not there, waits for the lock of that
 * entry, looks again, and makes a draft folder. End with cache_close in every case. */
enum status cache_open(struct cache_entry *entry, const char *kind, const char *digest, struct errmsg *e);

/* cache_remake: for an entry that was found and makes no sense to its reader. Takes its lock, removes it and makes a
 * draft folder; the entry is then as cache_open leaves one that it did not find. */
enum status cache_remake(struct cache_entry *entry, struct errmsg *e);

/* cache_publish: the sealed draft becomes the entry (one rename). */
enum status cache_publish(struct cache_entry *entry, struct errmsg *e);

/* cache_close: releases the maker's lock; a draft that was not published is removed. The entry stays in use by this
 * process until it has opened several others: nobody removes it meanwhile (cache_list.h). */
void cache_close(struct cache_entry *entry);

/* cache_take_note: whether an entry was damaged and is made anew since the last call; *note says which and why. */
bool cache_take_note(struct errmsg *note);

/* A file of the cache that is no entry: its writer replaces it now and then, and its reader checks it. */
struct cache_file {
    char path[PATH_MAX]; /* <kind>/<name> */
    int lock_fd;         /* it is in use */
};

/* cache_file_open: the path of such a file, which may not be there; makes the folder if need be. End with
 * cache_file_close in every case. */
enum status cache_file_open(struct cache_file *file, const char *kind, const char *name, struct errmsg *e);
void cache_file_close(struct cache_file *file);
