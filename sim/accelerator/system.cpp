// The system model: a source of pixels and a sink of results, both with random stalls; between them the Verilated
// accelerator and a cycle model of it side by side. In every clock all outputs of the two are compared, and a
// scoreboard holds every result against the verdict of integer inference. Resets in the middle of the stream lose the
// images that are inside; the source then begins again with the first of them.
#include "sim/accelerator/system.h"

#include "sim/accelerator/dut.h"
#include "sim/accelerator/job.h"
#include "models/fpga/design/schedule.h"

#include <systemc>

#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using sc_core::sc_in;
using sc_core::sc_out;
using sc_core::sc_signal;

namespace
{

// How far the stream has come: the scoreboard writes, source and control read.
struct Progress {
    int delivered = 0; // results taken
    int resets = 0;
    std::int64_t last_transfer = 0;
};

class Random
{
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next()
    {
        state_ += UINT64_C(0x9e3779b97f4a7c15);
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
    }
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n)); }

  private:
    std::uint64_t state_;
};

// When a stream goes on: for some time always, seldom or never, so that both the streams without a gap and full and
// empty buffers occur.
class Stalls
{
  public:
    Stalls(const accel_job &job, std::uint64_t seed) : random_(job.seed ^ seed), on_(job.stalls)
    {
        schedule s{};
        schedule_of(&job.accelerator, &s);
        image_ = s.lanes_free + job.accelerator.sizes[0];
    }

    bool go()
    {
        if (!on_)
            return true;
        if (left_-- <= 0) {
            static const int eighths[] = {8, 8, 7, 4, 1, 0};
            go_eighths_ = eighths[random_.below(6)];
            left_ = random_.below(random_.below(8) == 0 ? 5 * image_ : image_);
        }
        return random_.below(8) < go_eighths_;
    }

  private:
    Random random_;
    bool on_;
    std::int64_t image_ = 0, left_ = 0;
    int go_eighths_ = 8;
};

// Ports of the accelerator, spelled as in the RTL.
struct AcceleratorPorts : sc_core::sc_module {
    sc_in<bool> clk_i{"clk_i"}, rst_ni{"rst_ni"};
    sc_in<bool> pixel_valid_i{"pixel_valid_i"}, result_ready_i{"result_ready_i"};
    sc_in<std::int32_t> pixel_data_i{"pixel_data_i"};
    sc_out<bool> pixel_ready_o{"pixel_ready_o"}, result_valid_o{"result_valid_o"};
    sc_out<std::int32_t> result_class_o{"result_class_o"}, result_logit_o{"result_logit_o"};

    explicit AcceleratorPorts(const sc_core::sc_module_name &name) : sc_core::sc_module(name) {}
};

// The Verilated RTL behind the ports. It sees its inputs half a clock before the rising edge, so that an output that
// follows an input in the same clock would be seen, too.
class AcceleratorRtl : public AcceleratorPorts
{
  public:
    SC_HAS_PROCESS(AcceleratorRtl);
    AcceleratorRtl(const sc_core::sc_module_name &name, const accel_dut_api *api, accel_dut *d)
        : AcceleratorPorts(name), api_(api), dut_(d)
    {
        SC_METHOD(clock_changed);
        sensitive << clk_i;
        dont_initialize();
    }

  private:
    void clock_changed()
    {
        if (clk_i.read()) {
            api_->edge(dut_, 1);
            return;
        }
        api_->set_reset(dut_, rst_ni.read());
        api_->set_pixel(dut_, pixel_valid_i.read(), pixel_data_i.read());
        api_->set_result_ready(dut_, result_ready_i.read());
        api_->edge(dut_, 0);
        pixel_ready_o.write(api_->pixel_ready(dut_) != 0);
        result_valid_o.write(api_->result_valid(dut_) != 0);
        result_class_o.write(api_->result_class(dut_));
        result_logit_o.write(api_->result_logit(dut_));
    }

    const accel_dut_api *api_;
    accel_dut *dut_;
};

// The accelerator as clocks: what it answers comes from infer, when it does from the rules of docs/accelerator.md,
// beat by beat.
class AcceleratorModel : public AcceleratorPorts
{
  public:
    SC_HAS_PROCESS(AcceleratorModel);
    AcceleratorModel(const sc_core::sc_module_name &name, const accel_job &job)
        : AcceleratorPorts(name), job_(job), a_(job.accelerator)
    {
        SC_METHOD(clock_rises);
        sensitive << clk_i.pos();
        dont_initialize();
    }

  private:
    struct Image {
        std::vector<std::int32_t> pixels;
        std::int64_t ready_at; // clock of its first beat, if lanes and a place are free
    };
    struct Result {
        std::int32_t class_, logit;
        std::int64_t valid_at;
    };

    void clock_rises()
    {
        now_++;
        if (!rst_ni.read()) {
            reset();
        } else {
            take_result();
            take_pixel();
            lanes();
        }
        // Outputs of the next clock.
        pixel_ready_o.write(bank_free_at_[bank_] <= now_ + 1);
        const bool valid = !results_.empty() && results_.front().valid_at <= now_ + 1;
        result_valid_o.write(valid);
        if (valid) {
            result_class_o.write(results_.front().class_);
            result_logit_o.write(results_.front().logit);
        }
    }

    void reset()
    {
        loading_.clear();
        loaded_.clear();
        results_.clear();
        places_.assign(RESULT_PLACES, 0);
        bank_free_at_[0] = bank_free_at_[1] = 0;
        bank_ = beat_bank_ = 0;
        layer_ = pass_ = input_ = 0;
        idle_ = 0;
    }

    void take_result()
    {
        if (!result_valid_o.read() || !result_ready_i.read())
            return;
        results_.pop_front();
        places_.push_back(now_ + TAKE_TO_BEAT);
    }

    void take_pixel()
    {
        if (!pixel_ready_o.read() || !pixel_valid_i.read())
            return;
        loading_.push_back(pixel_data_i.read());
        if (static_cast<int>(loading_.size()) < a_.sizes[0])
            return;
        loaded_.push_back({loading_, now_ + LOAD_TO_BEAT});
        loading_.clear();
        bank_free_at_[bank_] = INT64_MAX;
        bank_ ^= 1;
    }

    // lanes: one beat, or an idle clock.
    void lanes()
    {
        if (idle_ > 0) {
            idle_--;
            return;
        }
        if (layer_ == 0 && pass_ == 0 && input_ == 0 && !start())
            return;
        if (++input_ < a_.sizes[layer_])
            return;
        input_ = 0;
        idle_ = 1; // at least
        if (++pass_ < passes(layer_)) {
            wait_at_least(a_.P - a_.sizes[layer_]); // P accumulators are drained one a clock
            return;
        }
        pass_ = 0;
        if (layer_ == 0) {
            bank_free_at_[beat_bank_] = now_ + BEAT_TO_BANK;
            beat_bank_ ^= 1;
        }
        if (++layer_ < a_.n_layers) {
            wait_at_least(accelerator_latency(&a_) - 1 - (passes(layer_ - 1) - 1) * a_.P);
            return;
        }
        layer_ = 0;
        const int left = a_.sizes[a_.n_layers] - (passes(a_.n_layers - 1) - 1) * a_.P;
        wait_at_least(left - a_.sizes[0]);
        results_.push_back({class_, logit_, now_ + accelerator_latency(&a_) + left - 1 + RESULT_TO_VALID});
    }

    bool start()
    {
        if (loaded_.empty() || loaded_.front().ready_at > now_ || places_.empty() || places_.front() > now_)
            return false;
        errmsg e{};
        if (accel_job_infer(&job_, loaded_.front().pixels.data(), &class_, &logit_, &e) != STATUS_OK)
            throw std::runtime_error(e.text);
        loaded_.pop_front();
        places_.pop_front();
        return true;
    }

    int passes(int l) const { return (a_.sizes[l + 1] + a_.P - 1) / a_.P; }

    void wait_at_least(int clocks)
    {
        if (clocks > idle_)
            idle_ = clocks;
    }

    const accel_job &job_;
    const accelerator &a_;
    std::int64_t now_ = -1; // the clock that ends with the edge
    std::vector<std::int32_t> loading_;
    std::deque<Image> loaded_;
    std::deque<Result> results_;
    std::deque<std::int64_t> places_ = std::deque<std::int64_t>(RESULT_PLACES, 0); // when each may be used
    std::int64_t bank_free_at_[2] = {0, 0}; // of each bank: clock of the first transfer into it
    int bank_ = 0, beat_bank_ = 0;          // that is loaded, that is read
    int layer_ = 0, pass_ = 0, input_ = 0;  // of the next beat
    int idle_ = 0;
    std::int32_t class_ = 0, logit_ = 0; // the answer to the image in the lanes
};

// Feeds the pixels: once valid, a pixel stays until it is taken.
class Source : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Source);
    sc_in<bool> clk_i{"clk_i"}, rst_ni{"rst_ni"}, pixel_ready_o{"pixel_ready_o"};
    sc_out<bool> pixel_valid_i{"pixel_valid_i"};
    sc_out<std::int32_t> pixel_data_i{"pixel_data_i"};

    Source(const sc_core::sc_module_name &name, const accel_job &job, const Progress &progress)
        : sc_module(name), job_(job), progress_(progress), stalls_(job, 1), random_(job.seed ^ 2)
    {
        SC_METHOD(clock_rises);
        sensitive << clk_i.pos();
        dont_initialize();
    }

  private:
    void clock_rises()
    {
        if (!rst_ni.read()) {
            next_ = std::int64_t{progress_.delivered} * job_.accelerator.sizes[0];
            offered_ = false;
        } else if (offered_ && pixel_ready_o.read()) {
            next_++;
            offered_ = false;
        }
        offered_ = offered_ || (next_ < std::int64_t{job_.images} * job_.accelerator.sizes[0] && stalls_.go());
        pixel_valid_i.write(offered_);
        pixel_data_i.write(offered_ ? job_.pixels[next_] : static_cast<std::int32_t>(random_.next()));
    }

    const accel_job &job_;
    const Progress &progress_;
    Stalls stalls_;
    Random random_;
    std::int64_t next_ = 0;
    bool offered_ = false;
};

class Sink : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Sink);
    sc_in<bool> clk_i{"clk_i"};
    sc_out<bool> result_ready_i{"result_ready_i"};

    Sink(const sc_core::sc_module_name &name, const accel_job &job) : sc_module(name), stalls_(job, 3)
    {
        SC_METHOD(clock_rises);
        sensitive << clk_i.pos();
        dont_initialize();
    }

  private:
    void clock_rises() { result_ready_i.write(stalls_.go()); }

    Stalls stalls_;
};

// Resets: two clocks at the start, and later some in the middle of the stream.
class Control : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Control);
    sc_in<bool> clk_i{"clk_i"};
    sc_out<bool> rst_ni{"rst_ni"};

    Control(const sc_core::sc_module_name &name, const accel_job &job, Progress &progress)
        : sc_module(name), progress_(progress), random_(job.seed ^ 4), resets_(job.resets)
    {
        schedule s{};
        schedule_of(&job.accelerator, &s);
        image_ = s.cycles_latency;
        plan();
        SC_METHOD(clock_rises);
        sensitive << clk_i.pos();
        dont_initialize();
    }

  private:
    // plan: the next reset comes while the first two images after the last one are on their way.
    void plan() { until_reset_ = 1 + random_.below(2 * image_); }

    void clock_rises()
    {
        if (held_ > 0) {
            rst_ni.write(--held_ == 0);
        } else if (resets_ > 0 && --until_reset_ == 0) {
            rst_ni.write(false);
            held_ = 1 + static_cast<int>(random_.below(3));
            resets_--;
            progress_.resets++;
            plan();
        }
    }

    Progress &progress_;
    Random random_;
    int resets_, held_ = 2;
    std::int64_t image_ = 0, until_reset_ = 0;
};

// Compares what RTL and model put out before every rising edge, and the results that are taken with the verdicts.
class Scoreboard : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Scoreboard);
    struct Outputs {
        sc_in<bool> pixel_ready_o, result_valid_o;
        sc_in<std::int32_t> result_class_o, result_logit_o;
    };
    sc_in<bool> clk_i{"clk_i"}, rst_ni{"rst_ni"}, pixel_valid_i{"pixel_valid_i"}, result_ready_i{"result_ready_i"};
    Outputs rtl, model;

    std::int64_t clocks = 0, mismatches = 0, first_pixel = -1, last_result = -1;
    int first_image = -1;
    std::string first_where;

    Scoreboard(const sc_core::sc_module_name &name, const accel_job &job, Progress &progress)
        : sc_module(name), job_(job), progress_(progress)
    {
        schedule s{};
        schedule_of(&job.accelerator, &s);
        patience_ = 16 * (s.lanes_free + s.cycles_latency) + 10000;
        SC_METHOD(clock_rises);
        sensitive << clk_i.pos();
        dont_initialize();
    }

  private:
    static constexpr std::int64_t clocks_after_last = 64;

    void clock_rises()
    {
        const std::int64_t clock = clocks++;
        if (clock == 0)
            return; // the first edge resets: nothing is defined before it
        compare();
        if (rst_ni.read()) {
            if (pixel_valid_i.read() && rtl.pixel_ready_o.read()) {
                progress_.last_transfer = clock;
                if (first_pixel < 0)
                    first_pixel = clock;
            }
            if (rtl.result_valid_o.read() && result_ready_i.read())
                take(clock);
        }
        const bool complete = progress_.delivered >= job_.images;
        const bool without_end = progress_.delivered > 2 * job_.images;
        if (clock - progress_.last_transfer > (complete ? clocks_after_last : patience_) || without_end)
            sc_core::sc_stop();
    }

    void compare()
    {
        const bool valid = model.result_valid_o.read();
        const struct {
            const char *port;
            std::int32_t rtl, model;
        } ports[] = {
            {"pixel_ready_o", rtl.pixel_ready_o.read(), model.pixel_ready_o.read()},
            {"result_valid_o", rtl.result_valid_o.read(), valid},
            {"result_class_o", valid ? rtl.result_class_o.read() : 0, valid ? model.result_class_o.read() : 0},
            {"result_logit_o", valid ? rtl.result_logit_o.read() : 0, valid ? model.result_logit_o.read() : 0}};
        bool same = true;
        for (const auto &p : ports) {
            if (p.rtl != p.model && same)
                differ(std::string(p.port) + " is " + std::to_string(p.rtl) + ", the model's " +
                       std::to_string(p.model));
            same = same && p.rtl == p.model;
        }
    }

    void take(std::int64_t clock)
    {
        const int k = progress_.delivered++;
        progress_.last_transfer = last_result = clock;
        if (k >= job_.images) {
            differ("a result too many");
            return;
        }
        if (rtl.result_class_o.read() != job_.result_class[k] || rtl.result_logit_o.read() != job_.logit[k])
            differ("class " + std::to_string(rtl.result_class_o.read()) + ", logit " +
                   std::to_string(rtl.result_logit_o.read()) + " instead of " + std::to_string(job_.result_class[k]) +
                   ", " + std::to_string(job_.logit[k]));
    }

    void differ(const std::string &where)
    {
        if (mismatches++ > 0)
            return;
        first_image = std::min(progress_.delivered, job_.images - 1);
        first_where = "clock " + std::to_string(clocks - 1) + ": " + where;
    }

    const accel_job &job_;
    Progress &progress_;
    std::int64_t patience_ = 0;
};

struct JobDeleter {
    void operator()(accel_job *job) const { accel_job_free(job); }
};

std::unique_ptr<accel_job, JobDeleter> read_job()
{
    accel_job *job = nullptr;
    errmsg e{};
    if (accel_job_read(stdin, &job, &e) != STATUS_OK)
        throw std::runtime_error(e.text);
    return std::unique_ptr<accel_job, JobDeleter>(job);
}

const accel_dut_api *load(const char *path)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (object == nullptr)
        throw std::runtime_error(std::string("cannot load ") + path + ": " + dlerror());
    const auto entry = reinterpret_cast<decltype(&accel_dut_entry)>(dlsym(object, "accel_dut_entry"));
    if (entry == nullptr || entry()->version != ACCEL_DUT_API_VERSION)
        throw std::runtime_error(std::string(path) + " is not a simulator of an accelerator");
    return entry();
}

struct DutDeleter {
    const accel_dut_api *api;
    void operator()(accel_dut *d) const { api->destroy(d); }
};

} // namespace

void accel_system(const char *so_path, const char *memories)
{
    const std::unique_ptr<accel_job, JobDeleter> job = read_job();
    const accel_dut_api *api = load(so_path);
    const std::unique_ptr<accel_dut, DutDeleter> d(api->create(memories), DutDeleter{api});
    if (!d)
        throw std::runtime_error(std::string("no memory files in ") + memories);

    const sc_core::sc_time half(5, sc_core::SC_NS);
    sc_core::sc_clock clock("clk_i", half * 2, 0.5, half);
    sc_signal<bool> rst_ni("rst_ni"), pixel_valid("pixel_valid_i"), result_ready("result_ready_i");
    sc_signal<std::int32_t> pixel_data("pixel_data_i");
    sc_signal<bool> rtl_ready("rtl_pixel_ready_o"), rtl_valid("rtl_result_valid_o"), model_ready("pixel_ready_o"),
        model_valid("result_valid_o");
    sc_signal<std::int32_t> rtl_class("rtl_result_class_o"), rtl_logit("rtl_result_logit_o"),
        model_class("result_class_o"), model_logit("result_logit_o");

    Progress progress;
    AcceleratorRtl rtl("rtl", api, d.get());
    AcceleratorModel model("model", *job);
    Source source("source", *job, progress);
    Sink sink("sink", *job);
    Control control("control", *job, progress);
    Scoreboard scoreboard("scoreboard", *job, progress);
    for (AcceleratorPorts *a : {static_cast<AcceleratorPorts *>(&rtl), static_cast<AcceleratorPorts *>(&model)}) {
        a->clk_i(clock);
        a->rst_ni(rst_ni);
        a->pixel_valid_i(pixel_valid), a->pixel_data_i(pixel_data), a->result_ready_i(result_ready);
    }
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

    const std::clock_t started = std::clock(); // processor time
    sc_core::sc_start();
    const double seconds = static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC;

    std::printf("images=%d\nclocks=%lld\nmismatches=%lld\nresets=%d\nfirst_pixel=%lld\nlast_result=%lld\n",
                progress.delivered, static_cast<long long>(scoreboard.clocks),
                static_cast<long long>(scoreboard.mismatches), progress.resets,
                static_cast<long long>(scoreboard.first_pixel), static_cast<long long>(scoreboard.last_result));
    std::printf("seconds=%.9f\nfirst_image=%d\nwhere=%s\n", seconds, scoreboard.first_image,
                scoreboard.first_where.c_str());
}
