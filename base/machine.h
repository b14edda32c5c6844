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
 * there. machine_end_tree: kills all of these; `itself`: the process, too. */
double machine_tree_bytes(int pid);
void machine_end_tree(int pid, bool itself);
