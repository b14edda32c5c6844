/* Preloaded (LD_PRELOAD) into the program under test: the allocation whose number is in
 * FAIL_MALLOC returns NULL, once. At exit the number of allocations goes to the file that
 * FAIL_MALLOC_COUNT names. What libraries allocate while they are loaded does not count: those that compute do not survive
 * a failure there, so the program sees to it that there is room before it loads them. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static long count, chosen = -1;
static int loading;

static int is_chosen(void)
{
    if (loading > 0)
        return 0;
    if (chosen == -1) {
        const char *text = getenv("FAIL_MALLOC");
        chosen = text != NULL ? strtol(text, NULL, 10) : 0;
    }
    if (__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED) != chosen)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return is_chosen() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return is_chosen() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return is_chosen() ? NULL : __libc_realloc(p, n);
}

void *dlopen(const char *name, int flags)
{
    void *(*real)(const char *, int) = NULL;
    void *next = dlsym(RTLD_NEXT, "dlopen");
    __builtin_memcpy(&real, &next, sizeof real);
    loading++;
    void *library = real != NULL ? real(name, flags) : NULL;
    loading--;
    return library;
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("FAIL_MALLOC_COUNT");
    const int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
    if (fd >= 0) {
        dprintf(fd, "%ld\n", count);
        close(fd);
    }
}
