// The operator twice behind the same ports: the Verilated RTL, and a cycle model of it.
#pragma once

#include "models/nn/integer/mac.h"
#include "sim/operator/dut.h"

#include <systemc>

#include <cstdint>
#include <ostream>
#include <string>

// The value of a port that carries all N elements: a view, with a number that changes with its content, so that a
// signal compares and copies it at no cost.
struct Elements {
    const std::int32_t *values = nullptr;
    std::uint64_t version = 0;
    bool operator==(const Elements &other) const { return version == other.version; }
};

inline std::ostream &operator<<(std::ostream &out, const Elements &e)
{
    return out << "elements #" << e.version;
}

inline void sc_trace(sc_core::sc_trace_file *, const Elements &, const std::string &) {}

// Ports of the operator, spelled as in the RTL.
struct MacPorts : sc_core::sc_module {
    sc_core::sc_in<bool> CLK_SYS{"CLK_SYS"}, RSTN{"RSTN"}, EN{"EN"}, DO_CALC{"DO_CALC"};
    sc_core::sc_in<std::int32_t> IN_BIAS{"IN_BIAS"}, INITIAL_WEIGHT{"INITIAL_WEIGHT"};
    sc_core::sc_in<Elements> IN_WEIGHTS{"IN_WEIGHTS"}, IN_DATA{"IN_DATA"};
    sc_core::sc_out<std::int64_t> OUT_DATA{"OUT_DATA"};
    sc_core::sc_out<bool> DATA_RDY{"DATA_RDY"};

    explicit MacPorts(const sc_core::sc_module_name &name) : sc_core::sc_module(name) {}
};

// The Verilated RTL behind the ports. Its outputs depend on registers alone, so it is enough to look at it at the
// edges of the clock.
class MacRtl : public MacPorts
{
  public:
    SC_HAS_PROCESS(MacRtl);
    MacRtl(const sc_core::sc_module_name &name, const operator_dut_api *api, operator_dut *d)
        : MacPorts(name), api_(api), dut_(d)
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

    const operator_dut_api *api_;
    operator_dut *dut_;
    std::uint64_t weights_version_ = 0, data_version_ = 0;
};

// The operator as cycles: what it answers comes from mac_dot, when it does from mac_cycles.
class MacModel : public MacPorts
{
  public:
    SC_HAS_PROCESS(MacModel);
    // OUT_DATA has a meaning: a request has ended, and no other begun, since the reset.
    sc_core::sc_out<bool> OUT_KNOWN{"OUT_KNOWN"};
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
