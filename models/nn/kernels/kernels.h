/* The libraries that compute: OpenBLAS and, where the program was built with it, oneDNN. */
#pragma once

#include "base/status.h"

/* kernels_load: loads them, once per process, with one thread each; children of a fork have them, too. To be called
 * where training, evaluating, or planning of trainings begins. STATUS_MISSING if one is not installed any more,
 * STATUS_ENVIRONMENT if there is too little memory, with how much they need. */
enum status kernels_load(struct errmsg *e);

/* kernels_open: for these two alone: the library of this name, or an error as above. bytes: the address space that it
 * needs with all that it allocates; libraries of this kind do not end well where memory ends while they start. */
enum status kernels_open(const char *name, const char *package, unsigned long bytes, void **library, struct errmsg *e);

/* kernels_function: a function of it, or NULL with an error. */
void *kernels_function(void *library, const char *name, struct errmsg *e);

/* kernels_must: ends the program with the message: somebody called a kernel, and did not see to kernels_load. */
void kernels_must(enum status s, const struct errmsg *e);
