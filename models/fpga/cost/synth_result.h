/* The result of a synthesis as a file of its cache entry. */
#pragma once

#include "base/digest.h"
#include "base/status.h"
#include "models/fpga/cost/synth.h"

enum { SYNTH_RESULT_FORMAT = 2 };

/* synth_result_clear: sets all cells to 0 and all times to NAN. */
void synth_result_clear(struct synth_result *r);

/* synth_result_set_paths: sets the critical paths at grades -1 and -2, and what follows from them. */
void synth_result_set_paths(struct synth_result *r, double speed1_ns, double speed2_ns);

/* synth_result_write: writes the figures of a run, with the key that they belong to. */
enum status synth_result_write(const char *path, const char *hex, const struct synth_result *r, struct errmsg *e);

/* synth_result_read: true if path is a complete result file for the key hex. Any other file is ignored. */
bool synth_result_read(const char *path, const char *hex, struct synth_result *r);
