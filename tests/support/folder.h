/* Takes away a test's temporary folder with all that is in it. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include "base/tool.h"

/* folder_remove: 0, or -1 if it is still there. */
static inline int folder_remove(const char *folder)
{
    const char *const argv[] = {"rm", "-r", folder, NULL};
    struct tool_output output;
    if (tool_check(argv, NULL, NULL, 0, &output, NULL) != STATUS_OK)
        return -1;
    tool_output_free(&output);
    return 0;
}

#endif
