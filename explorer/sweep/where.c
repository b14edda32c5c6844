#include "explorer/sweep/where.h"

#include "base/stop.h"
#include "explorer/sweep/rule.h"

enum status where_keep(const struct sweep *s, long n, unsigned char *keep, struct errmsg *e)
{
    struct rule *r = NULL;
    struct errmsg why = {""};
    enum status st = rule_new(s->where, &r, &why);
    if (r != NULL)
        rule_allow(r, n);
    for (long i = 0; i < n && r != NULL && st == STATUS_OK && stop_requested == 0; i++) {
        const struct combination c = combination_at(s, i);
        bool keeps = false;
        st = rule_test(r, s, &c, NULL, &keeps, &why);
        keep[i] = keep[i] || keeps;
    }
    rule_free(r);
    if (st == STATUS_INPUT)
        return fail(e, sweep_wrong(s), "%s: where: %s", s->file, why.text);
    return st == STATUS_OK ? STATUS_OK : fail(e, st, "%s", why.text);
}
