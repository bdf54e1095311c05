/* tests/fuzz/fuzz_scenario.c -- any bytes as a scenario file and as inline numbers: what is taken is in range. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tokenroof/input.h>

#include "fuzz.h"
#include "io/scenario_file.h"

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_refusal(tr_status status, const tr_error *err)
{
    require(err->status == status && err->text[0] != '\0' && strchr(err->text, '\n') == NULL);
}

/* Every number that is set lies in the range its row of the table states. */
static void check_ranges(const tr_scenario *scenario)
{
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        if ((input->kind != TR_INPUT_NUMBER && input->kind != TR_INPUT_LIST) ||
            !tr_input_is_set(scenario, input->id))
            continue;
        size_t count = 0;
        const double *list = tr_input_list(scenario, input->id, &count);
        require(count >= 1 && count <= TR_LIST_MAX && list != NULL);
        for (size_t j = 0; j < count; j++)
            require(list[j] >= input->min && list[j] <= input->max);
    }
}

static void try_inline(const uint8_t *data, size_t size)
{
    static tr_model model; /* large */
    tr_system system;
    tr_error err;
    char *text = malloc(size + 1);
    if (text == NULL)
        return;
    memcpy(text, data, size);
    text[size] = '\0';
    memset(&err, 0, sizeof err);
    tr_status status = tr_model_inline(text, &model, &err);
    if (status == TR_OK)
        require(model.total_param > 0.0 && model.active_param <= model.total_param && isfinite(model.total_param));
    else
        check_refusal(status, &err);
    memset(&err, 0, sizeof err);
    status = tr_system_inline(text, &system, &err);
    if (status == TR_OK)
        require(system.chip.flop_per_s[TR_DTYPE_BF16] > 0.0 && system.chip.memory_byte_per_s > 0.0 &&
                system.chip.memory_byte > 0.0 && system.usd_per_hour >= 0.0); /* wider than a chip file may be */
    else
        check_refusal(status, &err);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2048)
        try_inline(data, size);
    tr_error err;
    memset(&err, 0, sizeof err);
    tr_flat *flat = NULL;
    tr_status status = tr_flat_parse((const char *)data, size, &flat, &err);
    if (status != TR_OK) {
        check_refusal(status, &err);
        return 0;
    }
    tr_scenario *scenario = tr_scenario_create();
    if (scenario != NULL) {
        status = tr_scenario_from_flat(flat, scenario, NULL, &err);
        if (status != TR_OK)
            check_refusal(status, &err);
        check_ranges(scenario);
        tr_scenario_destroy(scenario);
    }
    tr_flat_destroy(flat);
    return 0;
}
