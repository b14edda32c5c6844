#include "sim/operator/system.hpp"

#include "sim/operator/checker.hpp"
#include "sim/operator/driver.hpp"
#include "sim/operator/load.h"
#include "sim/operator/vectorfile.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using sc_core::sc_signal;

namespace
{

void read_all(void *into, std::size_t bytes)
{
    if (bytes > 0 && std::fread(into, 1, bytes, stdin) != bytes)
        throw std::runtime_error("the vectors on standard input end too soon");
}

std::vector<std::int32_t> read_numbers(std::size_t n, int bits, const char *what)
{
    std::vector<std::int32_t> numbers(n);
    read_all(numbers.data(), n * sizeof numbers[0]);
    for (const std::int32_t x : numbers)
        if (x < -(1 << (bits - 1)) || x >= 1 << (bits - 1))
            throw std::runtime_error(std::string("a number of ") + what +
                                     " does not fit its port: " + std::to_string(x));
    return numbers;
}

Job read_job()
{
    Job job;
    vectorfile_header h{};
    errmsg e{};
    read_all(&h, sizeof h);
    if (std::memcmp(h.magic, VECTORFILE_MAGIC, sizeof h.magic) != 0)
        throw std::runtime_error("standard input has no vectors (wrong magic)");
    job.config = {
        static_cast<mac_variant>(h.variant), static_cast<multiplier>(h.multiplier), h.W, h.D, h.shift, h.N, h.P, h.wrap};
    if (mac_check(&job.config, &e) != STATUS_OK)
        throw std::runtime_error(e.text);
    if (h.n < 1)
        throw std::runtime_error("there are no vectors");
    job.n = static_cast<int>(h.n);
    job.seed = h.seed;
    const auto n = static_cast<std::size_t>(h.n), all = n * static_cast<std::size_t>(h.N);
    job.bias = read_numbers(n, h.W, "IN_BIAS");
    job.initial = read_numbers(n, h.W, "INITIAL_WEIGHT");
    job.weights = read_numbers(all, h.variant == MAC_PLAIN ? h.W : h.D, "IN_WEIGHTS");
    job.data = read_numbers(all, h.W, "IN_DATA");
    return job;
}

struct DutDeleter {
    const operator_dut_api *api;
    void operator()(operator_dut *d) const { api->destroy(d); }
};
using Dut = std::unique_ptr<operator_dut, DutDeleter>;

// start: the RTL at rest. Its library stays loaded until the process ends.
Dut start(const Job &job, const char *so_path, const char *trace)
{
    operator_sim sim{};
    errmsg e{};
    if (operator_sim_load(&sim, so_path, &job.config, &e) != STATUS_OK)
        throw std::runtime_error(e.text);
    Dut d(sim.api->create(), DutDeleter{sim.api});
    if (!d)
        throw std::runtime_error("out of memory");
    if (trace != nullptr && sim.api->trace_open(d.get(), trace) != 0)
        throw std::runtime_error(std::string("cannot write the trace ") + trace + ": " + std::strerror(errno));
    return d;
}

// All modules and what connects them.
struct System {
    sc_core::sc_time half{DUT_CLOCK_NS / 2, sc_core::SC_NS};
    sc_core::sc_clock clock{"CLK_SYS", half * 2, 0.5, half};
    sc_signal<bool> rstn{"RSTN"}, en{"EN"}, do_calc{"DO_CALC"}, rtl_ready{"rtl_ready"}, model_ready{"model_ready"},
        known{"known"};
    sc_signal<std::int32_t> bias{"IN_BIAS"}, initial{"INITIAL_WEIGHT"};
    sc_signal<Elements> weights{"IN_WEIGHTS"}, data{"IN_DATA"};
    sc_signal<std::int64_t> rtl_out{"rtl_out"}, model_out{"model_out"};
    sc_signal<int> vector{"VECTOR"};
    MacRtl rtl;
    MacModel model;
    Driver driver;
    Checker checker{"checker"};

    System(const Dut &d, const Job &job)
        : rtl("rtl", d.get_deleter().api, d.get()), model("model", job.config), driver("driver", job)
    {
        connect_inputs(rtl);
        connect_inputs(model);
        rtl.OUT_DATA(rtl_out), rtl.DATA_RDY(rtl_ready);
        model.OUT_DATA(model_out), model.DATA_RDY(model_ready), model.OUT_KNOWN(known);
        driver.CLK_SYS(clock), driver.DATA_RDY(model_ready), driver.VECTOR(vector);
        driver.RSTN(rstn), driver.EN(en), driver.DO_CALC(do_calc);
        driver.IN_BIAS(bias), driver.INITIAL_WEIGHT(initial), driver.IN_WEIGHTS(weights), driver.IN_DATA(data);
        checker.CLK_SYS(clock), checker.VECTOR(vector), checker.rtl_ready(rtl_ready), checker.model_ready(model_ready);
        checker.model_known(known), checker.rtl_out(rtl_out), checker.model_out(model_out);

        rstn.write(false);
        bias.write(job.bias[0]);
        initial.write(job.initial[0]);
        weights.write({job.weights.data(), UINT64_MAX});
        data.write({job.data.data(), UINT64_MAX});
    }

    void connect_inputs(MacPorts &mac)
    {
        mac.CLK_SYS(clock);
        mac.RSTN(rstn);
        mac.EN(en);
        mac.DO_CALC(do_calc);
        mac.IN_BIAS(bias);
        mac.INITIAL_WEIGHT(initial);
        mac.IN_WEIGHTS(weights);
        mac.IN_DATA(data);
    }
};

void print(const Driver &driver, const Checker &checker, double seconds)
{
    std::printf("vectors=%d\nclocks=%lld\ncompared=%lld\nmismatches=%lld\nseconds=%.9f\n", driver.done(),
                static_cast<long long>(checker.clocks), static_cast<long long>(checker.compared),
                static_cast<long long>(checker.mismatches), seconds);
    std::printf("first_vector=%d\nfirst_clock=%lld\nexpected=%lld\ngot=%lld\nwhere=%s\n", checker.first_vector,
                static_cast<long long>(checker.first_clock), static_cast<long long>(checker.expected),
                static_cast<long long>(checker.got), checker.first_where);
}

} // namespace

void operator_system(const char *so_path, const char *trace)
{
    const Job job = read_job();
    const Dut d = start(job, so_path, trace);
    System system(d, job);
    const auto started = std::chrono::steady_clock::now();
    sc_core::sc_start();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    print(system.driver, system.checker, seconds.count());
}
