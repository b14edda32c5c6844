extern "C" {
#include "models/nn/kernels/kernels.h"
#include "models/nn/kernels/onednn.h"
}

#include <cstdio>
#include <cstdlib>
#include <dnnl.h>
#include <exception>

/* C++ for one reason: where memory ends, the library's C functions throw (std::bad_alloc, and std::future_error the
 * next time that the same code is wanted). */

/* The functions of the library that are called here. */
#define ONEDNN_FUNCTIONS(F)                                                                                            \
    F(dnnl_get_effective_cpu_isa)                                                                                      \
    F(dnnl_version)                                                                                                    \
    F(dnnl_memory_desc_init_by_strides)                                                                                \
    F(dnnl_matmul_desc_init)                                                                                           \
    F(dnnl_primitive_attr_create)                                                                                      \
    F(dnnl_primitive_attr_destroy)                                                                                     \
    F(dnnl_primitive_attr_set_output_scales)                                                                           \
    F(dnnl_primitive_attr_set_scratchpad_mode)                                                                         \
    F(dnnl_primitive_attr_set_post_ops)                                                                                \
    F(dnnl_post_ops_create)                                                                                            \
    F(dnnl_post_ops_append_sum)                                                                                        \
    F(dnnl_post_ops_destroy)                                                                                           \
    F(dnnl_primitive_desc_create)                                                                                      \
    F(dnnl_primitive_desc_query_md)                                                                                    \
    F(dnnl_primitive_desc_destroy)                                                                                     \
    F(dnnl_primitive_create)                                                                                           \
    F(dnnl_primitive_execute)                                                                                          \
    F(dnnl_primitive_destroy)                                                                                          \
    F(dnnl_engine_create)                                                                                              \
    F(dnnl_engine_destroy)                                                                                             \
    F(dnnl_stream_create)                                                                                              \
    F(dnnl_stream_wait)                                                                                                \
    F(dnnl_stream_destroy)                                                                                             \
    F(dnnl_memory_create)                                                                                              \
    F(dnnl_memory_set_data_handle)                                                                                     \
    F(dnnl_memory_destroy)

static struct {
    bool ready;
    void *library;
    void (*omp_set_num_threads)(int n); /* of libgomp, which oneDNN runs on */
#define ONEDNN_MEMBER(name) decltype(&::name) name;
    ONEDNN_FUNCTIONS(ONEDNN_MEMBER)
#undef ONEDNN_MEMBER
} api;

/* function: the address of a function as what it is. */
template <typename Function> static bool function(Function *&to, const char *name, struct errmsg *e)
{
    to = reinterpret_cast<Function *>(kernels_function(api.library, name, e));
    return to != nullptr;
}

#define ONEDNN_TEXT(x) #x
#define ONEDNN_LIBRARY(major) "libdnnl.so." ONEDNN_TEXT(major)
static const unsigned long NEEDED_BYTES = 64UL << 20; /* the library, and those that it needs itself */

enum status onednn_load(struct errmsg *e)
{
    if (api.ready)
        return STATUS_OK;
    const enum status s = kernels_open(ONEDNN_LIBRARY(DNNL_VERSION_MAJOR), "libdnnl2", NEEDED_BYTES, &api.library, e);
    if (s != STATUS_OK)
        return s;
    if (!function(api.omp_set_num_threads, "omp_set_num_threads", e))
        return STATUS_MISSING;
#define ONEDNN_FIND(name)                                                                                              \
    if (!function(api.name, #name, e))                                                                                 \
        return STATUS_MISSING;
    ONEDNN_FUNCTIONS(ONEDNN_FIND)
#undef ONEDNN_FIND
    api.omp_set_num_threads(1);
    api.ready = true;
    return STATUS_OK;
}

static void load()
{
    struct errmsg e = {""};
    if (!api.ready)
        kernels_must(onednn_load(&e), &e);
}

struct onednn {
    onednn_shape shape;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_t primitive;
    dnnl_memory_t a, b, dst, scratch;
};

static bool has(dnnl_cpu_isa_t wanted)
{
    load();
    try {
        return (unsigned(api.dnnl_get_effective_cpu_isa()) & unsigned(wanted)) == unsigned(wanted);
    } catch (const std::exception &) {
        return false;
    }
}

bool onednn_has_int8(void)
{
    return has(dnnl_cpu_isa_avx512_core_vnni);
}

bool onednn_has_bfloat16(void)
{
    return has(dnnl_cpu_isa_avx512_core_bf16);
}

void onednn_text(char *out, size_t room)
{
    load();
    const dnnl_version_t *v = api.dnnl_version();
    snprintf(out, room, "oneDNN %d.%d.%d", v->major, v->minor, v->patch);
}

static bool describe(dnnl_memory_desc_t *d, int rows, int columns, dnnl_data_type_t type, bool transposed)
{
    const dnnl_dims_t dims = {rows, columns}, strides = {transposed ? 1 : columns, transposed ? rows : 1};
    return api.dnnl_memory_desc_init_by_strides(d, 2, dims, type, strides) == dnnl_success;
}

static bool describe_primitive(const onednn *p, const dnnl_memory_desc_t *a, const dnnl_memory_desc_t *b,
                               const dnnl_memory_desc_t *dst, dnnl_primitive_desc_t *out)
{
    dnnl_matmul_desc_t matmul;
    dnnl_primitive_attr_t attr = nullptr;
    dnnl_post_ops_t add = nullptr;
    const bool good = api.dnnl_matmul_desc_init(&matmul, a, b, nullptr, dst) == dnnl_success &&
                      api.dnnl_primitive_attr_create(&attr) == dnnl_success &&
                      api.dnnl_post_ops_create(&add) == dnnl_success &&
                      api.dnnl_primitive_attr_set_output_scales(attr, 1, 0, &p->shape.scale) == dnnl_success &&
                      api.dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user) == dnnl_success &&
                      (!p->shape.add || (api.dnnl_post_ops_append_sum(add, 1.0f) == dnnl_success &&
                                         api.dnnl_primitive_attr_set_post_ops(attr, add) == dnnl_success)) &&
                      api.dnnl_primitive_desc_create(out, &matmul, attr, p->engine, nullptr) == dnnl_success;
    api.dnnl_post_ops_destroy(add);
    api.dnnl_primitive_attr_destroy(attr);
    return good;
}

static bool prepare(onednn *p)
{
    const onednn_shape *s = &p->shape;
    const dnnl_data_type_t type = s->int8 ? dnnl_s8 : dnnl_bf16;
    dnnl_memory_desc_t a, b, dst;
    dnnl_primitive_desc_t description = nullptr;
    const bool good =
        api.dnnl_engine_create(&p->engine, dnnl_cpu, 0) == dnnl_success &&
        api.dnnl_stream_create(&p->stream, p->engine, dnnl_stream_default_flags) == dnnl_success &&
        describe(&a, s->M, s->K, type, s->a_transposed) && describe(&b, s->K, s->N, type, s->b_transposed) &&
        describe(&dst, s->M, s->N, dnnl_f32, false) && describe_primitive(p, &a, &b, &dst, &description) &&
        api.dnnl_memory_create(&p->a, &a, p->engine, DNNL_MEMORY_NONE) == dnnl_success &&
        api.dnnl_memory_create(&p->b, &b, p->engine, DNNL_MEMORY_NONE) == dnnl_success &&
        api.dnnl_memory_create(&p->dst, &dst, p->engine, DNNL_MEMORY_NONE) == dnnl_success &&
        api.dnnl_memory_create(&p->scratch, api.dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0),
                               p->engine, DNNL_MEMORY_ALLOCATE) == dnnl_success &&
        api.dnnl_primitive_create(&p->primitive, description) == dnnl_success;
    api.dnnl_primitive_desc_destroy(description);
    return good;
}

enum status onednn_new(struct onednn **out, const struct onednn_shape *shape, struct errmsg *e)
{
    load();
    onednn *p = static_cast<onednn *>(calloc(1, sizeof *p));
    *out = nullptr;
    if (p != nullptr) {
        p->shape = *shape;
        try {
            if (prepare(p)) {
                *out = p;
                return STATUS_OK;
            }
        } catch (const std::exception &) { /* what it had begun with is lost: a few hundred bytes */
        }
        onednn_free(p);
    }
    return fail(e, STATUS_ENVIRONMENT, "out of memory for a matrix product of %d x %d x %d", shape->M, shape->N,
                shape->K);
}

void onednn_free(struct onednn *p)
{
    if (p == nullptr)
        return;
    api.dnnl_primitive_destroy(p->primitive);
    api.dnnl_memory_destroy(p->a);
    api.dnnl_memory_destroy(p->b);
    api.dnnl_memory_destroy(p->dst);
    api.dnnl_memory_destroy(p->scratch);
    api.dnnl_stream_destroy(p->stream);
    api.dnnl_engine_destroy(p->engine);
    free(p);
}

const struct onednn_shape *onednn_get_shape(const struct onednn *p)
{
    return &p->shape;
}

/* The library's handles are not const; it only reads the sources. */
static void *handle(const void *p)
{
    return const_cast<void *>(p);
}

bool onednn_run(struct onednn *p, const void *a, const void *b, float *dst)
{
    const dnnl_exec_arg_t args[] = {
        {DNNL_ARG_SRC, p->a}, {DNNL_ARG_WEIGHTS, p->b}, {DNNL_ARG_DST, p->dst}, {DNNL_ARG_SCRATCHPAD, p->scratch}};
    try {
        return api.dnnl_memory_set_data_handle(p->a, handle(a)) == dnnl_success &&
               api.dnnl_memory_set_data_handle(p->b, handle(b)) == dnnl_success &&
               api.dnnl_memory_set_data_handle(p->dst, dst) == dnnl_success &&
               api.dnnl_primitive_execute(p->primitive, p->stream, sizeof args / sizeof args[0], args) ==
                   dnnl_success &&
               api.dnnl_stream_wait(p->stream) == dnnl_success;
    } catch (const std::exception &) {
        return false;
    }
}
