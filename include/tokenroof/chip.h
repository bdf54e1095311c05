/* tokenroof/chip.h -- what it runs on: ceilings per dtype, memory tiers, links, prices.
 *
 * A chip is one accelerator as software sees it (one GPU package, one TPU
 * chip); a system is a count of them with the reach of their fast links.
 * Ceilings are dense datasheet peaks: sparse figures never enter. 0 means
 * "not supported" or "not known", as each field says. Functions here are pure:
 * no allocation, no I/O; any thread may call them. [Cn] are the entries of
 * docs/equations.md.
 */
#ifndef TOKENROOF_CHIP_H
#define TOKENROOF_CHIP_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_tier {         /* a place to keep bytes beside a chip */
    char name[24]; /* "hbm" (the chip's own, whatever it is made of), "ddr", "flash", "flash-qlc", "disk" */
    double capacity_byte;        /* per chip */
    double read_byte_per_s;      /* per chip, over the slowest link on the way */
    double usd_per_byte_s;       /* cost of holding a byte for a second, 0 = not known; own memory: [C1] */
    double usd_per_byte;         /* what the part costs to buy, 0 = not known or not bought by itself */
    char price_source[112];      /* of usd_per_byte, with its date; "" then */
} tr_tier;
#define TR_TIER_MAX 6

typedef struct tr_chip {
    char name[64];               /* catalog name: "h100-sxm" */
    char title[96];              /* as its vendor writes it */
    char vendor[32];
    char source[256];            /* datasheet or collection the numbers were taken from */
    char date[12];               /* of the source: "2026-08-22", "2026-08" or "2026" */
    char confidence[16];         /* "high", "medium", "low", "announced"; "" for inline numbers */
    char note[256];              /* what to mind, "" if nothing */
    int year;                    /* of the product, 0 = not known */
    double flop_per_s[TR_DTYPE_COUNT]; /* dense peak by math dtype, 0 = no hardware for it, or no figure
                                          published */
    double measured_flop_per_s[TR_DTYPE_COUNT];  /* best matrix multiply measured, 0 = not measured */
    char memory_kind[32];        /* "HBM3" */
    double memory_byte;          /* > 0; HUGE_VAL = not limited (inline numbers) */
    double memory_byte_per_s;    /* > 0 */
    double power_w;              /* board power, 0 = not known */
    double all_in_power_w;       /* with its share of server, network and cooling, 0 = not known */
    char scaleup_link[32];       /* "NVLink4", "" = none or not known */
    double
        scaleup_byte_per_s; /* one way, per chip; 0 = none, or not known (then the domain may still be > 1) */
    double
        scaleup_domain_chip; /* chips reached by it without leaving it, >= 1; a torus counts as one domain */
    double scaleout_byte_per_s;  /* one way, per chip; 0 = none or not known */
    double usd_per_hour; /* the price used by default, 0 = not known: three-year rental where surveyed,
                            else the low end of on-demand (steady load is not bought at list price) */
    double low_usd_per_hour;     /* on-demand range seen, 0 = not known */
    double high_usd_per_hour;    /* 0 = not known, or only one price seen */
    char price_source[128];      /* what usd_per_hour is, with date */
    tr_tier tier[TR_TIER_MAX];   /* fastest first; tier[0] is the chip's own memory */
    int tier_count;
} tr_chip;

typedef struct tr_system {
    char name[64];               /* "gb200-nvl72", "8xh100-sxm", "inline" */
    char title[96];              /* for people */
    char source[256];            /* of count and domain; the chip has its own */
    char date[12];
    char note[256];
    tr_chip chip;
    double chip_count;           /* >= 1 */
    double domain_chip;          /* chips in one scale-up domain, <= chip_count */
    double usd_per_hour;         /* whole system, 0 = not known */
} tr_system;

/* The math ceiling of one chip for operands of this dtype: the dtype's own
 * ceiling if the chip has one, else that of the next wider dtype that holds
 * its values exactly (FP4 -> FP8 -> BF16 -> TF32 -> FP32; INT8 and INT4 ->
 * BF16 and on: FP8 rates are only for FP8 operands). Where a wider one is
 * faster (INT8 was cut down on Blackwell Ultra) that one is taken, since
 * software would. *used is the dtype that math runs in.  [C3]
 * Errors: TR_ENOFIT where the chip has none of them, TR_EDOMAIN (TR_DTYPE_NATIVE or no dtype at all). */
TR_API tr_status tr_chip_math(const tr_chip *chip, tr_dtype dtype, double *flop_per_s, tr_dtype *used,
                              tr_error *err);

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

/* Tokens of a dense model whose multiplies take as long as one read of its
 * weights, weights and math both in dtype: "the 300" of the lecture. 0 where
 * the chip cannot do it or has no figures.  [C2] */
TR_API double tr_chip_balance_token(const tr_chip *chip, tr_dtype dtype);
/* Time to read a tier once; HUGE_VAL if it is not limited.  [C4] */
TR_API double tr_tier_drain_s(const tr_tier *tier);

/* ---- the catalog compiled in; names sorted, static storage, NULL past the end ---- */

/* A chip announced without any public figure is listed too, with memory_byte 0:
 * tr_system_of and tr_system_catalog_get refuse it (TR_EMISSING). */
TR_API size_t tr_chip_catalog_count(void);
TR_API const tr_chip *tr_chip_catalog_at(size_t index);
TR_API const tr_chip *tr_chip_catalog_find(const char *name); /* by name or alias; NULL if unknown */
TR_API const char *tr_chip_catalog_alias(size_t chip_index, size_t index);

/* One price of a chip as somebody published it. */
typedef struct tr_chip_quote {
    char kind[16]; /* "given", "rental-3yr", "reserved-1yr", "on-demand", "own-neocloud", "own-hyperscaler" */
    double low_usd_per_hour;     /* > 0; both the same where one price was given */
    double high_usd_per_hour;
    char source[128];
    char date[12];
} tr_chip_quote;
TR_API const tr_chip_quote *tr_chip_catalog_quote(size_t chip_index, size_t index);

TR_API size_t tr_system_catalog_count(void);                /* named systems such as gb200-nvl72 */
TR_API const char *tr_system_catalog_name(size_t index);
/* A catalog system, a chip (one of it), or "8xh100-sxm" (a count and either).
 * Letter case does not matter, and '_' and ' ' stand for '-'; a maker's name may
 * come first ("NVIDIA H100 SXM", "8 x mi300x").
 * Errors: TR_EUNKNOWN with a "did you mean", TR_EDOMAIN (count), TR_EMISSING (a chip without figures). */
TR_API tr_status tr_system_catalog_get(const char *name, tr_system *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_CHIP_H */
