// The accelerator twice behind the same ports: the Verilated RTL, and a cycle model of it.
#pragma once

#include "models/fpga/design/schedule.h"
#include "sim/accelerator/dut.h"
#include "sim/accelerator/job.h"

#include <systemc>

#include <cstdint>
#include <deque>
#include <stdexcept>
#include <vector>

// Ports of the accelerator, spelled as in the RTL.
struct AcceleratorPorts : sc_core::sc_module {
    sc_core::sc_in<bool> clk_i{"clk_i"}, rst_ni{"rst_ni"};
    sc_core::sc_in<bool> pixel_valid_i{"pixel_valid_i"}, result_ready_i{"result_ready_i"};
    sc_core::sc_in<std::int32_t> pixel_data_i{"pixel_data_i"};
    sc_core::sc_out<bool> pixel_ready_o{"pixel_ready_o"}, result_valid_o{"result_valid_o"};
    sc_core::sc_out<std::int32_t> result_class_o{"result_class_o"}, result_logit_o{"result_logit_o"};

    explicit AcceleratorPorts(const sc_core::sc_module_name &name) : sc_core::sc_module(name) {}
};

// The Verilated RTL behind the ports. It sees its inputs half a clock before the rising edge, so that an output that
// follows an input in the same clock would be seen, too.
class AcceleratorRtl : public AcceleratorPorts
{
  public:
    SC_HAS_PROCESS(AcceleratorRtl);
    AcceleratorRtl(const sc_core::sc_module_name &name, const accelerator_dut_api *api, accelerator_dut *d)
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

    const accelerator_dut_api *api_;
    accelerator_dut *dut_;
};

// The accelerator as clocks: what it answers comes from infer, when it does from the rules of docs/accelerator.md,
// beat by beat.
class AcceleratorModel : public AcceleratorPorts
{
  public:
    SC_HAS_PROCESS(AcceleratorModel);
    AcceleratorModel(const sc_core::sc_module_name &name, const accelerator_job &job)
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
        if (accelerator_job_infer(&job_, loaded_.front().pixels.data(), &class_, &logit_, &e) != STATUS_OK)
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

    const accelerator_job &job_;
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
