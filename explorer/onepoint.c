#include "explorer/onepoint.h"

#include "explorer/cli.h"
#include "explorer/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The options whose val is FIRST_KEY + i set key i of the sweep file. */
enum { OPTION_DB = 1, OPTION_JSON, OPTION_TRACE, OPTION_TRAINED, FIRST_KEY = 256, N_TRAIN = 8, N_TOP = 3 };

static const char *const top_keys[N_TOP] = {"dataset", "network", "device"};
static const char *const train_keys[N_TRAIN] = {"mode", "epochs", "batch", "optimiser", "lr", "decay", "shuffle", "seeds"};
enum { N_KEYS = N_TOP + N_TRAIN + AXIS_COUNT, OTHERS = 4 };

static const char *key_at(int i)
{
    return i < N_TOP ? top_keys[i] : i < N_TOP + N_TRAIN ? train_keys[i - N_TOP] : axis_name((enum axis)(i - N_TOP - N_TRAIN));
}

static bool takes_list(int i)
{
    return i == 1 || i == 2 || i >= N_TOP + N_TRAIN - 1;
}

/* dash: '_' in the names of options is '-' as well. */
static void dash(char *option)
{
    if (strncmp(option, "--", 2) == 0)
        for (; *option != '\0' && *option != '='; option++)
            if (*option == '_')
                *option = '-';
}

/* put_text: a YAML text in double quotes. */
static void put_text(FILE *f, const char *text, size_t n)
{
    fputc('"', f);
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c < 32 || c == 127)
            fprintf(f, "\\x%02x", (unsigned)c);
        else
            fprintf(f, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    fputc('"', f);
}

static void put_value(FILE *f, int key, const char *value)
{
    const char *separators = key == 1 ? ",-" : ","; /* a network is also written 784-96-64-10 */
    fprintf(f, "%s: ", key_at(key));
    if (!takes_list(key)) {
        put_text(f, value, strlen(value));
        return;
    }
    fputc('[', f);
    for (const char *p = value;; p++) {
        const size_t n = strcspn(p, separators);
        put_text(f, p, n);
        p += n;
        if (*p == '\0')
            break;
        fputc(',', f);
    }
    fputc(']', f);
}

/* sweep_text: the sweep file that the options stand for; the caller's (free). */
static char *sweep_text(const char *name, const char *const values[N_KEYS], size_t *bytes)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, bytes);
    if (f == NULL)
        return NULL;
    fprintf(f, "name: %s\n", name);
    for (int i = 0; i < N_TOP; i++)
        if (values[i] != NULL) {
            put_value(f, i, values[i]);
            fputc('\n', f);
        }
    if (values[1] == NULL)
        fputs("network: [784, 96, 64, 10]\n", f);
    for (int i = N_TOP, first = 1; i < N_KEYS; i++) {
        if (i == N_TOP + N_TRAIN)
            first = 1;
        if (values[i] == NULL)
            continue;
        if (first)
            fputs(i < N_TOP + N_TRAIN ? "train:\n" : "axes:\n", f);
        first = 0;
        fputs("  ", f);
        put_value(f, i, values[i]);
        fputc('\n', f);
    }
    if (fclose(f) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

enum status onepoint_read(int argc, char **argv, enum onepoint_extra extra, struct onepoint *out, struct errmsg *e)
{
    struct option options[N_KEYS + OTHERS + 1];
    char names[N_KEYS][24];
    const char *values[N_KEYS] = {NULL};
    int n = 0, v;

    memset(out, 0, sizeof *out);
    memset(options, 0, sizeof options);
    out->db = DEFAULT_DATABASE;
    for (int i = 0; i < N_KEYS; i++) {
        snprintf(names[i], sizeof names[i], "--%s", key_at(i));
        dash(names[i]);
        options[n++] = (struct option){strcmp(key_at(i), "seeds") == 0 ? "seed" : names[i] + 2, required_argument, NULL,
                                       FIRST_KEY + i};
    }
    options[n++] = (struct option){"db", required_argument, NULL, OPTION_DB};
    options[n++] = (struct option){"json", no_argument, NULL, OPTION_JSON};
    if (extra == ONEPOINT_SIM) {
        options[n++] = (struct option){"trace", required_argument, NULL, OPTION_TRACE};
        options[n++] = (struct option){"trained", no_argument, NULL, OPTION_TRAINED};
    }
    for (int i = 1; i < argc; i++)
        dash(argv[i]);
    while ((v = cli_next(argc, argv, "", options, e)) != CLI_END) {
        if (v == CLI_BAD)
            return STATUS_USAGE;
        if (v == OPTION_DB)
            out->db = optarg;
        else if (v == OPTION_JSON)
            out->json = true;
        else if (v == OPTION_TRACE)
            out->trace = optarg;
        else if (v == OPTION_TRAINED)
            out->trained = true;
        else
            values[v - FIRST_KEY] = optarg;
    }
    for (int i = 0; i < N_KEYS; i++)
        out->n_given += values[i] != NULL;
    if (extra == ONEPOINT_FIT && optind < argc) {
        out->operand = argv[optind++];
        return cli_no_operands(argc, argv, e);
    }
    if (cli_no_operands(argc, argv, e) != STATUS_OK)
        return STATUS_USAGE;
    size_t bytes = 0;
    char *text = sweep_text(argv[0], values, &bytes);
    if (text == NULL)
        return fail(e, STATUS_ENVIRONMENT, "out of memory");
    const enum status st = sweep_parse(text, bytes, NULL, &out->sweep, e);
    free(text);
    if (st != STATUS_OK)
        return st;
    bool single = out->sweep->n_seeds == 1 && out->sweep->n_devices == 1;
    for (int a = 0; a < AXIS_COUNT; a++)
        single = single && out->sweep->axes[a].n == 1;
    if (!single) {
        onepoint_free(out);
        return fail(e, STATUS_USAGE, "%s takes one point, one value for each option; for more write a sweep file and use "
                    "`deltasweep run`",
                    argv[0]);
    }
    return STATUS_OK;
}

void onepoint_free(struct onepoint *o)
{
    sweep_free(o->sweep);
    o->sweep = NULL;
}

const char *onepoint_job(const struct plan *p, enum job_kind kind)
{
    for (int i = 0; p != NULL && i < p->n_jobs; i++)
        if (p->jobs[i].kind == kind && p->jobs[i].state == JOB_DONE)
            return p->jobs[i].digest;
    return NULL;
}

enum status onepoint_print(const struct onepoint *o, const char *sql, const char *job, struct errmsg *e)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct table *t = NULL;
    enum status st = query_open(o->db, &db, e);
    if (st == STATUS_OK)
        st = query_prepare(db, sql, &statement, e);
    if (st == STATUS_OK && sqlite3_bind_text(statement, 1, job, -1, SQLITE_STATIC) != SQLITE_OK)
        st = store_fail(db, o->db, "reading the result", e);
    if (st == STATUS_OK)
        st = table_read(statement, &t, e);
    if (st == STATUS_OK)
        st = table_print(t, NULL, stdout, o->json ? TABLE_JSON : TABLE_TEXT, e);
    table_free(t);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return st;
}
