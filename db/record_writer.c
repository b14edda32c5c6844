/* The run that writes: who it is and how far it is, for `status`. */
#include "db/record.h"

#include "base/clock.h"
#include "db/row.h"

static const char what[] = "recording how far the run is";

/* put: the row, and what runs, within a transaction. */
static enum status put(struct store *s, const struct writer *w, const struct running_job *running, int n,
                       struct errmsg *e)
{
    char seen[CLOCK_ISO_BYTES], started[CLOCK_ISO_BYTES];
    const double now = clock_wall_s();
    clock_iso(now, seen);
    clock_iso(now - w->seconds, started);
    const struct field row[] = {field_integer("id", 1),
                                field_text("sweep", w->sweep),
                                field_integer("pid", w->pid),
                                field_text("host", w->host),
                                field_integer("workers", w->workers),
                                field_text("started", started),
                                field_text("seen", seen),
                                field_text("ended", w->ended ? seen : NULL),
                                field_real("seconds", w->seconds),
                                field_integer("jobs", w->jobs),
                                field_integer("done", w->done),
                                field_integer("failed", w->failed),
                                field_integer("interrupted", w->interrupted),
                                field_integer("done_before", w->done_before),
                                field_real("seconds_left", w->seconds_left)};
    enum status st = ROW_REPLACE(s, what, "writer", row, NULL, e);
    if (st == STATUS_OK)
        st = row_run(s, what, "DELETE FROM running", NULL, 0, e);
    for (int i = 0; i < n && st == STATUS_OK; i++) {
        const struct field job[] = {field_text("job", running[i].digest), field_integer("pid", running[i].pid),
                                    field_real("seconds", running[i].seconds)};
        st = ROW_INSERT(s, what, "running", job, e);
    }
    return st;
}

enum status record_writer(struct store *s, const struct writer *w, const struct running_job *running, int n,
                          struct errmsg *e)
{
    enum status st = row_run(s, what, "BEGIN IMMEDIATE", NULL, 0, e);
    if (st != STATUS_OK)
        return st;
    st = put(s, w, running, n, e);
    if (st == STATUS_OK)
        st = record_commit(s, e);
    if (st != STATUS_OK)
        record_rollback(s);
    return st;
}
