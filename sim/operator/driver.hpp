// What the operators are asked: vectors with idle clocks, held requests, stalls (EN low), resets, and requests that
// must be ignored.
#pragma once

#include "sim/operator/model.hpp"
#include "sim/random.hpp"

#include <vector>

// What standard input holds.
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
    sc_core::sc_in<bool> CLK_SYS{"CLK_SYS"}, DATA_RDY{"DATA_RDY"};
    sc_core::sc_out<bool> RSTN{"RSTN"}, EN{"EN"}, DO_CALC{"DO_CALC"};
    sc_core::sc_out<std::int32_t> IN_BIAS{"IN_BIAS"}, INITIAL_WEIGHT{"INITIAL_WEIGHT"};
    sc_core::sc_out<Elements> IN_WEIGHTS{"IN_WEIGHTS"}, IN_DATA{"IN_DATA"};
    sc_core::sc_out<int> VECTOR{"VECTOR"}; // the one asked for last

    Driver(const sc_core::sc_module_name &name, const Job &job) : sc_module(name), job_(job), random_(job.seed)
    {
        SC_METHOD(clock_falls);
        sensitive << CLK_SYS.neg();
        dont_initialize();
    }

    int done() const { return vector_; }

  private:
    enum class Phase { Reset, Gap, Start, Busy, Drain };

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
        EN.write(random_.one_in(2));
        DO_CALC.write(random_.one_in(2));
    }

    void gap()
    {
        if (vector_ == job_.n) {
            drain();
            return;
        }
        EN.write(!random_.one_in(4));
        if (wait_-- > 0 || !was_low_) {
            DO_CALC.write(false);
            show(static_cast<int>(random_.below(job_.n))); // OUT_DATA holds all the same
            return;
        }
        start();
    }

    // start: the next vector, and how it is to be asked for.
    void start()
    {
        held_ = random_.one_in(3);
        stalls_ = random_.one_in(4);
        again_ = random_.one_in(4);
        const bool reset = random_.one_in(16);
        reset_in_ = reset ? 1 + static_cast<int>(random_.below(mac_cycles(&job_.config))) : -1;
        phase_ = Phase::Start;
        was_low_ = false;
        show(vector_);
        VECTOR.write(vector_);
        DO_CALC.write(true);
        stall();
    }

    void stall() { EN.write(!(stalls_ && random_.one_in(2))); }

    void busy()
    {
        if (DATA_RDY.read()) {
            finish();
            return;
        }
        if (reset_in_ > 0 && --reset_in_ == 0) {
            RSTN.write(false);
            EN.write(random_.one_in(2));
            wait_ = 1 + static_cast<int>(random_.below(2));
            phase_ = Phase::Reset;
            return;
        }
        if (!held_)
            DO_CALC.write(again_ && random_.one_in(2)); // a request while busy is ignored
        stall();
    }

    void finish()
    {
        vector_++;
        wait_ = random_.one_in(2) ? 0 : static_cast<int>(random_.below(4));
        phase_ = Phase::Gap;
        if (held_ && random_.one_in(2)) { // DO_CALC that stays high must not start again
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
    Random random_;
    std::uint64_t version_ = 0;
    Phase phase_ = Phase::Reset;
    int vector_ = 0, wait_ = 2, reset_in_ = -1;
    bool held_ = false, stalls_ = false, again_ = false, was_low_ = false;
};
