/* fit/kernel_name.c -- the classes of kernels and their constants, by name. */
#include "fit/kernel_pass.h"
#include "fit/kernel_time.h"

#include <stddef.h>

const char *tr_kernel_class_name(tr_kernel_class kernel)
{
    static const char *const name[] = {
        "none",    "gemm",       "decode-attention", "prefill-attention", "decode-mla", "prefill-mla", "moe",
        "element", "all-reduce", "all-gather",       "reduce-scatter",    "all-to-all", "send"};
    return kernel < TR_KERNEL_COUNT ? name[kernel] : "?";
}

#define LAST {NULL, 0, 0}

static const kernel_constant gemm[] = {
    {"start_s", 4e-6, 0},          {"flop_share", 0.7, 1},          {"byte_share", 0.8, 1},
    {"quantise_start_s", 3e-6, 0}, {"quantise_byte_share", 0.5, 1}, {"depth_s", 3e-10, 0},
    {"joint_ratio", 0.5, 0},       {"kept_ratio", 0.5, 1},          {"floor_s", 1e-6, 0},
    LAST};
static const kernel_constant decode_attention[] = {
    {"start_s", 5e-6, 0}, {"flop_share", 0.4, 1}, {"byte_share", 0.7, 1}, {"item_s", 1e-8, 0}, {"mid_s", 1e-6, 0},
    {"wide_ratio", 0.3, 0}, {"walk_s", 1e-10, 0}, {"kept_ratio", 0.5, 1}, {"head_s", 1e-10, 0}, LAST};
static const kernel_constant prefill_attention[] = {
    {"start_s", 8e-6, 0}, {"flop_share", 0.6, 1}, {"byte_share", 0.6, 1},  {"edge_ratio", 0.3, 0},
    {"narrow_ratio", 0.2, 0}, {"walk_s", 1e-9, 0}, {"store_ratio", 1, 0}, {"wide_ratio", 0.2, 0}, LAST};
#define LATENT                                                                                                \
    {"start_s", 1e-5, 0}, {"flop_share", 0.5, 1}, {"byte_share", 0.7, 1}, {"weight_flop_share", 0.5, 1},      \
        {"weight_byte_share", 0.7, 1}, {"token_s", 1e-9, 0}, {"mid_s", 1e-6, 0}, {"kept_ratio", 0.5, 1},      \
        {"floor_s", 1e-6, 0}, {"head_s", 1e-10, 0}
static const kernel_constant decode_latent[] = {LATENT, {"walk_s", 1e-10, 0}, {"joint_ratio", 0.5, 0}};
static const kernel_constant prefill_latent[] = {LATENT, {"item_s", 1e-10, 0}, {"joint_ratio", 0.5, 0}};
static const kernel_constant experts[] = {
    {"start_s", 2e-5, 0},         {"flop_share", 0.35, 1},    {"byte_share", 0.75, 1}, {"tile_token", 16, 0},
    {"skew_touch_ratio", 0.6, 1}, {"skew_hot_ratio", 0.5, 0}, {"row_ratio", 1.0, 0},   {"mid_s", 1e-6, 0},
    {"pair_s", 1e-10, 0},         {"narrow_ratio", 0.2, 0},   {"kept_ratio", 0.5, 1},  LAST};
static const kernel_constant collective[] = {
    {"start_s", 5e-6, 0},     {"rank_s", 1e-6, 0},  {"byte_share", 0.9, 0}, {"mid_s", 3e-5, 0},
    {"crowd_ratio", 0.02, 0}, {"floor_s", 1e-6, 0}, LAST};
static const kernel_constant element[] = {
    {"start_s", 3e-6, 0}, {"byte_share", 0.7, 1}, {"kept_ratio", 0.5, 1}, {"floor_s", 1e-6, 0}, LAST};

static const kernel_constant *constants_of(tr_kernel_class kind)
{
    switch (kind) {
    case TR_KERNEL_GEMM:
        return gemm;
    case TR_KERNEL_DECODE_ATTENTION:
        return decode_attention;
    case TR_KERNEL_PREFILL_ATTENTION:
        return prefill_attention;
    case TR_KERNEL_DECODE_MLA:
        return decode_latent;
    case TR_KERNEL_PREFILL_MLA:
        return prefill_latent;
    case TR_KERNEL_MOE:
        return experts;
    case TR_KERNEL_ALL_REDUCE:
    case TR_KERNEL_ALL_GATHER:
    case TR_KERNEL_REDUCE_SCATTER:
    case TR_KERNEL_ALL_TO_ALL:
    case TR_KERNEL_SEND:
        return collective;
    case TR_KERNEL_ELEMENT:
        return element;
    case TR_KERNEL_NONE:
    case TR_KERNEL_COUNT:
        break;
    }
    return NULL;
}

int kernel_constant_count(tr_kernel_class kind)
{
    const kernel_constant *c = constants_of(kind);
    int n = 0;
    while (c != NULL && n < KERNEL_CONSTANT_MAX && c[n].name != NULL)
        n++;
    return n;
}

const kernel_constant *kernel_constant_at(tr_kernel_class kind, int index)
{
    return index >= 0 && index < kernel_constant_count(kind) ? &constants_of(kind)[index] : NULL;
}

const char *kernel_pass_name(int index)
{
    static const char *const name[] = {
        "gemm_flop_share",       "gemm_half_token",       "gemm_byte_share",        "decode_byte_share",
        "decode_item_s",         "prefill_flop_share",    "mla_decode_byte_share",  "mla_decode_flop_share",
        "mla_prefill_flop_share", "expert_flop_share",    "expert_half_token",      "expert_byte_share",
        "reduce_start_s",        "reduce_rank_s",         "reduce_mid_s",           "reduce_byte_share",
        "element_byte_share"};
    return index >= 0 && index < KERNEL_PASS_COUNT ? name[index] : NULL;
}
