/* The rows of the table of engines, for engine.c alone. */
#pragma once

#include "models/fpga/engine/engine.h"

extern const struct engine engine_operator, engine_accelerator;
