// C face of the model that test_grid.c generates: many operators on the same inputs.
#include "VGrid.h"

#include <cstring>
#include <memory>

double sc_time_stamp()
{
    return 0;
}

static VerilatedContext context;
static VGrid *top()
{
    static std::unique_ptr<VGrid> model; // freed when the library is closed
    if (!model) {
        model.reset(new VGrid{&context, "grid"});
        model->eval(); // else the first rising edge is not one
    }
    return model.get();
}

extern "C" {

void grid_inputs(unsigned bias, unsigned initial, const unsigned *weights, const unsigned *data)
{
    top()->bias = static_cast<unsigned char>(bias);
    top()->initial_weight = static_cast<unsigned char>(initial);
    std::memcpy(&top()->weights[0], weights, 8 * sizeof *weights);
    std::memcpy(&top()->data[0], data, 8 * sizeof *data);
}

void grid_control(int rstn, int do_calc)
{
    top()->rstn = rstn != 0;
    top()->do_calc = do_calc != 0;
}

void grid_clock(void)
{
    top()->clk = 1;
    top()->eval();
    top()->clk = 0;
    top()->eval();
}

// Operator k has bit k of ready, and bits [16 k +: 16] of out.
const unsigned *grid_ready(void)
{
    return &top()->ready[0];
}

const unsigned *grid_out(void)
{
    return &top()->out[0];
}
}
