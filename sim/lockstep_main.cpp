// deltasweep-lockstep: Verilated RTL and a SystemC cycle model side by side. Each process simulates one design: SystemC
// elaborates only once.
#include "sim/accelerator/system.hpp"
#include "sim/operator/system.hpp"

#include <systemc>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

int sc_main(int argc, char *argv[])
{
    const bool accelerator = argc > 1 && std::strcmp(argv[1], "--accelerator") == 0;
    if (accelerator ? argc != 4 : argc < 2 || argc > 3) {
        std::fprintf(stderr, "usage: deltasweep-lockstep SIMULATOR.so [TRACE.fst|TRACE.vcd] <VECTORS\n"
                             "       deltasweep-lockstep --accelerator SIMULATOR.so MEMORIES <JOB\n");
        return 2;
    }
    try {
        sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
        if (accelerator)
            accelerator_system(argv[2], argv[3]);
        else
            operator_system(argv[1], argc == 3 ? argv[2] : nullptr);
        return 0;
    } catch (const std::exception &x) {
        std::fprintf(stderr, "deltasweep-lockstep: %s\n", x.what());
        return 2;
    }
}

// The library's own main would print its banner among the results.
int main(int argc, char *argv[])
{
    setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
