/* The machine on which the program runs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { MACHINE_BOOT_BYTES = 48 };

/* machine_name: its name. machine_boot: the name of its kernel since the last start; containers of one machine share
 * it.
 * "" if it is unknown. */
void machine_name(char *out, size_t room);
void machine_boot(char out[MACHINE_BOOT_BYTES]);

/* machine_file_is_remote: whether other machines may have the file open, too: it is on a network file system, or on one
 * of which this cannot be known (FUSE). False for a file that is not there. */
bool machine_file_is_remote(const char *path);

/* machine_memory_bytes: the memory that there is for this process: that of the machine, or of its container (cgroup
 * v2). */
double machine_memory_bytes(void);

/* machine_tree_bytes: the memory that a process uses with all that it started, without pages of files; 0 if it is not
 * there. */
double machine_tree_bytes(int pid);

/* machine_end_tree: kills a process (-1: none), the group that it leads, and all that these started. A process in a session of its
 * own whose parent has ended is found by its mark (NULL: not looked for). `itself`: whether pid is killed, too.
 * A mark is the value of the variable MACHINE_MARK in the environment of whoever starts processes; they inherit it.
 * machine_new_mark: one that no other process has. */
#define MACHINE_MARK "DELTASWEEP_JOB"
enum { MACHINE_MARK_BYTES = 64 };
void machine_new_mark(char out[MACHINE_MARK_BYTES]);
void machine_end_tree(int pid, const char *mark, bool itself);
