#include "base/machine.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

void machine_name(char *out, size_t room)
{
    out[0] = '\0';
    if (gethostname(out, room - 1) != 0)
        snprintf(out, room, "unknown");
    out[room - 1] = '\0';
}

void machine_boot(char out[MACHINE_BOOT_BYTES])
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "r");
    out[0] = '\0';
    if (f == NULL)
        return;
    if (fgets(out, MACHINE_BOOT_BYTES, f) == NULL)
        out[0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    fclose(f);
}

bool machine_file_is_remote(const char *path)
{
    /* f_type of statfs(2), from linux/magic.h and the file systems' sources */
    static const unsigned remote[] = {
        0x6969,     /* NFS */
        0xff534d42, /* CIFS */
        0xfe534d42, /* SMB 2 */
        0x517b,     /* SMB 1 */
        0x01021997, /* 9P */
        0x65735546, /* FUSE: sshfs, virtiofs, GlusterFS, … */
        0x0bd00bd0, /* Lustre */
        0x47504653, /* GPFS */
        0x19830326, /* BeeGFS */
        0x00c36400, /* Ceph */
        0x5346414f, /* AFS */
        0x7461636f, /* OCFS2 */
        0x01161970, /* GFS2 */
        0xaad7aaea, /* PanFS */
    };
    struct statfs fs;
    if (statfs(path, &fs) != 0)
        return false;
    for (size_t i = 0; i < sizeof remote / sizeof remote[0]; i++)
        if ((unsigned)fs.f_type == remote[i])
            return true;
    return false;
}

double machine_memory_bytes(void)
{
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE), limit = 0;
    FILE *f = fopen("/sys/fs/cgroup/memory.max", "r");
    if (f == NULL)
        return bytes;
    if (fscanf(f, "%lf", &limit) == 1 && limit > 0)
        bytes = fmin(bytes, limit);
    fclose(f);
    return bytes;
}

/* ------------------------------------------------------------------ trees of processes */

struct process {
    int pid, parent, group;
    bool in_tree;
};

/* read_process: false if it has gone meanwhile, or is a zombie. */
static bool read_process(const char *name, struct process *p)
{
    char path[300], text[1024];
    FILE *f;
    snprintf(path, sizeof path, "/proc/%.200s/stat", name);
    if ((f = fopen(path, "r")) == NULL)
        return false;
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *after = strrchr(text, ')'); /* a program's name may have anything in it */
    char state = 'Z';
    *p = (struct process){.pid = atoi(name)};
    return after != NULL && sscanf(after + 1, " %c %d %d", &state, &p->parent, &p->group) == 3 && state != 'Z';
}

/* all_processes: those of the machine; *n of them; NULL without memory. */
static struct process *all_processes(int *n)
{
    int room = 0;
    struct process *all = NULL;
    struct dirent *entry;
    DIR *dir = opendir("/proc");
    *n = 0;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (*n == room) {
            struct process *grown = realloc(all, (size_t)(room = 2 * room + 256) * sizeof *all);
            if (grown == NULL)
                break;
            all = grown;
        }
        *n += read_process(entry->d_name, &all[*n]);
    }
    if (dir != NULL)
        closedir(dir);
    return all;
}

/* mark_tree: pid, what it started, and what these started; and the process group that it leads. */
static void mark_tree(struct process *all, int n, int pid)
{
    bool more = true;
    for (int i = 0; i < n; i++)
        all[i].in_tree = all[i].pid == pid || all[i].group == pid;
    while (more) {
        more = false;
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n && !all[i].in_tree; k++)
                if (all[k].in_tree && all[k].pid == all[i].parent)
                    all[i].in_tree = more = true;
    }
}

double machine_tree_bytes(int pid)
{
    int n = 0;
    double pages = 0;
    struct process *all = all_processes(&n);
    if (all != NULL)
        mark_tree(all, n, pid);
    for (int i = 0; i < n && all != NULL; i++) {
        char path[64];
        long resident = 0, shared = 0;
        snprintf(path, sizeof path, "/proc/%d/statm", all[i].pid);
        FILE *f = all[i].in_tree ? fopen(path, "r") : NULL;
        if (f == NULL)
            continue;
        if (fscanf(f, "%*d %ld %ld", &resident, &shared) == 2)
            pages += (double)(resident - shared);
        fclose(f);
    }
    free(all);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

void machine_new_mark(char out[MACHINE_MARK_BYTES])
{
    static int n;
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(out, MACHINE_MARK_BYTES, "%ld.%lld.%ld.%d", (long)getpid(), (long long)now.tv_sec, now.tv_nsec, n++);
}

/* has_mark: whether a process has it in its environment; not if that is another user's. */
static bool has_mark(int pid, const char *mark)
{
    char path[64], *line = NULL;
    size_t room = 0;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return false;
    while (!found && getdelim(&line, &room, '\0', f) > 0)
        found = strncmp(line, MACHINE_MARK "=", strlen(MACHINE_MARK "=")) == 0 &&
                strcmp(line + strlen(MACHINE_MARK "="), mark) == 0;
    free(line);
    fclose(f);
    return found;
}

void machine_end_tree(int pid, const char *mark, bool itself)
{
    enum { ROUNDS = 20 }; /* what starts others while it is looked for takes another round */
    const int self = getpid();
    int found = 1;
    for (int round = 0; round < ROUNDS && found > 0; round++) {
        int n = 0;
        struct process *all = all_processes(&n);
        found = 0;
        if (all != NULL)
            mark_tree(all, n, pid);
        for (int i = 0; i < n && all != NULL; i++)
            if ((itself || all[i].pid != pid) && all[i].pid != self &&
                (all[i].in_tree || (mark != NULL && has_mark(all[i].pid, mark)))) {
                found++;
                kill(all[i].pid, SIGKILL);
            }
        free(all);
    }
}
