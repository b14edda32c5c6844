/* The IDX file format (Y. LeCun's MNIST page): big-endian magic, dimensions, bytes. */
#pragma once

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum idx_kind { IDX_IMAGES, IDX_LABELS };

/* What a file holds; data points into the parsed bytes. */
struct idx_view {
    int n, features;             /* features: pixels of an image; 1 for labels */
    int height, width, channels; /* of an image, channels of a pixel together; 1 for labels */
    const uint8_t *data;         /* of images n · features bytes; of labels see idx_label */
    int number_bytes, stride;    /* of labels: bytes of a number, and from one label to the next */
};

/* idx_parse: reads bytes[0..n_bytes) as images (magic 0x803, or 0x804 with channels) or labels: bytes (0x801), or 32-bit
 * integers (0xc01), of which there may be several an image (0xc02, as QMNIST has them): the first is the class. Any
 * bytes are safe. STATUS_INPUT names file, byte offset and what was expected there;
 * missing and surplus bytes are both refused. */
enum status idx_parse(const uint8_t *bytes, size_t n_bytes, enum idx_kind kind, const char *file,
                      struct idx_view *out, struct errmsg *e);

/* idx_label: label i; idx_label_at: where it is, from data. */
int32_t idx_label(const struct idx_view *labels, int i);
size_t idx_label_at(const struct idx_view *labels, int i);
