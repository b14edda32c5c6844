#include "base/tool_table.h"

#include <string.h>

/* Tools of jobs have the time of their job. gnuplot draws a million points within minutes, an SVG of some 100 MB. Slurm
 * answers within seconds. /proc/self/exe is what `doctor` tries. */
static const struct known_tool tools[] = {
    {"verilator", "verilator", "--version", NULL, 0, false, 0},
    {"yosys", "yosys", "-V", "DELTASWEEP_YOSYS", 0, false, 0},
    {"sta", "opensta", "-version", NULL, 0, false, 0},
    {"gnuplot", "gnuplot-nox", "--version", NULL, 3600, false, (size_t)1 << 30},
    {"g++", "g++", "--version", NULL, 0, false, 0},
    {"git", "git", "--version", NULL, 0, false, 0},
    {"iverilog", "iverilog", "-V", NULL, 0, false, 0},
    {"/proc/self/exe", NULL, "--version", NULL, 3600, false, 0},
    {"squeue", NULL, "--version", NULL, 600, false, 0},
    {"sbatch", NULL, "--version", NULL, 600, true, 0},
};

const struct known_tool *tool_known(const char *name)
{
    static struct known_tool other = {.version_flag = "--version"};
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
        if (strcmp(tools[i].tool, name) == 0)
            return &tools[i];
    other.tool = name;
    return &other;
}
