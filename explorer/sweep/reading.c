#include "explorer/sweep/reading.h"

#include "explorer/sweep/keys.h"

#include <stdarg.h>
#include <stdio.h>

enum status reading_no_memory(const struct reading *r)
{
    return fail(r->e, STATUS_ENVIRONMENT, "%s: out of memory", r->s->file);
}

enum status reading_bad_key(const struct reading *r, const char *path, int line, const char *text)
{
    char option[32];
    if (r->s->command_line) {
        keys_option(path, option);
        return fail(r->e, STATUS_USAGE, "--%s: %s", option, text);
    }
    if (line > 0)
        return fail(r->e, STATUS_INPUT, "%s:%d: %s: %s", r->s->file, line, path, text);
    return fail(r->e, STATUS_INPUT, "%s: %s: %s", r->s->file, path, text);
}

enum status reading_bad(const struct reading *r, const struct node *n, const char *format, ...)
{
    char text[1600], path[YAML_PATH_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const int line = n->line;
    yaml_node_path(n, path);
    while (r->s->command_line && n->key == NULL)
        n = n->parent;
    return reading_bad_key(r, r->s->command_line ? n->key : path[0] == '\0' ? "the file" : path, line, text);
}

enum status reading_placed(const struct reading *r, const struct node *n, enum status st, const struct errmsg *why)
{
    return st == STATUS_INPUT ? reading_bad(r, n, "%s", why->text) : st == STATUS_OK ? st : reading_no_memory(r);
}

enum status reading_expect(const struct reading *r, struct node *n, enum node_kind kind)
{
    static const char *const names[] = {
        [NODE_SCALAR] = "one value", [NODE_LIST] = "a list ([a, b])", [NODE_MAPPING] = "a mapping (key: value)"};
    if (kind == NODE_LIST && n->kind == NODE_SCALAR && n->text[0] != '\0' && !yaml_node_listed(n))
        return reading_no_memory(r);
    if (n->kind != kind)
        return reading_bad(r, n, "%s is expected here, not %s", names[kind], names[n->kind]);
    if (kind == NODE_LIST && n->n == 0)
        return reading_bad(r, n, "the list is empty: leave the key out, or give it a value");
    return STATUS_OK;
}
