/* docs/examples/one_step.c -- how long does one decode step of DeepSeek-V3 take on a GB200 NVL72?
 *
 *   cc one_step.c $(pkg-config --cflags --libs tokenroof) -o one_step
 */
#include <stdio.h>

#include <tokenroof/tokenroof.h>

int main(void)
{
    static tr_model model; /* large: static, or from malloc */
    tr_system system;
    tr_roofline roof;
    tr_step step;
    tr_error err;
    const tr_formats native = {TR_DTYPE_NATIVE, TR_DTYPE_NATIVE, TR_DTYPE_NATIVE};

    if (tr_model_catalog_get("deepseek-v3", &model, &err) != TR_OK ||
        tr_system_catalog_get("gb200-nvl72", &system, &err) != TR_OK ||
        tr_roofline_of(&model, &system, &native, &roof, &err) != TR_OK) {
        fprintf(stderr, "one_step: %s\n", err.text);
        return 1;
    }
    for (double batch_seq = 1.0; batch_seq <= 65536.0; batch_seq *= 16.0) {
        const tr_load load = {.phase = TR_PHASE_DECODE, .batch_seq = batch_seq, .context_token = 4096.0};
        if (tr_bound_step(&roof, &model, &load, &step, &err) != TR_OK) {
            printf("batch %6.0f: %s\n", batch_seq, err.text); /* says what does not fit, and what would */
            continue;
        }
        printf("batch %6.0f: %7.3f ms, bound by %-7s %9.0f token/s\n", batch_seq, step.step_s * 1e3,
               tr_limit_name(step.bound), step.token_per_s);
    }
    return 0;
}
