/* serve/statistic.c -- percentiles of requests beside their means, in closed form. */
#include <tokenroof/serve.h>

#include <math.h>

#include "base/explog.h"

static const struct {
    const char *name;
    double share; /* of the requests that stay under it; 0: the mean */
    double deviation; /* of a normal distribution */
} statistics[TR_STATISTIC_COUNT] = {[TR_STATISTIC_MEAN] = {"mean", 0.0, 0.0},
                                    [TR_STATISTIC_P50] = {"p50", 0.5, 0.0},
                                    [TR_STATISTIC_P90] = {"p90", 0.9, 1.2815515655446004},
                                    [TR_STATISTIC_P95] = {"p95", 0.95, 1.6448536269514722},
                                    [TR_STATISTIC_P99] = {"p99", 0.99, 2.3263478740408408}};

const char *tr_statistic_name(tr_statistic statistic)
{
    return (int)statistic >= 0 && statistic < TR_STATISTIC_COUNT ? statistics[statistic].name : NULL;
}

/* A share of the requests waits, and of these so many wait longer than t: exp(-t / their mean wait). */
static double ttft_ratio(const tr_service *s, double share)
{
    const double work_s = s->ttft_s.predicted - s->wait_s, longer = 1.0 - share;
    if (!(s->wait_share > longer))
        return work_s / s->ttft_s.predicted;
    return (work_s + s->wait_s / s->wait_share * tr_log(s->wait_share / longer)) / s->ttft_s.predicted;
}

/* As many prompts of others come during an answer as there are sequences beside it, give or take their root. */
static double tpot_ratio(const tr_service *s, double deviation)
{
    const double beside = s->batch_seq / s->rank_count;
    return 1.0 + deviation * s->prompt_share / sqrt(beside > 1.0 ? beside : 1.0);
}

double tr_service_statistic_ratio(const tr_service *service, const tr_clients *clients, tr_interval which,
                                  tr_statistic statistic)
{
    if ((int)statistic <= 0 || statistic >= TR_STATISTIC_COUNT)
        return statistic == TR_STATISTIC_MEAN ? 1.0 : (double)NAN;
    const double first = ttft_ratio(service, statistics[statistic].share);
    const double token = tpot_ratio(service, statistics[statistic].deviation);
    switch (which) {
    case TR_INTERVAL_TTFT: return first;
    case TR_INTERVAL_TPOT: return token;
    case TR_INTERVAL_E2E:
        return (first * service->ttft_s.predicted +
                token * (clients->output_token - 1.0) * service->tpot_s.predicted) /
               service->e2e_s.predicted;
    default: return (double)NAN;
    }
}
