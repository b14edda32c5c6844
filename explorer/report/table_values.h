/* The values of one column of a table that was read. Columns of a million rows have few different values (schemes, widths,
 * sizes), so each of these is kept once, and a row has four bytes. */
#pragma once

#include "explorer/report/table.h"

struct table_values {
    struct cell *cells; /* n: the different values. Of a column with very many, some come twice */
    int n, room;
    unsigned *of_row; /* the value of each row */
    int room_rows;
    unsigned *slots; /* a hash table of values + 1, 0 is free; NULL before the first value, and once there are very many */
    int n_slots;
};

/* table_values_add: the value of row `row`, which is the next one. c has a text that the caller owns. False: out of memory. */
bool table_values_add(struct table_values *v, int row, const struct cell *c);
void table_values_free(struct table_values *v);
