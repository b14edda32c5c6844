# Worst path of the netlist "timing.v" in the working directory with the delays of timing.lib, for OpenSTA 2.0.17.
# Wants: module, clock, net_ns. Prints "critical_path_ns X", "path_from NAME" and "path_to NAME", then the path; after
# an error instead "error TEXT". (OpenSTA's exit code says nothing.)

set period 100 ;# ns, longer than any path: the worst path is the period less the slack

if {[catch {
    set link_make_black_boxes 0
    read_liberty timing.lib
    read_verilog timing.v
    link_design $module
    create_clock -name clock -period $period [get_ports $clock]
    set inputs {}
    foreach port [all_inputs] {
        if {[get_property $port full_name] ne $clock} { lappend inputs $port }
    }
    set_input_delay $net_ns -clock clock $inputs ;# net(1) of the library; IN_PORT adds what a higher fanout needs
    set_driving_cell -lib_cell IN_PORT $inputs
    set_output_delay 0 -clock clock [all_outputs]
    set_load 1 [all_outputs]

    set path [lindex [find_timing_paths] 0]
    puts "critical_path_ns [format %.3f [expr {$period - [get_property $path slack]}]]"
    puts "path_from [get_property [get_property $path startpoint] full_name]"
    puts "path_to [get_property [get_property $path endpoint] full_name]"
    report_checks -digits 3 -fields {net fanout}
} message]} {
    puts "error $message"
}
