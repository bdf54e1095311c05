/* Measured rows are read as they were run: protocols, layouts, drafts, and what is off is said and not
 * dropped. */
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

#include "fit/form.h"
#include "io/file.h"
#include "truth.h"

#define assert_near(value, expected, tolerance) assert_true(fabs((value) - (expected)) <= (tolerance))

typedef struct read {
    tr_measured row[12];
    char unclean[12][96], precision[12][24], chip[12][64];
    double chip_count[12];
    char reason[12][96];
    int count, skipped;
} read_rows;

static tr_status take(void *context, const tr_measured *row, tr_error *err)
{
    read_rows *s = context;
    (void)err;
    assert_true(s->count < 12);
    (void)snprintf(s->unclean[s->count], sizeof s->unclean[0], "%s", row->unclean);
    (void)snprintf(s->precision[s->count], sizeof s->precision[0], "%s", row->precision);
    (void)snprintf(s->chip[s->count], sizeof s->chip[0], "%s", row->system->chip.name);
    s->chip_count[s->count] = row->system->chip_count;
    s->row[s->count++] = *row;
    return TR_OK;
}

static tr_status leave_out(void *context, int line, const char *reason, tr_error *err)
{
    read_rows *s = context;
    (void)line, (void)err;
    assert_true(s->skipped < 12);
    (void)snprintf(s->reason[s->skipped++], sizeof s->reason[0], "%s", reason);
    return TR_OK;
}

/* The header and the lines after it, read; good until the next call, but for the rows' models, chips and
 * texts. */
static const read_rows *read_text(const char *header, const char *lines)
{
    static read_rows s;
    char path[] = "/tmp/tokenroof-fit-XXXXXX";
    const char *form = "";
    size_t records = 0;
    tr_error err;
    memset(&s, 0, sizeof s);
    FILE *out = fdopen(mkstemp(path), "w");
    (void)fprintf(out, "%s\n%s", header, lines);
    (void)fclose(out);
    const tr_measured_sink sink = {take, leave_out, &s};
    if (tr_measured_read(path, &sink, &records, &form, &err) != TR_OK)
        fail_msg("%s", err.text);
    (void)unlink(path);
    return &s;
}

static const char run_header[] =
    "origin,measured,backend,backend_version,model_path,system,precision,gemm_quant_mode,mode,"
    "spec_decode,isl,osl,concurrency,batch_size,tp_size,attention_dp_size,moe_tp_size,"
    "moe_ep_size,mean_ttft_ms,mean_tpot_ms";

static void stated_lengths_become_means_where_the_protocol_spreads_them(void **state)
{
    (void)state;
    const read_rows *s =
        read_text(run_header, "inferencex_csv,2025-10-29,vllm,,meta-llama/"
                              "Llama-3.1-70B,h100_sxm,fp8,fp8,agg,none,1000,2000,16,16,4,1,,,90,11\n"
                              "nvidia_internal,,trtllm,1.0.0rc3,Qwen/"
                              "Qwen3-32B,h100_sxm,fp8,fp8,agg,none,1000,500,16,16,2,1,,,90,11\n");
    assert_int_equal(s->count, 4);
    const tr_serving *spread = &s->row[0].serving, *fixed = &s->row[2].serving;
    assert_string_equal(s->row[0].protocol, "inferencex");
    assert_near(spread->input_token, 900, 1e-9);
    assert_near(spread->output_token, 1800, 1e-9);
    assert_near(spread->spread_ratio, 0.8, 1e-12);
    assert_near(spread->request_per_client, 10, 0);
    assert_near(spread->mean_batch_share, 0.95, 1e-12);
    assert_true(spread->start_together && !spread->warmed);
    assert_near(spread->chunk_token, 8192, 0);
    assert_string_equal(spread->engine_date, "2025-10-29");
    assert_string_equal(s->row[2].protocol, "nvidia-internal");
    assert_near(fixed->input_token, 1000, 0);
    assert_near(fixed->spread_ratio, 1, 0);
    assert_near(fixed->chunk_token, 1500 + 1000 + 16, 0);
    assert_true(fixed->whole_prompt && !fixed->prefill_first);
}

/* Uniform lengths, a place refilled as soon as its request is done, a token a step. */
static void ten_requests_a_client_of_spread_lengths_fill_95_percent_of_the_places(void **state)
{
    (void)state;
    enum { PLACES = 256, REQUESTS = 10 * PLACES };
    static int left[PLACES];
    uint64_t seed = 1;
    int started = 0;
    double busy = 0, steps = 0;
    memset(left, 0, sizeof left);
    for (int running = 1; running > 0; steps++) {
        running = 0;
        for (int i = 0; i < PLACES; i++) {
            if (left[i] == 0 && started < REQUESTS) {
                seed = seed * 6364136223846793005U + 1442695040888963407U;
                left[i] = 800 + (int)((seed >> 33) % 201);
                started++;
            }
            running += left[i] > 0;
            left[i] -= left[i] > 0;
        }
        busy += running;
    }
    const double share = busy / ((steps - 1) * PLACES);
    assert_near(share, 0.95, 0.015);
}

static void
the_cache_follows_what_the_server_was_told_then_the_checkpoint_as_the_engine_honours_it(void **state)
{
    (void)state;
    const read_rows *s = read_text(
        run_header,
        "inferencex_csv,2025-10-29,vllm,,meta-llama/"
        "Llama-3.1-70B,h100_sxm,fp8,fp8,agg,none,1024,1024,16,16,4,1,,,,11\n"
        "inferencex_csv,2026-02-25,vllm,0.15.1,openai/"
        "gpt-oss-120b,h100_sxm,fp4,nvfp4,agg,none,1024,1024,16,16,4,1,4,1,,11\n"
        "inferencex_csv,2026-02-25,vllm,0.15.1,openai/"
        "gpt-oss-120b,b200_sxm,fp4,nvfp4,agg,none,1024,1024,16,16,4,1,4,1,,11\n"
        "inferencex_csv,2026-03-27,vllm,0.18.0,MiniMaxAI/"
        "MiniMax-M2.5,h100_sxm,fp8,fp8,agg,none,1024,1024,16,16,4,1,4,1,,11\n"
        "inferencex_csv,2026-04-22,vllm,0.19.0,MiniMaxAI/"
        "MiniMax-M2.5,b200_sxm,fp8,fp8,agg,none,1024,1024,16,16,4,1,4,1,,11\n"
        "nvidia_internal,,vllm,0.12.0,Qwen/Qwen3-32B,h100_sxm,fp8,fp8,agg,none,1024,512,16,16,2,1,,,,11\n"
        "nvidia_internal,,sglang,0.5.8.post1,Qwen/"
        "Qwen3-32B,h100_sxm,fp8,fp8_block,agg,none,1024,512,16,16,2,1,,,,11\n"
        "nvidia_internal,,trtllm,1.0.0rc3,Qwen/Qwen3-32B,h100_sxm,fp8,fp8,agg,none,1024,512,16,16,2,1,,,,11\n"
        "nvidia_internal,,trtllm,1.0.0rc3,Qwen/"
        "Qwen3-235B-A22B-FP8,h100_sxm,fp8,fp8_block,agg,none,128,128,16,16,4,1,1,4,,11\n");
    static const tr_dtype expected[] = {TR_DTYPE_FP8,  TR_DTYPE_BF16, TR_DTYPE_FP8,
                                        TR_DTYPE_BF16, TR_DTYPE_FP8,  TR_DTYPE_BF16,
                                        TR_DTYPE_BF16, TR_DTYPE_FP8,  TR_DTYPE_BF16};
    assert_int_equal(s->count, 9);
    for (int i = 0; i < 9; i++)
        if (s->row[i].dtypes.kv != expected[i])
            fail_msg("line %d: %s", s->row[i].line, tr_dtype_name(s->row[i].dtypes.kv));
    assert_near(s->row[4].serving.chunk_token, 2048, 0); /* two prompts of the stated length */
    assert_near(s->row[4].serving.input_token, 921.6, 1e-9);
    assert_string_equal(s->row[5].known_engine->version, "0.8");
    assert_string_equal(s->row[4].known_engine->version, "0.14");
}

static void sglang_looks_for_requests_as_often_as_its_scripts_say(void **state)
{
    (void)state;
    const read_rows *s = read_text(
        run_header,
        "inferencex_dump,2026-03-25,sglang,0.5.9,deepseek-ai/"
        "DeepSeek-V3,b200_sxm,fp4,nvfp4,agg,none,1024,1024,8,8,8,1,1,8,,11\n"
        "inferencex_dump,2026-03-25,sglang,0.5.9,deepseek-ai/"
        "DeepSeek-V3,b200_sxm,fp8,fp8,agg,none,8192,1024,64,64,8,1,1,8,,11\n"
        "inferencex_dump,2026-03-25,sglang,0.5.9,deepseek-ai/"
        "DeepSeek-V3,b200_sxm,fp8,fp8,agg,none,8192,1024,32,32,4,1,1,4,,11\n"
        "nvidia_internal,,sglang,0.5.1.post1,Qwen/Qwen3-32B,h100_sxm,,,agg,none,1024,512,16,16,2,1,,,,11\n");
    assert_int_equal(s->count, 4);
    const double poll[] = {10, 30, 10, 1}, chunk[] = {16384, 32768, 8192, 8192},
                 memory[] = {0.85, 0.82, 0.95, 0.85};
    for (int i = 0; i < 4; i++) {
        assert_near(s->row[i].serving.poll_step, poll[i], 0);
        assert_near(s->row[i].serving.chunk_token, chunk[i], 0);
        assert_near(s->row[i].serving.memory_share, memory[i], 1e-12);
        assert_true(s->row[i].serving.prefill_first);
        assert_int_equal(s->row[i].serving.warmed, i < 3);
    }
}

static void a_group_written_twice_is_one_group(void **state)
{
    (void)state;
    const read_rows *s =
        read_text(run_header, "inferencex_csv,2026-03-28,vllm,0.18.0,MiniMaxAI/"
                              "MiniMax-M2.5,h100_sxm,fp8,fp8,agg,none,1024,1024,16,4,4,4,1,16,,11\n");
    assert_int_equal(s->count, 1);
    assert_near(s->row[0].serving.tp, 4, 0);
    assert_near(s->row[0].serving.dp, 1, 0);
    assert_near(s->row[0].serving.ep, 4, 0);
    assert_near(s->chip_count[0], 4, 0);
    assert_true(s->row[0].clean);
}

static void what_is_known_to_be_off_is_said_and_kept(void **state)
{
    (void)state;
    const read_rows *s = read_text(
        run_header,
        /* compiled in the run: the first token is off, the others are not */
        "inferencex_dump,2025-11-10,sglang,,deepseek-ai/"
        "DeepSeek-V3,b200_sxm,fp8,fp8,agg,none,1024,1024,8,8,8,1,8,1,6700,11\n"
        "nvidia_internal,,trtllm,1.0.0rc3,meta-llama/"
        "Llama-3.1-8B-Instruct,h100_sxm,,,agg,none,1024,512,8,8,1,1,,,90,11\n"
        "inferencex_csv,2025-10-29,trtllm,,meta-llama/"
        "Llama-3.1-70B,b200_sxm,fp8,fp8,agg,none,1024,1024,8,8,4,1,,,90,11\n"
        "nvidia_internal,,trtllm,1.3.0rc1,nvidia/"
        "DeepSeek-R1-NVFP4,b200_sxm,fp4,nvfp4,agg,none,4000,1000,224,56,4,,1,4,90,11\n"
        "nvidia_internal,,vllm,0.12.0,Qwen/Qwen3-32B,h100_sxm,,,agg,none,4096,1024,512,512,1,1,,,9000,90\n");
    assert_int_equal(s->count, 10);
    const int clean[] = {1, 0, 1, 0, 1, 0, 0, 0, 0, 0};
    for (int i = 0; i < 10; i++) {
        assert_int_equal(s->row[i].clean, clean[i]);
        assert_int_equal(s->unclean[i][0] == '\0', clean[i]);
    }
    assert_near(s->row[5].serving.batch_wait_step, 20, 0);
    assert_string_equal(s->unclean[8], "more requests than fit in the KV cache");
}

static const char apart_header[] =
    "origin,measured,backend,model_path,system,precision,gemm_quant_mode,mode,spec_decode,isl,"
    "osl,concurrency,tp_size,prefill_num_workers,prefill_tp_size,prefill_pp_size,"
    "prefill_attention_dp_size,prefill_moe_ep_size,decode_num_workers,decode_tp_size,"
    "decode_pp_size,decode_attention_dp_size,decode_moe_ep_size,decode_batch_size,"
    "mean_ttft_ms,mean_tpot_ms";

static void both_sides_of_a_run_apart_are_read_and_a_missing_count_is_no_one(void **state)
{
    (void)state;
    const read_rows *s = read_text(
        apart_header,
        "inferencex_dump,2026-02-03,trtllm,deepseek-ai/"
        "DeepSeek-V3,b200_sxm,fp8,fp8,disagg,none,8192,1024,128,,"
        "2,1,1,8,8,4,8,1,1,1,32,3098,16\n"
        "inferencex_dump,2026-02-03,trtllm,deepseek-ai/DeepSeek-V3,b200_sxm,fp8,fp8,disagg,none,8192,1024,4,,"
        ",8,1,1,8,,8,1,1,8,,2153,7\n"
        "nvidia_internal,,vllm,Qwen/Qwen3-235B-A22B-FP8,h100_sxm,fp8,fp8,disagg,none,4000,1000,96,,"
        "1,1,1,4,0,3,4,1,1,0,24,898,11\n"
        "nvidia_internal,,vllm,Qwen/Qwen3-32B,h100_sxm,fp8,fp8,disagg,none,4000,1000,,,"
        "8,1,1,1,0,2,4,1,1,0,224,367,8\n");
    assert_int_equal(s->count, 4);
    assert_int_equal(s->skipped, 2);
    assert_string_equal(s->reason[0], "prefill and decode apart, and how many workers is not stated");
    assert_string_equal(s->reason[1], "how experts lie over the ranks is not stated");
    const tr_serving *one = &s->row[0].serving, *two = &s->row[2].serving;
    assert_near(one->prefill_worker, 2, 0);
    assert_near(one->prefill_tp, 1, 0);
    assert_near(one->prefill_dp, 8, 0);
    assert_near(one->prefill_ep, 8, 0);
    assert_near(one->prefill_chip, 16, 0);
    assert_near(one->decode_worker, 4, 0);
    assert_near(one->tp, 8, 0);
    assert_near(one->dp, 1, 0);
    assert_near(one->ep, 1, 0);
    assert_near(one->decode_chip, 32, 0);
    assert_near(s->chip_count[0], 8, 0);
    assert_int_equal(s->row[0].dtypes.kv, TR_DTYPE_FP8);
    assert_near(two->concurrency_seq, 448, 0); /* a worker's batch x its workers */
    assert_near(two->ep, 1, 0);
}

static const char ix_header[] =
    "hardware,framework,model,precision,spec_method,disagg,prefill_tp,prefill_ep,"
    "prefill_dp_attention,prefill_num_workers,decode_tp,decode_ep,decode_dp_attention,"
    "decode_num_workers,num_prefill_gpu,num_decode_gpu,isl,osl,conc,image,date,mean_ttft,"
    "median_ttft,p99_ttft,mean_tpot,median_tpot";

static void fewer_requests_than_workers_leave_workers_idle(void **state)
{
    (void)state;
    const read_rows *s = read_text(ix_header, "b200,dynamo-sglang,dsr1,fp8,none,True,8,1,True,1,8,1,False,6,"
                                              "8,48,8192,1024,4,,2026-03-18,0.7,0.7,1,0.01,0.01\n");
    assert_int_equal(s->count, 2);
    assert_near(s->row[0].serving.decode_worker, 6, 0);
    assert_near(s->row[0].serving.idle_decode_worker, 2, 0);
    assert_near(s->row[0].serving.idle_prefill_worker, 0, 0);
    assert_near(s->row[0].serving.prefill_dp, 8, 0);
    assert_near(s->row[0].serving.prefill_ep, 1, 0);
    assert_string_equal(s->row[0].known_engine->name, "sglang");
}

static void drafts_are_as_many_as_the_scripts_say_and_kept_as_others_measured(void **state)
{
    (void)state;
    const read_rows *s = read_text(ix_header, "b200,sglang,dsr1,fp8,mtp,False,8,1,False,0,8,1,False,0,8,8,"
                                              "1024,1024,4,,2026-02-06,0.2,0.2,1,0.005,0.005\n"
                                              "b200,trt,dsr1,fp4,mtp,False,4,1,False,0,4,1,False,0,4,4,8192,"
                                              "1024,4,,2026-02-06,0.2,0.2,1,0.005,0.005\n"
                                              "b200,trt,dsr1,fp4,mtp,False,4,4,True,0,4,4,True,0,4,4,1024,"
                                              "1024,64,,2026-02-06,0.2,0.2,1,0.005,0.005\n"
                                              "h100,vllm,dsr1,fp8,mtp,False,8,1,False,0,8,1,False,0,8,8,1024,"
                                              "1024,4,,2026-02-06,0.2,0.2,1,0.005,0.005\n");
    assert_int_equal(s->count, 6);
    assert_int_equal(s->skipped, 1);
    assert_string_equal(s->reason[0], "speculative decoding, and how many tokens it drafts is not stated");
    const double draft[] = {2, 3, 1}, accepted[] = {2.27, 2.49, 1.79};
    for (int i = 0; i < 3; i++) {
        const tr_measured *row = &s->row[2 * i];
        assert_near(row->serving.draft_token, draft[i], 0);
        assert_near(1 + row->serving.draft_token * row->serving.accept_share, accepted[i], 1e-12);
        assert_non_null(strstr(row->assumed, "as deepseek-v4-pro does in SPEED-Bench"));
    }
    assert_near(s->row[2].serving.chunk_token, 64 + 8192 + 4 * 4, 0);
}

static void a_median_is_called_one_and_a_cold_mean_is_not_clean(void **state)
{
    (void)state;
    const read_rows *s = read_text(
        ix_header,
        "b200,sglang,dsr1,fp8,none,False,8,1,False,0,8,1,False,0,8,8,1024,1024,4,,2025-12-10,,6.7,70,,0.009\n"
        "b200,sglang,dsr1,fp8,none,False,8,1,False,0,8,1,False,0,8,8,1024,1024,4,,2025-12-10,7,6.7,70,0.009,"
        "0.009\n"
        "b200,sglang,dsr1,fp8,none,False,8,1,False,0,8,1,False,0,8,8,1024,1024,4,,2026-05-10,0.3,0.3,70,0."
        "009,0.009\n"
        "mi300x,sglang,dsr1,fp8,none,False,8,1,False,0,8,1,False,0,8,8,1024,1024,4,,2025-12-10,,0.4,1,,0.02\n"
        "mi300x,sglang,dsr1,fp8,none,False,8,1,False,0,8,1,False,0,8,8,1024,1024,4,,2026-02-27,0.4,0.4,1,0."
        "02,0.02\n");
    assert_int_equal(s->count, 10);
    assert_true(s->row[0].is_median && s->row[1].is_median && s->row[1].clean);
    assert_true(!s->row[3].is_median && !s->row[3].clean && s->row[2].clean);
    assert_true(s->row[5].clean);
    assert_int_equal(s->row[6].dtypes.kv, TR_DTYPE_BF16);
    assert_near(s->row[6].serving.chunk_token, 196608, 0);
    assert_int_equal(s->row[8].dtypes.kv, TR_DTYPE_FP8);
    assert_near(s->row[8].serving.poll_step, 4, 0);
    assert_string_equal(s->chip[6], "mi300x");
}

static void a_number_after_the_memorys_size_counts_cards(void **state)
{
    (void)state;
    char name[64];
    static const struct {
        const char *text, *name;
        double count;
    } device[] = {{"4090 24GB  4", "4090 24GB", 4},
                  {"RTX 4090", "RTX 4090", 1},
                  {"A100 PCIe 80GB 2", "A100 PCIe 80GB", 2},
                  {"4090 24GB", "4090 24GB", 1},
                  {"Apple M1 7-core GPU 68GB/s", "Apple M1 7-core GPU 68GB/s", 1},
                  {"", "", 1}};
    for (size_t i = 0; i < sizeof device / sizeof device[0]; i++) {
        assert_near(tr_names_count(device[i].text, name, sizeof name), device[i].count, 0);
        assert_string_equal(name, device[i].name);
    }
    const read_rows *s = read_text("device,backend,model,quant,test,value,unit",
                                   "4090 24GB  4,llama.cpp (May 2024),Llama-3-8B,Q4_K_M,tg1024,100,tok/s\n"
                                   "RTX 3090,llama.cpp CUDA,gpt-oss-20b,MXFP4,tg128,100,tok/s\n");
    assert_int_equal(s->count, 2);
    assert_string_equal(s->chip[0], "rtx-4090");
    assert_near(s->chip_count[0], 4, 0);
    assert_near(s->row[0].serving.pp, 4, 0);
    assert_string_equal(s->precision[0], "Q4_K_M");
    assert_string_equal(s->row[0].known_engine->name, "llamacpp");
    assert_int_equal(s->row[0].dtypes.kv, TR_DTYPE_BF16);
    assert_string_equal(tr_weight_format_name(s->row[1].dtypes.weight), "mxfp4_moe");
    assert_string_equal(s->row[0].serving.engine_date, "2024-05"); /* prompts multiplied in FP16 then */
    assert_int_equal(s->row[0].dtypes.math, TR_DTYPE_BF16);
    assert_int_equal(s->row[1].dtypes.math, TR_DTYPE_NATIVE);
}

static void layouts_are_read_as_they_are_written(void **state)
{
    (void)state;
    const read_rows *s = read_text("version,model,gpu,parallelism,isl,osl,output_tok_s_total,dtype",
                                   "TensorRT-LLM v1.0,Llama-3.3-70B,H100,TP2PP2,128,2000,1000,FP8\n"
                                   "TensorRT-LLM v1.0,DeepSeek-R1,B200,DEP8,1000,2000,1000,FP4\n"
                                   "TensorRT-LLM v1.0,DeepSeek-R1,B200,TP8-EP4,1000,2000,1000,FP4\n"
                                   "TensorRT-LLM v1.0,DeepSeek-R1,B200,EP8,1000,2000,1000,FP4\n"
                                   "TensorRT-LLM v1.0,Llama-3.3-70B,H100,two cards,128,2000,1000,FP8\n");
    static const double layout[][5] = {{2, 2, 1, 1, 4}, {1, 1, 8, 8, 8}, {8, 1, 1, 4, 8}, {8, 1, 1, 8, 8}};
    assert_int_equal(s->count, 4);
    assert_int_equal(s->skipped, 1);
    for (int i = 0; i < 4; i++) {
        const tr_serving *load = &s->row[i].serving;
        assert_near(load->tp, layout[i][0], 0);
        assert_near(load->pp, layout[i][1], 0);
        assert_near(load->dp, layout[i][2], 0);
        assert_near(load->ep, layout[i][3], 0);
        assert_near(s->chip_count[i], layout[i][4], 0);
        assert_near(load->concurrency_seq, 0, 0);
        assert_near(load->most_seq, 2048, 0);
        assert_int_equal(s->row[i].dtypes.kv, TR_DTYPE_FP8);
    }
}

static void a_servers_own_budget_wins_over_its_engines(void **state)
{
    (void)state;
    const read_rows *s =
        read_text("model,hardware,stage_index,itl_mean,ttft_mean,sys_len,q_len,out_len,stages,tp,precision,"
                  "max_num_seqs,max_num_batched_tokens",
                  "meta-llama/Llama-3.1-8B,H100,0,8,60,100,400,200,600s@2.5,1,FP16,128,2048\n");
    assert_int_equal(s->count, 2);
    assert_near(s->row[0].serving.chunk_token, 2048, 0);
    assert_near(s->row[0].serving.most_seq, 128, 0);
    assert_string_equal(s->row[0].known_engine->version, "0.14");
    assert_near(s->row[0].serving.cached_token, 100, 0);
}

/* ---- what is read of the published tables ------------------------------------------------ */

typedef struct tally {
    size_t records, numbers, unclean, medians, drafts, apart, skipped;
    int line;
} tally;

static tr_status count_row(void *context, const tr_measured *row, tr_error *err)
{
    tally *t = context;
    (void)err;
    t->records += row->line != t->line;
    t->line = row->line;
    t->numbers++;
    t->unclean += !row->clean;
    t->medians += row->is_median != 0;
    t->drafts += row->serving.draft_token > 0;
    t->apart += row->serving.prefill_chip > 0;
    return TR_OK;
}

static tr_status count_skipped(void *context, int line, const char *reason, tr_error *err)
{
    (void)line, (void)reason, (void)err;
    ((tally *)context)->skipped++;
    return TR_OK;
}

/* before: the records that 0.1 could use. */
static void at_least_as_many_rows_are_read_of_every_published_table(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t before;
    } table[] = {{"e2e_silicon.csv", 1669},
                 {"e2e_inferencex_dsr1_allhw.csv", 528},
                 {"e2e_trtllm_perf_overview.csv", 50},
                 {"e2e_consumer_llamacpp.csv", 186},
                 {"e2e_blis_vllm.csv", 62},
                 {"serving/ground_truth_trainval15.csv", 34},
                 {"serving/splitwise/perf_model.csv", 630}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char path[TR_PATH_MAX];
        tally t = {.line = -1};
        const tr_measured_sink sink = {count_row, count_skipped, &t};
        const char *form = "";
        size_t records = 0;
        tr_error err;
        truth_file(table[i].file, path, sizeof path);
        if (tr_measured_read(path, &sink, &records, &form, &err) != TR_OK)
            fail_msg("%s", err.text);
        print_message(
            "%-38s %4zu of %4zu records (before %4zu), %4zu numbers: %3zu not clean, %3zu medians, %3zu with "
            "drafts, %3zu apart\n",
            table[i].file, t.records, records, table[i].before, t.numbers, t.unclean, t.medians, t.drafts,
            t.apart);
        if (strcmp(table[i].file, "e2e_silicon.csv") !=
            0) /* there, rows were read with one worker where none was told */
            assert_true(t.records >= table[i].before);
        assert_true(t.records + t.skipped == records);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stated_lengths_become_means_where_the_protocol_spreads_them),
        cmocka_unit_test(ten_requests_a_client_of_spread_lengths_fill_95_percent_of_the_places),
        cmocka_unit_test(
            the_cache_follows_what_the_server_was_told_then_the_checkpoint_as_the_engine_honours_it),
        cmocka_unit_test(sglang_looks_for_requests_as_often_as_its_scripts_say),
        cmocka_unit_test(a_group_written_twice_is_one_group),
        cmocka_unit_test(what_is_known_to_be_off_is_said_and_kept),
        cmocka_unit_test(both_sides_of_a_run_apart_are_read_and_a_missing_count_is_no_one),
        cmocka_unit_test(fewer_requests_than_workers_leave_workers_idle),
        cmocka_unit_test(drafts_are_as_many_as_the_scripts_say_and_kept_as_others_measured),
        cmocka_unit_test(a_median_is_called_one_and_a_cold_mean_is_not_clean),
        cmocka_unit_test(a_number_after_the_memorys_size_counts_cards),
        cmocka_unit_test(layouts_are_read_as_they_are_written),
        cmocka_unit_test(a_servers_own_budget_wins_over_its_engines),
        cmocka_unit_test(at_least_as_many_rows_are_read_of_every_published_table),
    };
    return cmocka_run_group_tests_name("fit rows", tests, NULL, NULL);
}
