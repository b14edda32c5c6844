// The accelerator as a SystemC system.
#pragma once

// accelerator_system: runs the job on standard input (sim/accelerator/job.h) through the Verilated accelerator, whose
// weights are in the folder memories, and through the model in lock-step, and prints the result as key=value lines.
// Throws std::runtime_error.
void accelerator_system(const char *so_path, const char *memories);
