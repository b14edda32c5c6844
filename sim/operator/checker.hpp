// Every output of the RTL beside the model's, after every clock.
#pragma once

#include <systemc>

#include <cstdint>

// Compares the outputs in the middle of every clock.
class Checker : public sc_core::sc_module
{
  public:
    SC_HAS_PROCESS(Checker);
    sc_core::sc_in<bool> CLK_SYS{"CLK_SYS"}, rtl_ready{"rtl_ready"}, model_ready{"model_ready"},
        model_known{"model_known"};
    sc_core::sc_in<std::int64_t> rtl_out{"rtl_out"}, model_out{"model_out"};
    sc_core::sc_in<int> VECTOR{"VECTOR"};

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
