/* A YAML text as a tree: scalars, lists and mappings, each with the line on which it stands. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { YAML_MAX_BYTES = 1 << 20, YAML_MAX_DEPTH = 8, YAML_PATH_BYTES = 256 };

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAPPING };
struct node {
    enum node_kind kind;
    int line;         /* from 1; of a value in a mapping the line of its key */
    char *key;        /* of a value in a mapping, else NULL; owned */
    char *text;       /* of a scalar; owned */
    bool in_brackets; /* a list that is written [a, b] */
    int index;        /* in its list or mapping */
    int n;            /* of its children, which are owned */
    struct node *parent, *first, *last, *next;
};

/* yaml_read: the tree of text, NULL if the text has no document. Refuses (STATUS_INPUT, with file and line) what is not
 * YAML in UTF-8, a second document, aliases, empty keys, bytes 0, more than YAML_MAX_BYTES, and nesting deeper than
 * YAML_MAX_DEPTH. */
enum status yaml_read(const char *text, size_t bytes, const char *file, struct node **out, struct errmsg *e);

/* node_new: a node at the end of parent (NULL: on its own) with copies of key and text (or NULL). NULL without memory. */
struct node *node_new(struct node *parent, enum node_kind kind, const char *key, const char *text);
void node_free(struct node *n);

/* node_child: the first child with this key, NULL if there is none or mapping is NULL. */
struct node *node_child(const struct node *mapping, const char *key);

/* node_listed: turns a scalar into a list of that scalar. false without memory. */
bool node_listed(struct node *n);

/* node_path: "axes.delta_bits[2]"; "" for the root. */
void node_path(const struct node *n, char out[YAML_PATH_BYTES]);
