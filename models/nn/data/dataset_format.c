#include "models/nn/data/dataset_format.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define DATASET_FORMAT_ROW(name) &dataset_##name,
const struct dataset_format *const dataset_formats[] = {DATASET_FORMATS(DATASET_FORMAT_ROW) NULL};

static void append(char *text, size_t text_bytes, size_t *used, const char *between, const char *word)
{
    const int n = snprintf(text + *used, text_bytes - *used, "%s%s", between, word);
    if (n > 0)
        *used += (size_t)n < text_bytes - *used ? (size_t)n : text_bytes - *used - 1;
}

enum status dataset_format_find(const char *folder, const struct dataset_format **out, struct errmsg *e)
{
    char names[512] = "";
    size_t used = 0;
    int n = 0;
    *out = NULL;
    for (int k = 0; dataset_formats[k] != NULL; k++)
        if (dataset_formats[k]->is_there(folder)) {
            *out = dataset_formats[k];
            append(names, sizeof names, &used, n++ > 0 ? " and " : "", (*out)->name);
        }
    if (n == 0)
        return fail(e, STATUS_MISSING, "%s: it holds no data set", folder);
    if (n > 1)
        return fail(e, STATUS_INPUT, "%s: it holds %s: keep one kind of files in a folder", folder, names);
    return STATUS_OK;
}

const struct dataset_format *dataset_format_of_file(const char *path)
{
    for (int k = 0; dataset_formats[k] != NULL; k++) {
        const char *const *ends = dataset_formats[k]->file_ends;
        for (int i = 0; ends != NULL && ends[i] != NULL; i++)
            if (text_ends_with(path, ends[i]))
                return dataset_formats[k];
    }
    return NULL;
}

const char *dataset_format_files(char *text, size_t text_bytes)
{
    size_t used = 0;
    for (int k = 0; dataset_formats[k] != NULL; k++) {
        const char *between = k == 0 ? "with " : dataset_formats[k + 1] == NULL ? ", or with " : ", with ";
        append(text, text_bytes, &used, between, dataset_formats[k]->files);
    }
    return text;
}

const char *dataset_format_suffix_rules(char *text, size_t text_bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (int k = 0; dataset_formats[k] != NULL; k++)
        if (dataset_formats[k]->suffix_rule != NULL && strstr(text, dataset_formats[k]->suffix_rule) == NULL)
            append(text, text_bytes, &used, used > 0 ? ", and " : "", dataset_formats[k]->suffix_rule);
    return text;
}

int dataset_format_classes(const struct images *x)
{
    int classes = 0;
    for (int i = 0; i < x->n; i++)
        classes = x->labels[i] >= classes ? x->labels[i] + 1 : classes;
    return classes;
}
