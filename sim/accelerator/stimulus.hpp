// What happens to the accelerators: pixels come, results are taken, both with random stalls, and resets.
#pragma once

#include "models/fpga/design/schedule.h"
#include "sim/accelerator/job.h"
#include "sim/random.hpp"

#include <systemc>

#include <cstdint>

// How far the stream has come: the scoreboard writes, source and control read.
struct Progress {
    int delivered = 0; // results taken
    int resets = 0;
    std::int64_t last_transfer = 0;
};

// When a stream goes on: for some time always, seldom or never, so that both the streams without a gap and full and
// empty buffers occur.
class Stalls
{
  public:
    Stalls(const accelerator_job &job, std::uint64_t seed) : random_(job.seed ^ seed), on_(job.stalls)
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

// Feeds the pixels: once valid, a pixel stays until it is taken.
class Source : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Source);
    sc_core::sc_in<bool> clk_i{"clk_i"}, rst_ni{"rst_ni"}, pixel_ready_o{"pixel_ready_o"};
    sc_core::sc_out<bool> pixel_valid_i{"pixel_valid_i"};
    sc_core::sc_out<std::int32_t> pixel_data_i{"pixel_data_i"};

    Source(const sc_core::sc_module_name &name, const accelerator_job &job, const Progress &progress)
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

    const accelerator_job &job_;
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
    sc_core::sc_in<bool> clk_i{"clk_i"};
    sc_core::sc_out<bool> result_ready_i{"result_ready_i"};

    Sink(const sc_core::sc_module_name &name, const accelerator_job &job) : sc_module(name), stalls_(job, 3)
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
    sc_core::sc_in<bool> clk_i{"clk_i"};
    sc_core::sc_out<bool> rst_ni{"rst_ni"};

    Control(const sc_core::sc_module_name &name, const accelerator_job &job, Progress &progress)
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
