// Glue between Verilator's class of one accelerator and dut.h. Compiled on demand, once per configuration,
// with DUT_X (bits of a pixel) and DUT_KEY (accelerator_sim_digest).
#include "dut.h"
#include "../dut_clock.h"

#include "VAccelerator.h"
#include "VAccelerator___024root.h"

#include <cstdio>
#include <new>
#include <string>

// Verilator's runtime asks for the simulation time when nothing else tells it.
double sc_time_stamp()
{
    return 0;
}

struct accelerator_dut {
    VerilatedContext context;
    VAccelerator top{&context, "accelerator"};
};

namespace
{

enum { LOGIT_BITS = 24, CLOCKS_AFTER_LAST = 64 };

accelerator_dut *create(const char *memories)
{
    const std::string folder = memories, argument = "+memories=" + folder;
    std::FILE *f = std::fopen((folder + "/neurons.hex").c_str(), "r");
    if (f == nullptr)
        return nullptr;
    std::fclose(f);
    auto *d = new (std::nothrow) accelerator_dut;
    if (d == nullptr)
        return nullptr;
    const char *arguments[] = {"accelerator", argument.c_str()};
    d->context.commandArgs(2, arguments);
    d->top.clk_i = 0;
    d->top.rst_ni = 0;
    d->top.eval(); // reads the files
    return d;
}

void destroy(accelerator_dut *d)
{
    if (d == nullptr)
        return;
    d->top.final();
    delete d;
}

void set_reset(accelerator_dut *d, int rst_ni)
{
    d->top.rst_ni = rst_ni != 0;
}

void set_pixel(accelerator_dut *d, int valid, std::int32_t data)
{
    d->top.pixel_valid_i = valid != 0;
    d->top.pixel_data_i = static_cast<std::uint32_t>(data) & ((1U << DUT_X) - 1);
}

void set_result_ready(accelerator_dut *d, int ready)
{
    d->top.result_ready_i = ready != 0;
}

void edge(accelerator_dut *d, int level)
{
    d->top.clk_i = level != 0;
    d->top.eval();
}

inline void clock_once(accelerator_dut *d)
{
    edge(d, 1);
    if (!skip_falling_edge(d->top.rootp, 0))
        edge(d, 0);
}

int pixel_ready(const accelerator_dut *d)
{
    return d->top.pixel_ready_o;
}

int result_valid(const accelerator_dut *d)
{
    return d->top.result_valid_o;
}

std::int32_t result_class(const accelerator_dut *d)
{
    return d->top.result_class_o;
}

std::int32_t result_logit(const accelerator_dut *d)
{
    constexpr int spare = 32 - LOGIT_BITS;
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(d->top.result_logit_o) << spare) >> spare;
}

void stream(accelerator_dut *d, accelerator_stream *s)
{
    const std::int64_t pixels = static_cast<std::int64_t>(s->images) * s->features;
    std::int64_t next = 0, end = s->patience; // next pixel; the clock in which the run ends
    set_reset(d, 0);
    set_result_ready(d, 1);
    set_pixel(d, 0, 0);
    clock_once(d);
    set_reset(d, 1);
    s->results = 0;
    s->first_pixel = -1;
    std::int64_t clock = 0;
    for (; clock < end; clock++) {
        const bool pixel_taken = next < pixels && d->top.pixel_ready_o != 0;
        set_pixel(d, next < pixels, next < pixels ? s->pixels[next] : 0);
        if (d->top.result_valid_o != 0) {
            if (s->results < s->images) {
                s->result_class[s->results] = result_class(d);
                s->logit[s->results] = result_logit(d);
                s->clock[s->results] = clock;
            }
            s->results++;
            end = clock + (s->results < s->images ? s->patience : CLOCKS_AFTER_LAST);
            if (s->results > 2LL * s->images + 2)
                end = clock; // results without end
        }
        if (pixel_taken) {
            if (next++ == 0)
                s->first_pixel = clock;
            if (s->results < s->images)
                end = clock + s->patience;
        }
        clock_once(d);
    }
    s->clocks = clock;
}

const accelerator_dut_api api = {ACCELERATOR_DUT_API_VERSION,
                                 DUT_KEY,
                                 create,
                                 destroy,
                                 set_reset,
                                 set_pixel,
                                 set_result_ready,
                                 clock_once,
                                 edge,
                                 pixel_ready,
                                 result_valid,
                                 result_class,
                                 result_logit,
                                 stream};

} // namespace

const accelerator_dut_api *accelerator_dut_entry(void)
{
    return &api;
}
