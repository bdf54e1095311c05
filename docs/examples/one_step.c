/* docs/examples/one_step.c -- how long does one decode step of DeepSeek-V3 take on a GB200 NVL72, and in which layout?
 *
 *   cc one_step.c $(pkg-config --cflags --libs tokenroof) -o one_step
 */
#include <stdio.h>

#include <tokenroof/tokenroof.h>

int main(void)
{
    static tr_model model; /* large: static, or from malloc */
    tr_system system;
    const tr_engine *engine = NULL;
    tr_calibration calibration;
    tr_roofline roof;
    tr_error err;

    if (tr_model_catalog_get("deepseek-v3", &model, &err) != TR_OK ||
        tr_system_catalog_get("gb200-nvl72", &system, &err) != TR_OK ||
        tr_engine_find("sglang", &engine, &err) != TR_OK ||
        tr_calibration_find(&system.chip, engine->name, &model, &calibration, &err) != TR_OK ||
        tr_roofline_of(&model, &system, engine, NULL, &roof, &err) != TR_OK) {
        fprintf(stderr, "one_step: %s\n", err.text);
        return 1;
    }
    for (double batch_seq = 1.0; batch_seq <= 65536.0; batch_seq *= 16.0) {
        const tr_load load = {.phase = TR_PHASE_DECODE, .batch_seq = batch_seq, .context_token = 4096.0};
        tr_layout layout;
        tr_shard shard;
        tr_pass pass;
        tr_step bound, expected;
        char ranks[80];
        if (tr_layout_best(&model, &system, engine, NULL, &calibration, &load, &layout, &err) != TR_OK ||
            tr_shard_of(&model, &system, engine, &layout, NULL, &shard, &err) != TR_OK ||
            tr_pass_of(&load, &pass, &err) != TR_OK || tr_bound_pass(&roof, &pass, &bound, &err) != TR_OK ||
            tr_pass_step(&shard, &roof, &calibration, calibration.distance, &pass, &expected, &err) != TR_OK) {
            printf("batch %6.0f: %s\n", batch_seq, err.text); /* says what does not fit, and what would */
            continue;
        }
        tr_layout_format(&layout, ranks, sizeof ranks);
        printf("batch %6.0f: at least %7.3f ms, expected %7.3f ms (%.3f to %.3f) by %s, limited by %s\n", batch_seq,
               bound.step_s * 1e3, expected.step_s * 1e3, expected.low_s * 1e3, expected.high_s * 1e3, ranks,
               tr_limit_name(expected.limit));
    }
    return 0;
}
