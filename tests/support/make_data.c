/* make_data FOLDER TRAIN TEST [SEED]: the small data set of tiny_data.h, for the tests of the commands. */
#include "tests/support/tiny_data.h"

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    const unsigned seed = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 1;
    return tiny_data(argv[1], (int)strtol(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10), seed) ? 0 : 1;
}
