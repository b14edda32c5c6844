#include "explorer/sweep/yaml.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
    const char *file;
    struct node *root, *open; /* open: the list or mapping that is being read */
    char *key;                /* of the next value of a mapping; owned */
    int key_line, depth, documents;
    struct errmsg *e;
};

/* ------------------------------------------------------------------------ nodes */

struct node *yaml_node_new(struct node *parent, enum node_kind kind, const char *key, const char *text)
{
    struct node *n = calloc(1, sizeof *n);
    if (n == NULL || (key != NULL && (n->key = strdup(key)) == NULL) ||
        (text != NULL && (n->text = strdup(text)) == NULL)) {
        yaml_node_free(n);
        return NULL;
    }
    n->kind = kind;
    n->parent = parent;
    if (parent == NULL)
        return n;
    n->index = parent->n++;
    if (parent->last == NULL)
        parent->first = n;
    else
        parent->last->next = n;
    parent->last = n;
    return n;
}

void yaml_node_free(struct node *n)
{
    if (n == NULL)
        return;
    for (struct node *child = n->first, *next; child != NULL; child = next) {
        next = child->next;
        yaml_node_free(child);
    }
    free(n->key);
    free(n->text);
    free(n);
}

struct node *yaml_node_child(const struct node *mapping, const char *key)
{
    for (struct node *n = mapping == NULL ? NULL : mapping->first; n != NULL; n = n->next)
        if (n->key != NULL && strcmp(n->key, key) == 0)
            return n;
    return NULL;
}

bool yaml_node_listed(struct node *n)
{
    struct node *only = yaml_node_new(n, NODE_SCALAR, NULL, NULL);
    if (only == NULL)
        return false;
    only->text = n->text;
    only->line = n->line;
    n->text = NULL;
    n->kind = NODE_LIST;
    return true;
}

/* A path that is too long is cut. */
void yaml_node_path(const struct node *n, char out[YAML_PATH_BYTES])
{
    out[0] = '\0';
    if (n == NULL || n->parent == NULL)
        return;
    yaml_node_path(n->parent, out);
    const size_t used = strlen(out);
    if (n->key == NULL)
        snprintf(out + used, YAML_PATH_BYTES - used, "[%d]", n->index);
    else
        snprintf(out + used, YAML_PATH_BYTES - used, "%s%.100s", used > 0 ? "." : "", n->key);
}

/* ----------------------------------------------------------------------- events */

static int line_of(const yaml_event_t *event)
{
    return (int)event->start_mark.line + 1;
}

static enum status no_memory(const struct reader *r)
{
    return fail(r->e, STATUS_ENVIRONMENT, "%s: out of memory", r->file);
}

static bool key_is_next(const struct reader *r)
{
    return r->open != NULL && r->open->kind == NODE_MAPPING && r->key == NULL;
}

/* begin: a value where the reader stands. */
static enum status begin(struct reader *r, enum node_kind kind, const char *text, int line, struct node **out)
{
    struct node *n = yaml_node_new(r->open, kind, NULL, text);
    if (n == NULL)
        return no_memory(r);
    n->line = r->key != NULL ? r->key_line : line;
    n->key = r->key;
    r->key = NULL;
    if (r->root == NULL)
        r->root = n;
    *out = n;
    return STATUS_OK;
}

static enum status on_scalar(struct reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    struct node *n;
    if (strlen(text) != event->data.scalar.length)
        return fail(r->e, STATUS_INPUT, "%s:%d: a value has a byte 0", r->file, line_of(event));
    if (!key_is_next(r))
        return begin(r, NODE_SCALAR, text, line_of(event), &n);
    if (text[0] == '\0')
        return fail(r->e, STATUS_INPUT, "%s:%d: a key must be a word; this one is empty", r->file, line_of(event));
    r->key = strdup(text);
    r->key_line = line_of(event);
    return r->key == NULL ? no_memory(r) : STATUS_OK;
}

static enum status on_start(struct reader *r, const yaml_event_t *event, enum node_kind kind)
{
    if (key_is_next(r))
        return fail(r->e, STATUS_INPUT, "%s:%d: a key must be a word, not a list or mapping", r->file, line_of(event));
    if (r->depth == YAML_MAX_DEPTH)
        return fail(r->e, STATUS_INPUT, "%s:%d: lists and mappings are nested more than %d deep", r->file,
                    line_of(event), YAML_MAX_DEPTH);
    struct node *n = NULL;
    const enum status st = begin(r, kind, NULL, line_of(event), &n);
    if (st != STATUS_OK || n == NULL)
        return st;
    n->in_brackets = kind == NODE_LIST && event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    r->open = n;
    r->depth++;
    return STATUS_OK;
}

static enum status on_event(struct reader *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++r->documents > 1)
            return fail(r->e, STATUS_INPUT, "%s:%d: a sweep file holds one document; this is a second one", r->file,
                        line_of(event));
        return STATUS_OK;
    case YAML_ALIAS_EVENT:
        return fail(r->e, STATUS_INPUT, "%s:%d: aliases (*name) are not used in a sweep file; write the value out",
                    r->file, line_of(event));
    case YAML_SCALAR_EVENT:
        return on_scalar(r, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(r, event, NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        return on_start(r, event, NODE_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        if (r->depth-- > 0 && r->open != NULL)
            r->open = r->open->parent;
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

/* has_tab: whether the line (from 0) of the text, which no 0 ends, is indented with a tab, which YAML does not know. */
static bool has_tab(const char *text, size_t bytes, size_t line)
{
    const char *const end = text + bytes;
    for (; line > 0 && text != NULL; line--)
        text = (text = memchr(text, '\n', (size_t)(end - text))) != NULL ? text + 1 : NULL;
    for (; text != NULL && text < end && (*text == ' ' || *text == '-'); text++)
        ;
    return text != NULL && text < end && *text == '\t';
}

/* not_yaml: what libyaml refused in the text. */
static enum status not_yaml(const struct reader *r, const yaml_parser_t *parser, const char *text, size_t bytes)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return no_memory(r);
    const yaml_mark_t *where = parser->error == YAML_READER_ERROR ? &parser->mark : &parser->problem_mark;
    if (parser->error == YAML_SCANNER_ERROR && has_tab(text, bytes, where->line))
        return fail(r->e, STATUS_INPUT, "%s:%lu: a tab: lines of YAML are indented with spaces", r->file,
                    (unsigned long)where->line + 1);
    return fail(r->e, STATUS_INPUT, "%s:%lu: this is not YAML: %s%s%s", r->file, (unsigned long)where->line + 1,
                parser->problem == NULL ? "unreadable" : parser->problem, parser->context == NULL ? "" : ", ",
                parser->context == NULL ? "" : parser->context);
}

static enum status read_events(struct reader *r, const char *text, size_t bytes)
{
    yaml_parser_t parser;
    enum status st = STATUS_OK;
    if (!yaml_parser_initialize(&parser))
        return no_memory(r);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, bytes);
    for (bool more = true; more && st == STATUS_OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            st = not_yaml(r, &parser, text, bytes);
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        st = on_event(r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return st;
}

enum status yaml_read(const char *text, size_t bytes, const char *file, struct node **out, struct errmsg *e)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some editors begin UTF-8 with it */
    struct reader r = {.file = file, .e = e};
    *out = NULL;
    if (bytes > YAML_MAX_BYTES)
        return fail(e, STATUS_INPUT, "%s: a sweep file has at most %d bytes", file, YAML_MAX_BYTES);
    if (text_is_utf_16(text, bytes))
        return fail(e, STATUS_INPUT, "%s: this is UTF-16; save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE", file);
    if (memchr(text, '\0', bytes) != NULL)
        return fail(e, STATUS_INPUT, "%s: this is not a text in UTF-8 (it has a byte 0)", file);
    const size_t skipped = bytes >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    const enum status st = read_events(&r, text + skipped, bytes - skipped);
    free(r.key);
    if (st != STATUS_OK)
        yaml_node_free(r.root);
    else
        *out = r.root;
    return st;
}
