/* The main of a harness where libFuzzer is not: fuzz_NAME FOLDER BYTES RUNS [SEED]. It reads every file of the folder,
 * then RUNS inputs of at most so many bytes that it makes of them, the same ones for a seed, or as many as two seconds
 * are enough for. A harness that ends otherwise than it should leaves the input in fuzz_NAME.input. */
#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SEEDS = 256, MOST_CHANGES = 6, SECONDS = 2 };

struct input {
    uint8_t *bytes;
    size_t n;
};

/* What is read now, for who looks for the reason of an end. */
static struct input now;
static char left_in[PATH_MAX];

static void leave_input(void)
{
    const int fd = open(left_in, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && write(fd, now.bytes, now.n) == (ssize_t)now.n) {
        (void)!write(STDERR_FILENO, "the input is in ", 16);
        (void)!write(STDERR_FILENO, left_in, strlen(left_in));
        (void)!write(STDERR_FILENO, "\n", 1);
    }
}

static void on_end(int signal)
{
    leave_input();
    raise(signal); /* SA_RESETHAND: this time it ends the process */
}

/* The sanitizers have an end of their own. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void watch(const char *program)
{
    static const int ends[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM, SIGTERM};
    const struct sigaction action = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    snprintf(left_in, sizeof left_in, "%s.input", program);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(leave_input);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (__sanitizer_set_death_callback == NULL || ends[i] == SIGALRM || ends[i] == SIGTERM)
            sigaction(ends[i], &action, NULL);
}

/* read_input: from memory that ends where the input does, so that the sanitizers see whoever reads on. */
static void read_input(const uint8_t *bytes, size_t n)
{
    now.bytes = malloc(n > 0 ? n : 1);
    now.n = n;
    if (now.bytes == NULL)
        exit(2);
    if (n > 0)
        memcpy(now.bytes, bytes, n);
    alarm(60); /* one input; a reader that takes longer hangs */
    LLVMFuzzerTestOneInput(now.bytes, n);
    free(now.bytes);
    now.bytes = NULL;
}

/* change: does one of some things to the bytes, of which there is room for `most`. */
static size_t change(struct rng *r, uint8_t *bytes, size_t n, size_t most, const struct input *other)
{
    static const uint8_t telling[] = {0,   1,   0x7f, 0x80, 0xff, '0', '9', '-', '.',
                                      'e', '"', '[',  ']',  '{',  '}', '\n', ' '};
    const size_t at = n > 0 ? (size_t)rng_below(r, n) : 0, from = other->n > 0 ? (size_t)rng_below(r, other->n) : 0;
    size_t k = 1 + (size_t)rng_below(r, 8);
    switch (rng_below(r, 5)) {
    case 0:
        if (n > 0)
            bytes[at] ^= (uint8_t)(1u << rng_below(r, 8));
        return n;
    case 1:
        if (n > 0)
            bytes[at] = telling[rng_below(r, sizeof telling)];
        return n;
    case 2: /* leave some out */
        k = k < n - at ? k : n - at;
        memmove(bytes + at, bytes + at + k, n - at - k);
        return n - k;
    case 3: /* say some twice */
        k = k < n - at ? k : n - at;
        k = n + k <= most ? k : 0;
        memmove(bytes + at + k, bytes + at, n - at);
        return n + k;
    default: /* end as another does */
        k = other->n - from < most - at ? other->n - from : most - at;
        if (k > 0)
            memcpy(bytes + at, other->bytes + from, k);
        return at + k;
    }
}

/* read_changed: how many were read. */
static long read_changed(const struct input *seeds, int n_seeds, size_t most, long runs, uint64_t seed)
{
    const double end = clock_monotonic_s() + SECONDS;
    long i = 0;
    uint8_t *bytes = malloc(most);
    struct rng r;
    rng_init(&r, seed, RNG_SHUFFLE);
    for (; i < runs && n_seeds > 0 && bytes != NULL && clock_monotonic_s() < end; i++) {
        const struct input *from = &seeds[rng_below(&r, (uint64_t)n_seeds)];
        size_t n = from->n < most ? from->n : most;
        memcpy(bytes, from->bytes, n);
        for (uint64_t k = 1 + rng_below(&r, MOST_CHANGES); k > 0; k--)
            n = change(&r, bytes, n, most, &seeds[rng_below(&r, (uint64_t)n_seeds)]);
        read_input(bytes, n);
    }
    free(bytes);
    return i;
}

int main(int argc, char **argv)
{
    static struct input seeds[MOST_SEEDS];
    struct dirent **entries = NULL;
    struct errmsg e = {""};
    int n = 0;
    if (argc < 4)
        return 2;
    const size_t most = (size_t)strtoul(argv[2], NULL, 10);
    const long runs = strtol(argv[3], NULL, 10);
    const uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 20261129;
    const int found = scandir(argv[1], &entries, NULL, alphasort);
    watch(argv[0]);
    for (int i = 0; i < found; i++) {
        char path[PATH_MAX];
        if (entries[i]->d_name[0] != '.' && n < MOST_SEEDS &&
            file_path(path, argv[1], entries[i]->d_name, &e) == STATUS_OK &&
            file_read_bytes(path, (char **)&seeds[n].bytes, &seeds[n].n, &e) == STATUS_OK)
            n++;
        free(entries[i]);
    }
    free(entries);
    for (int i = 0; i < n; i++)
        read_input(seeds[i].bytes, seeds[i].n);
    const long made = read_changed(seeds, n, most, runs, seed);
    printf("%s: %d inputs of %s, %ld made of them with seed %llu\n", argv[0], n, argv[1], made,
           (unsigned long long)seed);
    for (int i = 0; i < n; i++)
        free(seeds[i].bytes);
    return n > 0 ? 0 : 1; /* a corpus without an input tests nothing */
}
