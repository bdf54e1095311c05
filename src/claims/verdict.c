/* claims/verdict.c -- THE tolerance: how near a computed number is to one that somebody wrote, and what follows. */
#include <string.h>

#include "base/decimal.h"
#include "base/extreme.h"
#include "base/text.h"
#include "claims/question.h"

/* "12.8e-3" and half of one unit of the last digit that is written. Returns where it ends, NULL if it is no number. */
static const char *number_read(const char *at, double *value, double *half)
{
    char digits[32];
    size_t count = 0;
    long point = 0, exponent = 0;
    const int minus = *at == '-';
    int after = 0;
    for (at += minus; tr_text_is_digit(*at) || (*at == '.' && !after); at++) {
        if (*at == '.') {
            after = 1;
        } else if (count < sizeof digits) {
            digits[count++] = *at;
            point -= after;
        }
    }
    if (count == 0)
        return NULL;
    if (*at == 'e') {
        const int down = at[1] == '-';
        if (!tr_text_is_digit(at[1 + down]))
            return NULL;
        for (at += 1 + down; tr_text_is_digit(*at); at++)
            exponent = 10 * exponent + (*at - '0');
        exponent = down ? -exponent : exponent;
    }
    *value = tr_decimal_read(digits, count, point + exponent) * (minus ? -1.0 : 1.0);
    *half = 0.5 * tr_decimal_read("1", 1, point + exponent);
    return at;
}

int tr_claim_written(const char *text, tr_claim_span *out)
{
    double low = 0, high = 0, low_half = 0, high_half = 0;
    const int least = strncmp(text, ">= ", 3) == 0, most = strncmp(text, "<= ", 3) == 0;
    const char *at = number_read(least || most ? text + 3 : text, &low, &low_half);
    if (at == NULL)
        return 0;
    const int range = !least && !most && strncmp(at, " to ", 4) == 0;
    high = low;
    high_half = low_half;
    if (range)
        at = number_read(at + 4, &high, &high_half);
    if (at == NULL || *at != '\0')
        return 0;
    *out = (tr_claim_span){.low = low - low_half, .high = high + high_half, .value = low, .single = 1};
    if (least || most || range)
        out->single = 0;
    if (least)
        out->high = TR_CLAIM_NO_END;
    if (most)
        out->low = -TR_CLAIM_NO_END;
    return 1;
}

tr_agreement tr_claim_judge(const char *written, double value)
{
    tr_claim_span span;
    if (!tr_claim_written(written, &span) || value != value)
        return TR_AGREE_NOT_JUDGED;
    /* Of the arithmetic, where a half is met exactly. */
    const double slip = 1e-14 * (value < 0 ? -value : value);
    if (value >= span.low - slip && value <= span.high + slip)
        return TR_AGREES;
    if (!span.single || span.value == 0 || value / span.value <= 0)
        return TR_AGREE_OFF;
    const double ratio = larger(value / span.value, span.value / value);
    return ratio <= TR_CLAIM_NEAR_RATIO * (1.0 + 1e-9) ? TR_AGREE_NEAR : TR_AGREE_OFF;
}

const char *tr_agreement_name(tr_agreement agreement)
{
    switch (agreement) {
    case TR_AGREES: return "agrees";
    case TR_AGREE_NEAR: return "near";
    case TR_AGREE_OFF: return "off";
    case TR_AGREE_NOT_JUDGED: break;
    }
    return "";
}

static tr_verdict verdict_of(size_t right, size_t between, size_t wrong)
{
    if (right + between + wrong == 0)
        return TR_VERDICT_STATED;
    if (right + between == 0)
        return TR_VERDICT_CONTRADICTED;
    return between + wrong == 0 ? TR_VERDICT_RIGHT : TR_VERDICT_SLOPPY;
}

/* One assertion: of its judged numbers. */
static tr_status of_numbers(size_t index, tr_claim_experiment experiment, tr_verdict *out, tr_error *err)
{
    size_t count[TR_AGREE_NOT_JUDGED + 1] = {0};
    for (size_t i = 0; i < tr_claim_at(index)->check_count; i++) {
        const tr_claim_check *check = tr_claim_check_at(index, i);
        tr_claim_answer answer;
        if (check->says[0] == '\0' || check->asks[0] == '\0')
            continue;
        const tr_status s = tr_claim_compute(index, i, experiment, &answer, err);
        if (s != TR_OK)
            return s;
        count[tr_claim_judge(check->says, answer.value)]++;
    }
    *out = verdict_of(count[TR_AGREES], count[TR_AGREE_NEAR], count[TR_AGREE_OFF]);
    return TR_OK;
}

tr_status tr_claim_verdict(size_t index, tr_claim_experiment experiment, tr_verdict *out, tr_error *err)
{
    const size_t parts = tr_claim_at(index)->part_count;
    size_t count[TR_VERDICT_COUNT] = {0};
    if (parts == 0)
        return of_numbers(index, experiment, out, err);
    for (size_t p = 1; p <= parts; p++) {
        tr_verdict part = TR_VERDICT_STATED;
        const tr_status s = of_numbers(index + p, experiment, &part, err);
        if (s != TR_OK)
            return s;
        count[part]++;
    }
    *out = verdict_of(count[TR_VERDICT_RIGHT], count[TR_VERDICT_SLOPPY], count[TR_VERDICT_CONTRADICTED]);
    return TR_OK;
}
