/* chip/table.h -- the shape of the catalog that tools/embed_chips writes from data/ while building.
 *
 * No pointers: a table of plain numbers and characters stays in read-only
 * memory wherever the library is loaded.
 */
#ifndef TOKENROOF_SRC_CHIP_TABLE_H
#define TOKENROOF_SRC_CHIP_TABLE_H

#include <tokenroof/chip.h>

#include "chip/name.h"

typedef struct tr_chip_alias_row {
    char name[TR_NAME_MAX];
    uint32_t of;               /* index of the chip or system */
} tr_chip_alias_row;

typedef struct tr_system_row {
    char name[TR_NAME_MAX];
    char title[96];
    char source[256];
    char date[12];
    char note[256];
    uint32_t chip;
    double chip_count;
    double domain_chip;
    double usd_per_hour;       /* 0: count times the chip's */
    char price_source[160];    /* "" then */
    char price_date[12];
} tr_system_row;

/* Several of such a system on this chip. Errors: as tr_system_of. */
tr_status tr_system_from_row(const tr_system_row *row, const tr_chip *chip, double count, tr_system *out,
                             tr_error *err);

typedef struct tr_server_row { /* what stands beside a chip in one kind of server */
    char name[16];
    int tier_count;            /* without the chip's own memory */
    tr_tier tier[TR_TIER_MAX - 1];
} tr_server_row;

typedef struct tr_macos_row {  /* memory of an Apple chip, and what macOS lets its GPU take of it */
    double label_byte;         /* as on the box: 64 GB is 64e9 */
    double gpu_byte;
} tr_macos_row;

extern const uint32_t tr_macos_table_count;
extern const tr_macos_row tr_macos_table[];                 /* sorted by label_byte */
extern const uint32_t tr_chip_table_count, tr_chip_alias_count;
extern const uint32_t tr_system_table_count, tr_system_alias_count, tr_server_table_count;
extern const tr_chip tr_chip_table[];                       /* sorted by name */
extern const tr_chip_alias_row tr_chip_alias_table[];       /* sorted by chip */
extern const tr_system_row tr_system_table[];               /* sorted by name */
extern const tr_chip_alias_row tr_system_alias_table[];
extern const tr_server_row tr_server_table[];

#endif
