// What the glue of every Verilated design shares.
#pragma once

// skip_falling_edge: nothing in the designs happens at a falling edge, but evaluating it takes Verilator a third of
// the time. Where its model remembers the clock under one of these names (5.006 does), forgetting that it was high
// will do; else false. Lock-step runs and traces have both edges.
template <class Root> auto skip_falling_edge(Root *root, int) -> decltype(root->__Vtrigrprev__TOP__CLK_SYS = 0, true)
{
    root->__Vtrigrprev__TOP__CLK_SYS = 0;
    return true;
}

template <class Root> auto skip_falling_edge(Root *root, int) -> decltype(root->__Vtrigrprev__TOP__clk_i = 0, true)
{
    root->__Vtrigrprev__TOP__clk_i = 0;
    return true;
}

template <class Root> bool skip_falling_edge(Root *, long)
{
    return false;
}
