#include "explorer/cli/onepoint.h"

#include "explorer/cli/cli.h"
#include "explorer/report/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The options whose val is FIRST_KEY + i set key i of the sweep file: data set, device, seeds, file to load, then the axes. */
enum { OPTION_DB = 1, OPTION_JSON, OPTION_TRACE, OPTION_TRAINED, OPTION_SAVE, FIRST_KEY = 256 };
enum { KEY_DATASET, KEY_DEVICE, KEY_SEEDS, KEY_LOAD, KEY_AXES, N_KEYS = KEY_AXES + AXIS_COUNT, OTHERS = 4 };

static const char *key_at(int i)
{
    static const char *const keys[KEY_AXES] = {"dataset", "device", "seeds", "load"};
    return i < KEY_AXES ? keys[i] : axis_at((enum axis_id)(i - KEY_AXES))->name;
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

/* put_value: a list, but for the data set and a file; the commas of a network are its dashes. */
static void put_value(FILE *f, int key, const char *value)
{
    fprintf(f, "%s: ", key_at(key));
    if (key == KEY_DATASET || key == KEY_LOAD) {
        put_text(f, value, strlen(value));
        fputc('\n', f);
        return;
    }
    fputc('[', f);
    for (const char *p = value;; p++) {
        const size_t n = strcspn(p, ",");
        put_text(f, p, n);
        p += n;
        if (*p == '\0')
            break;
        fputc(',', f);
    }
    fputs("]\n", f);
}

/* sweep_text: the sweep file that the options stand for; the caller's (free). */
static char *sweep_text(const char *name, const char *const values[N_KEYS], size_t *bytes)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, bytes);
    if (f == NULL)
        return NULL;
    fprintf(f, "name: %s\n", name);
    for (int i = 0; i < N_KEYS; i++) {
        if (i == KEY_SEEDS && (values[KEY_SEEDS] != NULL || values[KEY_LOAD] != NULL))
            fputs("train:\n", f);
        if (i == KEY_AXES)
            fputs("axes:\n", f);
        if (values[i] != NULL && i >= KEY_SEEDS)
            fputs("  ", f);
        if (values[i] != NULL)
            put_value(f, i, values[i]);
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
    const int network = KEY_AXES + AXIS_NETWORK;
    char shape[1024] = "784-96-64-10";
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
    if (extra == ONEPOINT_TRAIN)
        options[n++] = (struct option){"save", required_argument, NULL, OPTION_SAVE};
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
        else if (v == OPTION_SAVE)
            out->save = optarg;
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
    if (values[network] != NULL)
        snprintf(shape, sizeof shape, "%s", values[network]);
    for (char *comma; (comma = strchr(shape, ',')) != NULL;)
        *comma = '-';
    values[network] = shape;
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

const char *onepoint_job(const struct plan *p, enum job_kind_id kind)
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
