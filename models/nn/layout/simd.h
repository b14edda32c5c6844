/* Run-time choice of the instruction set for the plain loops that matter. */
#pragma once

/* NN_CLONES: compile the function once for AVX-512, once for AVX2 and once for any
 * x86-64, and let the loader choose. All three give the same bits: floats are not
 * contracted (ISO mode) and no sum is reordered. Off under sanitizers, whose run time
 * is not ready when the loader asks. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(DELTASWEEP_SANITIZE)
#define NN_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define NN_CLONES
#endif

/* NN_INDEPENDENT: before a loop whose steps do not depend on each other. clang has no such pragma that would not also
 * warn of loops that it leaves as they are. */
#ifdef __clang__
#define NN_INDEPENDENT
#else
#define NN_INDEPENDENT _Pragma("GCC ivdep")
#endif

#define NN_INLINE static inline __attribute__((always_inline))

/* Rows of activations are padded with zeros to whole vectors of 16 floats. */
enum { NN_LANES = 16 };
static inline int nn_padded(int n) { return (n + NN_LANES - 1) / NN_LANES * NN_LANES; }
