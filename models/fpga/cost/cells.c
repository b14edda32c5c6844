#include "models/fpga/cost/cells.h"

#include <jansson.h>
#include <stddef.h>
#include <string.h>

enum { MOST_CELLS = 100000000 }; /* of all types together; a greater count is a mistake */

static const struct resources *find_cost(const struct family *family, const char *type)
{
    for (size_t i = 0; i < family->n_cells; i++)
        if (strcmp(family->cells[i].type, type) == 0)
            return &family->cells[i].cost;
    return NULL;
}

static void add_cost(struct resources *sum, const struct resources *cost, int n)
{
    int kinds = 0;
    const struct cell_kind *kind = cell_kinds(&kinds);
    for (int i = 0; i < kinds; i++)
        cell_set(sum, &kind[i], cell_count(sum, &kind[i]) + n * cell_count(cost, &kind[i]));
}

enum status cells_parse(const struct family *family, const char *stat_json, struct resources *out, struct errmsg *e)
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
    const json_t *design = json_object_get(root, "design");
    const size_t modules = json_object_size(json_object_get(root, "modules"));
    if (modules > 1 || json_integer_value(json_object_get(design, "num_submodules")) != 0) {
        s = fail(e, STATUS_INPUT,
                 "the netlist is not flat, so that its cells cannot be counted: Yosys left %d modules in it",
                 (int)modules);
        goto done;
    }
    json_t *cells = json_object_get(design, "num_cells_by_type");
    if (!json_is_object(cells)) {
        s = fail(e, STATUS_INPUT, "the cell counts of Yosys have no design.num_cells_by_type");
        goto done;
    }
    json_object_foreach(cells, type, count)
    {
        const struct resources *cost = find_cost(family, type);
        if (cost == NULL) {
            s = fail(e, STATUS_INPUT,
                     "the netlist has cells of the unknown type %.64s: Yosys left them unmapped, or the table of cells "
                     "of the family %s lacks them",
                     type, family->name);
            goto done;
        }
        const json_int_t n = json_integer_value(count);
        if (!json_is_integer(count) || n < 0 || n > MOST_CELLS || (total += n) > MOST_CELLS) {
            s = fail(e, STATUS_INPUT, "the cell counts of Yosys give no sensible number for %.64s", type);
            goto done;
        }
        add_cost(out, cost, (int)n);
    }
done:
    json_decref(root);
    return s;
}
