/* probe/blas.c -- OpenBLAS's FP32 matrix multiply, the peak that programs reach; found when it is asked for.
 *
 * Loaded by name and not linked: OpenBLAS starts its threads as soon as it is loaded, which no other verb should pay
 * for.
 */
#define _POSIX_C_SOURCE 200809L
#include "probe/measure.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* As in cblas.h: row major 101, not transposed 111; blasint is an int here. */
enum { ROW_MAJOR = 101, AS_IT_IS = 111 };
typedef void (*sgemm_function)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a,
                               int lda, const float *b, int ldb, float beta, float *c, int ldc);
typedef void (*threads_function)(int count);
typedef char *(*name_function)(void);

struct tr_blas {
    void *library;
    sgemm_function sgemm;
    int side;
    float matrix[];
};

/* ISO C knows no way from an object pointer to a function pointer. */
static void find(void *library, const char *name, void *function, size_t size)
{
    void *at = dlsym(library, name);
    memcpy(function, &at, size);
}

static void *load(void)
{
    static const char name[][24] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"};
    void *library = NULL;
    for (size_t i = 0; library == NULL && i < sizeof name / sizeof name[0]; i++)
        library = dlopen(name[i], RTLD_NOW | RTLD_LOCAL);
    return library;
}

/* A processor younger than it is to OpenBLAS one of 2004, Prescott. Then it is told which kernels fit. */
static void *load_fitting(int *was_told)
{
    name_function core = NULL;
    void *library = load();
    if (library != NULL)
        find(library, "openblas_get_corename", &core, sizeof core);
    *was_told = core != NULL && tr_has_avx2() && strcmp(core(), "Prescott") == 0 && getenv("OPENBLAS_CORETYPE") == NULL;
    if (!*was_told)
        return library;
    (void)dlclose(library);
    (void)setenv("OPENBLAS_CORETYPE", tr_has_avx512() ? "SkylakeX" : "Haswell", 0);
    return load();
}

tr_blas *tr_blas_open(int thread_count, int side, int *was_told)
{
    const size_t count = (size_t)side * (size_t)side;
    threads_function set_threads = NULL;
    void *library = load_fitting(was_told);
    if (library == NULL)
        return NULL;
    tr_blas *blas = malloc(sizeof *blas + 3 * count * sizeof(float));
    if (blas != NULL) {
        blas->library = library;
        blas->side = side;
        find(library, "cblas_sgemm", &blas->sgemm, sizeof blas->sgemm);
        find(library, "openblas_set_num_threads", &set_threads, sizeof set_threads);
    }
    if (blas == NULL || blas->sgemm == NULL || set_threads == NULL) {
        free(blas);
        (void)dlclose(library);
        return NULL;
    }
    set_threads(thread_count);
    for (size_t i = 0; i < count; i++) {
        blas->matrix[i] = 1.0F;
        blas->matrix[count + i] = 2.0F;
    }
    return blas;
}

double tr_blas_multiply_s(tr_blas *blas)
{
    const int n = blas->side;
    const size_t count = (size_t)n * (size_t)n;
    float *a = blas->matrix, *b = a + count, *c = b + count;
    c[0] = c[count - 1] = 0.0F;
    const double begin_s = tr_clock_s();
    blas->sgemm(ROW_MAJOR, AS_IT_IS, AS_IT_IS, n, n, n, 1.0F, a, n, b, n, 0.0F, c, n);
    const double took_s = tr_clock_s() - begin_s;
    const float expected = 2.0F * (float)n, wrong = 0.5F;
    const int right = c[0] > expected - wrong && c[0] < expected + wrong && c[count - 1] > expected - wrong &&
                      c[count - 1] < expected + wrong;
    return right ? took_s : 0.0;
}

void tr_blas_close(tr_blas *blas)
{
    if (blas == NULL)
        return;
    (void)dlclose(blas->library);
    free(blas);
}
