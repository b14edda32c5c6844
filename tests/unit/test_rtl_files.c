#include "models/fpga/design/operator.h"
#include "models/fpga/design/rtl_files.h"

#include "base/share.h"
#include "base/tool.h"
#include "tests/support/folder.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char folder[] = "/tmp/deltasweep-rtl-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static bool has(const struct rtl_files *files, const char *name)
{
    for (int i = 0; i < files->n; i++)
        if (strcmp(files->file[i].name, name) == 0)
            return true;
    return false;
}

static void used_modules_are_followed(void **state)
{
    (void)state;
    struct rtl_files files;
    struct errmsg e = {""};
    put("mac/top.v", "// like other.v, but not\nmodule top;\nmiddle #(.N(1)) m ();\n/* unused\n used_too */ endmodule\n");
    put("mac/middle.v", "module middle; leaf l (); top_of_tree t(); endmodule");
    put("parts/leaf.v", "module leaf; middle_index i; endmodule // no loop: middle");
    put("accelerator/top_of_tree.v", "");
    put("mac/other.v", "module other; endmodule");
    put("parts/unused.v", "module unused; endmodule");
    put("mac/used_too.v", "module used_too; endmodule");
    put("mac/lint.vlt", "middle leaf");
    put("synth/leaf.v", "module leaf; other o (); endmodule"); /* not a folder of modules */
    assert_int_equal(rtl_files_find(&files, folder, "top.v", &e), STATUS_OK);
    assert_int_equal(files.n, 4);
    assert_string_equal(files.file[0].name, "top.v");
    assert_string_equal(files.file[1].name, "leaf.v");
    assert_string_equal(files.file[2].name, "middle.v");
    assert_string_equal(files.file[3].name, "top_of_tree.v");
    assert_string_equal(files.file[0].folder, "mac");
    assert_string_equal(files.file[1].folder, "parts");
    assert_string_equal(files.file[3].folder, "accelerator");
}

static void odd_files_do_no_harm(void **state)
{
    (void)state;
    static char lines[40001];
    struct rtl_files files;
    put("mac/top.v", "/* never closed middle");
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    assert_int_equal(files.n, 1);
    put("mac/top.v", "// no end of line middle");
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    assert_int_equal(files.n, 1);
    put("mac/top.v", "/");
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    memset(lines, '\n', sizeof lines - 1);
    snprintf(lines + sizeof lines - 5, 5, "leaf"); /* beyond the first block that is read */
    put("mac/top.v", lines);
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    assert_true(has(&files, "leaf.v") && has(&files, "middle.v") == false);
}

static void missing_files_are_named(void **state)
{
    (void)state;
    struct rtl_files files;
    struct errmsg e = {""};
    assert_int_equal(rtl_files_find(&files, folder, "none.v", &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "none.v"));
    assert_int_equal(rtl_files_find(&files, "/nonexistent", "top.v", &e), STATUS_ENVIRONMENT);
}

static void digest_of_top(char hex[DIGEST_HEX_BYTES])
{
    struct rtl_files files;
    struct digest d;
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    digest_init(&d);
    assert_int_equal(rtl_files_digest(&files, &d, NULL), STATUS_OK);
    digest_hex(&d, hex);
}

static void digests_know_names_and_contents_but_no_folders(void **state)
{
    (void)state;
    char before[DIGEST_HEX_BYTES], after[DIGEST_HEX_BYTES], from[PATH_MAX], to[PATH_MAX];
    put("mac/top.v", "module top; leaf l (); endmodule");
    put("parts/leaf.v", "module leaf; endmodule");
    digest_of_top(before);
    snprintf(from, sizeof from, "%s/parts/leaf.v", folder);
    snprintf(to, sizeof to, "%s/mac/leaf.v", folder);
    assert_int_equal(rename(from, to), 0);
    digest_of_top(after);
    assert_string_equal(after, before);
    put("mac/leaf.v", "module leaf; wire w; endmodule");
    digest_of_top(after);
    assert_string_not_equal(after, before);
}

static void a_name_in_two_folders_is_refused(void **state)
{
    (void)state;
    struct rtl_files files;
    struct errmsg e = {""};
    put("mac/twice.v", "");
    put("parts/twice.v", "");
    assert_int_equal(rtl_files_all(&files, folder, &e), STATUS_ENVIRONMENT);
    assert_non_null(strstr(e.text, "twice.v"));
    assert_int_equal(rtl_files_find(&files, folder, "top.v", &e), STATUS_ENVIRONMENT);
}

/* Every file of the real rtl/ is in a folder that is listed. */
static void no_file_is_left_out(void **state)
{
    (void)state;
    char root[PATH_MAX];
    struct rtl_files files;
    struct tool_output output;
    assert_int_equal(share_path(root, "rtl", NULL), STATUS_OK);
    assert_int_equal(rtl_files_all(&files, root, NULL), STATUS_OK);
    const char *const argv[] = {"find", root, "-name", "*.v", "-not", "-path", "*/synth/*", NULL};
    assert_int_equal(tool_check(argv, NULL, NULL, 0, &output, NULL), STATUS_OK);
    int found = 0;
    for (const char *p = output.out; (p = strchr(p, '\n')) != NULL; p++)
        found++;
    tool_output_free(&output);
    assert_int_equal(files.n, found);
}

/* The real operators: no variant needs another one's top. */
static void operators_need_their_own_files(void **state)
{
    (void)state;
    char rtl[PATH_MAX];
    struct rtl_files files;
    assert_int_equal(share_path(rtl, "rtl", NULL), STATUS_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rtl_files_find(&files, rtl, operator_rtl_file((enum mac_variant)i), NULL), STATUS_OK);
        assert_true(has(&files, "mac_control.v") && has(&files, "mac_datapath.v"));
        for (int k = 0; k < 3; k++)
            assert_int_equal(has(&files, operator_rtl_file((enum mac_variant)k)), k == i);
    }
}

static int make_folder(void **state)
{
    (void)state;
    char path[PATH_MAX];
    static const char *const sub_folders[] = {"accelerator", "mac", "parts", "synth"};
    if (mkdtemp(folder) == NULL)
        return -1;
    for (size_t i = 0; i < sizeof sub_folders / sizeof sub_folders[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, sub_folders[i]);
        if (mkdir(path, 0777) != 0)
            return -1;
    }
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(used_modules_are_followed),
        cmocka_unit_test(odd_files_do_no_harm),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(operators_need_their_own_files),
        cmocka_unit_test(digests_know_names_and_contents_but_no_folders),
        cmocka_unit_test(a_name_in_two_folders_is_refused),
        cmocka_unit_test(no_file_is_left_out),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
