#include "explorer/sweep/outline.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A mapping or list that is being read. */
struct level {
    bool is_list, key_next;
    bool is_word;       /* a list that becomes one word, reader.word */
    int index;          /* of the list's next entry */
    size_t path_bytes;  /* of the mapping's or list's own path */
};

struct reader {
    const char *file, *text;
    size_t bytes;
    enum outline_due (*due)(const char *path);
    struct outline *out;
    int room;
    char path[OUTLINE_PATH_BYTES];
    struct level levels[OUTLINE_MAX_DEPTH];
    int depth;
    char *word;            /* of the list that is being joined; owned */
    size_t word_bytes, word_begin;
    /* Scalars that stand where a list is due, and lists where a word is, in the order of the text. */
    struct span {
        size_t begin, end; /* in characters */
        char *word;        /* what comes in its place, owned; NULL: itself, in brackets */
    } *spans;
    int n_spans, span_room;
};

void outline_free(struct outline *o)
{
    for (int i = 0; i < o->n; i++)
        free(o->entries[i].path);
    free(o->entries);
    free(o->text);
    memset(o, 0, sizeof *o);
}

int outline_line(const struct outline *o, const char *path)
{
    for (int i = 0; i < o->n; i++)
        if (strcmp(o->entries[i].path, path) == 0)
            return o->entries[i].line;
    return 0;
}

static enum status no_memory(const struct reader *r, struct errmsg *e)
{
    return fail(e, STATUS_ENVIRONMENT, "%s: out of memory", r->file);
}

static enum status add_entry(struct reader *r, size_t line, struct errmsg *e)
{
    struct outline *o = r->out;
    if (o->n == r->room) {
        const int room = r->room == 0 ? 64 : 2 * r->room;
        struct outline_entry *grown = realloc(o->entries, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return no_memory(r, e);
        o->entries = grown;
        r->room = room;
    }
    char *path = strdup(r->path);
    if (path == NULL)
        return no_memory(r, e);
    o->entries[o->n].path = path;
    o->entries[o->n++].line = (int)line + 1;
    return STATUS_OK;
}

/* append_key, append_index: to the current path; what does not fit is cut, which only
 * costs a line number. */
static void append_key(struct reader *r, const char *key, size_t n)
{
    const size_t used = strlen(r->path);
    snprintf(r->path + used, sizeof r->path - used, "%s%.*s", used > 0 ? "." : "", (int)(n < 100 ? n : 100), key);
}

static void append_index(struct reader *r, int index)
{
    const size_t used = strlen(r->path);
    snprintf(r->path + used, sizeof r->path - used, "[%d]", index);
}

/* value_begins: before a value: a list's entry gets its path here, a mapping's had it from its key. */
static enum status value_begins(struct reader *r, const yaml_event_t *event, struct errmsg *e)
{
    struct level *top = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
    if (top == NULL || !top->is_list)
        return STATUS_OK;
    r->path[top->path_bytes] = '\0';
    append_index(r, top->index++);
    return add_entry(r, event->start_mark.line, e);
}

static void value_ends(struct reader *r)
{
    if (r->depth > 0 && !r->levels[r->depth - 1].is_list)
        r->levels[r->depth - 1].key_next = true;
}

/* is_word: a scalar that means the same inside brackets as outside. */
static bool is_word(const yaml_event_t *event)
{
    const yaml_char_t *s = event->data.scalar.value;
    if (event->data.scalar.length == 0 || event->start_mark.line != event->end_mark.line)
        return false;
    if (event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ||
        event->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE)
        return true;
    for (size_t i = 0; i < event->data.scalar.length; i++)
        if (!isalnum(s[i]) && strchr("_.+/-", s[i]) == NULL)
            return false;
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* add_span: word is the reader's from here on. */
static enum status add_span(struct reader *r, size_t begin, size_t end, char *word, struct errmsg *e)
{
    if (r->n_spans == r->span_room) {
        const int room = r->span_room == 0 ? 16 : 2 * r->span_room;
        struct span *grown = realloc(r->spans, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            free(word);
            return no_memory(r, e);
        }
        r->spans = grown;
        r->span_room = room;
    }
    r->spans[r->n_spans++] = (struct span){begin, end, word};
    return STATUS_OK;
}

/* join: one more value of a list that becomes a word. */
static enum status join(struct reader *r, const yaml_event_t *event, struct errmsg *e)
{
    const size_t n = event->data.scalar.length;
    for (size_t i = 0; i < n || n == 0; i++) {
        const unsigned char c = n == 0 ? ' ' : event->data.scalar.value[i];
        if (!isalnum(c) && strchr("_.+", c) == NULL)
            return fail(e, STATUS_INPUT, "%s:%lu: %s: `%.64s` cannot be one of several values for one place (write "
                        "[4, 4, 3])", r->file, (unsigned long)event->start_mark.line + 1, r->path,
                        (const char *)event->data.scalar.value);
    }
    char *grown = realloc(r->word, r->word_bytes + n + 2);
    if (grown == NULL)
        return no_memory(r, e);
    r->word = grown;
    if (r->word_bytes > 0)
        r->word[r->word_bytes++] = '-';
    memcpy(r->word + r->word_bytes, event->data.scalar.value, n);
    r->word_bytes += n;
    r->word[r->word_bytes] = '\0';
    return STATUS_OK;
}

static enum status scalar(struct reader *r, const yaml_event_t *event, struct errmsg *e)
{
    struct level *top = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
    if (top != NULL && !top->is_list && top->key_next) {
        if (event->data.scalar.length == 0)
            return fail(e, STATUS_INPUT, "%s:%lu: a key must be a word; this one is empty", r->file,
                        (unsigned long)event->start_mark.line + 1);
        r->path[top->path_bytes] = '\0';
        append_key(r, (const char *)event->data.scalar.value, event->data.scalar.length);
        top->key_next = false;
        return add_entry(r, event->start_mark.line, e);
    }
    const enum status s = value_begins(r, event, e);
    if (s != STATUS_OK)
        return s;
    if (top != NULL && top->is_word)
        return join(r, event, e);
    if (top != NULL && !top->is_list && r->due(r->path) == OUTLINE_LIST && is_word(event)) {
        const enum status added = add_span(r, event->start_mark.index, event->end_mark.index, NULL, e);
        if (added != STATUS_OK)
            return added;
    }
    value_ends(r);
    return STATUS_OK;
}

static enum status descend(struct reader *r, const yaml_event_t *event, bool is_list, struct errmsg *e)
{
    struct level *top = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
    const unsigned long line = (unsigned long)event->start_mark.line + 1;
    if (top != NULL && !top->is_list && top->key_next)
        return fail(e, STATUS_INPUT, "%s:%lu: a key must be a word, not a list or mapping", r->file, line);
    const enum status s = value_begins(r, event, e);
    if (s != STATUS_OK)
        return s;
    if (r->depth == OUTLINE_MAX_DEPTH)
        return fail(e, STATUS_INPUT, "%s:%lu: lists and mappings are nested more than %d deep", r->file, line,
                    OUTLINE_MAX_DEPTH);
    if (top != NULL && top->is_word)
        return fail(e, STATUS_INPUT, "%s:%lu: %s: one value is expected here, not a %s", r->file, line, r->path,
                    is_list ? "list" : "mapping");
    const bool joined = is_list && top != NULL && top->is_list && r->due(r->path) == OUTLINE_WORD &&
                        event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    if (joined)
        r->word_begin = event->start_mark.index;
    r->levels[r->depth++] = (struct level){is_list, !is_list, joined, 0, strlen(r->path)};
    return STATUS_OK;
}

static enum status ascend(struct reader *r, const yaml_event_t *event, struct errmsg *e)
{
    const struct level *left = &r->levels[--r->depth];
    r->path[left->path_bytes] = '\0';
    if (left->is_word) {
        char *word = r->word;
        if (word == NULL)
            return fail(e, STATUS_INPUT, "%s:%lu: %s: the list is empty", r->file,
                        (unsigned long)event->start_mark.line + 1, r->path);
        r->word = NULL;
        r->word_bytes = 0;
        const enum status s = add_span(r, r->word_begin, event->end_mark.index, word, e);
        if (s != STATUS_OK)
            return s;
    }
    value_ends(r);
    return STATUS_OK;
}

static enum status on_event(struct reader *r, const yaml_event_t *event, int *documents, struct errmsg *e)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++*documents > 1)
            return fail(e, STATUS_INPUT, "%s:%lu: a sweep file holds one document; this is a second one", r->file,
                        (unsigned long)event->start_mark.line + 1);
        return STATUS_OK;
    case YAML_ALIAS_EVENT:
        return fail(e, STATUS_INPUT, "%s:%lu: aliases (*name) are not used in a sweep file; write the value out",
                    r->file, (unsigned long)event->start_mark.line + 1);
    case YAML_SCALAR_EVENT:
        return scalar(r, event, e);
    case YAML_SEQUENCE_START_EVENT:
        return descend(r, event, true, e);
    case YAML_MAPPING_START_EVENT:
        return descend(r, event, false, e);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return ascend(r, event, e);
    default:
        return STATUS_OK;
    }
}

/* rewrite: the text with its spans replaced; none becomes longer than by its two brackets. Positions come in
 * characters, of which a byte 10xxxxxx is never the first. */
static enum status rewrite(struct reader *r, struct errmsg *e)
{
    struct outline *o = r->out;
    size_t character = 0;
    int next = 0;
    bool dropped = false;
    o->text = malloc(r->bytes + 2 * (size_t)r->n_spans + 1);
    if (o->text == NULL)
        return no_memory(r, e);
    for (size_t i = 0; i <= r->bytes; i++) {
        const bool starts = i == r->bytes || ((unsigned char)r->text[i] & 0xc0) != 0x80;
        if (starts && next < r->n_spans && character == r->spans[next].end) {
            if (!dropped)
                o->text[o->text_bytes++] = ']';
            dropped = false;
            next++;
        }
        if (starts && next < r->n_spans && character == r->spans[next].begin) {
            const char *word = r->spans[next].word;
            dropped = word != NULL;
            if (!dropped)
                o->text[o->text_bytes++] = '[';
            for (; word != NULL && *word != '\0'; word++)
                o->text[o->text_bytes++] = *word;
        }
        if (i < r->bytes && !dropped)
            o->text[o->text_bytes++] = r->text[i];
        character += starts;
    }
    o->text[o->text_bytes] = '\0';
    return STATUS_OK;
}

enum status outline_read(const char *text, size_t bytes, const char *file, enum outline_due (*due)(const char *path),
                         struct outline *out, struct errmsg *e)
{
    struct reader r = {.file = file, .text = text, .bytes = bytes, .due = due, .out = out};
    yaml_parser_t parser;
    enum status s = STATUS_OK;
    int documents = 0;
    bool more = true;

    memset(out, 0, sizeof *out);
    if (!yaml_parser_initialize(&parser))
        return no_memory(&r, e);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, bytes);
    while (more && s == STATUS_OK) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            if (parser.error == YAML_MEMORY_ERROR) {
                s = no_memory(&r, e);
                break;
            }
            const yaml_mark_t *where = parser.error == YAML_READER_ERROR ? &parser.mark : &parser.problem_mark;
            s = fail(e, STATUS_INPUT, "%s:%lu: this is not YAML: %s%s%s", file, (unsigned long)where->line + 1,
                     parser.problem == NULL ? "unreadable" : parser.problem, parser.context == NULL ? "" : ", ",
                     parser.context == NULL ? "" : parser.context);
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        s = on_event(&r, &event, &documents, e);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    if (s == STATUS_OK)
        s = rewrite(&r, e);
    for (int i = 0; i < r.n_spans; i++)
        free(r.spans[i].word);
    free(r.spans);
    free(r.word);
    if (s != STATUS_OK)
        outline_free(out);
    return s;
}
