#include "models/nn/io/network_file.h"

#include "base/file.h"
#include "base/input.h"
#include "base/output.h"
#include "base/text.h"
#include "models/nn/io/pack.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status check_there(const char *path, struct errmsg *e)
{
    if (access(path, F_OK) == 0)
        return input_check(path, INPUT_NETWORK, e);
    return fail_errno(e, errno == ENOENT || errno == ENOTDIR ? STATUS_MISSING : STATUS_ENVIRONMENT, "cannot read %s",
                      path);
}

/* ---------------------------------------------------------------------------- loading */

/* Files of other programs that people try: what to save instead. */
static enum status check_format(const char *path, const char *bytes, size_t n, struct errmsg *e)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *is, *remedy;
    } rows[] = {
        {"PK\3\4", 4, "an archive, as torch.save and Keras write",
         "from PyTorch: safetensors.torch.save_file(model.state_dict(), \"net.safetensors\"); the name of an archive of "
         "numpy.savez ends in .npz"},
        {"\x80\2", 2, "a pickle, as torch.save wrote before PyTorch 1.6",
         "load it there, and save safetensors.torch.save_file(model.state_dict(), \"net.safetensors\")"},
        {"\x89HDF", 4, "HDF5, as Keras writes", "save each layer's weights transposed with numpy.save into a folder"},
        {"\x93NUMPY", 6, "one .npy array", "give the folder of the arrays, one for each tensor (fc1.weight.npy)"},
    };
    const char *end = strrchr(path, '.');
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (n >= rows[k].n && memcmp(bytes, rows[k].magic, rows[k].n) == 0)
            return fail(e, STATUS_INPUT, "%s is %s, which cannot be read here; %s", path, rows[k].is, rows[k].remedy);
    if (end != NULL && (strcmp(end, ".pt") == 0 || strcmp(end, ".pth") == 0 || strcmp(end, ".onnx") == 0))
        return fail(e, STATUS_INPUT, "%s cannot be read here; from PyTorch: %s", path,
                    "safetensors.torch.save_file(model.state_dict(), \"net.safetensors\")");
    return STATUS_OK;
}

static enum status load_own(const char *path, const struct topology *shape, struct network **out, struct errmsg *e)
{
    char *bytes = NULL, wanted[TOPOLOGY_TEXT_BYTES], found[TOPOLOGY_TEXT_BYTES];
    size_t n = 0;
    struct errmsg why = {""};
    enum status s = input_read(path, INPUT_NETWORK, &bytes, &n, e);
    if (s != STATUS_OK)
        return s;
    if ((s = check_format(path, bytes, n, e)) != STATUS_OK) {
        free(bytes);
        return s;
    }
    const bool good = pack_is_whole((const uint8_t *)bytes, n);
    if (good)
        s = pack_read((const uint8_t *)bytes, n, out, &why);
    free(bytes);
    if (!good)
        return fail(e, STATUS_INPUT, "%s is no network that deltasweep saved, or damaged; a network is NET.dsn of `train "
                    "--save`, NET.safetensors, or a folder of .npy files", path);
    if (s != STATUS_OK || *out == NULL)
        return fail(e, s, "%s: %s", path, why.text);
    if (memcmp(&(*out)->shape, shape, sizeof *shape) == 0)
        return STATUS_OK;
    topology_text(shape, wanted);
    topology_text(&(*out)->shape, found);
    network_free(*out);
    *out = NULL;
    return fail(e, STATUS_INPUT, "%s is a network %s, but %s is asked for; say --network %s, or load another file",
                path, found, wanted, found);
}

bool network_file_is_own(const char *path)
{
    return !file_is_folder(path) && !text_ends_with(path, ".safetensors") && !text_ends_with(path, ".npz");
}

enum status network_file_load(const char *path, const char *order, const struct topology *shape,
                              const struct code *code, struct network **out, struct exchange_names *names,
                              struct errmsg *e)
{
    *out = NULL;
    enum status s = check_there(path, e);
    if (s != STATUS_OK)
        return s;
    if (network_file_is_own(path) && order != NULL && order[0] != '\0')
        return fail(e, STATUS_INPUT, "%s: a load order is for .safetensors and .npz files and folders of .npy files", path);
    if (network_file_is_own(path))
        return load_own(path, shape, out, e);
    s = network_new(out, shape, code, 0, e);
    if (s == STATUS_OK)
        s = exchange_import(*out, path, order, names, e);
    if (s != STATUS_OK) {
        network_free(*out);
        *out = NULL;
    }
    return s;
}

static int is_array(const struct dirent *entry)
{
    return text_ends_with(entry->d_name, ".npy");
}

enum status network_file_digest(const char *path, const char *order, char hex[DIGEST_HEX_BYTES], struct errmsg *e)
{
    struct dirent **files = NULL;
    struct digest d;
    enum status s = check_there(path, e);
    if (s != STATUS_OK)
        return s;
    digest_init(&d);
    if (order != NULL && order[0] != '\0')
        digest_text(&d, "order", order);
    if (!file_is_folder(path)) {
        s = digest_file(&d, "network", path, e);
        digest_hex(&d, hex);
        return s;
    }
    const int n = scandir(path, &files, is_array, alphasort);
    if (n < 0)
        s = fail_errno(e, STATUS_ENVIRONMENT, "cannot list %s", path);
    for (int i = 0; i < n; i++) {
        char name[PATH_MAX + 300];
        snprintf(name, sizeof name, "%s/%s", path, files[i]->d_name);
        digest_text(&d, "file", files[i]->d_name);
        if (s == STATUS_OK)
            s = check_there(name, e);
        if (s == STATUS_OK)
            s = digest_file(&d, "content", name, e);
        free(files[i]);
    }
    free(files);
    digest_hex(&d, hex);
    return s;
}

/* ----------------------------------------------------------------------------- saving */

static enum status save_own(const struct network *n, const char *path, struct errmsg *e)
{
    uint8_t *bytes = NULL;
    size_t n_bytes = 0;
    enum status s = pack_write(n, &bytes, &n_bytes, e);
    if (s == STATUS_OK)
        s = file_replace(path, bytes, n_bytes, e);
    free(bytes);
    return s;
}

enum status network_file_save(const struct network *n, const char *path, const struct exchange_names *names,
                              struct errmsg *e)
{
    struct output folder;
    if (text_ends_with(path, ".safetensors"))
        return exchange_export(n, path, names, e);
    if (!text_ends_with(path, "/"))
        return save_own(n, path, e);
    struct errmsg why = {""};
    enum status s = output_folder(&folder, path, e);
    if (s != STATUS_OK)
        return s;
    s = exchange_export(n, folder.beside, names, &why);
    if (s != STATUS_OK)
        fail(e, s, "cannot write %s: %s", path, why.text);
    return output_close(&folder, s, e);
}

static bool is_empty_folder(const char *path)
{
    struct dirent **entries = NULL;
    const int n = scandir(path, &entries, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return n == 2; /* . and .. */
}

enum status network_file_save_check(const char *path, struct errmsg *e)
{
    char folder[PATH_MAX];
    const size_t n = strlen(path);
    size_t end = n;
    while (end > 1 && path[end - 1] == '/')
        end--;
    if (n == 0 || n >= sizeof folder)
        return fail(e, STATUS_ENVIRONMENT, "cannot write `%.200s`: no name for a file", path);
    const char *slash = strrchr(path, '/'), *last = slash != NULL ? slash + 1 : path, *point = strrchr(last, '.');
    if (end == n && point != NULL && point > last && isalpha((unsigned char)point[1]) && strcmp(point, ".dsn") != 0 &&
        strcmp(point, ".safetensors") != 0)
        return fail(e, STATUS_USAGE,
                    "cannot write %s: no format `%s` is written; name it %.*s.safetensors (for PyTorch), %.*s.dsn "
                    "(deltasweep's own), or %.*s/ (a folder of .npy files)", path, point,
                    (int)(strcspn(last, ".") + (size_t)(last - path)), path,
                    (int)(strcspn(last, ".") + (size_t)(last - path)), path,
                    (int)(strcspn(last, ".") + (size_t)(last - path)), path);
    if (end == n && file_is_folder(path))
        return fail(e, STATUS_ENVIRONMENT,
                    "cannot write %s: it is a folder (for .npy files in a new one end it with /)", path);
    if (end < n && access(path, F_OK) == 0 && !is_empty_folder(path))
        return fail(e, STATUS_ENVIRONMENT, "cannot write %s: it is there already and not empty; name a new folder",
                    path);
    while (end > 0 && path[end - 1] != '/')
        end--;
    snprintf(folder, sizeof folder, "%.*s", end == 0 ? 1 : (int)end, end == 0 ? "." : path);
    if (access(folder, W_OK | X_OK) != 0)
        return fail_errno(e, STATUS_ENVIRONMENT, "cannot write %s into %s", path, folder);
    return STATUS_OK;
}
