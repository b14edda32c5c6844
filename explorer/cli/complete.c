#include "explorer/cli/complete.h"

#include "db/columns.h"
#include "explorer/cli/program.h"
#include "explorer/report/query.h"
#include "models/fpga/device/device.h"
#include "models/point/axis.h"

#include <ctype.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* What is being completed. */
struct completion {
    FILE *f;
    char *const *words; /* the command, and what stands before `begun` */
    int n;
    const char *head; /* stands before `begun` in the same word: "--view=", "lut,"; head_bytes of it */
    int head_bytes;
    const char *begun; /* what the candidates begin with */
};

static bool printable(const char *word)
{
    for (; *word != '\0'; word++)
        if (iscntrl((unsigned char)*word))
            return false;
    return true;
}

/* offer: a candidate, if it begins as the user has begun. */
static void offer(const struct completion *c, const char *word, const char *meaning)
{
    if (strncmp(word, c->begun, strlen(c->begun)) == 0 && printable(word))
        fprintf(c->f, "%.*s%s\t%.*s\n", c->head_bytes, c->head, word, (int)strcspn(meaning, "\n"), meaning);
}

/* ------------------------------------------------------------- what an argument may be */

static void offer_views(const struct completion *c)
{
    for (int i = 0; query_view_name(i) != NULL; i++)
        offer(c, query_view_name(i), "");
}

static void offer_columns(const struct completion *c)
{
    int n;
    const struct view_column *columns = column_list(&n);
    for (int i = 0; i < n; i++)
        offer(c, columns[i].name, columns[i].description);
}

/* offer_more_columns: after the last comma of a list. */
static void offer_more_columns(const struct completion *c)
{
    struct completion last = *c;
    const char *comma = strrchr(c->begun, ',');
    if (comma != NULL) {
        last.begun = comma + 1;
        if (c->head_bytes == 0)
            last.head = c->begun;
        last.head_bytes = (int)(comma + 1 - last.head);
    }
    offer_columns(&last);
}

static void offer_devices(const struct completion *c)
{
    int n;
    const struct device *devices = device_list(&n);
    for (int i = 0; i < n; i++)
        offer(c, devices[i].name, "");
}

static void offer_data(const struct completion *c)
{
    offer(c, "fashion-mnist", "");
    fputs(":files\n", c->f);
}

/* database: that of the words. */
static const char *database(const struct completion *c)
{
    const char *path = DEFAULT_DATABASE;
    for (int i = 0; i < c->n; i++)
        if (strncmp(c->words[i], "--db=", 5) == 0)
            path = c->words[i] + 5;
        else if (strcmp(c->words[i], "--db") == 0 && i + 1 < c->n)
            path = c->words[strcmp(c->words[i + 1], "=") == 0 && i + 2 < c->n ? i + 2 : i + 1];
    return path;
}

/* offer_rows: the answers of the database to sql. Nobody waits for a locked one, and nobody is told of a damaged one.
 */
static void offer_rows(const struct completion *c, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    if (sqlite3_open_v2(database(c), &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK)
        while (sqlite3_step(rows) == SQLITE_ROW)
            if (sqlite3_column_type(rows, 0) == SQLITE_TEXT)
                offer(c, (const char *)sqlite3_column_text(rows, 0), "");
    sqlite3_finalize(rows);
    sqlite3_close(db);
}

static void offer_sweeps(const struct completion *c)
{
    offer_rows(c, "SELECT name FROM sweeps ORDER BY id");
}

static void offer_points(const struct completion *c)
{
    offer_rows(c, "SELECT point FROM points ORDER BY id");
}

static void offer_files(const struct completion *c)
{
    fputs(":files\n", c->f);
}

static void offer_folders(const struct completion *c)
{
    fputs(":folders\n", c->f);
}

static void offer_topics(const struct completion *c)
{
    for (int i = 0; program_command(i) != NULL; i++)
        offer(c, program_command(i)->name, program_command(i)->summary);
    for (const struct explained *x = program_topics; x->word != NULL; x++)
        offer(c, x->word, x->meaning);
}

/* What the help calls an argument or an operand says what may stand there. */
static const struct {
    const char *name;
    void (*offer)(const struct completion *c);
} arguments[] = {
    {"FILE", offer_files},     {"DIR", offer_folders},          {"VIEW", offer_views},   {"COL", offer_columns},
    {"COLUMN", offer_columns}, {"COL,...", offer_more_columns}, {"EXPR", offer_columns}, {"PART", offer_devices},
    {"DATASET", offer_data},   {"SWEEP", offer_sweeps},         {"A", offer_sweeps},     {"B", offer_sweeps},
    {"POINT", offer_points},
};

/* offer_axis: the words of an axis. */
static void offer_axis(const struct completion *c, const struct axis *axis)
{
    for (int i = 0; axis->kind == AXIS_WORDS && i < axis->n_words; i++)
        offer(c, axis->word(i), "");
    for (int i = 0; axis->kind == AXIS_FLAGS && i < 2; i++)
        offer(c, i == 0 ? "false" : "true", "");
}

/* offer_named: what an argument of this name may be. */
static bool offer_named(const struct completion *c, const char *name)
{
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
        if (strcmp(arguments[i].name, name) == 0) {
            arguments[i].offer(c);
            return true;
        }
    return false;
}

/* offer_words: those of "bash|zsh|fish", where a name of an argument stands for what it may be. */
static void offer_words(const struct completion *c, const char *words)
{
    char word[64];
    for (; *words != '\0'; words += strspn(words, "|")) {
        const size_t n = strcspn(words, "|");
        snprintf(word, sizeof word, "%.*s", (int)n, words);
        if (!offer_named(c, word))
            offer(c, word, "");
        words += n;
    }
}

/* offer_argument: name is what the help calls it. */
static void offer_argument(const struct completion *c, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (offer_named(c, name))
        return;
    if (strchr(name, '|') != NULL)
        offer_words(c, name);
    else if (dot != NULL && dot[1] != '\0') /* "SWEEP.yaml" */
        fprintf(c->f, ":files%s\n", dot);
}

/* ------------------------------------------------------------------ which word is begun */

/* What the rows of a command are searched for. */
struct search {
    const struct completion *c;
    const char *option; /* "--view", "-o": offer what its argument may be; NULL: nothing of that kind */
    size_t option_bytes;
    bool found;             /* there is this option, and it has an argument */
    bool options, operands; /* offer options; offer what the operands may be */
};

static bool is_option(const struct option_line *line, const char *typed, size_t n)
{
    const struct option_row *r = &line->row;
    if (n == 2 && r->letter != NULL && typed[1] == r->letter[0])
        return true;
    return n > 2 && strncmp(typed, "--", 2) == 0 && strlen(r->name) == n - 2 && strncmp(typed + 2, r->name, n - 2) == 0;
}

static void see(const struct option_line *line, void *context)
{
    struct search *s = context;
    const struct option_row *r = &line->row;
    char word[80];
    if (line->is_operand) {
        if (s->operands)
            offer_argument(s->c, r->name);
        return;
    }
    if (s->options) {
        snprintf(word, sizeof word, "--%s", r->name);
        offer(s->c, word, r->help);
    }
    if (s->option == NULL || r->argument == NULL || !is_option(line, s->option, s->option_bytes))
        return;
    s->found = true;
    if (line->axis >= 0)
        offer_axis(s->c, axis_at((enum axis_id)line->axis));
    else
        offer_argument(s->c, r->argument);
}

/* complete_command: c->words[0] is the command. */
static void complete_command(const struct command *command, struct completion *c)
{
    struct search s = {.c = c};
    const char *equals = strchr(c->begun, '=');
    const char *before = c->n >= 2 ? c->words[c->n - 1] : "";
    bool ended = false;
    for (int i = 1; i < c->n; i++)
        ended |= strcmp(c->words[i], "--") == 0;
    if (!ended && strncmp(c->begun, "--", 2) == 0 && equals != NULL) { /* --view=des */
        s.option = c->begun;
        c->head = c->begun;
        c->head_bytes = (int)(equals + 1 - c->begun);
        c->begun = equals + 1;
        s.option_bytes = (size_t)(equals - s.option);
    } else if (!ended && before[0] == '-') { /* --view des */
        s.option = before;
        s.option_bytes = strlen(before);
    }
    if (s.option != NULL)
        options_visit(command->options, see, &s);
    if (s.found || c->head_bytes > 0)
        return;
    s = (struct search){.c = c, .options = c->begun[0] == '-' && !ended, .operands = c->begun[0] != '-' || ended};
    options_visit(command->options, see, &s);
    if (s.options)
        offer(c, "--help", "all about this command");
}

static void complete_first(const struct completion *c)
{
    for (int i = 0; program_command(i) != NULL; i++)
        offer(c, program_command(i)->name, program_command(i)->summary);
    offer(c, "help", "all about a command, or another topic");
    offer(c, "--help", "the commands");
    offer(c, "--version", "the version and the git revision it was built from");
}

/* join: bash makes three words of --view=des. Here they are "--view" and "des" again, as if typed with a space. */
static int join(char *const *words, int n, char **joined)
{
    int k = 0;
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], "=") != 0 || k == 0 || strncmp(joined[k - 1], "--", 2) != 0)
            joined[k++] = words[i];
        else if (i == n - 1)
            joined[k++] = words[i] + 1; /* nothing is typed behind it yet */
    return k;
}

void complete_print(char *const *words, int n, FILE *f)
{
    char **joined = calloc((size_t)n + 1, sizeof(char *));
    if (joined == NULL || n == 0) {
        free(joined);
        return;
    }
    const int k = join(words, n, joined) - 1;
    struct completion c = {.f = f, .words = joined, .n = k, .head = "", .begun = joined[k]};
    if (k == 0)
        complete_first(&c);
    else if (k == 1 && strcmp(joined[0], "help") == 0)
        offer_topics(&c);
    for (int i = 0; k > 0 && program_command(i) != NULL; i++)
        if (strcmp(program_command(i)->name, joined[0]) == 0)
            complete_command(program_command(i), &c);
    free(joined);
}
