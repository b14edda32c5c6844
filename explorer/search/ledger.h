/* What a search bought, as the database keeps it: so a search that was stopped finds out what it has paid for, and what
 * others had trained before. */
#pragma once

#include "db/store.h"
#include "explorer/sweep/search_keys.h"

#include <stdint.h>

struct ledger {
    struct store *store;
    int64_t search; /* its row in searches */
};

/* ledger_open: finds or makes the row of a search, whose sweep is recorded. digest: of all that decides what it asks
 * for. */
enum status ledger_open(struct ledger *l, struct store *s, const struct sweep *sweep, const char *digest,
                        double combinations, struct errmsg *e);

/* A row of search_purchases. */
struct purchase {
    int number, round;
    char point[DIGEST_HEX_BYTES], training[DIGEST_HEX_BYTES];
    uint64_t seed;
    int epochs, all_epochs, known_epochs;
    double accuracy, seconds, charged_seconds; /* NAN: not known */
    bool recorded;                             /* the row is there */
};

/* ledger_recall: fills in known_epochs and the answer from the row of this number, if it is the same purchase;
 * a row of another one, and all later ones, are forgotten. Else known_epochs are those that the database has. */
enum status ledger_recall(struct ledger *l, struct purchase *p, struct errmsg *e);

/* ledger_answer: fills in the answer from the trainings and rungs that are done. *hopeless: the training diverges.
 * Without either the answer stays NAN. */
enum status ledger_answer(struct ledger *l, struct purchase *p, bool *hopeless, struct errmsg *e);

/* ledger_keep: writes the rows of n purchases, and ends the transaction that ledger_begin began. What is asked in
 * between is asked by this run alone: of two runs of a search the one that asks first finds out what was known. */
enum status ledger_begin(struct ledger *l, struct errmsg *e);
enum status ledger_keep(struct ledger *l, const struct purchase *p, int n, struct errmsg *e);

/* How far a search is: a row of search_rounds. */
struct round {
    int round, purchases, points, front;
    double trainings, hours, hypervolume;
};
enum status ledger_round(struct ledger *l, const struct round *r, struct errmsg *e);

/* ledger_end: the search has ended with this round. Later ones are of a larger budget that it had before. */
enum status ledger_end(struct ledger *l, const struct round *last, struct errmsg *e);
