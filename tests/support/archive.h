/* Zip archives as numpy.savez writes them, and as it does not. cmocka.h is the user's to include before. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct archive_file {
    const char *name;
    const void *bytes;
    size_t n;
};

/* archive_write: path becomes an archive of these files, compressed by a method of libzip, encrypted if there is a
 * password. */
static inline void archive_write(const char *path, const struct archive_file *files, int n, int method,
                                 const char *password)
{
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(z);
    for (int k = 0; k < n; k++) {
        zip_source_t *source = zip_source_buffer(z, files[k].bytes, files[k].n, 0);
        const zip_int64_t at = zip_file_add(z, files[k].name, source, 0);
        assert_int_equal(at, k);
        assert_int_equal(zip_set_file_compression(z, (zip_uint64_t)at, method, 0), 0);
        if (password != NULL)
            assert_int_equal(zip_file_set_encryption(z, (zip_uint64_t)at, ZIP_EM_AES_256, password), 0);
    }
    assert_int_equal(zip_close(z), 0);
}

/* archive_patch: these n bytes of folder/name, wherever they are, become others. They must be there. */
static inline void archive_patch(const char *folder, const char *name, const char *from, const char *to, size_t n)
{
    char path[256], bytes[8192];
    int found = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    const size_t size = fread(bytes, 1, sizeof bytes, f);
    assert_true(size < sizeof bytes);
    for (char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), from, n)) != NULL; found++)
        memcpy(at, to, n);
    assert_true(found > 0);
    rewind(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}
