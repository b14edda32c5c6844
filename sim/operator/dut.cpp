// Glue between Verilator's class of one operator and dut.h. Compiled on demand, once per set of parameters, with
// DUT_VARIANT (enum mac_variant), DUT_W, DUT_D, DUT_SHIFT, DUT_N, DUT_P and, for a trace, DUT_FST or DUT_VCD.
#include "dut.h"
#include "../dut_clock.h"

#include "VMac.h"
#include "VMac___024root.h"
#if defined DUT_FST
#include "verilated_fst_c.h"
using Trace = VerilatedFstC;
#elif defined DUT_VCD
#include "verilated_vcd_c.h"
using Trace = VerilatedVcdC;
#endif

#include <cstdio>
#include <memory>
#include <new>

// Verilator's runtime asks for the simulation time when nothing else tells it.
double sc_time_stamp()
{
    return 0;
}

struct operator_dut {
    VerilatedContext context;
    VMac top{&context, "MAC"};
    std::uint64_t half_clocks = 0; // that have passed
#if defined DUT_FST || defined DUT_VCD
    std::unique_ptr<Trace> trace;
#endif
};

namespace
{

// pack_words: n numbers of Bits bits each, number i at bits [i * Bits +: Bits], into 32-bit words; the spare bits of
// the last word are 0.
template <int Bits> void pack_words(std::uint32_t *words, const std::int32_t *numbers, int n)
{
    constexpr std::uint64_t mask = (std::uint64_t{1} << Bits) - 1;
    std::uint64_t pending = 0;
    int used = 0;
    for (int i = 0; i < n; i++) {
        pending |= (static_cast<std::uint64_t>(numbers[i]) & mask) << used;
        used += Bits;
        if (used >= 32) {
            *words++ = static_cast<std::uint32_t>(pending);
            pending >>= 32;
            used -= 32;
        }
    }
    if (used > 0)
        *words = static_cast<std::uint32_t>(pending);
}

// A port of at most 64 bits is an integer, a wider one an array of words.
template <int Bits, class Port> void pack(Port &port, const std::int32_t *numbers)
{
    if constexpr (DUT_N * Bits <= 64) {
        std::uint32_t words[2] = {0, 0};
        pack_words<Bits>(words, numbers, DUT_N);
        port = static_cast<Port>(words[0] | static_cast<std::uint64_t>(words[1]) << 32);
    } else {
        pack_words<Bits>(&port[0], numbers, DUT_N);
    }
}

operator_dut *create()
{
    operator_dut *d = new (std::nothrow) operator_dut;
    if (d == nullptr)
        return nullptr;
    d->top.CLK_SYS = 0;
    d->top.eval();
    return d;
}

void destroy(operator_dut *d)
{
    if (d == nullptr)
        return;
    d->top.final();
#if defined DUT_FST || defined DUT_VCD
    if (d->trace)
        d->trace->close();
#endif
    delete d;
}

void set_bias(operator_dut *d, std::int32_t bias)
{
    d->top.IN_BIAS = static_cast<std::uint32_t>(bias) & ((1U << DUT_W) - 1);
}

void set_initial(operator_dut *d, std::int32_t initial)
{
#if DUT_VARIANT != 0
    d->top.INITIAL_WEIGHT = static_cast<std::uint32_t>(initial) & ((1U << DUT_W) - 1);
#else
    (void)d, (void)initial;
#endif
}

void set_weights(operator_dut *d, const std::int32_t *weights)
{
    pack<DUT_D>(d->top.IN_WEIGHTS, weights);
}

void set_data(operator_dut *d, const std::int32_t *data)
{
    pack<DUT_W>(d->top.IN_DATA, data);
}

void set_control(operator_dut *d, int rstn, int en, int do_calc)
{
    d->top.RSTN = rstn != 0;
    d->top.EN = en != 0;
    d->top.DO_CALC = do_calc != 0;
}

inline void edge(operator_dut *d, int level)
{
    d->top.CLK_SYS = level != 0;
    d->top.eval();
#if defined DUT_FST || defined DUT_VCD
    if (d->trace)
        d->trace->dump(d->half_clocks * (DUT_CLOCK_NS / 2));
#endif
    d->half_clocks++;
}

int clock_once(operator_dut *d)
{
    edge(d, 1);
#if defined DUT_FST || defined DUT_VCD
    edge(d, 0);
#else
    if (!skip_falling_edge(d->top.rootp, 0))
        edge(d, 0);
#endif
    return d->top.DATA_RDY;
}

int data_rdy(const operator_dut *d)
{
    return d->top.DATA_RDY;
}

std::int64_t out_data(const operator_dut *d)
{
    constexpr int spare = 64 - 2 * DUT_W;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(d->top.OUT_DATA) << spare) >> spare;
}

int trace_open(operator_dut *d, const char *path)
{
#if defined DUT_FST || defined DUT_VCD
    // The trace classes report a bad file by ending the process, so it is tried first.
    std::FILE *f = std::fopen(path, "wb");
    if (f == nullptr)
        return -1;
    std::fclose(f);
    d->context.traceEverOn(true);
    d->trace = std::make_unique<Trace>();
    d->top.trace(d->trace.get(), 99);
    d->trace->open(path);
    return 0;
#else
    (void)d, (void)path;
    return -1;
#endif
}

const operator_dut_api api = {OPERATOR_DUT_API_VERSION,
                              DUT_VARIANT,
                              DUT_W,
                              DUT_D,
                              DUT_SHIFT,
                              DUT_N,
                              DUT_P,
                              create,
                              destroy,
                              set_bias,
                              set_initial,
                              set_weights,
                              set_data,
                              set_control,
                              clock_once,
                              edge,
                              data_rdy,
                              out_data,
                              trace_open};

} // namespace

const operator_dut_api *operator_dut_entry(void)
{
    return &api;
}
