/* The result of a synthesis as a file of its cache entry. */
#pragma once

#include "base/digest.h"
#include "base/status.h"
#include "models/fpga/cost/synth.h"

enum { SYNTH_RESULT_FORMAT = 2 };

/* synth_result_clear: no cells, and times that are NAN. */
void synth_result_clear(struct synth_result *r);

/* synth_result_set_paths: the critical paths at grades -1 and -2, and what follows from them. */
void synth_result_set_paths(struct synth_result *r, double speed1_ns, double speed2_ns);

/* synth_result_write: the figures of a run, with the key that they belong to. */
enum status synth_result_write(const char *path, const char *hex, const struct synth_result *r, struct errmsg *e);

/* synth_result_read: true if path is a whole result file for the key hex; anything else is not believed. */
bool synth_result_read(const char *path, const char *hex, struct synth_result *r);
