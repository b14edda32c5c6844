// The operator as a SystemC system.
#pragma once

// operator_system: runs the vectors on standard input (sim/operator/vectorfile.h) through the Verilated operator and
// through the model in lock-step, and prints the result as key=value lines. trace is the file for a waveform, or
// nullptr. Throws std::runtime_error.
void operator_system(const char *so_path, const char *trace);
