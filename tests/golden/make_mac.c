/* make_mac SEED: writes tests/golden/mac.txt to standard output. Shares no code with the
 * program: the operator here is the sentence in its description, in 128-bit arithmetic. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

__extension__ typedef __int128 wide;

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int number(int bits)
{
    const int lo = -(1 << (bits - 1)), hi = (1 << (bits - 1)) - 1;
    const int kind = (int)(next_random() >> 33) % 6;
    return kind == 0 ? lo : kind == 1 ? hi : lo + (int)((next_random() >> 20) % (uint64_t)(hi - lo + 1));
}

static wide clip(wide x, int bits)
{
    const wide half = (wide)1 << (bits - 1);
    return x < -half ? -half : x > half - 1 ? half - 1 : x;
}

int main(int argc, char **argv)
{
    /* variant (0 plain, 1 fixed-reference, 2 consecutive), W, D, shift, N, P */
    static const int configs[][6] = {
        {0, 8, 0, 0, 32, 8}, {1, 8, 4, 0, 32, 8}, {2, 8, 4, 0, 32, 8}, {2, 8, 4, 2, 5, 4},
        {1, 6, 2, 3, 7, 3},  {0, 16, 0, 0, 9, 2}, {2, 16, 16, 0, 11, 1}, {1, 2, 1, 1, 1, 1},
    };
    if (argc != 2)
        return 2;
    const uint64_t seed = strtoull(argv[1], NULL, 0);
    state = seed | 1;
    printf("deltasweep-golden mac 1\ngenerator tests/golden/make_mac.c\nseed %llu\n", (unsigned long long)seed);
    for (size_t k = 0; k < sizeof configs / sizeof configs[0]; k++) {
        const int variant = configs[k][0], W = configs[k][1], D = configs[k][2], shift = configs[k][3];
        const int N = configs[k][4], P = configs[k][5], vectors = 24;
        printf("operator %d %d %d %d %d %d vectors %d\n", variant, W, D, shift, N, P, vectors);
        for (int v = 0; v < vectors; v++) {
            int weights[64], data[64];
            const int bias = number(W), initial = number(W), same = v % 4 == 0;
            wide running = initial, sum = bias;
            for (int i = 0; i < N; i++) {
                weights[i] = number(variant == 0 ? W : D);
                data[i] = same ? -(1 << (W - 1)) : number(W);
                const wide delta = (wide)weights[i] * ((wide)1 << shift);
                running += delta;
                const wide w = variant == 0 ? weights[i] : clip(variant == 1 ? initial + delta : running, W);
                sum += w * data[i];
            }
            printf("%d %d", bias, initial);
            for (int i = 0; i < N; i++)
                printf(" %d", weights[i]);
            for (int i = 0; i < N; i++)
                printf(" %d", data[i]);
            printf(" %lld\n", (long long)clip(sum, 2 * W));
        }
    }
    return 0;
}
