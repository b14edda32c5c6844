/* The template that the build made of the folder `web`. */
#include "explorer/report/page/page_parts.h"

__asm__(".pushsection .rodata\n"
        ".globl page_template\n"
        "page_template:\n"
        ".incbin \"" DELTASWEEP_PAGE_TEMPLATE "\"\n"
        ".byte 0\n"
        ".popsection\n");
