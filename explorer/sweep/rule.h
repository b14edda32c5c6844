/* A rule: an SQL expression over the axes of one combination, and over what follows from them
 * (models/point/forecast.h). SQLite evaluates it. `where` and the constraints of a search are rules. */
#pragma once

#include "explorer/sweep/combination.h"

struct rule;
struct forecast;

/* rule_new: the rule of a text. STATUS_INPUT if it is no such expression; the message says what is wrong with it, where
 * it stands is the caller's to add. rule_free takes NULL, too. */
enum status rule_new(const char *text, struct rule **out, struct errmsg *e);
void rule_free(struct rule *r);

/* rule_allow: as much time as n tests may take, from now on. Without it r may not be tested. */
void rule_allow(struct rule *r, long n);

/* rule_test: *keeps is whether the rule is true for the combination c of s. f is what is known of its point, or NULL:
 * then it is computed where the rule uses it. A figure that there is not, as for a combination that makes no sense, is
 * NULL, of which nothing is true. STATUS_INPUT for a rule that cannot be computed.
 */
enum status rule_test(struct rule *r, const struct sweep *s, const struct combination *c, const struct forecast *f,
                      bool *keeps, struct errmsg *e);
