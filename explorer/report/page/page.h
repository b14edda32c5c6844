/* The report page: one HTML file with everything that a database says of its designs, but the weights. It needs neither
 * a network nor other files. The folder `web` has its parts; the build makes one template of them (CMakeLists.txt), and
 * page_make puts the data in. */
#pragma once

#include "base/status.h"

#include <sqlite3.h>
#include <stddef.h>

struct page_request {
    const char *database; /* its path, for the heading and for the commands that the page shows */
    const char *sweep;    /* the designs of this sweep alone; NULL: of all */
    const char *where;    /* an SQL expression over `designs`; NULL: all of them */
};

/* page_make: the page as text; db is one of query_open. *html: free. *designs is how many it shows. STATUS_USAGE for a
 * wrong sweep or expression, STATUS_VERDICT if there is no design to show. */
enum status page_make(sqlite3 *db, const struct page_request *r, char **html, size_t *n_bytes, int *designs,
                      struct errmsg *e);
