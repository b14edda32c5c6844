#include "tests/fuzz/fuzz.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* must: what fails here is no fault of a reader. */
static void must(int good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(2);
}

char *fuzz_text(const uint8_t *bytes, size_t n_bytes)
{
    char *text = malloc(n_bytes + 1);
    must(text != NULL, "memory");
    if (n_bytes > 0)
        memcpy(text, bytes, n_bytes);
    text[n_bytes] = '\0';
    return text;
}

static void put(int fd, const uint8_t *bytes, size_t n_bytes)
{
    must(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, n_bytes, 0) == (ssize_t)n_bytes, "a file of the harness");
}

const char *fuzz_file(const uint8_t *bytes, size_t n_bytes)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        must((fd = memfd_create("fuzz", MFD_CLOEXEC)) >= 0, "memfd_create");
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    put(fd, bytes, n_bytes);
    return path;
}

static char folder[] = "/dev/shm/fuzz_XXXXXX";

static void remove_folder(void)
{
    folder_remove(folder);
}

const char *fuzz_folder(void)
{
    static int made;
    if (!made) {
        must(mkdtemp(folder) != NULL, folder);
        must(atexit(remove_folder) == 0, "atexit");
        made = 1;
    }
    return folder;
}

const char *fuzz_named(const char *name, const uint8_t *bytes, size_t n_bytes)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    must(fd >= 0, path);
    put(fd, bytes, n_bytes);
    close(fd);
    return path;
}

int fuzz_told(enum status s, const struct errmsg *e)
{
    if (s != STATUS_OK && e->text[0] == '\0')
        abort();
    return s == STATUS_OK;
}
