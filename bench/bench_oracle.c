/* bench_oracle.c -- draws a second of the inference from a price sheet, few prices and all of them. */
#include <math.h>

#include <tokenroof/price.h>

#include "bench.h"

static void infer(void *context, size_t rounds)
{
    static tr_oracle_answer answer;
    tr_oracle_question *q = context;
    q->sample_count = rounds < 1000 ? 1000 : rounds;
    bench_keep(tr_oracle_infer(q, &answer, NULL) == TR_OK ? answer.posterior.effective_count : 0.0);
}

/* Below a thousand draws there is no inference: time a million of them, some times over. */
static double draws_per_s(tr_oracle_question *q)
{
    double sample[9];
    for (int i = 0; i < 9; i++) {
        const double begin_s = bench_now_s();
        infer(q, 1000000);
        sample[i] = bench_now_s() - begin_s;
    }
    return 1e6 / bench_median(sample, 9);
}

int main(void)
{
    const double none = (double)NAN;
    tr_oracle_question q = {.active_param = none, .total_param = none, .kv_byte_per_token = none,
                            .chip_usd_per_hour = none, .seed = 1};
    const char *const what = "a million draws in a second";
    if (tr_price_evidence_inline("input=0.27,output=1.10,cached=0.07", &q.evidence, NULL) != TR_OK)
        return 1;
    bench_print("oracle, three prices", draws_per_s(&q), "draw/s", 1e6, what, BENCH_MORE_IS_BETTER);
    if (tr_price_evidence_inline("input=5,output=25,cached=0.5,write_5m=6.25,threshold=200k,fast_price=6,fast_speed=2.5",
                                 &q.evidence, NULL) != TR_OK)
        return 1;
    bench_print("oracle, all pieces", draws_per_s(&q), "draw/s", 1e6, what, BENCH_MORE_IS_BETTER);
    return 0;
}
