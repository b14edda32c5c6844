// deltasweep-lockstep: Verilated RTL and a SystemC cycle model side by side. Each process simulates one design: SystemC
// elaborates only once.
#include "sim/accelerator/system.hpp"
#include "sim/operator/system.hpp"

#include <systemc>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cerrno>
#include <csignal>
#include <exception>
#include <sys/syscall.h>
#include <unistd.h>

// What writes a waveform does not end well where the disk is full: a failed write of the VCD writer calls back into its
// own lock, and waits for ever; the FST writer maps files, and crashes. Neither says why. So a failed write ends the
// process here, before the library sees it.
static void refuse(const char *why)
{
    const char *const parts[] = {"deltasweep-lockstep: cannot write the waveform: ", why, "\n"};
    for (const char *part : parts)
        if (syscall(SYS_write, STDERR_FILENO, part, std::strlen(part)) < 0)
            break;
    _exit(2);
}

extern "C" ssize_t write(int fd, const void *bytes, size_t n)
{
    const ssize_t written = syscall(SYS_write, fd, bytes, n);
    if (written < 0 && errno != EINTR && errno != EAGAIN && fd > STDERR_FILENO)
        refuse(std::strerror(errno));
    return written;
}

static void on_bus_error(int)
{
    refuse("no space left on device");
}

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
    std::signal(SIGBUS, on_bus_error);
    std::signal(SIGXFSZ, SIG_IGN); // seen as a failed write
    setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
