/* A point of the database, turned back into what asks for it. */
#ifndef DELTASWEEP_STORED_H
#define DELTASWEEP_STORED_H

#include "explorer/cli/onepoint.h"

#include <sqlite3.h>

enum { STORED_MAX_OPTIONS = 96 };

/* The command line of a point: "--network", "784-96-64-10", … */
struct stored_options {
    int n;
    char *word[STORED_MAX_OPTIONS + 1]; /* n, each owned, then NULL */
};

/* stored_options: of the one point whose digest begins with prefix; db is one of query_open. STATUS_USAGE if there
 * is none or there are several. *out: stored_options_free, also after a failure. */
enum status stored_options(sqlite3 *db, const char *prefix, struct stored_options *out, struct errmsg *e);
void stored_options_free(struct stored_options *o);

/* stored_point: the sweep of that one point, as onepoint_read makes it of its options and the more words[0..n_words-1]
 * (which override; ONEPOINT_PLAIN options). command names it. *out: onepoint_free. */
enum status stored_point(sqlite3 *db, const char *prefix, const char *command, char *const words[], int n_words,
                         struct onepoint *out, struct errmsg *e);

#endif
