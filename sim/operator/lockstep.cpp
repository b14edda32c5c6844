// deltasweep-lockstep SIMULATOR.so [TRACE]: the Verilated operator and a SystemC cycle model of it side by side, every
// output compared after every clock, while a driver feeds both the vectors it reads on standard input
// (sim/operator/vectorfile.h) with idle clocks, held requests, stalls (EN low), resets and requests that must be ignored.
// deltasweep-lockstep --accelerator SIMULATOR.so MEMORIES: the same for an accelerator (sim/accelerator/system.cpp).
// Prints its result as key=value lines. One process per simulated design: SystemC elaborates only once.
#include "models/nn/integer/mac.h"
#include "sim/accelerator/system.h"
#include "sim/operator/dut.h"
#include "sim/operator/vectorfile.h"

#include <systemc>

#include <dlfcn.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using sc_core::sc_in;
using sc_core::sc_out;
using sc_core::sc_signal;

namespace
{

// The value of a port that carries all N elements: a view, with a number that changes with its content, so that a
// signal compares and copies it at no cost.
struct Elements {
    const std::int32_t *values = nullptr;
    std::uint64_t version = 0;
    bool operator==(const Elements &other) const { return version == other.version; }
};

std::ostream &operator<<(std::ostream &out, const Elements &e)
{
    return out << "elements #" << e.version;
}

[[maybe_unused]] void sc_trace(sc_core::sc_trace_file *, const Elements &, const std::string &) {}

// Ports of the operator, spelled as in the RTL.
struct MacPorts : sc_core::sc_module {
    sc_in<bool> CLK_SYS{"CLK_SYS"}, RSTN{"RSTN"}, EN{"EN"}, DO_CALC{"DO_CALC"};
    sc_in<std::int32_t> IN_BIAS{"IN_BIAS"}, INITIAL_WEIGHT{"INITIAL_WEIGHT"};
    sc_in<Elements> IN_WEIGHTS{"IN_WEIGHTS"}, IN_DATA{"IN_DATA"};
    sc_out<std::int64_t> OUT_DATA{"OUT_DATA"};
    sc_out<bool> DATA_RDY{"DATA_RDY"};

    explicit MacPorts(const sc_core::sc_module_name &name) : sc_core::sc_module(name) {}
};

// The Verilated RTL behind the ports. Its outputs depend on registers alone, so it is enough to look at it at the
// edges of the clock.
class MacRtl : public MacPorts
{
  public:
    SC_HAS_PROCESS(MacRtl);
    MacRtl(const sc_core::sc_module_name &name, const dut_api *api, dut *d) : MacPorts(name), api_(api), dut_(d)
    {
        SC_METHOD(clock_changed);
        sensitive << CLK_SYS;
        dont_initialize();
    }

  private:
    void clock_changed()
    {
        const bool rising = CLK_SYS.read();
        if (rising)
            read_inputs();
        api_->edge(dut_, rising ? 1 : 0);
        OUT_DATA.write(api_->out_data(dut_));
        DATA_RDY.write(api_->data_rdy(dut_) != 0);
    }

    void read_inputs()
    {
        api_->set_control(dut_, RSTN.read(), EN.read(), DO_CALC.read());
        api_->set_bias(dut_, IN_BIAS.read());
        api_->set_initial(dut_, INITIAL_WEIGHT.read());
        if (weights_version_ != IN_WEIGHTS.read().version)
            api_->set_weights(dut_, IN_WEIGHTS.read().values);
        if (data_version_ != IN_DATA.read().version)
            api_->set_data(dut_, IN_DATA.read().values);
        weights_version_ = IN_WEIGHTS.read().version;
        data_version_ = IN_DATA.read().version;
    }

    const dut_api *api_;
    dut *dut_;
    std::uint64_t weights_version_ = 0, data_version_ = 0;
};

// The operator as cycles: what it answers comes from mac_dot, when it does from mac_cycles.
class MacModel : public MacPorts
{
  public:
    SC_HAS_PROCESS(MacModel);
    sc_out<bool> OUT_KNOWN{
        "OUT_KNOWN"}; // OUT_DATA has a meaning: a request has ended, and no other begun, since the reset
    MacModel(const sc_core::sc_module_name &name, const mac_config &config) : MacPorts(name), config_(config)
    {
        SC_METHOD(clock_rises);
        sensitive << CLK_SYS.pos();
        dont_initialize();
    }

  private:
    void clock_rises()
    {
        if (!RSTN.read()) {
            do_calc_before_ = false;
            edges_left_ = 0;
            OUT_KNOWN.write(false);
        } else if (EN.read()) {
            if (edges_left_ > 0 && --edges_left_ == 0) {
                OUT_DATA.write(result_);
                OUT_KNOWN.write(true);
            } else if (edges_left_ == 0 && DO_CALC.read() && !do_calc_before_) {
                const mac_vector v = {IN_BIAS.read(), INITIAL_WEIGHT.read(), IN_WEIGHTS.read().values,
                                      IN_DATA.read().values};
                result_ = mac_dot(&config_, &v);
                edges_left_ = mac_cycles(&config_) - 1; // this edge is the first
                OUT_KNOWN.write(false);
            }
            do_calc_before_ = DO_CALC.read();
        }
        DATA_RDY.write(edges_left_ == 0);
    }

    mac_config config_;
    bool do_calc_before_ = false;
    int edges_left_ = 0;
    std::int64_t result_ = 0;
};

// All vectors, and the rest of the input.
struct Job {
    mac_config config{};
    int n = 0;
    std::uint64_t seed = 0;
    std::vector<std::int32_t> bias, initial, weights, data;
    const std::int32_t *row(const std::vector<std::int32_t> &all, int v) const
    {
        return all.data() + static_cast<std::size_t>(v) * static_cast<std::size_t>(config.N);
    }
};

// Feeds the vectors. Acts between the rising edges, so that both operators see the same inputs at the next one.
class Driver : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Driver);
    sc_in<bool> CLK_SYS{"CLK_SYS"}, DATA_RDY{"DATA_RDY"};
    sc_out<bool> RSTN{"RSTN"}, EN{"EN"}, DO_CALC{"DO_CALC"};
    sc_out<std::int32_t> IN_BIAS{"IN_BIAS"}, INITIAL_WEIGHT{"INITIAL_WEIGHT"};
    sc_out<Elements> IN_WEIGHTS{"IN_WEIGHTS"}, IN_DATA{"IN_DATA"};
    sc_out<int> VECTOR{"VECTOR"}; // the one asked for last

    Driver(const sc_core::sc_module_name &name, const Job &job) : sc_module(name), job_(job), random_(job.seed)
    {
        SC_METHOD(clock_falls);
        sensitive << CLK_SYS.neg();
        dont_initialize();
    }

    int done() const { return vector_; }

  private:
    enum class Phase { Reset, Gap, Start, Busy, Drain };

    bool one_in(unsigned n) { return next_random() % n == 0; }

    std::uint64_t next_random()
    {
        random_ += UINT64_C(0x9e3779b97f4a7c15);
        std::uint64_t z = random_;
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
    }

    void show(int v)
    {
        version_++;
        IN_BIAS.write(job_.bias[static_cast<std::size_t>(v)]);
        INITIAL_WEIGHT.write(job_.initial[static_cast<std::size_t>(v)]);
        IN_WEIGHTS.write({job_.row(job_.weights, v), version_});
        IN_DATA.write({job_.row(job_.data, v), version_});
    }

    // What the edge that has just passed was given decides what comes next.
    void clock_falls()
    {
        const bool counted = EN.read() && RSTN.read();
        if (!RSTN.read() || (counted && !DO_CALC.read()))
            was_low_ = true;
        switch (phase_) {
        case Phase::Reset:
            if (--wait_ > 0)
                break;
            RSTN.write(true);
            start();
            return;
        case Phase::Gap:
            gap();
            return;
        case Phase::Start:
            if (!counted) { // stalled: the request was not seen
                stall();
                return;
            }
            phase_ = Phase::Busy;
            busy();
            return;
        case Phase::Busy:
            busy();
            return;
        case Phase::Drain:
            if (--wait_ <= 0)
                sc_core::sc_stop();
            return;
        }
        // In reset EN and DO_CALC must not matter.
        EN.write(one_in(2));
        DO_CALC.write(one_in(2));
    }

    void gap()
    {
        if (vector_ == job_.n) {
            drain();
            return;
        }
        EN.write(!one_in(4));
        if (wait_-- > 0 || !was_low_) {
            DO_CALC.write(false);
            show(static_cast<int>(next_random() % static_cast<std::uint64_t>(job_.n))); // OUT_DATA holds all the same
            return;
        }
        start();
    }

    // start: the next vector, and how it is to be asked for.
    void start()
    {
        held_ = one_in(3);
        stalls_ = one_in(4);
        again_ = one_in(4);
        const bool reset = one_in(16);
        reset_in_ =
            reset ? 1 + static_cast<int>(next_random() % static_cast<std::uint64_t>(mac_cycles(&job_.config))) : -1;
        phase_ = Phase::Start;
        was_low_ = false;
        show(vector_);
        VECTOR.write(vector_);
        DO_CALC.write(true);
        stall();
    }

    void stall() { EN.write(!(stalls_ && one_in(2))); }

    void busy()
    {
        if (DATA_RDY.read()) {
            finish();
            return;
        }
        if (reset_in_ > 0 && --reset_in_ == 0) {
            RSTN.write(false);
            EN.write(one_in(2));
            wait_ = 1 + static_cast<int>(next_random() % 2);
            phase_ = Phase::Reset;
            return;
        }
        if (!held_)
            DO_CALC.write(again_ && one_in(2)); // a request while busy is ignored
        stall();
    }

    void finish()
    {
        vector_++;
        wait_ = one_in(2) ? 0 : static_cast<int>(next_random() % 4);
        phase_ = Phase::Gap;
        if (held_ && one_in(2)) { // DO_CALC that stays high must not start again
            EN.write(true);
            held_ = false;
            return;
        }
        gap();
    }

    void drain()
    {
        phase_ = Phase::Drain;
        DO_CALC.write(false);
        EN.write(true);
        wait_ = 3;
    }

    const Job &job_;
    std::uint64_t random_, version_ = 0;
    Phase phase_ = Phase::Reset;
    int vector_ = 0, wait_ = 2, reset_in_ = -1;
    bool held_ = false, stalls_ = false, again_ = false, was_low_ = false;
};

// Compares the outputs in the middle of every clock.
class Checker : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Checker);
    sc_in<bool> CLK_SYS{"CLK_SYS"}, rtl_ready{"rtl_ready"}, model_ready{"model_ready"}, model_known{"model_known"};
    sc_in<std::int64_t> rtl_out{"rtl_out"}, model_out{"model_out"};
    sc_in<int> VECTOR{"VECTOR"};

    std::int64_t clocks = 0, mismatches = 0, compared = 0, first_clock = 0, expected = 0, got = 0;
    int first_vector = -1;
    const char *first_where = "";

    explicit Checker(const sc_core::sc_module_name &name) : sc_module(name)
    {
        SC_METHOD(clock_falls);
        sensitive << CLK_SYS.neg();
        dont_initialize();
    }

  private:
    void clock_falls()
    {
        if (clocks++ == 0)
            return; // the first edge resets: nothing is defined before it
        compare("DATA_RDY", model_ready.read(), rtl_ready.read());
        if (model_known.read()) {
            compared++;
            compare("OUT_DATA", model_out.read(), rtl_out.read());
        }
    }

    void compare(const char *where, std::int64_t model, std::int64_t rtl)
    {
        if (model == rtl || mismatches++ > 0)
            return;
        first_where = where;
        first_vector = VECTOR.read();
        first_clock = clocks - 1;
        expected = model;
        got = rtl;
    }
};

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
        static_cast<mac_variant>(h.variant), static_cast<multiplier>(h.multiplier), h.W, h.D, h.shift, h.N, h.P};
    if (mac_check(&job.config, &e) != STATUS_OK)
        throw std::runtime_error(e.text);
    if (h.n < 1)
        throw std::runtime_error("there are no vectors");
    job.n = h.n;
    job.seed = h.seed;
    const auto n = static_cast<std::size_t>(h.n), all = n * static_cast<std::size_t>(h.N);
    job.bias = read_numbers(n, h.W, "IN_BIAS");
    job.initial = read_numbers(n, h.W, "INITIAL_WEIGHT");
    job.weights = read_numbers(all, h.variant == MAC_PLAIN ? h.W : h.D, "IN_WEIGHTS");
    job.data = read_numbers(all, h.W, "IN_DATA");
    return job;
}

const dut_api *load(const char *path, const mac_config &c)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (object == nullptr)
        throw std::runtime_error(std::string("cannot load ") + path + ": " + dlerror());
    const auto entry = reinterpret_cast<decltype(&dut_entry)>(dlsym(object, "dut_entry"));
    if (entry == nullptr)
        throw std::runtime_error(std::string(path) + " is not a simulator of an operator");
    const dut_api *api = entry();
    if (api->version != DUT_API_VERSION || api->variant != static_cast<int>(c.variant) || api->W != c.W ||
        api->D != (c.variant == MAC_PLAIN ? c.W : c.D) || api->shift != c.shift || api->N != c.N || api->P != c.P)
        throw std::runtime_error(std::string(path) + " was built for another operator");
    return api;
}

struct DutDeleter {
    const dut_api *api;
    void operator()(dut *d) const { api->destroy(d); }
};

void simulate(const Job &job, const char *so_path, const char *trace)
{
    const dut_api *api = load(so_path, job.config);
    const std::unique_ptr<dut, DutDeleter> d(api->create(), DutDeleter{api});
    if (!d)
        throw std::runtime_error("out of memory");
    if (trace != nullptr && api->trace_open(d.get(), trace) != 0)
        throw std::runtime_error(std::string("cannot write the trace ") + trace + ": " + std::strerror(errno));

    const sc_core::sc_time half(DUT_CLOCK_NS / 2, sc_core::SC_NS);
    sc_core::sc_clock clock("CLK_SYS", half * 2, 0.5, half);
    sc_signal<bool> rstn("RSTN"), en("EN"), do_calc("DO_CALC"), rtl_ready("rtl_ready"), model_ready("model_ready"),
        known("known");
    sc_signal<std::int32_t> bias("IN_BIAS"), initial("INITIAL_WEIGHT");
    sc_signal<Elements> weights("IN_WEIGHTS"), data("IN_DATA");
    sc_signal<std::int64_t> rtl_out("rtl_out"), model_out("model_out");
    sc_signal<int> vector("VECTOR");

    MacRtl rtl("rtl", api, d.get());
    MacModel model("model", job.config);
    Driver driver("driver", job);
    Checker checker("checker");
    for (MacPorts *mac : {static_cast<MacPorts *>(&rtl), static_cast<MacPorts *>(&model)}) {
        mac->CLK_SYS(clock);
        mac->RSTN(rstn);
        mac->EN(en);
        mac->DO_CALC(do_calc);
        mac->IN_BIAS(bias);
        mac->INITIAL_WEIGHT(initial);
        mac->IN_WEIGHTS(weights);
        mac->IN_DATA(data);
    }
    rtl.OUT_DATA(rtl_out), rtl.DATA_RDY(rtl_ready);
    model.OUT_DATA(model_out), model.DATA_RDY(model_ready), model.OUT_KNOWN(known);
    driver.CLK_SYS(clock), driver.DATA_RDY(model_ready);
    driver.RSTN(rstn), driver.EN(en), driver.DO_CALC(do_calc);
    driver.IN_BIAS(bias), driver.INITIAL_WEIGHT(initial), driver.IN_WEIGHTS(weights), driver.IN_DATA(data);
    checker.CLK_SYS(clock), checker.rtl_ready(rtl_ready), checker.model_ready(model_ready);
    driver.VECTOR(vector), checker.VECTOR(vector);
    checker.model_known(known), checker.rtl_out(rtl_out), checker.model_out(model_out);

    rstn.write(false);
    bias.write(job.bias[0]);
    initial.write(job.initial[0]);
    weights.write({job.weights.data(), UINT64_MAX});
    data.write({job.data.data(), UINT64_MAX});

    const auto started = std::chrono::steady_clock::now();
    sc_core::sc_start();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;

    std::printf("vectors=%d\nclocks=%lld\ncompared=%lld\nmismatches=%lld\nseconds=%.9f\n", driver.done(),
                static_cast<long long>(checker.clocks), static_cast<long long>(checker.compared),
                static_cast<long long>(checker.mismatches), seconds.count());
    std::printf("first_vector=%d\nfirst_clock=%lld\nexpected=%lld\ngot=%lld\nwhere=%s\n", checker.first_vector,
                static_cast<long long>(checker.first_clock), static_cast<long long>(checker.expected),
                static_cast<long long>(checker.got), checker.first_where);
}

} // namespace

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
            accel_system(argv[2], argv[3]);
        else
            simulate(read_job(), argv[1], argc == 3 ? argv[2] : nullptr);
        return 0;
    } catch (const std::exception &x) {
        std::fprintf(stderr, "deltasweep-lockstep: %s\n", x.what());
        return 2;
    }
}

// The library's own main would print its banner among our results.
int main(int argc, char *argv[])
{
    setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
