/* A search: a method that looks at the combinations of a sweep and buys trainings, until its budget is spent. It is
 * done again from the start whenever it is started again: what the database has is not trained twice. */
#pragma once

#include "explorer/jobs/work.h"

/* The share of one machine in a search that several do round by round. A batch of purchases is a round, and what the
 * points on the front get at the end is the last one. */
struct search_share {
    int shard, shards; /* the shard that is done of so many, from 1; shard 0: none */
    int round, left; /* set: the first round that has jobs without a result, and how many; left 0: the search is over */
};

/* search_do: the search of a sweep with the key `search`, with all that it buys recorded; what is on its front then
 * gets the other stages. share NULL: all of it, else up to the first round that has jobs without a result. Of that one
 * shard 0 records what it asks for (it plans the round), and another shard does its share: in a database of its own, by
 * the plan that the database options->from has. Statuses as of work_do; for a shard also STATUS_ENVIRONMENT if the
 * search asks for something else here than the plan. */
enum status search_do(const struct sweep *s, const struct work_options *options, struct search_share *share,
                      struct errmsg *e);

/* search_describe: prints what the search would do, and does nothing. */
enum status search_describe(const struct sweep *s, struct errmsg *e);
