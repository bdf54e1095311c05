/* serve/acceptance.c -- speculative decoding: tokens out of a step from its acceptance, backwards, and as measured. */
#include <tokenroof/serve.h>

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "serve/acceptance.h"

#define DRAFT_MAX_TOKEN 1024.0
#define HALVING_COUNT 60

/* [F22] The first draft that is wrong ends what is kept, and the step's own token comes in any case. */
double tr_draft_kept_token(double draft_token, double accept_share)
{
    double kept = 1.0, chance = 1.0;
    if (!(draft_token >= 0.0 && draft_token <= DRAFT_MAX_TOKEN) || !(accept_share >= 0.0 && accept_share <= 1.0))
        return (double)NAN;
    for (double k = 1.0; k <= draft_token; k += 1.0) {
        chance *= accept_share;
        kept += chance;
    }
    return kept;
}

/* The tokens of a step only grow with the acceptance: halving finds it. */
double tr_draft_accept_share(double draft_token, double token_per_step)
{
    double low = 0.0, high = 1.0;
    if (!(draft_token >= 1.0 && draft_token <= DRAFT_MAX_TOKEN) ||
        !(token_per_step >= 1.0 && token_per_step <= 1.0 + floor(draft_token)))
        return (double)NAN;
    for (int i = 0; i < HALVING_COUNT; i++) {
        const double here = 0.5 * (low + high);
        if (tr_draft_kept_token(draft_token, here) < token_per_step)
            low = here;
        else
            high = here;
    }
    return 0.5 * (low + high);
}

/* ---- as measured -------------------------------------------------------------------------- */

static void take(const tr_spec_row *row, tr_kin kin, tr_acceptance *out)
{
    out->kin = kin;
    out->model = row->model;
    out->method = row->method;
    out->dataset = row->dataset;
    out->source = row->source;
    out->date = row->date;
    out->token_per_step = row->kept_token;
    out->share = tr_draft_accept_share(row->drafted_token, row->kept_token);
}

/* Which of two answers' spellings of a model's name it is: itself, one of its family, neither. */
static tr_kin kin_of(const char *model, const char *name)
{
    const size_t family = strcspn(name, "-.0123456789");
    if (strcmp(model, name) == 0)
        return TR_KIN_SAME;
    return family > 0 && strncmp(model, name, family) == 0 && strcspn(model, "-.0123456789") == family ? TR_KIN_FAMILY
                                                                                                       : TR_KIN_NONE;
}

/* Drafts beyond those measured are taken at the acceptance of the most that were. */
static double measured_token(double draft_token)
{
    double most = 0.0;
    for (uint32_t i = 0; i < tr_spec_count; i++)
        most = tr_spec_table[i].drafted_token > most ? tr_spec_table[i].drafted_token : most;
    return draft_token < most ? draft_token : most;
}

void tr_acceptance_measured(const char *model, const char *method, double draft_token, tr_acceptance *out)
{
    const tr_acceptance none = {.share = (double)NAN, .token_per_step = (double)NAN};
    *out = none;
    for (uint32_t i = 0; i < tr_spec_count; i++) {
        const tr_spec_row *row = &tr_spec_table[i];
        const tr_kin kin = kin_of(row->model, model);
        if (!(row->drafted_token == draft_token) || !row->thinking || kin == TR_KIN_NONE ||
            (method != NULL && strcmp(method, row->method) != 0))
            continue;
        if (out->kin == TR_KIN_NONE || kin == TR_KIN_SAME)
            take(row, kin, out);
    }
}

/* The middle one of all runs with so many drafts, of models that think. */
static const tr_spec_row *middle(double drafted_token)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < tr_spec_count; i++)
        count += tr_spec_table[i].drafted_token == drafted_token && tr_spec_table[i].thinking;
    for (uint32_t i = 0; i < tr_spec_count; i++) {
        const tr_spec_row *row = &tr_spec_table[i];
        uint32_t below = 0;
        if (!(row->drafted_token == drafted_token) || !row->thinking)
            continue;
        for (uint32_t k = 0; k < tr_spec_count; k++) {
            const tr_spec_row *other = &tr_spec_table[k];
            below += other->drafted_token == drafted_token && other->thinking &&
                     (other->kept_token < row->kept_token || (other->kept_token == row->kept_token && k < i));
        }
        if (below == count / 2)
            return row;
    }
    return NULL;
}

/* [F22] */
void tr_acceptance_of(const tr_model *model, double draft_token, tr_acceptance *out)
{
    const double drafted = measured_token(draft_token);
    tr_acceptance a = {.share = (double)NAN};
    if (model->draft_model == NULL)
        tr_acceptance_measured(model->name, NULL, drafted, &a);
    if (a.kin == TR_KIN_FAMILY) /* of its family only what drafts as it does */
        tr_acceptance_measured(model->mtp_layers > 0.0 ? model->name : "", "MTP", drafted, &a);
    const tr_spec_row *row = a.kin == TR_KIN_NONE ? middle(drafted) : NULL;
    if (row != NULL) {
        take(row, TR_KIN_NONE, &a);
        a.model = a.method = "";
    }
    a.low_share = a.high_share = a.share;
    for (uint32_t i = 0; i < tr_spec_count; i++) {
        const tr_spec_row *r = &tr_spec_table[i];
        if (!(r->drafted_token == drafted) || (a.kin != TR_KIN_NONE && strcmp(r->model, a.model) != 0))
            continue;
        const double share = tr_draft_accept_share(r->drafted_token, r->kept_token);
        a.low_share = share < a.low_share ? share : a.low_share;
        a.high_share = share > a.high_share ? share : a.high_share;
    }
    a.token_per_step = tr_draft_kept_token(draft_token, a.share);
    *out = a;
}
