/* An unfinished training run as a file: everything that its next epoch depends on, so that a run that goes on gives
 * the bits of one that was never stopped. Only the machine and the program that wrote it can read it: numbers are in
 * native format. */
#pragma once

#include "base/digest.h"
#include "models/nn/train/trainer.h"

/* What is kept; all borrowed. Between two epochs: the raw parameters are in the network, not their averages. */
struct checkpoint {
    struct trainer *t;
    struct network *best;        /* so far; NULL without patience */
    struct train_result *result; /* its epochs have room for all of the run */
    double seconds;              /* that the run has taken so far */
};

/* checkpoint_digest: a digest of all that decides the bits of a run: data, network, code, recipe, seed, start,
 * program, and the arithmetic of this processor. */
void checkpoint_digest(const struct train_request *q, char hex[DIGEST_HEX_BYTES]);

/* checkpoint_write: the file becomes c, or stays what it was. */
enum status checkpoint_write(const char *path, const char *digest, struct checkpoint *c, struct errmsg *e);

/* checkpoint_read: fills c, whose run is new. STATUS_MISSING if there is no file; c is then as it was. After any
 * other failure what c points to may have changed: make it anew. */
enum status checkpoint_read(const char *path, const char *digest, struct checkpoint *c, struct errmsg *e);
