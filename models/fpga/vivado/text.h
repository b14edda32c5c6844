/* What the readers of Vivado's reports have in common. For models/fpga/vivado alone. */
#pragma once

#include "models/fpga/vivado/report.h"

enum { VIVADO_LINE_BYTES = 1024, VIVADO_CELLS_MOST = 8, VIVADO_CELL_BYTES = 64 };

/* A text, line by line. */
struct vivado_reader {
    const char *next, *end;
    char line[VIVADO_LINE_BYTES]; /* trimmed; longer ones are cut */
};

/* vivado_read_line: the next line; false at the end of the text. */
bool vivado_read_line(struct vivado_reader *r);

/* vivado_copy_text: n bytes as printable ASCII; anything else becomes '?'. */
void vivado_copy_text(char *to, size_t room, const char *from, size_t n);

/* vivado_cut_cells: "| a | b |" into its trimmed cells; how many. A last cell without its closing bar is dropped: a
 * file that ends there may have lost digits. */
int vivado_cut_cells(const char *line, char cells[VIVADO_CELLS_MOST][VIVADO_CELL_BYTES]);

/* vivado_plain_real: the decimal number that text begins with, and where it ends. NAN if there is none. No exponents,
 * infinities or hexadecimals: Vivado writes none. */
double vivado_plain_real(const char *text, const char **end);

/* vivado_has_word: whether word stands in text, in any case of letters. */
bool vivado_has_word(const char *text, const char *word);

/* The figures of each report. STATUS_INPUT, with what is wrong, if the text is cut, a figure is impossible, or slacks
 * are not final. state_known: the header says that the design is routed; else the nets must say it. */
enum status vivado_read_utilisation(const char *text, size_t bytes, struct vivado_utilisation *out, struct errmsg *e);
enum status vivado_read_timing(const char *text, size_t bytes, bool state_known, struct vivado_timing *out,
                               struct errmsg *e);
enum status vivado_read_power(const char *text, size_t bytes, struct vivado_power *out, struct errmsg *e);
