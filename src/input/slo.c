/* input/slo.c -- what is promised of requests, as typed ("ttft:p95<1s,tpot<50ms"), and whether it holds. */
#include <tokenroof/problem.h>

#include <string.h>

#include "base/fail.h"
#include "base/quantity.h"
#include "base/text.h"

static const struct {
    const char *name;
    tr_interval metric;
    int per_step;
} metrics[] = {{"ttft", TR_INTERVAL_TTFT, 0}, {"tpot", TR_INTERVAL_TPOT, 0}, {"itl", TR_INTERVAL_TPOT, 1},
               {"e2e", TR_INTERVAL_E2E, 0}};

static tr_status bad(const char *text, size_t length, tr_error *err)
{
    char term[64];
    (void)tr_text_copy_span(term, sizeof term, text, length);
    return tr_fail(err, TR_EPARSE, "slo", 0.0,
                   "slo: expected METRIC[:STATISTIC]<TIME such as ttft:p95<1s, not '%s'; metrics are ttft, tpot, itl "
                   "and e2e, statistics mean, p50, p90, p95 and p99",
                   term);
}

static int same(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(text, name, length) == 0;
}

static tr_status term_of(const char *text, size_t length, tr_slo_term *out, tr_error *err)
{
    const size_t words = strcspn(text, "<,"), name = strcspn(text, ":<,");
    if (words >= length || text[words] != '<')
        return bad(text, length, err);
    size_t k = 0;
    while (k < sizeof metrics / sizeof metrics[0] && !same(text, name, metrics[k].name))
        k++;
    if (k == sizeof metrics / sizeof metrics[0])
        return bad(text, length, err);
    *out = (tr_slo_term){.metric = metrics[k].metric, .per_step = metrics[k].per_step};
    if (name < words) {
        int of = 0;
        while (of < TR_STATISTIC_COUNT && !same(text + name + 1, words - name - 1, tr_statistic_name((tr_statistic)of)))
            of++;
        if (of == TR_STATISTIC_COUNT)
            return bad(text, length, err);
        out->statistic = (tr_statistic)of;
    }
    const char *limit = text + words + 1;
    if (tr_quantity_parse_span(limit, length - words - 1, TR_UNIT_SECOND, &out->limit_s, NULL) != TR_OK ||
        !(out->limit_s > 0.0))
        return bad(text, length, err);
    return TR_OK;
}

tr_status tr_slo_parse(const char *text, tr_slo *out, tr_error *err)
{
    tr_slo slo = {.count = 0};
    while (*text != '\0') {
        const size_t length = strcspn(text, ",");
        if (slo.count == TR_SLO_MAX)
            return tr_fail(err, TR_ECAPACITY, "slo", TR_SLO_MAX, "slo: expected at most %d limits", TR_SLO_MAX);
        const tr_status s = term_of(text, length, &slo.term[slo.count], err);
        if (s != TR_OK)
            return s;
        slo.count++;
        text += length + (text[length] == ',');
    }
    *out = slo;
    return TR_OK;
}

int tr_slo_holds(const tr_slo *slo, const tr_service *service, const tr_clients *clients)
{
    for (size_t i = 0; i < slo->count; i++) {
        const tr_slo_term *t = &slo->term[i];
        if (t->metric == TR_INTERVAL_TPOT && !(clients->output_token > 1.0))
            continue; /* one token: there is no time between tokens that could be too long */
        const double mean_s = t->per_step                      ? service->itl_s.predicted
                              : t->metric == TR_INTERVAL_TTFT ? service->ttft_s.predicted
                              : t->metric == TR_INTERVAL_TPOT ? service->tpot_s.predicted
                                                              : service->e2e_s.predicted;
        /* Queues that never end hold no promise of a first token. */
        if (service->saturated && clients->request_per_s > 0.0 && t->metric != TR_INTERVAL_TPOT)
            return 0;
        if (!(mean_s * tr_service_statistic_ratio(service, clients, t->metric, t->statistic) < t->limit_s))
            return 0;
    }
    return 1;
}
