#include "explorer/cli/options.h"

#include "base/stop.h"
#include "base/text.h"
#include "base/tool.h"
#include "explorer/report/query.h"
#include "explorer/sweep/keys.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 96, WIDTH = 96, HELP_COLUMN = 17, KEY_COLUMN = 21 };

static const struct option_row shared_rows[] = {
    {OPTION_DB, "db", "FILE", "the database (default: deltasweep.db)", NULL},
    {OPTION_JSON, "json", NULL, "print JSON: an array with an object for each row; NULL is null", NULL},
    {OPTION_JSON_LINES, "json-lines", NULL, "print JSON, an object a line", NULL},
    {OPTION_CSV, "csv", NULL, "print comma-separated values with a header and all digits; NULL is empty", NULL},
    {OPTION_MARKDOWN, "markdown", NULL, "print a Markdown table", NULL},
    {OPTION_WHERE, "where", "EXPR", "use only the rows for which this SQL expression is true", NULL},
    {OPTION_VIEW, "view", "VIEW",
     "`designs` (default): a row for each point, with means over its seeds; `trainings`: a row for each training and "
     "seed; `results`: a row for each sweep, point and seed, which repeats trainings",
     NULL},
    {OPTION_SWEEP, "sweep", "SWEEP", "use only the points of this sweep", NULL},
    {OPTION_MAX, "max", "COL", "an objective of which more is better", NULL},
    {OPTION_MIN, "min", "COL", "an objective of which less is better (default: --max test_accuracy --min "
     "weight_storage_bits)", NULL},
    {OPTION_LOCK_TIMEOUT, "lock-timeout", "SECONDS",
     "give up, with exit code 2, when another program has locked the database for so long (default: wait as long as it "
     "takes)",
     NULL},
    {OPTION_JOB_TIME, "job-time", "TIME",
     "end a job that takes longer, with all that it started: 90s, 30m, 2h, 7d (default: 1d to 7d, by its "
     "kind)",
     NULL},
    {OPTION_JOB_MEMORY, "job-memory", "SIZE",
     "end a job that needs more memory, with its tools: 800M, 4G (default: all that the machine has)", NULL},
    {OPTION_TOOL_TIME, "tool-time", "TIME",
     "end a tool (Yosys, Verilator, a simulator, gnuplot, …) that takes longer, with all that it started (default: as "
     "long as its job may take; 1h for gnuplot)",
     NULL},
    {OPERAND_POINT, "POINT", NULL, "the point's name, as the views print it, or its beginning; the p may be left out",
     NULL},
};

/* resolved: a row of a command with what it takes from the shared table. */
static struct option_row resolved(const struct option_row *row)
{
    struct option_row r = *row;
    for (size_t i = 0; i < sizeof shared_rows / sizeof shared_rows[0]; i++)
        if (shared_rows[i].id == row->id) {
            r = shared_rows[i];
            r.help = row->help != NULL ? row->help : r.help;
            r.name = row->name != NULL ? row->name : r.name;
        }
    return r;
}

const char *options_key(int i)
{
    int n = 0;
    const struct key_about *keys = keys_list(&n);
    for (int k = 0; k < n; k++)
        if (keys[k].option != NULL && i-- == 0)
            return keys[k].name;
    return i < AXIS_COUNT ? axis_at((enum axis_id)i)->name : NULL;
}

/* ------------------------------------------------------------------------ reading */

/* What getopt_long wants. */
struct list {
    struct option options[MAX_OPTIONS + 1];
    char keys[MAX_OPTIONS][32], letters[32]; /* keys: names of the options of a point */
    int n;
};

static void add(struct list *l, const char *name, bool argument, int id)
{
    if (l->n < MAX_OPTIONS)
        l->options[l->n++] = (struct option){name, argument ? required_argument : no_argument, NULL, id};
}

static void make_list(const struct option_row *rows, struct list *l)
{
    size_t used = 1;
    memset(l, 0, sizeof *l);
    l->letters[0] = ':';
    for (; rows->id != 0; rows++) {
        const struct option_row r = resolved(rows);
        for (int i = 0; rows->id == OPTIONS_OF_POINT && options_key(i) != NULL; i++) {
            keys_option(options_key(i), l->keys[i]);
            add(l, l->keys[i], true, OPTION_KEY + i);
        }
        if (r.id > OPTIONS_OF_POINT)
            add(l, r.name, r.argument != NULL, r.id);
        if (r.letter != NULL && used + 3 < sizeof l->letters) {
            l->letters[used++] = (char)r.id;
            if (r.argument != NULL)
                l->letters[used++] = ':';
        }
    }
}

/* unknown_option: the message, with the nearest option that the command has. */
static void unknown_option(const char *command, const char *given, const struct list *l, struct errmsg *e)
{
    const char *names[MAX_OPTIONS + 1];
    char word[64];
    int n = 0, fits = 0;
    for (; n < l->n; n++)
        names[n] = l->options[n].name;
    names[n++] = "help";
    while (*given == '-')
        given++;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(given, "="), given);
    for (int i = 0; i < n; i++)
        fits += strncmp(names[i], word, strlen(word)) == 0;
    const char *nearest = text_nearest(word, names, n);
    if (fits > 1)
        fail(e, STATUS_USAGE, "--%s could be several options; write it in full (see `deltasweep %s --help`)", word,
             command);
    else if (nearest != NULL)
        fail(e, STATUS_USAGE, "unknown option --%s: did you mean --%s?", word, nearest);
    else
        fail(e, STATUS_USAGE, "unknown option --%s (see `deltasweep %s --help`)", word, command);
}

/* option_text: how the user would write the option with this id. */
static const char *option_text(int id, const struct list *l, char text[64])
{
    snprintf(text, 64, "-%c", id);
    for (int i = l->n - 1; i >= 0; i--)
        if (l->options[i].val == id)
            snprintf(text, 64, "--%s", l->options[i].name);
    return text;
}

/* refuse_twice: whether the option had a value already, with the message: the first value would be dropped in silence. */
static bool refuse_twice(const char *command, int id, const struct list *l, bool taken[OPTION_MANY], struct errmsg *e)
{
    char text[64];
    if (optarg == NULL || id <= 0 || id >= OPTION_MANY)
        return false;
    if (taken[id])
        fail(e, STATUS_USAGE, "%s is given twice: give it once (see `deltasweep %s --help`)", option_text(id, l, text),
             command);
    const bool twice = taken[id];
    taken[id] = true;
    return twice;
}

/* next_option: as options_next, of all options. */
static int next_option(int argc, char **argv, const struct option_row *rows, struct errmsg *e)
{
    static struct list l; /* its names must outlive the call: getopt may keep them */
    static bool taken[OPTION_MANY];
    char text[64];
    if (optind == 0)
        memset(taken, 0, sizeof taken);
    make_list(rows, &l);
    opterr = 0;
    optarg = NULL;
    const int v = getopt_long(argc, argv, l.letters, l.options, NULL);
    if (v == ':')
        fail(e, STATUS_USAGE, "%s needs a value (see `deltasweep %s --help`)", option_text(optopt, &l, text), argv[0]);
    else if (v == '?' && optopt == 0)
        unknown_option(argv[0], argv[optind - 1], &l, e);
    else if (v == '?' && strncmp(argv[optind - 1], "--", 2) == 0 && strchr(argv[optind - 1], '=') != NULL)
        fail(e, STATUS_USAGE, "%s takes no value (see `deltasweep %s --help`)", option_text(optopt, &l, text), argv[0]);
    else if (v == '?')
        fail(e, STATUS_USAGE, "unknown option -%c (see `deltasweep %s --help`)", optopt, argv[0]);
    else if (!refuse_twice(argv[0], v, &l, taken, e))
        return v < 0 ? OPTIONS_END : v;
    return OPTIONS_BAD;
}

struct store_wait options_wait(const struct shared_options *shared)
{
    const bool limited = shared->lock_timeout != NULL;
    return (struct store_wait){
        .stop = &stop_requested, .limited = limited, .timeout_s = limited ? strtod(shared->lock_timeout, NULL) : 0};
}

static const double MOST_SECONDS = 1e8 /* three years */, MOST_BYTES = 1e18;

/* take_amount: a number with one of the units, "90s", into the first unit. */
static enum status take_amount(const char *option, const char *text, const char *units, const double *sizes,
                               const char *example, double most, double *out, struct errmsg *e)
{
    char *end = NULL;
    const double n = text == NULL ? 0 : strtod(text, &end);
    const char *unit = end == NULL || *end == '\0' ? units : strchr(units, *end);
    if (end == NULL || end == text || unit == NULL || (*end != '\0' && end[1] != '\0') || !(n > 0) || isinf(n))
        return fail(e, STATUS_USAGE, "--%s must be a positive number with one of the units %s, as in %s, not `%s`",
                    option, units, example, text);
    *out = n * sizes[unit - units];
    if (!(*out <= most))
        return fail(e, STATUS_USAGE, "--%s %s is more than %g%c", option, text, most / sizes[0], units[0]);
    return STATUS_OK;
}

enum status options_time(const char *option, const char *text, double *out, struct errmsg *e)
{
    static const double sizes[] = {1, 60, 3600, 86400};
    return take_amount(option, text, "smhd", sizes, "90s or 2h", MOST_SECONDS, out, e);
}

/* take_tool_time: it holds at once, also for what is asked of tools before the first job. */
static enum status take_tool_time(const char *text, double *out, struct errmsg *e)
{
    const enum status s = options_time("tool-time", text, out, e);
    if (s == STATUS_OK)
        tool_limit(&(struct tool_limits){*out, 0, TOOL_TIME_REMEDY});
    return s;
}

enum status options_size(const char *option, const char *text, double *out, struct errmsg *e)
{
    static const double sizes[] = {1 << 20, 1 << 30, 1 << 10};
    return take_amount(option, text, "MGK", sizes, "800M or 4G", MOST_BYTES, out, e);
}

static enum status take_lock_timeout(const char *text, const char **out, struct errmsg *e)
{
    char *end = NULL;
    const double n = text == NULL ? 0 : strtod(text, &end);
    if (end == NULL || end == text || *end != '\0' || !(n >= 0) || isinf(n))
        return fail(e, STATUS_USAGE, "--lock-timeout must be a number of seconds, 0 or more, not `%s`", text);
    *out = text;
    return STATUS_OK;
}

/* take_format: two different forms are one too many. */
static enum status take_format(enum table_format asked, enum table_format *format, struct errmsg *e)
{
    if (*format != TABLE_TEXT && *format != asked)
        return fail(e, STATUS_USAGE, "--json, --json-lines, --csv or --markdown, not both");
    *format = asked;
    return STATUS_OK;
}

int options_next(int argc, char **argv, const struct option_row *rows, struct shared_options *shared, struct errmsg *e)
{
    enum status s = STATUS_OK;
    while (s == STATUS_OK) {
        const int v = next_option(argc, argv, rows, e);
        if (v == OPTION_DB)
            shared->db = optarg;
        else if (v == OPTION_WHERE)
            shared->where = optarg;
        else if (v == OPTION_SWEEP)
            shared->sweep = optarg;
        else if (v == OPTION_LOCK_TIMEOUT)
            s = take_lock_timeout(optarg, &shared->lock_timeout, e);
        else if (v == OPTION_JOB_TIME)
            s = options_time("job-time", optarg, &shared->limits.job_seconds, e);
        else if (v == OPTION_JOB_MEMORY)
            s = options_size("job-memory", optarg, &shared->limits.job_bytes, e);
        else if (v == OPTION_TOOL_TIME)
            s = take_tool_time(optarg, &shared->limits.tool_seconds, e);
        else if (v == OPTION_VIEW)
            s = query_view(shared->view = optarg, e);
        else if (v == OPTION_JSON)
            s = take_format(TABLE_JSON, &shared->format, e);
        else if (v == OPTION_JSON_LINES)
            s = take_format(TABLE_JSON_LINES, &shared->format, e);
        else if (v == OPTION_CSV)
            s = take_format(TABLE_CSV, &shared->format, e);
        else if (v == OPTION_MARKDOWN)
            s = take_format(TABLE_MARKDOWN, &shared->format, e);
        else
            return v;
    }
    return OPTIONS_BAD;
}

enum status options_shared(int argc, char **argv, const struct option_row *rows, struct shared_options *shared,
                           struct errmsg *e)
{
    return options_next(argc, argv, rows, shared, e) == OPTIONS_END ? STATUS_OK : STATUS_USAGE;
}

enum status options_no_operands(int argc, char **argv, struct errmsg *e)
{
    if (optind < argc)
        return fail(e, STATUS_USAGE, "`%s` takes no `%s` (see `deltasweep %s --help`)", argv[0], argv[optind], argv[0]);
    return STATUS_OK;
}

/* default_text: of an axis, as a sweep file has it. */
static void default_text(enum axis_id a, char out[AXIS_TEXT_BYTES])
{
    const struct axis *axis = axis_at(a);
    const struct axis_value v = {.number = axis->fallback};
    if (axis->kind == AXIS_NETWORKS)
        snprintf(out, AXIS_TEXT_BYTES, "784-96-64-10");
    else if (isnan(axis->fallback))
        snprintf(out, AXIS_TEXT_BYTES, "%s", axis->follows_text);
    else
        axis_text(a, &v, out);
}

/* axis_help: "bits of a stored delta … [4]". */
static void axis_help(enum axis_id a, char help[512])
{
    const struct axis *axis = axis_at(a);
    char fallback[AXIS_TEXT_BYTES], range[64] = "";
    default_text(a, fallback);
    if (axis->kind == AXIS_FORMATS)
        snprintf(range, sizeof range, "; or one for each layer: 4-4-3");
    else if ((axis->kind == AXIS_NUMBERS || axis->kind == AXIS_REALS) && axis->lo >= 0 && axis->hi <= 100000)
        snprintf(range, sizeof range, "; %g to %g", axis->lo, axis->hi);
    snprintf(help, 512, "%s%s [%s]", axis->description, range, fallback);
}

typedef void visitor(const struct option_line *line, void *context);

/* visit_key: an option of a point that is no axis. */
static void visit_key(const struct key_about *key, visitor *see, void *context)
{
    char typed[64];
    const struct option_line line = {.row = {OPTION_KEY, key->option, key->argument, key->description, NULL},
                                     .typed = typed, .of_point = true, .axis = -1};
    snprintf(typed, sizeof typed, "--%s %s", key->option, key->argument);
    see(&line, context);
}

static void visit_axis(enum axis_id a, const char *heading, visitor *see, void *context)
{
    char name[32], typed[40], help[512];
    const struct option_line line = {.row = {OPTION_KEY, name, axis_at(a)->name, help, NULL}, .heading = heading,
                                     .typed = typed, .of_point = true, .axis = (int)a};
    keys_option(axis_at(a)->name, name);
    snprintf(typed, sizeof typed, "--%s", name);
    axis_help(a, help);
    see(&line, context);
}

/* visit_point: the options that describe a point, by groups. */
static void visit_point(visitor *see, void *context)
{
    static const char *const titles[] = {[GROUP_CODE] = "weight code",
                                         [GROUP_HARDWARE] = "hardware",
                                         [GROUP_NETWORK] = "network",
                                         [GROUP_TRAINING] = "training"};
    int n = 0;
    const struct key_about *keys = keys_list(&n);
    for (int k = 0; k < n; k++)
        if (keys[k].option != NULL)
            visit_key(&keys[k], see, context);
    for (int g = GROUP_CODE; g <= GROUP_TRAINING; g++) {
        const char *heading = titles[g];
        for (int a = 0; a < AXIS_COUNT; a++)
            if ((int)axis_at((enum axis_id)a)->group == g) {
                visit_axis((enum axis_id)a, heading, see, context);
                heading = NULL;
            }
    }
}

/* typed_option: "-j, --jobs N". */
static void typed_option(const struct option_row *r, char out[96])
{
    char letter[8] = "";
    if (r->letter != NULL)
        snprintf(letter, sizeof letter, "-%.1s, ", r->letter);
    snprintf(out, 96, "%s--%s%s%s", letter, r->name, r->argument != NULL ? " " : "",
             r->argument != NULL ? r->argument : "");
}

void options_visit(const struct option_row *rows, visitor *see, void *context)
{
    for (; rows->id != 0; rows++) {
        char typed[96];
        struct option_line line = {.row = resolved(rows), .typed = typed, .axis = -1};
        if (rows->id == OPTIONS_OF_POINT) {
            visit_point(see, context);
            continue;
        }
        line.is_operand = rows->id == OPERAND || rows->id == OPERAND_POINT;
        if (line.is_operand)
            line.typed = line.row.name;
        else
            typed_option(&line.row, typed);
        see(&line, context);
    }
}

/* --------------------------------------------------------------------------- help */

void options_wrap(const char *text, int indent, FILE *f)
{
    int column = indent;
    while (*text != '\0') {
        const int n = (int)strcspn(text, " \n");
        if (column > indent && column + 1 + n > WIDTH) {
            fprintf(f, "\n%*s", indent, "");
            column = indent;
        }
        column += fprintf(f, "%s%.*s", column > indent ? " " : "", n, text);
        text += n;
        if (*text == '\n') {
            fprintf(f, "\n%*s", text[1] == '\n' ? 0 : indent, "");
            column = indent;
        }
        text += *text != '\0';
    }
    fputc('\n', f);
}

/* A help that is being printed. */
struct help {
    FILE *f;
    bool in_point; /* the options of a point have begun */
};

/* put_line: what is typed, then from a column on what it means. */
static void put_line(const struct option_line *line, void *context)
{
    struct help *h = context;
    const int column = line->of_point ? KEY_COLUMN : HELP_COLUMN;
    if (line->of_point && !h->in_point)
        fputs("\nThe point, with the default of each option in brackets (docs/sweeps.md explains all of them):\n", h->f);
    h->in_point = line->of_point;
    if (line->heading != NULL)
        fprintf(h->f, "%s\n", line->heading);
    const int used = fprintf(h->f, "  %s", line->typed);
    if (used + 1 < column)
        fprintf(h->f, "%*s", column - used, "");
    else
        fprintf(h->f, "\n%*s", column, "");
    options_wrap(line->row.help, column, h->f);
}

void options_help(const struct option_row *rows, FILE *f)
{
    struct help h = {.f = f};
    options_visit(rows, put_line, &h);
}
