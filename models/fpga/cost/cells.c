#include "models/fpga/cost/cells.h"

#include <jansson.h>
#include <stddef.h>
#include <string.h>

enum { MOST_CELLS = 100000000 }; /* of one type, of any netlist that we would believe */

/* What one cell takes. LUTs as memory count in both lut and lutram. Source of the LUTs per memory cell: UG474. */
struct cell_cost {
    const char *type;
    struct resources cost;
};

static const struct cell_cost costs[] = {
    {"LUT1", {.lut = 1}},
    {"LUT2", {.lut = 1}},
    {"LUT3", {.lut = 1}},
    {"LUT4", {.lut = 1}},
    {"LUT5", {.lut = 1}},
    {"LUT6", {.lut = 1}},
    {"LUT6_2", {.lut = 1}},
    {"INV", {.lut = 1}},
    {"MUXF7", {.muxf7 = 1}},
    {"MUXF8", {.muxf8 = 1}},
    {"CARRY4", {.carry4 = 1}},
    {"FDRE", {.ff = 1}},
    {"FDSE", {.ff = 1}},
    {"FDCE", {.ff = 1}},
    {"FDPE", {.ff = 1}},
    {"LDCE", {.ff = 1}},
    {"LDPE", {.ff = 1}},
    {"DSP48E1", {.dsp = 1}},
    {"RAMB18E1", {.bram18 = 1}},
    {"RAMB36E1", {.bram36 = 1}},
    {"SRL16E", {.lut = 1, .lutram = 1}},
    {"SRLC32E", {.lut = 1, .lutram = 1}},
    {"RAM32X1S", {.lut = 1, .lutram = 1}},
    {"RAM64X1S", {.lut = 1, .lutram = 1}},
    {"RAM128X1S", {.lut = 2, .lutram = 2}},
    {"RAM256X1S", {.lut = 4, .lutram = 4}},
    {"RAM32X1D", {.lut = 2, .lutram = 2}},
    {"RAM64X1D", {.lut = 2, .lutram = 2}},
    {"RAM128X1D", {.lut = 4, .lutram = 4}},
    {"RAM32M", {.lut = 4, .lutram = 4}},
    {"RAM64M", {.lut = 4, .lutram = 4}},
    {"BUFG", {0}},
    {"IBUF", {0}},
    {"OBUF", {0}},
    {"VCC", {0}},
    {"GND", {0}},
};

static const struct resources *find_cost(const char *type)
{
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++)
        if (strcmp(costs[i].type, type) == 0)
            return &costs[i].cost;
    return NULL;
}

static void add_cost(struct resources *sum, const struct resources *cost, int n)
{
    int kinds = 0;
    const struct cell_kind *kind = cell_kinds(&kinds);
    for (int i = 0; i < kinds; i++)
        cell_set(sum, &kind[i], cell_count(sum, &kind[i]) + n * cell_count(cost, &kind[i]));
}

enum status cells_parse(const char *stat_json, struct resources *out, struct errmsg *e)
{
    json_error_t where;
    const char *type;
    json_t *count;
    json_int_t total = 0;
    enum status s = STATUS_OK;

    memset(out, 0, sizeof *out);
    json_t *root = json_loads(stat_json, JSON_REJECT_DUPLICATES, &where);
    if (root == NULL)
        return fail(e, STATUS_INPUT, "the cell counts of Yosys are not JSON (line %d: %s)", where.line, where.text);
    json_t *cells = json_object_get(json_object_get(root, "design"), "num_cells_by_type");
    if (!json_is_object(cells)) {
        s = fail(e, STATUS_INPUT, "the cell counts of Yosys have no design.num_cells_by_type");
        goto done;
    }
    json_object_foreach(cells, type, count)
    {
        const struct resources *cost = find_cost(type);
        if (cost == NULL) {
            s = fail(e, STATUS_INPUT, "the netlist has cells of the unknown type %.64s: Yosys left them unmapped, or "
                                      "models/fpga/cost/cells.c has to learn what they cost", type);
            goto done;
        }
        const json_int_t n = json_integer_value(count);
        if (!json_is_integer(count) || n < 0 || (total += n) > MOST_CELLS) {
            s = fail(e, STATUS_INPUT, "the cell counts of Yosys give no sensible number for %.64s", type);
            goto done;
        }
        add_cost(out, cost, (int)n);
    }
done:
    json_decref(root);
    return s;
}
