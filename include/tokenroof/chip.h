/* tokenroof/chip.h -- what it runs on: ceilings per dtype, usable memory, caches, links and how they lie, prices.
 *
 * A chip is one accelerator as software sees it (one GPU package, one TPU
 * chip) or one CPU socket; a system is a count of them with the reach of their
 * fast links. Ceilings are dense datasheet peaks: sparse figures never enter. 0
 * means "not supported" or "not known", as each field says. Functions here are
 * pure: no allocation, no I/O; any thread may call them. [Cn] are the entries
 * of docs/equations.md.
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
    double write_byte_per_s;     /* the same the other way; 0 = not known */
    double usd_per_byte_s;       /* cost of holding a byte for a second, 0 = not known; own memory: [C1] */
    double usd_per_byte;         /* what the part costs to buy, 0 = not known or not bought by itself */
    char price_source[112];      /* of usd_per_byte, with its date; "" then */
} tr_tier;
#define TR_TIER_MAX 6

typedef enum tr_chip_kind {
    TR_CHIP_GPU = 0,
    TR_CHIP_CPU,                 /* one socket; its memory is what is installed beside it */
    TR_CHIP_UNIFIED,             /* GPU and CPU share the memory: Apple, DGX Spark, Strix Halo */
    TR_CHIP_OTHER                /* TPU, Trainium, Gaudi, LPU, wafer */
} tr_chip_kind;
TR_API const char *tr_chip_kind_name(tr_chip_kind kind);   /* "gpu", "cpu", "unified", "other"; "" for no kind */

/* What a dollar an hour buys. In this order the first that a chip has is its default price. */
typedef enum tr_price_kind {
    TR_PRICE_NONE = 0,           /* no price known */
    TR_PRICE_GIVEN,              /* a number that was typed, or of somebody's own file */
    TR_PRICE_ON_DEMAND,          /* rented by the hour, at list price */
    TR_PRICE_RESERVED,           /* rented for a year */
    TR_PRICE_3YR,                /* rented for three years */
    TR_PRICE_OWNED,              /* a neocloud's own cost: capital, power and colocation */
    TR_PRICE_OWNED_HYPERSCALER,  /* a hyperscaler's own cost: capital and power */
    TR_PRICE_SPOT,               /* rented until somebody else wants it */
    TR_PRICE_KIND_COUNT
} tr_price_kind;
/* "given", "on-demand", "reserved", "3yr", "owned", "owned-hyperscaler", "spot"; "" for none. */
TR_API const char *tr_price_kind_name(tr_price_kind kind);
/* The same for people, with what it includes: "three-year contract"; "" for none. Each includes the power drawn,
 * but for a number that was given, of which nobody knows. */
TR_API const char *tr_price_kind_words(tr_price_kind kind);

/* The prices of one kind that were published for a chip, taken together. */
typedef struct tr_chip_quote {
    tr_price_kind kind;          /* TR_PRICE_NONE: no price of this kind */
    double usd_per_hour;         /* > 0: the median, or the middle of the range where only that was published */
    double low_usd_per_hour;     /* > 0, <= usd_per_hour <= high_usd_per_hour; all the same where one was seen */
    double high_usd_per_hour;
    char source[160];
    char date[12];
} tr_chip_quote;

/* How the scale-up links lie between the chips of a domain. */
typedef enum tr_topology {
    TR_TOPOLOGY_UNKNOWN = 0,     /* not published */
    TR_TOPOLOGY_HOST,            /* no links of its own: through the host over PCIe; the domain is one host */
    TR_TOPOLOGY_SWITCH,          /* any chip reaches any other at the rate of all its links */
    TR_TOPOLOGY_MESH,            /* a link a pair; bridges over 2 or 4 cards too */
    TR_TOPOLOGY_TORUS            /* links to the neighbours along two or three dimensions */
} tr_topology;
TR_API const char *tr_topology_name(tr_topology topology); /* "unknown", "host", "switch", "mesh", "torus"; "" */

#define TR_BANDWIDTH_NOT_KNOWN 1e18 /* above any: bounds still hold */

typedef struct tr_chip {
    char name[64];               /* catalog name: "h100-sxm" */
    char change[128];            /* what a name changed of it: "mem=64GB,bw=2x"; "" = as its file has it */
    char title[96];              /* as its vendor writes it */
    char vendor[32];
    char source[256];            /* datasheet or collection the numbers were taken from */
    char date[12];               /* of the source: "2026-08-22", "2026-08" or "2026" */
    char confidence[16];         /* "high", "medium", "low", "announced"; "" for inline numbers */
    char note[256];              /* what to mind, "" if nothing */
    tr_chip_kind kind;
    int year;                    /* of the product, 0 = not known */
    double flop_per_s[TR_DTYPE_COUNT]; /* dense peak by math dtype, 0 = no hardware for it, or no figure
                                          published */
    double measured_flop_per_s[TR_DTYPE_COUNT];  /* best matrix multiply measured, 0 = not measured */
    char memory_kind[32];        /* "HBM3" */
    double memory_byte;          /* > 0: usable, as the driver reports it; unified memory: what the GPU may take
                                    (macOS: the working set); CPU: what is installed; HUGE_VAL = not limited
                                    (inline numbers) */
    double label_memory_byte;    /* as on the box; 0 = the same as memory_byte */
    double memory_byte_per_s;    /* > 0; TR_BANDWIDTH_NOT_KNOWN: a machine that does not tell it, of which only what fits
                                    can be said */
    double cache_byte;           /* last-level cache or SRAM that all cores share; 0 = not known */
    double cache_byte_per_s;     /* read bandwidth of it, 0 = not published */
    double core_count;           /* CPUs; 0 otherwise */
    double vector_flop_per_s;    /* CPUs: FP32, vector units alone, where flop_per_s counts a matrix unit too; 0 = flop_per_s */
    double fast_core_count;      /* of them, performance cores; 0 = all alike */
    double memory_channel_count; /* CPUs; 0 otherwise, and where the memory is soldered on */
    double power_w;              /* board power, 0 = not known */
    double all_in_power_w;       /* with its share of server, network and cooling, 0 = not known */
    double idle_power_w;         /* 0 = not known */
    char scaleup_link[32];       /* "NVLink4", "" = none or not known */
    tr_topology topology;        /* of the scale-up links */
    double scaleup_byte_per_s;   /* all links of a chip together, one way; 0 = none, or not known (then the domain
                                    may still be > 1) */
    double pair_byte_per_s;      /* one way; mesh: between two chips (0: its links are split evenly over the others
                                    of the system's domain, as bridges do); torus: of one link; 0 otherwise */
    double torus_dimension[3];   /* chips along each dimension of the whole torus; 0 = fewer dimensions */
    double scaleup_domain_chip;  /* chips reached without leaving the links, >= 1; a torus counts as one domain; no
                                    links of its own: cards of one host */
    double host_byte_per_s;      /* PCIe (or its like) to the host, one way, after line coding; 0 = not known, or the
                                    memory is shared */
    int staged_copy;             /* 1: chips cannot write to each other over PCIe: what one sends to another is copied
                                    into the host's memory and out of it (GeForce since RTX 4000) */
    double scaleout_byte_per_s;  /* network, one way, per chip; 0 = none or not known */
    double usd_per_hour;         /* the price in use, 0 = not known; by default that of the first kind it has */
    tr_price_kind price_kind;    /* of usd_per_hour */
    char price_date[12];
    char price_source[160];
    tr_chip_quote quote[TR_PRICE_KIND_COUNT]; /* by kind; none of TR_PRICE_NONE */
    tr_tier tier[TR_TIER_MAX];   /* fastest first; tier[0] is the chip's own memory */
    int tier_count;
} tr_chip;

typedef struct tr_system {
    char name[256];              /* "gb200-nvl72", "8xh100-sxm,mem=64GB", "rtx-4090+epyc-9654", "inline" */
    char title[96];              /* for people */
    char source[256];            /* of count and domain; the chip has its own */
    char date[12];
    char note[256];
    tr_chip chip;
    double chip_count;           /* >= 1 */
    double domain_chip;          /* chips in one scale-up domain, <= chip_count */
    double usd_per_hour;         /* whole system, 0 = not known */
    double utilisation_share;    /* (0, 1]: of the hours paid for in which it carries its load; 0 = all of them */
    tr_price_kind price_kind;    /* of usd_per_hour; as the chip's, but where a price of the whole was published */
    char price_date[12];
    char price_source[160];
    int has_host;                /* 1: a host was named beside the chips */
    tr_chip host;                /* one CPU of it; all 0 without one */
    double host_count;           /* CPUs of the whole system, 0 without one */
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

/* A CPU of which so many cores work, of all its sockets together (>= 1, whole; more than it has are all), or the host beside the
 * chips: its peaks by C15, its bandwidth by C16. In place. Errors: TR_ECONFLICT (no CPU in it), TR_EDOMAIN, TR_EMISSING
 * (a CPU whose cores are not known).  [C15] [C16] */
TR_API tr_status tr_system_threads(tr_system *system, double thread_count, tr_error *err);

/* Another count of a system's chips, with what was changed of them and the host beside them; out may be system.
 * Errors: as tr_system_of. */
TR_API tr_status tr_system_recount(const tr_system *system, double chip_count, tr_system *out, tr_error *err);

/* A chip's published price of one kind. Errors: TR_EMISSING (none of this kind: the text lists those there are). */
TR_API tr_status tr_chip_price(const tr_chip *chip, tr_price_kind kind, tr_chip_quote *out, tr_error *err);

/* Use that price for a system: its chip's, and as often for the whole. Errors: as tr_chip_price. */
TR_API tr_status tr_system_price(tr_system *system, tr_price_kind kind, tr_error *err);

/* Use this price of one chip, >= 0, of kind TR_PRICE_GIVEN; 0: none. source says who gave it. Errors: TR_EDOMAIN. */
TR_API tr_status tr_system_price_given(tr_system *system, double chip_usd_per_hour, const char *source,
                                       tr_error *err);

/* Check every field of a chip read from outside. Errors: TR_EDOMAIN, TR_EMISSING, TR_ECONFLICT, TR_ECAPACITY. */
TR_API tr_status tr_chip_check(const tr_chip *chip, tr_error *err);

/* How a group of chips, placed side by side, lies on a system's links: the one place for every rate of a link.
 * All rates are one way, of one chip, and upper bounds.  [C5] [C6] [C7] */
typedef struct tr_reach {
    double inside_chip;          /* of the group, in one scale-up domain */
    double domain_count;         /* domains it spans */
    double inside_byte_per_s;    /* what a chip can send at once to the others of the group in its domain, all of them
                                    sending alike; 0 where it has no other there */
    double ring_byte_per_s;      /* the same where data goes only from neighbour to neighbour (all-reduce, all-gather):
                                    more than inside_byte_per_s only on a torus */
    double neighbour_byte_per_s; /* to one other chip in the domain that sends nothing back */
    double across_byte_per_s;    /* what a chip sends out of its domain: network card, of a mesh without one the host
                                    link; 0 = not published */
    int adds_in_switch;          /* the switch can add up what passes it (NVLink4 and later) */
    tr_topology topology;        /* inside the domain; UNKNOWN with a rate: taken as a switch, nothing is faster */
} tr_reach;

/* group_chip: whole, 1 to 1e9. The group may be larger than the system: then it is as many domains as it needs.
 * Errors: TR_EMISSING where the group needs a link whose rate is not published: the text names the chip, the link
 * and how to give one (NAME,link=... inside, NAME,net=... across); TR_EDOMAIN. */
TR_API tr_status tr_system_reach(const tr_system *system, double group_chip, tr_reach *out, tr_error *err);

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

TR_API size_t tr_system_catalog_count(void);                /* named systems such as gb200-nvl72 */
TR_API const char *tr_system_catalog_name(size_t index);
/* A catalog system, a chip (one of it), or "8xh100-sxm" (a count and either).
 * Letter case does not matter, and '_' and ' ' stand for '-'; a maker's name may
 * come first ("NVIDIA H100 SXM", "8 x mi300x").
 *
 * Changes may follow, "8xh100-sxm,mem=141GB,bw=4.8TB/s,price=2.5": mem, bw, cache,
 * flops, fp32, tf32, bf16, fp8, int8, fp4, link, net, power, price (of a chip an
 * hour) and domain; a value with its unit, or a factor of what is there ("bw=2x",
 * not for domain). flops changes every format alike: a value is that of BF16, the
 * others keep their ratio to it. mem of an Apple chip is the size on the box, and
 * the GPU gets macOS's share of it. link changes the links of a chip together;
 * where there were none it joins the whole system. A host may stand beside the
 * chips, "rtx-4090+epyc-9654,mem=256GB": each change belongs to the part before it,
 * and the host's memory becomes the chips' tier "ddr".
 * Errors: TR_EUNKNOWN with a "did you mean" (a name or a change), TR_EDOMAIN (count, a value out of range),
 * TR_EPARSE (a change), TR_ECONFLICT (a change twice; a host that is none), TR_EMISSING (a chip without figures, a
 * factor of what is not known), TR_ECAPACITY. */
TR_API tr_status tr_system_catalog_get(const char *name, tr_system *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_CHIP_H */
