/* test_serve_bounds.c -- no service is predicted to be better than what its chips can do. Seeded. */
#include "fixture.h"

#include "base/rng.h"

static tr_model model;

static void fail_at(const tr_shard *shard, const tr_clients *c, const char *what, const tr_quantity *q)
{
    char layout[80];
    (void)tr_layout_format(&shard->layout, layout, sizeof layout);
    fail_msg("%s on %s, %s, %g clients of %g / %g (%g cached): %s %g (%g to %g), bound %g", model.name,
             shard->system->name, layout, c->concurrency_seq, c->prompt_token, c->output_token, c->cached_token, what,
             q->predicted, q->low, q->high, q->bound);
}

/* 1 to most. */
static double count_to(tr_rng *rng, uint32_t most) { return 1.0 + (double)tr_rng_below(rng, most); }

static void no_service_beats_what_its_chips_can_do(void **state)
{
    (void)state;
    static const char *const systems[] = {"8xh100-sxm", "8xb200-sxm", "gb200-nvl72", "mi300x-platform", "rtx-5090"};
    static const char *const engines[] = {"", "vllm", "sglang", "trtllm"};
    tr_rng rng;
    size_t judged = 0;
    tr_rng_seed(&rng, 401);
    for (size_t m = 0; tr_model_catalog_name(m) != NULL; m++) {
        get_model(tr_model_catalog_name(m), &model);
        for (size_t s = 0; s < sizeof systems / sizeof systems[0]; s++) {
            const tr_system system = get_system(systems[s]);
            const char *name = engines[tr_rng_below(&rng, 4)];
            const tr_engine *engine = get_engine(name);
            const tr_calibration calibration = get_calibration(system.chip.name, name);
            static tr_layout all[256];
            size_t count = 0;
            tr_roofline roof;
            if (tr_roofline_of(&model, &system, engine, NULL, &roof, NULL) != TR_OK ||
                tr_layout_list(&model, &system, engine, all, 256, &count, NULL) != TR_OK || count == 0)
                continue;
            for (int k = 0; k < 8; k++) {
                const tr_shard shard =
                    shard_with(&model, &system, engine, all[tr_rng_below(&rng, (uint32_t)count)], NULL);
                tr_clients c = {.concurrency_seq = count_to(&rng, 512),
                                .prompt_token = count_to(&rng, 16384),
                                .output_token = count_to(&rng, 4096),
                                .fixed_lengths = (int)tr_rng_below(&rng, 2)};
                if (tr_rng_below(&rng, 3) == 0)
                    c.cached_token = floor(c.prompt_token * tr_rng_uniform(&rng));
                if (tr_rng_below(&rng, 3) == 0) {
                    c.draft_token = count_to(&rng, 4);
                    c.token_per_step = 1.0 + c.draft_token * tr_rng_uniform(&rng);
                }
                tr_service o;
                const tr_calibration *by = tr_rng_below(&rng, 4) ? &calibration : NULL;
                if (tr_serve(&shard, &roof, by, calibration.distance, &c, &o, NULL) != TR_OK)
                    continue;
                const tr_quantity *const q[] = {&o.tpot_s, &o.ttft_s, &o.e2e_s};
                static const char *const names[] = {"tpot", "ttft", "e2e"};
                for (int i = 0; i < 3; i++)
                    if (!(q[i]->bound > 0.0 && q[i]->bound <= q[i]->predicted * (1.0 + 1e-9) &&
                          q[i]->low <= q[i]->predicted && q[i]->predicted <= q[i]->high))
                        fail_at(&shard, &c, names[i], q[i]);
                const tr_quantity *rate = &o.output_token_per_s;
                if (!(rate->predicted <= rate->bound * (1.0 + 1e-9) && rate->low <= rate->predicted &&
                      rate->predicted <= rate->high))
                    fail_at(&shard, &c, "throughput", rate);
                judged++;
            }
        }
    }
    assert_true(judged > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_service_beats_what_its_chips_can_do),
    };
    return cmocka_run_group_tests_name("serve bounds", tests, NULL, NULL);
}
