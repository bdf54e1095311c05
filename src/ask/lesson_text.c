/* ask/lesson_text.c -- the exercises' texts with the case's numbers in them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/lesson.h"
#include "base/text.h"
#include "life/week.h"

enum { USUAL_BATCH_SEQ = 64 };

typedef struct fact {
    const char *name;
    tr_unit unit;
    double value;
    const char *text; /* instead of a number */
} fact;

/* What stands for {name...; 0 if nobody knows it. */
static int fact_text(const fact *list, size_t count, const char *name, size_t length, char *out, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i].name) != length || memcmp(list[i].name, name, length) != 0)
            continue;
        if (list[i].text != NULL)
            (void)tr_text_copy(out, size, list[i].text);
        else
            (void)tr_quantity_format(list[i].value, list[i].unit, out, size);
        return 1;
    }
    return 0;
}

/* Numbers have no name of their own. */
static const char *name_of(const char *name, const char *otherwise)
{
    return strcmp(name, "inline") == 0 ? otherwise : name;
}

/* A tier beside the chip; all 0 where there is none. */
static tr_tier tier_of(const tr_chip *chip, const char *name)
{
    for (int i = 0; i < chip->tier_count; i++)
        if (strcmp(chip->tier[i].name, name) == 0)
            return chip->tier[i];
    return (tr_tier){.capacity_byte = 0.0};
}

/* Of a decode step of the case; of a mixture what its batch touches. */
static double weight_read_byte(const tr_lesson_case *c)
{
    const tr_load load = {TR_PHASE_DECODE, c->batch_seq, c->context_token, 1.0};
    tr_step step;
    return tr_bound_step(&c->question->roof, &load, &step, NULL) == TR_OK ? step.weight_read_byte : (double)NAN;
}

void tr_lesson_render(const tr_lesson_case *c, const char *text, char *out, size_t size)
{
    const tr_roofline *roof = &c->question->roof;
    const tr_model *model = c->question->model;
    const tr_shard *shard = &c->question->shard;
    const tr_chip *chip = &c->question->system->chip;
    const tr_tier ddr = tier_of(chip, "ddr"), flash = tier_of(chip, "flash");
    const double places = shard->layout.dp_rank * shard->layout.replica_count;
    char layout[96], batch[32], sequences[48], dealt[48];
    (void)tr_layout_format(&shard->layout, layout, sizeof layout);
    (void)tr_quantity_format(c->batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)snprintf(sequences, sizeof sequences, "%s sequence%s", batch, c->batch_seq > 1.0 ? "s" : "");
    (void)snprintf(dealt, sizeof dealt, "%.0f such place%s", places, places > 1.0 ? "s" : "");
    const tr_swing swing = tr_swing_of(1); /* a published day of conversations */
    const fact facts[] = {
        {"model", TR_UNIT_NONE, 0, name_of(model->name, "the model")},
        {"system", TR_UNIT_NONE, 0, name_of(c->question->system->name, "the machine")},
        {"context", TR_UNIT_CONTEXT, c->context_token, NULL},
        {"batch", TR_UNIT_SEQ, c->batch_seq, NULL},
        {"sequences", TR_UNIT_SEQ, 0, sequences},
        {"chips", TR_UNIT_NONE, roof->chip_count, NULL},
        {"active", TR_UNIT_PARAM, model->active_param, NULL},
        {"total", TR_UNIT_PARAM, model->total_param, NULL},
        {"weights", TR_UNIT_BYTE, roof->fixed_weight_byte + roof->routed_weight_byte, NULL},
        {"read", TR_UNIT_BYTE, weight_read_byte(c), NULL},
        {"stored", TR_UNIT_BYTE, roof->store_weight_byte, NULL},
        {"bandwidth", TR_UNIT_BYTE_PER_S, roof->byte_per_s, NULL},
        {"flops", TR_UNIT_FLOP_PER_S, roof->flop_per_s, NULL},
        {"memory", TR_UNIT_BYTE, roof->memory_byte, isfinite(roof->memory_byte) ? NULL : "all memory"},
        {"chip_memory", TR_UNIT_BYTE, roof->memory_byte / roof->chip_count, NULL},
        {"kv", TR_UNIT_BYTE, roof->kv_byte_per_token, NULL},
        {"cache", TR_UNIT_BYTE, tr_model_kv_store_byte(model, c->context_token, tr_dtype_byte(roof->kv_dtype)), NULL},
        {"layout", TR_UNIT_NONE, 0, layout},
        {"room", TR_UNIT_BYTE, shard->cache_room_byte, isfinite(shard->cache_room_byte) ? NULL : "any amount"},
        {"part", TR_UNIT_BYTE, tr_shard_seq_byte(shard, c->context_token), NULL},
        {"places", TR_UNIT_NONE, 0, dealt},
        {"ridge", TR_UNIT_FLOP_PER_BYTE, tr_ridge_flop_per_byte(roof), NULL},
        {"price", TR_UNIT_USD_PER_HOUR, c->question->system->usd_per_hour, NULL},
        {"swing", TR_UNIT_NONE, swing.busiest_ratio, NULL},
        {"weekend", TR_UNIT_RATIO, swing.weekend_ratio, NULL},
        {"taken", TR_UNIT_RATIO, tr_swing_mean_share(&swing), NULL},
        {"ddr", TR_UNIT_BYTE, ddr.capacity_byte, NULL},
        {"ddr_speed", TR_UNIT_BYTE_PER_S, ddr.read_byte_per_s, NULL},
        {"flash", TR_UNIT_BYTE, flash.capacity_byte, NULL},
        {"flash_speed", TR_UNIT_BYTE_PER_S, flash.read_byte_per_s, NULL},
    };
    (void)tr_text_copy(out, size, "");
    for (const char *at = text; *at != '\0';) {
        char part[TR_NAME_MAX] = {*at, '\0'};
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (end != NULL &&
            fact_text(facts, sizeof facts / sizeof facts[0], at + 1, (size_t)(end - at - 1), part, sizeof part))
            at = end + 1;
        else
            at++;
        (void)tr_text_append(out, size, part);
    }
    const size_t first = strcspn(text, "}"); /* begins a sentence, not a choice */
    if (text[0] == '{' && text[first] == '}' && text[first + 1] != '|' && strncmp(out, "the ", 4) == 0)
        out[0] = 'T';
}

tr_problem tr_lesson_pooled(const tr_problem *question)
{
    tr_problem pooled = *question;
    pooled.by_copy = 0;
    pooled.roof.copy_count = 1.0;
    return pooled;
}

tr_lesson_case tr_lesson_case_of(const tr_problem *question)
{
    tr_lesson_case c = {question, question->load.context_token, question->load.batch_seq};
    if (!(c.batch_seq > 1)) {
        const double most = tr_shard_max_batch_seq(&question->shard, c.context_token);
        c.batch_seq = most < USUAL_BATCH_SEQ ? most : USUAL_BATCH_SEQ;
        if (!(c.batch_seq >= 1))
            c.batch_seq = 1;
    }
    return c;
}


double tr_lesson_batch_seq(const tr_problem *question) { return tr_lesson_case_of(question).batch_seq; }
