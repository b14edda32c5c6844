/* The environment variables of this program and of the tools that it runs. Results and exit codes depend on the input,
 * not on what else a shell has set: GNUTERM=qt, CPATH, VERILATOR_ROOT, LC_ALL, … */
#pragma once

/* environment_of_tools: the list for execve. The tool's own temporary files go into the folder `temporary` (NULL: into
 * TMPDIR, or /tmp where that is not set or cannot be written: some tools end there with a riddle). It has only what a program needs to be found and to run (PATH, HOME,
 * folders of temporary files, libraries, fonts and Python), what begins with DELTASWEEP_, and LC_ALL=C.UTF-8. The list
 * is static and valid until the next call; most of its texts are those of environ. NULL without memory. */
char **environment_of_tools(const char *temporary);

/* environment_settle: takes out of the program's own environment what would make its libraries print (oneDNN,
 * OpenBLAS). To be called before they are loaded (models/nn/kernels/kernels.h). */
void environment_settle(void);
