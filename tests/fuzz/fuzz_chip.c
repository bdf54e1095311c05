/* fuzz_chip.c -- any text as a chip or system file, and any text as the name of a system. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "chip/field.h"
#include "io/chip_file.h"
#include "io/chip_json.h"

/* What was read holds what the checks promise; a broken promise is a crash. */
static void require(int promise)
{
    if (!promise)
        abort();
}

static void check_system(const tr_system *system)
{
    require(tr_chip_check(&system->chip, NULL) == TR_OK);
    require(system->chip_count >= 1.0 && system->chip_count <= 1e9);
    require(system->domain_chip >= 1.0 && system->domain_chip <= system->chip_count);
    require(system->usd_per_hour >= 0.0);
    require(!system->has_host || (tr_chip_check(&system->host, NULL) == TR_OK && system->host_count >= 1.0));
    tr_reach reach;
    const double groups[] = {1.0, 2.0, 7.0, system->domain_chip, system->chip_count};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (tr_system_reach(system, groups[i], &reach, NULL) == TR_OK)
            require(reach.inside_byte_per_s >= 0.0 && reach.inside_byte_per_s <= reach.ring_byte_per_s &&
                    reach.inside_chip * reach.domain_count >= groups[i]);
    require(memchr(system->name, '\0', sizeof system->name) != NULL);
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++) {
        double flop_per_s = -1.0;
        tr_dtype used = TR_DTYPE_NATIVE;
        if (tr_chip_math(&system->chip, (tr_dtype)d, &flop_per_s, &used, NULL) == TR_OK)
            require(flop_per_s > 0.0 && used != TR_DTYPE_NATIVE);
        require(tr_chip_balance_token(&system->chip, (tr_dtype)d) >= 0.0);
    }
    for (int t = 0; t < system->chip.tier_count; t++)
        require(tr_tier_drain_s(&system->chip.tier[t]) > 0.0);
}

static void as_catalog_entry(const tr_flat *flat)
{
    tr_chip_entry *chip = malloc(sizeof *chip);
    tr_system_entry *system = malloc(sizeof *system);
    tr_server_row server[4];
    size_t count = 0;
    tr_error err;
    if (chip != NULL && system != NULL) {
        if (tr_chip_from_json(flat, "", TR_READ_CATALOG, NULL, NULL, chip, &err) == TR_OK)
            require(tr_chip_check_ranges(&chip->chip, NULL) == TR_OK);
        (void)tr_system_from_json(flat, TR_READ_CATALOG, system, &err);
        (void)tr_servers_from_json(flat, server, 4, &count, &err);
    }
    free(chip);
    free(system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tr_system system;
    tr_error err;
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';

    if (tr_system_text_read(text, size, NULL, &system, &err) == TR_OK)
        check_system(&system);
    /* Names are short; the search for near ones would take the time of the JSON. */
    if (size <= 80 && tr_system_catalog_get(text, &system, &err) == TR_OK)
        check_system(&system);
    tr_flat *flat = NULL;
    if (tr_flat_parse(text, size, &flat, &err) == TR_OK)
        as_catalog_entry(flat);
    tr_flat_destroy(flat);
    free(text);
    return 0;
}
