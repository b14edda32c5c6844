/* Waveforms of operators. */
#pragma once

#include "sim/operator/check.h"

/* trace_kind: "fst" or "vcd", by the file's ending; STATUS_USAGE without one of them. */
enum status trace_kind(const char *file, const char **kind, struct errmsg *e);

/* trace_write: runs the first n vectors in lock-step, as operator_lockstep, and writes a waveform of them. so_path was
 * built for the kind of the file. A process of its own writes, into a temporary folder: the libraries that do it hang
 * or crash where the disk is full. The file appears whole or not at all; STATUS_ENVIRONMENT with the reason. */
enum status trace_write(const struct mac_config *c, const struct vector_set *vectors, int n, const char *so_path,
                        const char *file, struct operator_result *out, struct errmsg *e);
