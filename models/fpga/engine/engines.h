/* The rows of the table of engines, for engine.c alone. */
#ifndef DELTASWEEP_ENGINES_H
#define DELTASWEEP_ENGINES_H

#include "models/fpga/engine/engine.h"

extern const struct engine engine_operator, engine_accelerator;

#endif
