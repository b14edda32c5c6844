#include "explorer/cluster/slurm.h"

#include "base/file.h"
#include "base/text.h"
#include "base/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------------- the scripts */

/* fits_script: whether text can stand in a line of a script for the shell and for sbatch. */
static enum status fits_script(const char *what, const char *text, struct errmsg *e)
{
    char escape[TEXT_ESCAPE_BYTES];
    for (const char *p = text; *p != '\0';) {
        const int length = text_shown(p, strlen(p), escape);
        if (escape[0] != '\0' || strchr("'\"\\%", *p) != NULL)
            return fail(e, STATUS_USAGE,
                        "%s cannot stand in a script of Slurm: it has a quote, a backslash, a %% or a "
                        "control character: %s",
                        what, text);
        p += length;
    }
    return STATUS_OK;
}

/* check_options: those that these jobs need for themselves are refused. */
static enum status check_options(const struct cluster_jobs *c, struct errmsg *e)
{
    static const char *const own[] = {"--array",      "--output", "--chdir", "--wrap", "--parsable",
                                      "--dependency", "-a",       "-o",      "-D",     "-d"};
    for (int i = 0; i < c->n_options; i++) {
        const char *option = c->options[i];
        const enum status st = fits_script("--sbatch", option, e);
        if (st != STATUS_OK)
            return st;
        if (option[0] != '-')
            return fail(e, STATUS_USAGE,
                        "--sbatch takes an option of sbatch, for example --sbatch=--time=8:00:00; not `%s`", option);
        for (size_t k = 0; k < sizeof own / sizeof own[0]; k++)
            if (strncmp(option, own[k], strlen(own[k])) == 0)
                return fail(e, STATUS_USAGE, "--sbatch %s: `submit` sets %s itself", option, own[k]);
    }
    return STATUS_OK;
}

/* check_name: the sweep's name is that of a folder, too. */
static enum status check_name(const char *name, struct errmsg *e)
{
    if (strchr(name, '/') != NULL || name[0] == '.')
        return fail(e, STATUS_USAGE,
                    "the sweep's name cannot be that of a folder: it begins with a . or has a /: %s; choose another "
                    "name in its file",
                    name);
    return fits_script("the name of the sweep", name, e);
}

/* make_folder: path, with the folder above it. */
static enum status make_folder(const char *path, struct errmsg *e)
{
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%s", path);
    *strrchr(above, '/') = '\0';
    mkdir(above, 0777);
    mkdir(path, 0777);
    return file_is_folder(path) ? STATUS_OK : fail_errno(e, STATUS_ENVIRONMENT, "cannot make the folder %s", path);
}

/* set_folder: "/here/out/all.shards/NAME" for the database out/all.db. */
static enum status set_folder(struct cluster_jobs *c, const char *here, struct errmsg *e)
{
    const size_t n = strlen(c->db) - (text_ends_with(c->db, ".db") ? 3 : 0);
    const bool absolute = c->db[0] == '/';
    if (snprintf(c->folder, sizeof c->folder, "%s%s%.*s.shards/%s", absolute ? "" : here, absolute ? "" : "/", (int)n,
                 c->db, c->sweep_name) >= (int)sizeof c->folder - 64)
        return fail(e, STATUS_USAGE, "the path of the database is too long: %.200s", c->db);
    return STATUS_OK;
}

/* put_head: what both scripts begin with. In the name of the log sbatch turns %a into the number of the shard. shards
 * is 0 for a single job. */
static void put_head(const struct cluster_jobs *c, FILE *f, const char *what, const char *log, int shards,
                     const char *here)
{
    fprintf(f, "#!/bin/sh\n# %s\n", what);
    fprintf(f, "#SBATCH --job-name=\"deltasweep-%s\"\n#SBATCH --output=\"%s/%s\"\n#SBATCH --open-mode=append\n",
            c->sweep_name, c->folder, log);
    for (int i = 0; i < c->n_options; i++)
        fprintf(f, "#SBATCH %s\n", c->options[i]);
    if (shards > 0)
        fprintf(f, "#SBATCH --array=1-%d\n", shards);
    fprintf(f, "cd '%s' || exit 2\n", here);
}

static void put_array(const struct cluster_jobs *c, FILE *f, const char *program, const char *here)
{
    char log[64];
    snprintf(log, sizeof log, "%%a-of-%d.log", c->shards);
    put_head(c, f, "One shard of a sweep, written by `deltasweep submit`.", log, c->shards, here);
    fprintf(f,
            "shard=$SLURM_ARRAY_TASK_ID\n"
            "[ ! -e '%s' ] || set -- --from '%s'\n"
            "exec '%s' run '%s' --shard \"$shard/%d\" --db '%s/'\"$shard-of-%d.db\" --jobs "
            "\"${SLURM_CPUS_ON_NODE:-1}\" \"$@\"\n",
            c->db, c->db, program, c->sweep_file, c->shards, c->folder, c->shards);
}

static void put_merge(const struct cluster_jobs *c, FILE *f, const char *program, const char *here)
{
    put_head(c, f, "Unites the databases of all shards, written by `deltasweep submit`.", "merge.log", 0, here);
    if (!c->search) {
        fprintf(f, "exec '%s' merge '%s/'*-of-*.db -o '%s'\n", program, c->folder, c->db);
        return;
    }
    fprintf(f,
            "set -- '%s/'*-of-%d.db\n"
            "[ ! -e \"$1\" ] || '%s' merge \"$@\" -o '%s' || exit\n"
            "exec '%s' submit '%s' --shards %d --db '%s'",
            c->folder, c->shards, program, c->db, program, c->sweep_file, c->shards, c->db);
    for (int i = 0; i < c->n_options; i++)
        fprintf(f, " '--sbatch=%s'", c->options[i]);
    fputc('\n', f);
}

typedef void writer(const struct cluster_jobs *c, FILE *f, const char *program, const char *here);

static enum status write_script(const struct cluster_jobs *c, const char *name, writer *put, const char *here,
                                struct errmsg *e)
{
    char program[PATH_MAX + 1] = "", path[PATH_MAX], *text = NULL;
    size_t bytes = 0;
    if (readlink("/proc/self/exe", program, PATH_MAX) < 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot find the program's own path");
    enum status st = fits_script("the path of the program", program, e);
    FILE *f = st == STATUS_OK ? open_memstream(&text, &bytes) : NULL;
    if (st != STATUS_OK)
        return st;
    if (f != NULL)
        put(c, f, program, here);
    if (f == NULL || fclose(f) != 0)
        st = fail(e, STATUS_ENVIRONMENT, "out of memory for a script");
    if (st == STATUS_OK)
        st = file_path(path, c->folder, name, e);
    if (st == STATUS_OK)
        st = file_replace(path, text, bytes, e);
    free(text);
    return st;
}

enum status cluster_write(struct cluster_jobs *c, struct errmsg *e)
{
    char here[PATH_MAX];
    if (getcwd(here, sizeof here) == NULL)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot find the current folder");
    const char *const paths[] = {here, c->db, c->sweep_file};
    enum status st = check_options(c, e);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0] && st == STATUS_OK; i++)
        st = fits_script("the path", paths[i], e);
    if (st == STATUS_OK)
        st = check_name(c->sweep_name, e);
    if (st == STATUS_OK)
        st = set_folder(c, here, e);
    if (st == STATUS_OK)
        st = make_folder(c->folder, e);
    if (st == STATUS_OK)
        st = write_script(c, "array.sh", put_array, here, e);
    return st == STATUS_OK ? write_script(c, "merge.sh", put_merge, here, e) : st;
}

/* --------------------------------------------------------------------------- the queue */

/* read_jobs: what cluster_submit kept: the numbers of the jobs (merge: that of the last one, in ids), and what the
 * shards were given of a search. False if there is nothing. */
static bool read_jobs(const char *path, char ids[80], const char **merge, struct cluster_round *given)
{
    char *text = NULL;
    struct errmsg none;
    if (access(path, F_OK) != 0 || file_read(path, &text, &none) != STATUS_OK || text == NULL)
        return false;
    const int n = (int)strcspn(text, "\n");
    snprintf(ids, 80, "%.*s", n, text);
    *merge = strchr(ids, ',') != NULL ? strchr(ids, ',') + 1 : "";
    sscanf(text + n, "%d %d %d", &given->round, &given->left, &given->idle);
    free(text);
    return true;
}

/* says_only: whether a tool printed this line and no other. */
static bool says_only(const char *said, const char *line)
{
    const size_t n = strcspn(said, "\n");
    return strncmp(said, line, n) == 0 && line[n] == '\0' && said[n + strspn(said + n, "\n")] == '\0';
}

enum status cluster_look(struct cluster_jobs *c, struct errmsg *e)
{
    char path[PATH_MAX], ids[80];
    const char *merge = "", *own = getenv("SLURM_JOB_ID");
    struct cluster_round given = {0};
    struct tool_output out = {0};
    enum status st = file_path(path, c->folder, "jobs", e);
    if (st != STATUS_OK || !read_jobs(path, ids, &merge, &given))
        return st;
    c->goes_on = own != NULL && strcmp(own, merge) == 0; /* it is merge.sh that calls */
    if (c->goes_on)
        c->last = given;
    const char *const argv[] = {"squeue", "--noheader", "--format=%i", "--jobs", ids, NULL};
    st = tool_run(argv, NULL, NULL, 0, &out, e);
    const bool none = out.out_bytes == 0 || (c->goes_on && says_only(out.out, merge));
    /* Of jobs that ended long ago Slurm says that it does not know them. */
    if (st == STATUS_OK && out.exit_code == 0 && !none)
        st = fail(
            e, STATUS_USAGE,
            "jobs of an earlier `submit` of %s are in the queue still (squeue --jobs %s): wait for their end, or stop "
            "them with `scancel %s`; then this command goes on with what they did",
            c->sweep_name, ids, ids);
    else if (st == STATUS_OK && out.exit_code != 0 && strstr(out.err, "Invalid job id") == NULL)
        st = fail(e, STATUS_ENVIRONMENT, "Slurm does not answer: %.*s", (int)strcspn(out.err, "\n"), out.err);
    tool_output_free(&out);
    return st;
}

/* one_line: what a tool said, with "; " between its lines. */
static void one_line(const char *said, char *out, size_t room)
{
    size_t n = 0;
    for (; *said != '\0' && n + 3 < room; said++)
        if (*said != '\n')
            out[n++] = *said;
        else if (said[1] != '\0') {
            out[n++] = ';';
            out[n++] = ' ';
        }
    out[n] = '\0';
}

/* give: hands a script to sbatch; id is that of the job. */
static enum status give(const struct cluster_jobs *c, const char *name, const char *dependency, char id[32],
                        struct errmsg *e)
{
    char path[PATH_MAX], why[512];
    struct tool_output out = {0};
    enum status st = file_path(path, c->folder, name, e);
    const char *const argv[] = {"sbatch", "--parsable", dependency != NULL ? dependency : path,
                                dependency != NULL ? path : NULL, NULL};
    if (st == STATUS_OK)
        st = tool_run(argv, NULL, NULL, 0, &out, e);
    if (st != STATUS_OK)
        return st;
    const int digits = (int)strspn(out.out, "0123456789"); /* "12", or "12;cluster" */
    one_line(out.err, why, sizeof why);
    if (out.exit_code != 0 || digits == 0 || digits > 30)
        st = fail(e, STATUS_ENVIRONMENT, "Slurm does not take %s: %s", path, why[0] != '\0' ? why : "it says nothing");
    else
        snprintf(id, 32, "%.*s", digits, out.out);
    tool_output_free(&out);
    return st;
}

enum status cluster_find(struct errmsg *e)
{
    struct errmsg why = {""};
    if (tool_find("sbatch", NULL, 0, &why) == STATUS_OK)
        return STATUS_OK;
    return fail(e, STATUS_MISSING,
                "there is no Slurm here (sbatch is not in PATH): submit from a machine of the cluster; "
                "--dry-run writes the scripts alone");
}

enum status cluster_submit(struct cluster_jobs *c, struct errmsg *e)
{
    char path[PATH_MAX], after[64], text[128];
    struct errmsg why = {""};
    enum status st = file_path(path, c->folder, "jobs", e);
    if (st == STATUS_OK)
        st = give(c, "array.sh", NULL, c->array_id, e);
    if (st != STATUS_OK)
        return st;
    snprintf(after, sizeof after, "--dependency=afterany:%s", c->array_id);
    st = give(c, "merge.sh", after, c->merge_id, e);
    const int n = snprintf(text, sizeof text, "%s%s%s\n", c->array_id, c->merge_id[0] != '\0' ? "," : "", c->merge_id);
    if (c->search)
        snprintf(text + n, sizeof text - (size_t)n, "%d %d %d\n", c->now.round, c->now.left, c->now.idle);
    const enum status kept = file_replace(path, text, strlen(text), &why);
    return st == STATUS_OK && kept != STATUS_OK ? fail(e, kept, "%s", why.text) : st;
}
