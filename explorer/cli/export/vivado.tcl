# Places and routes the accelerator and writes reports/: vivado -mode batch -source vivado.tcl
#
# The accelerator is implemented out of context: its ports are wires, not pins, so that no board has to be chosen.
# Figures are those of the accelerator alone. A bitstream needs a top module with the pins of your board around
# deltasweep_top, and is not written here.
set here [file dirname [file normalize [info script]]]
source [file join $here settings.tcl]
set reports [file join $here reports]
file mkdir $reports
cd [file join $here rtl] ;# the memories are read from the working folder

read_verilog [lsort [glob *.v]]
read_xdc -mode out_of_context [file join $here constraints.xdc]
synth_design -top $top -part $part -mode out_of_context

# The clock comes from a global buffer, as it will on the board: else its skew would be that of a routed wire.
set buffer [lindex [get_sites -quiet -filter {SITE_TYPE == BUFGCTRL}] 0]
if {$buffer ne ""} {
    set_property HD.CLK_SRC $buffer [get_ports clk_i]
}

opt_design
place_design
phys_opt_design
route_design

report_utilization -file [file join $reports utilization.rpt]
report_timing_summary -max_paths 10 -file [file join $reports timing_summary.rpt]
report_power -file [file join $reports power.rpt]
write_checkpoint -force [file join $reports routed.dcp]
puts "the reports are in $reports; to compare them with the estimate, give them to: deltasweep import-report $point"
