/* Every form of measured table is known by its header, and each record is used or counted with its reason. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fit/measured.h"
#include "fit/predict.h"

#define assert_near(value, expected, tolerance) assert_true(fabs((value) - (expected)) <= (tolerance))

typedef struct seen {
    tr_measured row[8];
    double bound[8];
    int count, skipped;
    char reason[128];
    char form[32];
    size_t records;
    tr_status status;
    tr_error err;
} seen;

static tr_status take(void *context, const tr_measured *row, tr_error *err)
{
    seen *s = context;
    tr_prediction prediction;
    assert_true(s->count < 8);
    s->row[s->count] = *row;
    assert_int_equal(tr_predict(row, TR_PHYSICS_BOUND, &prediction, err), TR_OK);
    s->bound[s->count++] = prediction.bound_s;
    /* On every row of every form: bound <= ops <= fitted, wherever fitted has an answer. */
    tr_prediction ops, fitted;
    assert_int_equal(tr_predict(row, TR_PHYSICS_OPS, &ops, err), TR_OK);
    assert_true(ops.predicted_s >= prediction.predicted_s);
    /* A kernel timed again and again finds its bytes in the cache, which the bound does not count on. */
    if (row->metric != TR_METRIC_KERNEL && tr_predict(row, TR_PHYSICS_FITTED, &fitted, NULL) == TR_OK)
        assert_true(fitted.predicted_s >= ops.predicted_s && fitted.low_s >= prediction.bound_s);
    return TR_OK;
}

static tr_status leave_out(void *context, int line, const char *reason, tr_error *err)
{
    seen *s = context;
    (void)line, (void)err;
    s->skipped++;
    (void)snprintf(s->reason, sizeof s->reason, "%s", reason);
    return TR_OK;
}

static seen *read_text(const char *text)
{
    char path[] = "/tmp/tokenroof-fit-XXXXXX";
    const char *form = "";
    seen *s = calloc(1, sizeof *s);
    const int file = mkstemp(path);
    FILE *out = fdopen(file, "w");
    (void)fputs(text, out);
    (void)fclose(out);
    const tr_measured_sink sink = {take, leave_out, s};
    s->status = tr_measured_read(path, &sink, &s->records, &form, &s->err);
    (void)snprintf(s->form, sizeof s->form, "%s", form);
    (void)unlink(path);
    return s;
}

static void a_multiply_has_two_flop_an_element_pair(void **state)
{
    (void)state;
    seen *s = read_text("system,dtype,m,n,k,latency_us\nh100_sxm,bfloat16,4096,4096,4096,300\n");
    assert_int_equal(s->status, TR_OK);
    assert_string_equal(s->form, "matrix multiplies");
    assert_int_equal(s->count, 1);
    assert_near(s->row[0].measured_s, 300e-6, 1e-15);
    assert_near(s->row[0].kernel.flop, 2.0 * 4096 * 4096 * 4096, 1);
    assert_near(s->bound[0], 2.0 * 4096 * 4096 * 4096 / 989.4e12, 2e-7); /* the ceiling of BF16 */
    free(s);
}

static void a_cache_is_read_once_a_step_and_a_window_caps_it(void **state)
{
    (void)state;
    const char *head = "system,batch_size,num_heads,num_key_value_heads,head_dim,latency_us,seq_kv,attn_"
                       "dtype,kv_cache_dtype,"
                       "window_size\n";
    char text[512];
    (void)snprintf(text, sizeof text,
                   "%sh100_sxm,32,64,8,128,100,8192,bfloat16,bfloat16,0\n"
                   "h100_sxm,32,64,8,128,100,8192,bfloat16,fp8,1024\n",
                   head);
    seen *s = read_text(text);
    assert_int_equal(s->count, 2);
    assert_near(s->row[0].kernel.kv_byte, 2.0 * 32 * 8192 * 8 * 128 * 2, 0.5);
    assert_near(s->row[1].kernel.kv_byte, 2.0 * 32 * 1024 * 8 * 128, 0.5);
    free(s);
}

static void a_causal_prompt_has_half_the_pairs(void **state)
{
    (void)state;
    seen *s = read_text(
        "system,batch_size,num_heads,num_key_value_heads,head_dim,latency_us,seq,attn_dtype,kv_cache_dtype,"
        "window_size\nh100_sxm,1,32,8,128,100,4096,bfloat16,bfloat16,0\n");
    assert_int_equal(s->count, 1);
    assert_near(s->row[0].kernel.flop, 4.0 * 32 * 128 * 4096.0 * 4097 / 2, 1);
    free(s);
}

static void experts_touched_are_of_one_rank(void **state)
{
    (void)state;
    seen *s = read_text("system,num_tokens,hidden_size,inter_size,topk,num_experts,latency_us,moe_tp_size,"
                        "moe_ep_size,moe_dtype,"
                        "distribution\nh100_sxm,1000000,1024,512,8,256,5000,1,8,fp8,balanced\n");
    assert_int_equal(s->count, 1);
    assert_near(s->row[0].kernel.weight_byte, 256 / 8 * 3.0 * 1024 * 512, 1); /* all of the rank's */
    assert_near(s->row[0].kernel.flop, 2.0 * 1e6 * 8 / 8 * 3.0 * 1024 * 512, 1e3);
    free(s);
}

static void a_run_gives_both_client_means(void **state)
{
    (void)state;
    seen *s = read_text("model_path,system,isl,osl,concurrency,tp_size,mean_tpot_ms,mean_ttft_ms,backend,"
                        "precision,spec_decode,mode\n"
                        "meta-llama/Llama-3.1-8B-Instruct,h100_sxm,1024,256,8,1,9,120,vllm,fp8,none,agg\n"
                        "meta-llama/Llama-3.1-8B-Instruct,h100_sxm,1024,256,8,1,9,120,vllm,fp8,mtp,agg\n"
                        "somebody/Unheard-Of-9000B,h100_sxm,1024,256,8,1,9,120,vllm,fp8,none,agg\n"
                        "meta-llama/Llama-3.1-8B-Instruct,q9000,1024,256,8,1,9,120,vllm,fp8,none,agg\n"
                        "meta-llama/Llama-3.1-8B-Instruct,h100_sxm,1024,256,,1,9,120,vllm,fp8,none,agg\n");
    assert_int_equal(s->status, TR_OK);
    assert_int_equal(s->records, 5);
    assert_int_equal(s->count, 2);
    assert_int_equal(s->skipped, 4);
    assert_int_equal(s->row[0].metric, TR_METRIC_TPOT);
    assert_int_equal(s->row[1].metric, TR_METRIC_TTFT);
    assert_true(s->bound[0] < 9e-3 && s->bound[1] < 0.12);
    free(s);
}

static void a_rate_becomes_seconds_a_token(void **state)
{
    (void)state;
    seen *s = read_text("device,backend,model,quant,test,value,unit\n"
                        "RTX 4090,llama.cpp CUDA,LLaMA-2-7B,Q4_0,tg128,100,tok/s\n"
                        "RTX 4090,llama.cpp CUDA,LLaMA-2-7B,Q4_0,pp512,5000,tok/s\n");
    assert_int_equal(s->count, 2);
    assert_near(s->row[0].measured_s, 0.01, 1e-15);
    assert_int_equal(s->row[1].metric, TR_METRIC_PROMPT);
    free(s);
}

static void a_textbook_problem_comes_out(void **state)
{
    (void)state;
    seen *s = read_text(
        "question,inputs,answer,unit,rel_tol\n"
        "\"30B int8, batch "
        "4\",params=30e9;bytes/param=1;kv_per_token=100e3;ctx=8192;chips=16;bw=8.1e11,2.568,ms,0.01\n"
        "params,L=64;D=4096;F=16384;N=32;K=8;H=256;V=32128 tied,18379968512,params,0.001\n");
    assert_int_equal(s->count, 2);
    assert_near(s->bound[0], (30e9 + 4 * 8192 * 100e3) / (16 * 8.1e11) * 1e3, 1e-9);
    assert_near(s->bound[1],
                64.0 * (3.0 * 4096 * 16384 + 2.0 * 4096 * 8192 + 2.0 * 4096 * 2048 + 2 * 4096) +
                    32128.0 * 4096 + 4096,
                1);
    free(s);
}

static void a_collective_in_a_domain_moves_at_least_its_message(void **state)
{
    (void)state;
    seen *s =
        read_text("system,op_name,dtype,num_gpus,elements,latency_us\nh100_sxm,all_reduce,half,8,1048576,30\n"
                  "h100_sxm,gossip,half,8,1048576,30\n");
    assert_int_equal(s->count, 1);
    assert_int_equal(s->skipped, 1);
    assert_near(s->row[0].kernel.link_byte, 2.0 * 1048576, 0.5);
    assert_near(s->bound[0], 2.0 * 1048576 / 450e9, 1e-12);
    free(s);
}

static void an_unknown_table_names_the_known_forms(void **state)
{
    (void)state;
    seen *s = read_text("apples,pears\n1,2\n");
    assert_int_equal(s->status, TR_EUNKNOWN);
    assert_non_null(strstr(s->err.text, "matrix multiplies"));
    free(s);
}

static void what_should_be_a_number_and_is_not_is_counted(void **state)
{
    (void)state;
    seen *s = read_text("system,dtype,m,n,k,latency_us\nh100_sxm,bfloat16,many,4096,4096,300\nh100_sxm,"
                        "bfloat16,8,4096,4096,-1\n"
                        "h100_sxm,base64,8,4096,4096,1\n");
    assert_int_equal(s->count, 0);
    assert_int_equal(s->skipped, 3);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_multiply_has_two_flop_an_element_pair),
        cmocka_unit_test(a_cache_is_read_once_a_step_and_a_window_caps_it),
        cmocka_unit_test(a_causal_prompt_has_half_the_pairs),
        cmocka_unit_test(experts_touched_are_of_one_rank),
        cmocka_unit_test(a_run_gives_both_client_means),
        cmocka_unit_test(a_rate_becomes_seconds_a_token),
        cmocka_unit_test(a_textbook_problem_comes_out),
        cmocka_unit_test(a_collective_in_a_domain_moves_at_least_its_message),
        cmocka_unit_test(an_unknown_table_names_the_known_forms),
        cmocka_unit_test(what_should_be_a_number_and_is_not_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
