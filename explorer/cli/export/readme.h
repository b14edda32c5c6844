/* The README of an exported folder. */
#pragma once

#include "explorer/cli/export/export.h"
#include "models/fpga/design/schedule.h"

#include <stdio.h>

/* readme_write: what the engine is, what to expect of it, and how to simulate and build it. */
void readme_write(const struct export_job *x, const char *part, const struct schedule *schedule, FILE *f);
