/* ask/drafts.h -- speculative decoding: what drafts take of a step, what they are worth, and where they stop paying. */
#ifndef TOKENROOF_SRC_ASK_DRAFTS_H
#define TOKENROOF_SRC_ASK_DRAFTS_H

#include "ask/asked.h"

typedef struct tr_drafts {
    const tr_problem *question;  /* NULL: nothing is drafted, and the rest is NaN */
    tr_quantity draft_s, verify_s; /* of a step: drafting its tokens, and verifying them */
    tr_quantity alone_tpot_s;    /* at the same load in the same layout without drafts: time per output token */
    tr_quantity alone_usd_per_mtoken; /* output */
    tr_quantity speed_ratio;     /* of a sequence over the same without drafts */
    double break_even_seq;       /* the most sequences with which drafts still pay; 0: at none; HUGE_VAL: at any */
    double break_even_share;     /* the least acceptance with which they pay at this load; NaN: none would do */
} tr_drafts;
tr_drafts tr_no_drafts(void);

/* Time of a token without drafts over that with them, as F21 has it; verifying takes a step at least, so that no
 * speed-up is more than the tokens of a step. */
tr_quantity tr_draft_speed_ratio(const tr_quantity *without_s, const tr_quantity *with_s, double token_per_step);

/* Drafts pay where they gain: what is done in a time with them over what is done without, by `seq` sequences at an
 * acceptance. NaN where that does not fit. */
typedef double (*tr_draft_gain)(const void *context, double seq, double accept_share);
/* By trying: doubling up to `most` (1 to 1e9), then halving to the last whole sequence. In a mixture of experts drafts
 * may pay only from some batch on: the last stretch in which they do counts.  [F23] */
double tr_draft_last_seq(tr_draft_gain gain, const void *context, double accept_share, double most);
/* By halving: gains only grow with the acceptance. */
double tr_draft_least_share(tr_draft_gain gain, const void *context, double seq);

/* Of one decode step, where it fits and nothing is on a blackboard; else tr_no_drafts. */
void tr_drafts_of_step(const tr_problem *question, const tr_load *load, tr_drafts *out);

/* Who drafts: a model's name, "its MTP layers", "nothing". */
const char *tr_drafter(const tr_problem *question);
/* "measured: deepseek-v4-pro, MTP (SPEED-Bench, coding; 2026-08)". Returns out; "" where it was given. */
const char *tr_acceptance_text(const tr_problem *question, char *out, size_t size);

/* Both in a sentence: who drafts, and what is kept. */
void tr_drafts_say(const tr_problem *question, char *out, size_t size);

/* The same as a line of a table's head; nothing where nothing is drafted. */
void tr_drafts_head(const tr_problem *question, tr_writer *out);

/* Lines of the figures of a page, under their head; and what is said of them, `seqs` being what the page calls its
 * sequences. Nothing where nothing is drafted. */
void tr_drafts_print(const tr_drafts *drafts, tr_writer *out);
void tr_drafts_explain(const tr_drafts *drafts, const char *seqs, tr_writer *out);

/* Its fields, of rows from whose address `of` reads one. */
#define TR_DRAFT_GETTERS(TYPE, OF)                                                                         \
    TR_TEXT(TYPE, drafts_by, (OF).question != NULL ? tr_drafter((OF).question) : NULL)                     \
    TR_TEXT(TYPE, drafts_measured, (OF).question != NULL && !isnan((OF).question->acceptance.share)        \
                                       ? ((OF).question->acceptance.model[0] != '\0'                       \
                                              ? (OF).question->acceptance.model                            \
                                              : "median of all measured")                                  \
                                       : NULL)                                                             \
    TR_QUANTITY(TYPE, drafts_draft, (OF).draft_s)                                                          \
    TR_QUANTITY(TYPE, drafts_verify, (OF).verify_s)                                                        \
    TR_QUANTITY(TYPE, drafts_alone, (OF).alone_tpot_s)                                                     \
    TR_QUANTITY(TYPE, drafts_alone_usd, (OF).alone_usd_per_mtoken)                                         \
    TR_QUANTITY(TYPE, drafts_speed, (OF).speed_ratio)                                                      \
    TR_NUMBER(TYPE, drafts_seq, isfinite((OF).break_even_seq) ? (OF).break_even_seq : (double)NAN)         \
    TR_FLAG(TYPE, drafts_always, (OF).question != NULL ? (OF).break_even_seq > 1e300 : -1)                 \
    TR_NUMBER(TYPE, drafts_share, (OF).break_even_share)
#define TR_DRAFT_FIELDS                                                                                    \
    TR_T("drafts.by", drafts_by), TR_T("drafts.acceptance_of", drafts_measured),                           \
        TR_Q("drafts.draft_s", SECOND, drafts_draft),                                                      \
        TR_Q("drafts.verify_s", SECOND, drafts_verify),                                                    \
        TR_Q("drafts.tpot_s_without", SECOND, drafts_alone),                                               \
        TR_Q("drafts.usd_per_mtoken_without", USD, drafts_alone_usd),                                      \
        TR_Q("drafts.speed_ratio", NONE, drafts_speed),                                                    \
        TR_N("drafts.break_even_seq", SEQ, drafts_seq), TR_F("drafts.pay_at_any", drafts_always),          \
        TR_N("drafts.break_even_accept_share", RATIO, drafts_share)

#endif
