#include "models/fpga/cost/synth_result.h"

#include "models/fpga/cost/validation.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void synth_result_clear(struct synth_result *r)
{
    memset(r, 0, sizeof *r);
    r->critical_path_ns = r->critical_path_2_ns = NAN;
    r->fmax_mhz = r->fmax_2_mhz = r->fmax_mhz_low = r->fmax_mhz_high = r->power_mw = NAN;
}

void synth_result_set_paths(struct synth_result *r, double speed1_ns, double speed2_ns)
{
    r->timing_known = true;
    r->critical_path_ns = speed1_ns;
    r->critical_path_2_ns = speed2_ns;
    r->fmax_mhz = 1000.0 / speed1_ns;
    r->fmax_2_mhz = 1000.0 / speed2_ns;
    r->fmax_mhz_low = r->fmax_mhz * VALIDATION_FMAX_LOW;
    r->fmax_mhz_high = r->fmax_mhz * VALIDATION_FMAX_HIGH;
}

enum status synth_result_write(const char *path, const char *hex, const struct synth_result *r, struct errmsg *e)
{
    int kinds = 0;
    const struct cell_kind *kind = cell_kinds(&kinds);
    json_t *root = json_pack("{s:i, s:s, s:f, s:b}", "format", SYNTH_RESULT_FORMAT, "digest", hex, "seconds",
                             r->seconds, "timing_known", r->timing_known);
    json_t *counts = json_object();
    enum status s = STATUS_OK;
    bool good = root != NULL && counts != NULL;

    for (int i = 0; i < kinds && good; i++)
        good = json_object_set_new(counts, kind[i].name, json_integer(cell_count(&r->cells, &kind[i]))) == 0;
    good = good && json_object_set(root, "cells", counts) == 0;
    if (good && r->timing_known)
        good = json_object_set_new(root, "critical_path_ns", json_real(r->critical_path_ns)) == 0 &&
               json_object_set_new(root, "critical_path_2_ns", json_real(r->critical_path_2_ns)) == 0 &&
               json_object_set_new(root, "path_from", json_string(r->path_from)) == 0 &&
               json_object_set_new(root, "path_to", json_string(r->path_to)) == 0;
    if (!good)
        s = fail(e, STATUS_ENVIRONMENT, "cannot put the result of the synthesis into words (out of memory?)");
    else if (json_dump_file(root, path, JSON_INDENT(1) | JSON_SORT_KEYS) != 0)
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s", path);
    json_decref(counts);
    json_decref(root);
    return s;
}

/* read_string: a text field of a result file into out; false if it is missing or too long. */
static bool read_string(const json_t *root, const char *key, char *out, size_t out_bytes)
{
    const char *value = json_string_value(json_object_get(root, key));
    return value != NULL && (size_t)snprintf(out, out_bytes, "%s", value) < out_bytes;
}

static double read_number(const json_t *root, const char *key)
{
    return json_number_value(json_object_get(root, key));
}

bool synth_result_read(const char *path, const char *hex, struct synth_result *r)
{
    char digest[DIGEST_HEX_BYTES];
    int kinds = 0;
    const struct cell_kind *kind = cell_kinds(&kinds);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    const json_t *cells = json_object_get(root, "cells"), *seconds = json_object_get(root, "seconds");
    const json_t *known = json_object_get(root, "timing_known");

    synth_result_clear(r);
    bool good = json_integer_value(json_object_get(root, "format")) == SYNTH_RESULT_FORMAT &&
                read_string(root, "digest", digest, sizeof digest) && strcmp(digest, hex) == 0 &&
                json_is_number(seconds) && json_number_value(seconds) >= 0.0 && json_is_boolean(known);
    for (int i = 0; i < kinds && good; i++) {
        const json_t *count = json_object_get(cells, kind[i].name);
        const json_int_t n = json_integer_value(count);
        good = json_is_integer(count) && n >= 0 && n <= INT_MAX;
        if (good)
            cell_set(&r->cells, &kind[i], (int)n);
    }
    r->seconds = json_number_value(seconds);
    if (good && json_is_true(known)) {
        const double speed1_ns = read_number(root, "critical_path_ns");
        const double speed2_ns = read_number(root, "critical_path_2_ns");
        good = speed1_ns > 0.0 && speed2_ns > 0.0 &&
               read_string(root, "path_from", r->path_from, sizeof r->path_from) &&
               read_string(root, "path_to", r->path_to, sizeof r->path_to);
        if (good)
            synth_result_set_paths(r, speed1_ns, speed2_ns);
    }
    json_decref(root);
    return good;
}
