/* tokenroof/chip.h -- what it runs on: ceilings per dtype, memory tiers, links, prices.
 *
 * A chip is one accelerator as software sees it (one GPU package, one TPU
 * chip); a system is a count of them with the reach of their fast links.
 * Ceilings are dense datasheet peaks: sparse figures never enter. 0 means
 * "not supported" or "not known", as each field says.
 */
#ifndef TOKENROOF_CHIP_H
#define TOKENROOF_CHIP_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_tier {         /* a place to keep bytes beside a chip */
    char name[24];               /* "hbm", "ddr", "flash", "disk" */
    double capacity_byte;        /* per chip */
    double read_byte_per_s;      /* per chip */
    double usd_per_byte_s;       /* cost of holding a byte for a second, 0 = not known */
} tr_tier;
#define TR_TIER_MAX 6

typedef struct tr_chip {
    char name[64];               /* catalog name: "h100-sxm" */
    char title[96];              /* as its vendor writes it */
    char vendor[32];
    char source[256];            /* datasheet and date */
    char confidence[16];         /* "high", "medium", "low", "announced" */
    int year;
    double flop_per_s[TR_DTYPE_COUNT];  /* dense peak by math dtype, 0 = no hardware for it */
    double memory_byte;          /* > 0 */
    double memory_byte_per_s;    /* > 0 */
    double power_w;              /* board power, 0 = not known */
    double scaleup_byte_per_s;   /* one way, per chip; 0 = none */
    double scaleup_domain_chip;  /* chips one hop apart on it, >= 1 */
    double scaleout_byte_per_s;  /* one way, per chip; 0 = none or not known */
    double usd_per_hour;         /* the price used by default, 0 = not known */
    double usd_per_hour_low;     /* on-demand range seen */
    double usd_per_hour_high;
    char price_source[128];      /* what usd_per_hour is, with date */
    tr_tier tier[TR_TIER_MAX];   /* fastest first; tier[0] is the chip's own memory */
    int tier_count;
} tr_chip;

typedef struct tr_system {
    char name[64];               /* "gb200-nvl72", "8xh100-sxm", "inline" */
    tr_chip chip;
    double chip_count;           /* >= 1 */
    double domain_chip;          /* chips in one scale-up domain, <= chip_count */
    double usd_per_hour;         /* whole system, 0 = not known */
} tr_system;

/* The math ceiling of one chip for operands of this dtype: the dtype's own
 * ceiling if the chip has one, else the next wider one it has (FP4 -> FP8 ->
 * BF16; INT4 -> BF16; INT8 -> FP8 or BF16). *used is the dtype that math runs in.
 * Errors: TR_ENOFIT where the chip has none of them. */
TR_API tr_status tr_chip_math(const tr_chip *chip, tr_dtype dtype, double *flop_per_s, tr_dtype *used, tr_error *err);

/* One chip from plain numbers; every dtype gets flop_per_s. Errors: TR_EDOMAIN. */
typedef struct tr_chip_numbers {
    double flop_per_s;           /* > 0 */
    double memory_byte_per_s;    /* > 0 */
    double memory_byte;          /* > 0, or 0: not limited */
    double usd_per_hour;         /* >= 0 */
} tr_chip_numbers;
TR_API tr_status tr_system_from_numbers(const tr_chip_numbers *numbers, tr_system *out, tr_error *err);

/* count chips of one kind. Errors: TR_EDOMAIN (count not a whole number >= 1, chip fields out of range). */
TR_API tr_status tr_system_of(const tr_chip *chip, double count, tr_system *out, tr_error *err);

/* Check every field of a chip read from outside. Errors: TR_EDOMAIN, TR_EMISSING, TR_ECONFLICT. */
TR_API tr_status tr_chip_check(const tr_chip *chip, tr_error *err);

TR_API size_t tr_chip_catalog_count(void);
TR_API const tr_chip *tr_chip_catalog_at(size_t index);     /* NULL past the end; sorted by name; static storage */
TR_API size_t tr_system_catalog_count(void);                /* named systems such as gb200-nvl72 */
TR_API const char *tr_system_catalog_name(size_t index);
/* A catalog system, a chip (one of it), or "8xh100-sxm" (a count and either); case-insensitive.
 * Errors: TR_EUNKNOWN with a "did you mean". */
TR_API tr_status tr_system_catalog_get(const char *name, tr_system *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_CHIP_H */
