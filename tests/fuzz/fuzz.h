/* What the harnesses share. A harness is one file, fuzz_NAME.c, that gives any bytes to one reader. */
#pragma once

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* LLVMFuzzerTestOneInput: reads these bytes; it is each harness's own, by the name that libFuzzer asks for. Whatever is
 * wrong with the program ends the process. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

/* fuzz_text: a copy that a 0 ends; the caller's to free. */
char *fuzz_text(const uint8_t *bytes, size_t n_bytes);

/* fuzz_file: a file in memory with these bytes and nothing else: its path, good until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t n_bytes);

/* fuzz_named: the same as the file `name` in a folder of this process, for readers that look at names. fuzz_folder: the
 * path of this folder. It is removed at the end. */
const char *fuzz_named(const char *name, const uint8_t *bytes, size_t n_bytes);
const char *fuzz_folder(void);

/* fuzz_told: a refusal says why; ends the process otherwise. Returns whether s is STATUS_OK. */
int fuzz_told(enum status s, const struct errmsg *e);
