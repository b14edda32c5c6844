/* make_store FILE: an empty database with the tables and views of this program. */
#include "db/store.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct store *s = NULL;
    struct errmsg e = {"usage: make_store FILE"};
    const enum status st = argc == 2 ? store_open(argv[1], NULL, &s, &e) : STATUS_USAGE;
    if (st != STATUS_OK)
        fprintf(stderr, "make_store: %s\n", e.text);
    store_close(s);
    return status_exit_code(st);
}
