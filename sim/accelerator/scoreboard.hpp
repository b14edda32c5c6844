// Every output of the RTL beside the model's in every clock, and every result beside the verdict of integer inference.
#pragma once

#include "models/fpga/design/schedule.h"
#include "sim/accelerator/job.h"
#include "sim/accelerator/stimulus.hpp"

#include <systemc>

#include <algorithm>
#include <cstdint>
#include <string>

// Compares what RTL and model put out before every rising edge, and the results that are taken with the verdicts.
class Scoreboard : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Scoreboard);
    struct Outputs {
        sc_core::sc_in<bool> pixel_ready_o, result_valid_o;
        sc_core::sc_in<std::int32_t> result_class_o, result_logit_o;
    };
    sc_core::sc_in<bool> clk_i{"clk_i"}, rst_ni{"rst_ni"}, pixel_valid_i{"pixel_valid_i"},
        result_ready_i{"result_ready_i"};
    Outputs rtl, model;

    std::int64_t clocks = 0, mismatches = 0, first_pixel = -1, last_result = -1;
    int first_image = -1;
    std::string first_where;

    Scoreboard(const sc_core::sc_module_name &name, const accelerator_job &job, Progress &progress)
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

    const accelerator_job &job_;
    Progress &progress_;
    std::int64_t patience_ = 0;
};
