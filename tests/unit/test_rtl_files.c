#include "models/fpga/design/rtl_files.h"

#include "base/cache.h"
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
        if (strcmp(files->name[i], name) == 0)
            return true;
    return false;
}

static void used_modules_are_followed(void **state)
{
    (void)state;
    struct rtl_files files;
    struct errmsg e = {""};
    put("top.v", "// like other.v, but not\nmodule top;\nmiddle #(.N(1)) m ();\n/* unused\n used_too */ endmodule\n");
    put("middle.v", "module middle; leaf l (); top_of_tree t(); endmodule");
    put("leaf.v", "module leaf; middle_index i; endmodule // no loop: middle");
    put("top_of_tree.v", "");
    put("other.v", "module other; endmodule");
    put("unused.v", "module unused; endmodule");
    put("used_too.v", "module used_too; endmodule");
    put("lint.vlt", "middle leaf");
    assert_int_equal(rtl_files_find(&files, folder, "top.v", &e), STATUS_OK);
    assert_int_equal(files.n, 4);
    assert_string_equal(files.name[0], "top.v");
    assert_string_equal(files.name[1], "leaf.v");
    assert_string_equal(files.name[2], "middle.v");
    assert_string_equal(files.name[3], "top_of_tree.v");
}

static void odd_files_do_no_harm(void **state)
{
    (void)state;
    static char lines[40001];
    struct rtl_files files;
    put("top.v", "/* never closed middle");
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    assert_int_equal(files.n, 1);
    put("top.v", "// no end of line middle");
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    assert_int_equal(files.n, 1);
    put("top.v", "/");
    assert_int_equal(rtl_files_find(&files, folder, "top.v", NULL), STATUS_OK);
    memset(lines, '\n', sizeof lines - 1);
    snprintf(lines + sizeof lines - 5, 5, "leaf"); /* beyond the first block that is read */
    put("top.v", lines);
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

/* The real operators: no variant needs another one's top. */
static void operators_need_their_own_files(void **state)
{
    (void)state;
    static const char *const tops[] = {"mac_plain.v", "mac_fixed_reference.v", "mac_consecutive.v"};
    char rtl[PATH_MAX];
    struct rtl_files files;
    assert_int_equal(share_path(rtl, "rtl", NULL), STATUS_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rtl_files_find(&files, rtl, tops[i], NULL), STATUS_OK);
        assert_true(has(&files, "mac_control.v") && has(&files, "mac_datapath.v"));
        for (int k = 0; k < 3; k++)
            assert_int_equal(has(&files, tops[k]), k == i);
    }
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
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
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
