/* A search: a method that looks at the combinations of a sweep and buys trainings, until its budget is spent. It is
 * done again from the start whenever it is started again: what the database has is not trained twice. */
#pragma once

#include "explorer/jobs/work.h"

/* search_do: the search of a sweep with the key `search`, with all that it buys recorded; what is on its front then
 * gets the other stages. Statuses as of work_do. */
enum status search_do(const struct sweep *s, const struct work_options *options, struct errmsg *e);

/* search_describe: prints what the search would do, and does nothing. */
enum status search_describe(const struct sweep *s, struct errmsg *e);
