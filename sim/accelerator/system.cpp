// The system model: a source of pixels and a sink of results, both with random stalls; between them the Verilated
// accelerator and a cycle model of it side by side. A scoreboard compares all outputs of the two in every clock, and
// every result with the verdict of integer inference. Resets in the middle of the stream lose the images that are
// inside; the source then begins again with the first of them.
#include "sim/accelerator/system.hpp"

#include "sim/accelerator/load.h"
#include "sim/accelerator/model.hpp"
#include "sim/accelerator/scoreboard.hpp"
#include "sim/accelerator/stimulus.hpp"

#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

using sc_core::sc_signal;

namespace
{

struct JobDeleter {
    void operator()(accelerator_job *job) const { accelerator_job_free(job); }
};
using Job = std::unique_ptr<accelerator_job, JobDeleter>;

Job read_job()
{
    accelerator_job *job = nullptr;
    errmsg e{};
    if (accelerator_job_read(stdin, &job, &e) != STATUS_OK)
        throw std::runtime_error(e.text);
    return Job(job);
}

struct DutDeleter {
    const accelerator_dut_api *api;
    void operator()(accelerator_dut *d) const { api->destroy(d); }
};
using Dut = std::unique_ptr<accelerator_dut, DutDeleter>;

// start: the RTL in reset. Its library stays loaded until the process ends.
Dut start(const char *so_path, const char *memories)
{
    accelerator_sim sim{};
    errmsg e{};
    if (accelerator_sim_load(&sim, so_path, nullptr, &e) != STATUS_OK)
        throw std::runtime_error(e.text);
    Dut d(sim.api->create(memories), DutDeleter{sim.api});
    if (!d)
        throw std::runtime_error(std::string("no memory files in ") + memories);
    return d;
}

// All modules and what connects them.
struct System {
    sc_core::sc_time half{5, sc_core::SC_NS};
    sc_core::sc_clock clock{"clk_i", half * 2, 0.5, half};
    sc_signal<bool> rst_ni{"rst_ni"}, pixel_valid{"pixel_valid_i"}, result_ready{"result_ready_i"};
    sc_signal<std::int32_t> pixel_data{"pixel_data_i"};
    sc_signal<bool> rtl_ready{"rtl_pixel_ready_o"}, rtl_valid{"rtl_result_valid_o"}, model_ready{"pixel_ready_o"},
        model_valid{"result_valid_o"};
    sc_signal<std::int32_t> rtl_class{"rtl_result_class_o"}, rtl_logit{"rtl_result_logit_o"},
        model_class{"result_class_o"}, model_logit{"result_logit_o"};
    Progress progress;
    AcceleratorRtl rtl;
    AcceleratorModel model;
    Source source;
    Sink sink;
    Control control;
    Scoreboard scoreboard;

    System(const Dut &d, const accelerator_job &job)
        : rtl("rtl", d.get_deleter().api, d.get()), model("model", job), source("source", job, progress),
          sink("sink", job), control("control", job, progress), scoreboard("scoreboard", job, progress)
    {
        connect_inputs(rtl);
        connect_inputs(model);
        rtl.pixel_ready_o(rtl_ready), rtl.result_valid_o(rtl_valid);
        rtl.result_class_o(rtl_class), rtl.result_logit_o(rtl_logit);
        model.pixel_ready_o(model_ready), model.result_valid_o(model_valid);
        model.result_class_o(model_class), model.result_logit_o(model_logit);
        source.clk_i(clock), source.rst_ni(rst_ni), source.pixel_ready_o(rtl_ready);
        source.pixel_valid_i(pixel_valid), source.pixel_data_i(pixel_data);
        sink.clk_i(clock), sink.result_ready_i(result_ready);
        control.clk_i(clock), control.rst_ni(rst_ni);
        scoreboard.clk_i(clock), scoreboard.rst_ni(rst_ni);
        scoreboard.pixel_valid_i(pixel_valid), scoreboard.result_ready_i(result_ready);
        scoreboard.rtl.pixel_ready_o(rtl_ready), scoreboard.rtl.result_valid_o(rtl_valid);
        scoreboard.rtl.result_class_o(rtl_class), scoreboard.rtl.result_logit_o(rtl_logit);
        scoreboard.model.pixel_ready_o(model_ready), scoreboard.model.result_valid_o(model_valid);
        scoreboard.model.result_class_o(model_class), scoreboard.model.result_logit_o(model_logit);
    }

    void connect_inputs(AcceleratorPorts &a)
    {
        a.clk_i(clock);
        a.rst_ni(rst_ni);
        a.pixel_valid_i(pixel_valid), a.pixel_data_i(pixel_data), a.result_ready_i(result_ready);
    }
};

void print(const Progress &progress, const Scoreboard &scoreboard, double seconds)
{
    std::printf("images=%d\nclocks=%lld\nmismatches=%lld\nresets=%d\nfirst_pixel=%lld\nlast_result=%lld\n",
                progress.delivered, static_cast<long long>(scoreboard.clocks),
                static_cast<long long>(scoreboard.mismatches), progress.resets,
                static_cast<long long>(scoreboard.first_pixel), static_cast<long long>(scoreboard.last_result));
    std::printf("seconds=%.9f\nfirst_image=%d\nwhere=%s\n", seconds, scoreboard.first_image,
                scoreboard.first_where.c_str());
}

} // namespace

void accelerator_system(const char *so_path, const char *memories)
{
    const Job job = read_job();
    const Dut d = start(so_path, memories);
    System system(d, *job);
    const std::clock_t started = std::clock(); // processor time
    sc_core::sc_start();
    print(system.progress, system.scoreboard, static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC);
}
