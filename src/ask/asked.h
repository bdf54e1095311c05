/* ask/asked.h -- what every answer says of its question: in which layout, and what one chip then holds. */
#ifndef TOKENROOF_SRC_ASK_ASKED_H
#define TOKENROOF_SRC_ASK_ASKED_H

#include <tokenroof/ask.h>

#include "write/field.h"

/* Getters of rows whose first member is `const tr_problem *question`. */
const char *tr_question_model(const void *row);
const char *tr_question_system(const void *row);
double tr_question_tp(const void *row);
double tr_question_ep(const void *row);
double tr_question_pp(const void *row);
double tr_question_dp(const void *row);
double tr_question_replicas(const void *row);
int tr_question_chosen(const void *row);     /* the layout was not given */
double tr_question_host_layers(const void *row);  /* whole layers on the host, and those whose routed experts are */
double tr_question_host_experts(const void *row);
double tr_question_usd_per_hour(const void *row); /* of the whole system; NaN: no price is known */
const char *tr_question_price_kind(const void *row);
const char *tr_question_price_date(const void *row);

#define TR_QUESTION_LAYOUT                                                                                 \
    TR_N("layout.tp", NONE, tr_question_tp), TR_N("layout.ep", NONE, tr_question_ep),                      \
        TR_N("layout.pp", NONE, tr_question_pp), TR_N("layout.dp", NONE, tr_question_dp),                  \
        TR_N("layout.replicas", NONE, tr_question_replicas), TR_F("layout.chosen", tr_question_chosen)
/* Layers left to the host: at the end of rows. */
#define TR_QUESTION_HOST                                                                                   \
    TR_N("host.layer_count", NONE, tr_question_host_layers),                                               \
        TR_N("host.expert_layer_count", NONE, tr_question_host_experts)
/* Beside every dollar: what the system costs, by which kind of price, of when. */
#define TR_QUESTION_PRICE                                                                                  \
    TR_N("system.usd_per_hour", USD_PER_HOUR, tr_question_usd_per_hour),                                   \
        TR_T("system.price_kind", tr_question_price_kind), TR_T("system.price_date", tr_question_price_date)
#define TR_QUESTION_NAMES TR_T("model.name", tr_question_model), TR_T("system.name", tr_question_system)
/* What names the question in rows that have nothing else of it; and in those with dollars. */
#define TR_QUESTION_FIELDS TR_QUESTION_NAMES, TR_QUESTION_LAYOUT
#define TR_QUESTION_PRICED TR_QUESTION_NAMES, TR_QUESTION_PRICE, TR_QUESTION_LAYOUT

/* Whether a layout is as the scenario tells it: tp, ep, pp and dp where they are set; dp of dense models: replicas. */
int tr_layout_as_told(const tr_scenario *scenario, const tr_model *model, const tr_layout *layout);
/* The question on a system of the same chips and in a layout, both of which must outlive *out. Errors: as tr_shard_of
 * and tr_roofline_of. On error *out is not to be read. */
tr_status tr_question_in(const tr_problem *question, const tr_system *system, const tr_layout *layout, tr_problem *out,
                         tr_error *err);

/* What the weights are stored in, for headings: the name of a GGUF mix, else of a number format. */
const char *tr_question_weights(const tr_problem *question);

/* What a prediction rests on: "chip, engine and model were measured". */
const char *tr_question_rests_on(const tr_problem *question);

/* The same as members of an open document. */
void tr_question_json(const tr_problem *question, tr_json *json);

/* Tokens cached of each sequence at the end of a pass: a prefill's new ones are in the cache by then. */
double tr_held_token(const tr_load *load);

/* TR_OK where batch_seq sequences fit at a context. Errors: TR_ENOFIT: what lacks; which layout comes closest where
 * none would do; and how many chips would, where not even the weights fit. */
tr_status tr_check_fits(const tr_problem *question, double batch_seq, double context_token, tr_error *err);
/* The weights are the one part that no smaller batch or context shrinks. Errors: as above. */
tr_status tr_check_weights_fit(const tr_problem *question, tr_error *err);

/* "72 chips: 360 PFLOP/s in fp8, ...": what the answer was computed with, one line. */
void tr_print_chips(const tr_problem *question, tr_writer *out);
/* "49 of 80 layers (24.5 GB) on the host, 1 x epyc-9654"; "" where all is on the chips. Returns out. */
const char *tr_host_words(const tr_shard *shard, char *out, size_t size);
/* `words`, and where replicas share no weights also how many of the balance are each one's. Returns words or out. */
const char *tr_balance_words(const tr_problem *question, double balance_seq, const char *words, char *out, size_t size);
/* "layout tp 8: best of those that fit for batch 295 at 4k". */
void tr_print_layout(const tr_problem *question, tr_writer *out);
void tr_print_setting(const tr_problem *question, tr_writer *out);
/* "priced at $2.95/h a chip, on demand (2026-05-20)": which price its dollars use, and how much of it
 * is used. Nothing where that was given and is always busy, or there is none. */
void tr_print_price(const tr_problem *question, tr_writer *out);
/* The same, given or not; there must be one. */
void tr_print_any_price(const tr_problem *question, tr_writer *out);
/* "$5.98/h a chip, on demand (2026-06)"; there must be one. Returns out. */
const char *tr_price_text(const tr_problem *question, char *out, size_t size);

/* What providers ask for the same model: "  $ per million, sold  $0.28 in, $0.42 out, deepseek (2026-08-22)", three
 * at most; nothing if none sells it. And "offers": [...] of the object that is open in json. */
void tr_offers_text(const tr_model *model, tr_writer *out);
void tr_offers_json(const tr_model *model, tr_json *json);

/* ---- what one chip holds ---------------------------------------------------------- */

typedef struct tr_hold {
    const tr_problem *question;  /* first: tr_question_* read it */
    double batch_seq, context_token; /* the load, at the end of its pass */
    double seq_byte;             /* cache and state of one sequence on the chip */
    double cache_byte;           /* of the batch's that the busiest chip has */
    double used_byte;            /* that, weights, activations and buffers */
    double left_byte;            /* below 0: too much by */
    double max_batch_seq;        /* of the system at this context; HUGE_VAL: nothing limits it */
    double max_context_token;    /* at this batch */
    double host_cache_byte;      /* on the host, with the layers that it has */
    int fits;
} tr_hold;
tr_hold tr_hold_of(const tr_problem *question, double batch_seq, double context_token);

/* chip{memory_byte, weight_byte, ...} of rows that are a tr_hold. */
double tr_hold_memory(const void *row);
double tr_hold_weights(const void *row);
double tr_hold_drafts(const void *row);
double tr_hold_activations(const void *row);
double tr_hold_buffers(const void *row);
double tr_hold_reserve(const void *row);
double tr_hold_room(const void *row);
double tr_hold_seq(const void *row);
double tr_hold_cache(const void *row);
double tr_hold_used(const void *row);
double tr_hold_left(const void *row);
double tr_hold_host_memory(const void *row);  /* host{...}: NaN where all is on the chips */
double tr_hold_host_weights(const void *row);
double tr_hold_host_cache(const void *row);
double tr_hold_host_left(const void *row);
#define TR_HOLD_FIELDS                                                                                     \
    TR_N("chip.memory_byte", BYTE, tr_hold_memory),                                                        \
        TR_N_HEAD("chip.weight_byte", BYTE, "weights", 9, tr_hold_weights),                               \
        TR_N("chip.draft_weight_byte", BYTE, tr_hold_drafts),                                              \
        TR_N("chip.activation_byte", BYTE, tr_hold_activations),                                           \
        TR_N("chip.buffer_byte", BYTE, tr_hold_buffers), TR_N("chip.reserve_byte", BYTE, tr_hold_reserve), \
        TR_N_HEAD("chip.cache_room_byte", BYTE, "for cache", 9, tr_hold_room),                                 \
        TR_N_HEAD("chip.cache_byte_per_seq", BYTE, "one seq", 8, tr_hold_seq),                         \
        TR_N_HEAD("chip.cache_byte", BYTE, "cache all", 9, tr_hold_cache),                                \
        TR_N("chip.used_byte", BYTE, tr_hold_used), TR_N_HEAD("chip.left_byte", BYTE, "left", 9, tr_hold_left)
#define TR_HOLD_HOST_FIELDS                                                                                \
    TR_QUESTION_HOST, TR_N("host.memory_byte", BYTE, tr_hold_host_memory),                                 \
        TR_N("host.weight_byte", BYTE, tr_hold_host_weights),                                              \
        TR_N("host.cache_byte", BYTE, tr_hold_host_cache), TR_N("host.left_byte", BYTE, tr_hold_host_left)
void tr_hold_json(const tr_hold *hold, tr_json *json);

/* As lines of a page: the parts, and what a sequence takes. */
void tr_hold_text(const tr_hold *hold, tr_writer *out);

#endif
