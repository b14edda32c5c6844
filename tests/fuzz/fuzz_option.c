/* Options of commands that set a key or an axis: the first byte says which, the others are its value. */
#include "explorer/sweep/combination.h"
#include "explorer/sweep/expand.h"
#include "explorer/sweep/keys.h"
#include "explorer/sweep/sweep.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* name_of: of an axis, or of a key that has an option; NULL: of neither. */
static const char *name_of(int number)
{
    int n;
    const struct key_about *keys = keys_list(&n);
    if (number < AXIS_COUNT)
        return axis_at((enum axis_id)number)->name;
    number -= AXIS_COUNT;
    return number < n && keys[number].option != NULL ? keys[number].name : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    struct sweep *s = NULL;
    struct points *points = NULL;
    struct errmsg e = {""};
    const char *name = n_bytes > 0 ? name_of(bytes[0]) : NULL;
    if (name == NULL)
        return 0;
    char *value = fuzz_text(bytes + 1, n_bytes - 1);
    if (chdir(fuzz_folder()) != 0 || sweep_of_command("train", &s, &e) != STATUS_OK)
        abort();
    if ((strcmp(name, "network") == 0 || sweep_option(s, "network", "64-8-4", &e) == STATUS_OK) &&
        fuzz_told(sweep_option(s, name, value, &e), &e) && fuzz_told(sweep_command_check(s, &e), &e) &&
        combination_count(s, 4) <= 4 && fuzz_told(expand_sweep(s, &points, &e), &e)) {
        (void)points_at(points, 0);
        points_free(points);
    }
    sweep_free(s);
    free(value);
    return 0;
}
