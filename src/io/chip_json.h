/* io/chip_json.h -- one chip, system or server from the flat keys of a JSON file.
 *
 * Needs no catalog, so that the generator of the catalog is built from it;
 * io/chip_file.h adds paths, folders and names. A chip file:
 *
 *   { "name": "my-chip",
 *     "flop_per_s": {"bf16": 100e12, "fp8": "200 TFLOP/s"},
 *     "memory": {"capacity_byte": "80GB", "read_byte_per_s": "3.35TB/s"},
 *     "usd_per_hour": 2.5, "source": "datasheet", "date": "2026-08" }
 *
 * Further keys: title, alias, vendor, kind (gpu, cpu, unified, other), year,
 * core_count, fast_core_count, vector_flop_per_s, measured_flop_per_s, memory.{kind,channel_count}, memory.usable.byte
 * (as the driver reports it; without it capacity_byte), cache.{byte,read_byte_per_s},
 * power.{board_w,all_in_w,idle_w}, scaleup.{link,topology,byte_per_s,
 * pair_byte_per_s,torus,domain_chip} (topology: host, switch, mesh, torus; torus: a
 * list of sides), host.{byte_per_s,staged_copy}, scaleout.byte_per_s, price (a list
 * of quotes {kind, usd_per_hour, low_usd_per_hour, high_usd_per_hour, source, date}),
 * server or tiers, note, confidence; each group may carry its own source, date,
 * confidence and note. null means not known. A system file names a
 * chip (or holds one) and counts it:
 *
 *   { "name": "my-box", "chip": "h100-sxm", "chip_count": 8, "domain_chip": 8 }
 */
#ifndef TOKENROOF_SRC_IO_CHIP_JSON_H
#define TOKENROOF_SRC_IO_CHIP_JSON_H

#include <tokenroof/chip.h>

#include "chip/table.h"
#include "io/json_flat.h"

#define TR_ALIAS_MAX 8
#define TR_QUOTE_MAX 8

typedef struct tr_chip_entry {
    tr_chip chip;                        /* complete, tiers included */
    char alias[TR_ALIAS_MAX][TR_NAME_MAX];
    int alias_count;
    char server[16];                     /* "" = none named */
} tr_chip_entry;

typedef struct tr_system_entry {
    tr_system_row row;                   /* row.chip is not set; domain_chip 0 = as the chip's link reaches */
    char alias[TR_ALIAS_MAX][TR_NAME_MAX];
    int alias_count;
    char chip_name[TR_NAME_MAX];         /* "" where the file holds the chip itself */
} tr_system_entry;

/* A file for the catalog is read more strictly than a user's: every price and
 * tier has its source and date, and a chip without any figure may pass. */
typedef enum tr_strictness { TR_READ_USER = 0, TR_READ_CATALOG } tr_strictness;

/* The tiers of a kind of server by name; NULL if unknown. */
typedef const tr_server_row *(*tr_server_find)(const void *context, const char *name);

int tr_json_is_system(const tr_flat *flat);   /* it has chip or chip_count */

/* The chip whose keys stand under prefix ("" or "chip"). On error *out is untouched.
 * Errors, with the line of the value at fault: TR_EUNKNOWN (a key, with a "did you mean"; a server),
 * TR_EPARSE (a value of another kind), TR_EDOMAIN, TR_EMISSING, TR_ECONFLICT, TR_ECAPACITY. */
tr_status tr_chip_from_json(const tr_flat *flat, const char *prefix, tr_strictness strictness,
                            tr_server_find server, const void *context, tr_chip_entry *out, tr_error *err);

/* The system without its chip (keys under "chip." are left to tr_chip_from_json). Errors: the same. */
tr_status tr_system_from_json(const tr_flat *flat, tr_strictness strictness, tr_system_entry *out,
                              tr_error *err);

/* "servers": {NAME: {"note", "tiers": [...]}} into rows. Errors: the same, and TR_ENOMEM. */
tr_status tr_servers_from_json(const tr_flat *flat, tr_server_row *out, size_t capacity, size_t *count,
                               tr_error *err);

#endif
