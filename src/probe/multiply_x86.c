/* probe/multiply_x86.c -- multiplies of x86 processors: AVX2, AVX-512, VNNI and AMX, as this one has them. */
#define _DEFAULT_SOURCE
#include "probe/measure.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* ---- what is there --------------------------------------------------------------------------------------- */

/* One bit of leaf 7. The compilers do not know all names that __builtin_cpu_supports would need. */
typedef struct leaf {
    unsigned sub, reg, bit; /* reg: 0 eax, 3 edx */
} leaf;

static int has_bit(leaf at)
{
    unsigned r[4] = {0, 0, 0, 0};
    return __get_cpuid_count(7, at.sub, &r[0], &r[1], &r[2], &r[3]) != 0 && (r[at.reg] >> at.bit & 1U) != 0;
}

int tr_has_avx2(void) { return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0; }
int tr_has_avx512(void) { return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0; }
static int has_vnni(void) { return tr_has_avx512() && __builtin_cpu_supports("avx512vnni") != 0; }
static int has_avxvnni(void) { return tr_has_avx2() && has_bit((leaf){1, 0, 4}); }
static int has_bf16(void) { return tr_has_avx512() && has_bit((leaf){1, 0, 5}); }

/* Linux lets a program use the tiles when it asks. */
static int may_use_tiles(void)
{
#if defined(__linux__) && defined(SYS_arch_prctl)
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    return tr_has_avx512() && has_bit((leaf){0, 3, 24}) && syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
    return 0;
#endif
}
static int has_amx_bf16(void) { return has_bit((leaf){0, 3, 22}) && may_use_tiles(); }
static int has_amx_int8(void) { return has_bit((leaf){0, 3, 25}) && may_use_tiles(); }

/* ---- FP32 --------------------------------------------------------------------------------------------------- */

/* As many sums as hide the latency of an add and still lie in registers. */
enum { SUMS_256 = 10, SUMS_512 = 16 };

__attribute__((target("avx2,fma"))) static double run_fp32_avx2(size_t rounds)
{
    volatile float one = 1.0F;
    const __m256 m = _mm256_set1_ps(one);
    __m256 x[SUMS_256];
    float lane[8];
    double sum = 0.0;
    for (int i = 0; i < SUMS_256; i++)
        x[i] = _mm256_setzero_ps();
    for (size_t n = 0; n < rounds; n++)
        for (int i = 0; i < SUMS_256; i++)
            x[i] = _mm256_fmadd_ps(x[i], m, m);
    for (int i = 0; i < SUMS_256; i++) {
        _mm256_storeu_ps(lane, x[i]);
        for (int k = 0; k < 8; k++)
            sum += (double)lane[k];
    }
    return sum;
}

__attribute__((target("avx512f"))) static double total_ps(const __m512 *x)
{
    float lane[16];
    double sum = 0.0;
    for (int i = 0; i < SUMS_512; i++) {
        _mm512_storeu_ps(lane, x[i]);
        for (int k = 0; k < 16; k++)
            sum += (double)lane[k];
    }
    return sum;
}

__attribute__((target("avx512f"))) static double run_fp32_avx512(size_t rounds)
{
    volatile float one = 1.0F;
    const __m512 m = _mm512_set1_ps(one);
    __m512 x[SUMS_512];
    for (int i = 0; i < SUMS_512; i++)
        x[i] = _mm512_setzero_ps();
    for (size_t n = 0; n < rounds; n++)
        for (int i = 0; i < SUMS_512; i++)
            x[i] = _mm512_fmadd_ps(x[i], m, m);
    return total_ps(x);
}

/* ---- BF16 ---------------------------------------------------------------------------------------------------- */

enum { BF16_ONE = 0x3F80 };

/* Each lane gains two products a step. */
__attribute__((target("avx512f,avx512bw,avx512bf16"))) static double run_bf16_avx512(size_t rounds)
{
    volatile short one = BF16_ONE;
    const __m512i ones = _mm512_set1_epi16(one);
    __m512bh m;
    __m512 x[SUMS_512];
    memcpy(&m, &ones, sizeof m);
    for (int i = 0; i < SUMS_512; i++)
        x[i] = _mm512_setzero_ps();
    for (size_t n = 0; n < rounds; n++)
        for (int i = 0; i < SUMS_512; i++)
            x[i] = _mm512_dpbf16_ps(x[i], m, m);
    return total_ps(x);
}

/* ---- INT8 ---------------------------------------------------------------------------------------------------- */

__attribute__((target("avx2"))) static double total_256(const __m256i *x)
{
    int32_t lane[8];
    double sum = 0.0;
    for (int i = 0; i < SUMS_256; i++) {
        _mm256_storeu_si256((__m256i *)(void *)lane, x[i]);
        for (int k = 0; k < 8; k++)
            sum += (double)lane[k];
    }
    return sum;
}

/* Without an instruction of its own: products to 16 bits, pairs to 32, then the sum. Four products a lane. */
__attribute__((target("avx2"))) static double run_int8_avx2(size_t rounds)
{
    const __m256i pairs = _mm256_set1_epi16(1);
    __m256i m = _mm256_set1_epi8(1), x[SUMS_256];
    for (int i = 0; i < SUMS_256; i++)
        x[i] = _mm256_setzero_si256();
    for (size_t n = 0; n < rounds; n++)
        for (int i = 0; i < SUMS_256; i++) {
            __asm__("" : "+x"(m)); /* it might have changed: each product is made */
            x[i] = _mm256_add_epi32(x[i], _mm256_madd_epi16(_mm256_maddubs_epi16(m, m), pairs));
        }
    return total_256(x);
}

__attribute__((target("avx2,avxvnni"))) static double run_int8_avxvnni(size_t rounds)
{
    __m256i m = _mm256_set1_epi8(1), x[SUMS_256];
    for (int i = 0; i < SUMS_256; i++)
        x[i] = _mm256_setzero_si256();
    for (size_t n = 0; n < rounds; n++)
        for (int i = 0; i < SUMS_256; i++) {
            __asm__("" : "+x"(m));
            x[i] = _mm256_dpbusd_avx_epi32(x[i], m, m);
        }
    return total_256(x);
}

__attribute__((target("avx512f,avx512bw,avx512vnni"))) static double run_int8_vnni(size_t rounds)
{
    __m512i m = _mm512_set1_epi8(1), x[SUMS_512];
    int32_t lane[16];
    double sum = 0.0;
    for (int i = 0; i < SUMS_512; i++)
        x[i] = _mm512_setzero_si512();
    for (size_t n = 0; n < rounds; n++)
        for (int i = 0; i < SUMS_512; i++) {
            __asm__("" : "+v"(m));
            x[i] = _mm512_dpbusd_epi32(x[i], m, m);
        }
    for (int i = 0; i < SUMS_512; i++) {
        _mm512_storeu_si512(lane, x[i]);
        for (int k = 0; k < 16; k++)
            sum += (double)lane[k];
    }
    return sum;
}

/* ---- tiles ----------------------------------------------------------------------------------------------------- */

typedef struct tile_shape {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_byte[16];
    uint8_t rows[16];
} tile_shape;
typedef char tile_shape_is_64_bytes[sizeof(tile_shape) == 64 ? 1 : -1];

/* Eight tiles of 16 rows of 64 bytes: four sums, two times two factors. */
static tile_shape all_tiles(void)
{
    tile_shape shape = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        shape.row_byte[i] = 64;
        shape.rows[i] = 16;
    }
    return shape;
}

#define TILES __attribute__((target("amx-tile,amx-bf16,amx-int8")))
#define LOAD_TILES(ONES)                                                                                   \
    const tile_shape shape = all_tiles();                                                                  \
    _tile_loadconfig(&shape);                                                                              \
    _tile_zero(0);                                                                                         \
    _tile_zero(1);                                                                                         \
    _tile_zero(2);                                                                                         \
    _tile_zero(3);                                                                                         \
    _tile_loadd(4, (ONES), 64);                                                                            \
    _tile_loadd(5, (ONES), 64);                                                                            \
    _tile_loadd(6, (ONES), 64);                                                                            \
    _tile_loadd(7, (ONES), 64)
#define STORE_TILES(TO)                                                                                    \
    _tile_stored(0, (TO)[0], 64);                                                                          \
    _tile_stored(1, (TO)[1], 64);                                                                          \
    _tile_stored(2, (TO)[2], 64);                                                                          \
    _tile_stored(3, (TO)[3], 64);                                                                          \
    _tile_release()

TILES static double run_amx_bf16(size_t rounds)
{
    uint16_t ones[512];
    float sums[4][256];
    double sum = 0.0;
    for (int i = 0; i < 512; i++)
        ones[i] = BF16_ONE;
    LOAD_TILES(ones);
    for (size_t n = 0; n < rounds; n++) {
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    STORE_TILES(sums);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 256; k++)
            sum += (double)sums[i][k];
    return sum;
}

TILES static double run_amx_int8(size_t rounds)
{
    uint8_t ones[1024];
    int32_t sums[4][256];
    double sum = 0.0;
    memset(ones, 1, sizeof ones);
    LOAD_TILES(ones);
    for (size_t n = 0; n < rounds; n++) {
        _tile_dpbuud(0, 4, 6);
        _tile_dpbuud(1, 4, 7);
        _tile_dpbuud(2, 5, 6);
        _tile_dpbuud(3, 5, 7);
    }
    STORE_TILES(sums);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 256; k++)
            sum += (double)sums[i][k];
    return sum;
}

/* [C13] flop_per_round: sums x lanes x products of a lane x 2; of a tile 256 sums of 32 or 64 products. */
static const tr_multiply multiplies[] = {
    {"avx2", TR_DTYPE_FP32, SUMS_256 * 8 * 2.0, SUMS_256 * 8.0, tr_has_avx2, run_fp32_avx2},
    {"avx512", TR_DTYPE_FP32, SUMS_512 * 16 * 2.0, SUMS_512 * 16.0, tr_has_avx512, run_fp32_avx512},
    {"avx512", TR_DTYPE_BF16, SUMS_512 * 16 * 4.0, SUMS_512 * 32.0, has_bf16, run_bf16_avx512},
    {"amx", TR_DTYPE_BF16, 4 * 256 * 64.0, 4 * 256 * 32.0, has_amx_bf16, run_amx_bf16},
    {"avx2", TR_DTYPE_INT8, SUMS_256 * 8 * 8.0, SUMS_256 * 32.0, tr_has_avx2, run_int8_avx2},
    {"avx-vnni", TR_DTYPE_INT8, SUMS_256 * 8 * 8.0, SUMS_256 * 32.0, has_avxvnni, run_int8_avxvnni},
    {"vnni", TR_DTYPE_INT8, SUMS_512 * 16 * 8.0, SUMS_512 * 64.0, has_vnni, run_int8_vnni},
    {"amx", TR_DTYPE_INT8, 4 * 256 * 128.0, 4 * 256 * 64.0, has_amx_int8, run_amx_int8},
};

const tr_multiply *tr_multiply_x86(size_t index)
{
    return index < sizeof multiplies / sizeof multiplies[0] ? &multiplies[index] : NULL;
}

#else

int tr_has_avx2(void) { return 0; }
int tr_has_avx512(void) { return 0; }

const tr_multiply *tr_multiply_x86(size_t index)
{
    (void)index;
    return NULL;
}

#endif
