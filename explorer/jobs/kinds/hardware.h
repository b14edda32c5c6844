/* What the jobs of hardware have in common, and how the check of each engine is recorded and shown. What an engine is and
 * does stands in models/fpga/engine and sim/engine.h. */
#pragma once

#include "db/store.h"
#include "models/point/point.h"
#include "sim/engine.h"

/* hardware_missing: STATUS_OK if the point has hardware; else STATUS_USAGE, and the message says why there is nothing
 * to_do ("simulate", "synthesise"). */
enum status hardware_missing(const struct point *p, const char *to_do, struct errmsg *e);

/* hardware_may_fit: false if the point cannot fit its device, by what is known before any synthesis. */
bool hardware_may_fit(const struct point *p);

/* hardware_label: "build consecutive W8 D4 N96 P8 dsp", "synth accelerator 784-96-64-10 W8 D4 P32, 8 on DSPs, both". */
void hardware_label(const struct point *p, const char *what, char *label, size_t room);

typedef enum status sample_digest(const struct hardware *sample, char hex[DIGEST_HEX_BYTES], struct errmsg *e);

/* What is known of samples (models/fpga/engine/engine.h) already. hardware_samples_new: nothing; the caller's (free), NULL
 * without memory. */
struct hardware_samples *hardware_samples_new(void);

/* hardware_digest: adds to d what h is and what it is made with. of_sample gives the digest of h's sample with all of its
 * files and tools; it takes milliseconds, and is asked once for each sample. Fails as of_sample does. */
enum status hardware_digest(struct hardware_samples *all, struct digest *d, const struct hardware *h,
                            sample_digest *of_sample, struct errmsg *e);

enum status hardware_save_check(struct store *s, const char *job, const struct engine_check *c, struct errmsg *e);
/* hardware_check_sql: the query that shows the check of a point; ?1 is the digest of its job. */
const char *hardware_check_sql(const struct point *p);
