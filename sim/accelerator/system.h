// The accelerator as a SystemC system: sim/accel_system.cpp.
#ifndef DELTASWEEP_SIM_ACCELERATOR_SYSTEM_H
#define DELTASWEEP_SIM_ACCELERATOR_SYSTEM_H

// accel_system: runs the job on standard input (sim/accelerator/job.h) through the Verilated accelerator, its weights in the
// folder memories, and through the model in lock-step, and prints the result as key=value lines. Throws
// std::runtime_error.
void accel_system(const char *so_path, const char *memories);

#endif
