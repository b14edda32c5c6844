#include "models/fpga/device/device.h"

#include "models/fpga/device/ecp5.h"
#include "models/fpga/device/series7.h"

#include <stddef.h>
#include <string.h>

/* One row a part, with the macro of its family. */
static const struct device devices[] = {
    SERIES7_PART("xc7s6", "ftgb196", 938, 280, 10, 5),
    SERIES7_PART("xc7s15", "ftgb196", 2000, 600, 20, 10),
    SERIES7_PART("xc7s25", "ftgb196", 3650, 1250, 80, 45),
    SERIES7_PART("xc7s50", "ftgb196", 8150, 2400, 120, 75),
    SERIES7_PART("xc7s75", "fgga484", 12000, 3328, 140, 90),
    SERIES7_PART("xc7s100", "fgga484", 16000, 4400, 160, 120),
    SERIES7_PART("xc7a35t", "cpg236", 5200, 1600, 90, 50),
    ECP5_PART("lfe5u-12f", 12144, 32, 28),
    ECP5_PART("lfe5u-25f", 24288, 56, 28),
    ECP5_PART("lfe5u-45f", 43848, 108, 72),
    ECP5_PART("lfe5u-85f", 83640, 208, 156),
};

const struct device *device_list(int *n)
{
    *n = (int)(sizeof devices / sizeof devices[0]);
    return devices;
}

const struct device *device_find(const char *name)
{
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (strcmp(devices[i].name, name) == 0)
            return &devices[i];
    return NULL;
}
