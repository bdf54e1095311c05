/* ask/local_row.c -- a row of `local` as fields, once for JSON, CSV and the table. */
#include <math.h>

#include "ask/asked.h"
#include "ask/local.h"

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_local_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_local_row, NAME, VALUE)
#define QUANTITY(NAME, VALUE) TR_QUANTITY(tr_local_row, NAME, VALUE)

TEXT(engine, row->question->engine->name)
TEXT(version, row->question->engine->version)
TEXT(format, row->name)
TEXT(kv, tr_dtype_name(row->question->roof.kv_dtype))
NUMBER(file, row->file_byte)
NUMBER(bits, 8.0 * row->file_byte / row->question->model->total_param)
NUMBER(perplexity, row->perplexity_ratio)
TR_FLAG(tr_local_row, published, row->is_published)
TR_FLAG(tr_local_row, fits, row->fits)
TR_FLAG(tr_local_row, best, row->is_best)
TEXT(reason, row->fits ? NULL : row->why.text)
#define LAID_OUT(NAME, VALUE) NUMBER(NAME, row->fits ? (VALUE) : (double)NAN)
LAID_OUT(tp, row->layout.tp_rank)
LAID_OUT(pp, row->layout.pp_rank)
LAID_OUT(replicas, row->layout.replica_count)
NUMBER(used, row->used_byte)
NUMBER(memory, row->memory_byte)
NUMBER(host_layers, row->fits ? row->host_layers : (double)NAN)
NUMBER(host_experts, row->fits ? row->host_expert_layers : (double)NAN)
NUMBER(host_used, row->host_used_byte)
NUMBER(host_memory, row->host_memory_byte)
NUMBER(asked, row->asked_token)
NUMBER(longest, row->max_token)
NUMBER(isl, row->isl_token)
NUMBER(osl, row->osl_token)
NUMBER(short_token, row->short_token)
NUMBER(long_token, row->long_token)
QUANTITY(speed, row->token_per_s)
QUANTITY(short_speed, row->short_token_per_s)
QUANTITY(long_speed, row->long_token_per_s)
QUANTITY(ttft, row->ttft_s)
QUANTITY(e2e, row->e2e_s)
TEXT(limited_by, row->limit)
TEXT(calibration, row->question->calibration.origin)
TEXT(distance, tr_distance_name(row->question->distance))

static const tr_field fields[] = {
    TR_QUESTION_NAMES,
    TR_T("engine", engine),
    TR_T("engine_version", version),
    TR_T_HEAD("weight_dtype", "weights", 9, format),
    TR_T("kv_dtype", kv),
    TR_F_HEAD("best", "best", 4, best),
    TR_N_HEAD("file_byte", BYTE, "file", 9, file),
    TR_N("weight_bit_per_param", NONE, bits),
    TR_N("perplexity_ratio", NONE, perplexity),
    TR_F("as_published", published),
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_T("reason", reason),
    TR_N("layout.tp", NONE, tp),
    TR_N("layout.pp", NONE, pp),
    TR_N("layout.replicas", NONE, replicas),
    TR_N("chip.used_byte", BYTE, used),
    TR_N("chip.memory_byte", BYTE, memory),
    TR_N_HEAD("max_context_token", CONTEXT, "longest", 8, longest),
    TR_N("asked.context_token", CONTEXT, asked),
    TR_Q_HEAD("asked.token_per_s", NONE, "tokens/s", 8, speed),
    TR_N("short.context_token", CONTEXT, short_token),
    TR_Q("short.token_per_s", NONE, short_speed),
    TR_N("long.context_token", CONTEXT, long_token),
    TR_Q("long.token_per_s", NONE, long_speed),
    TR_N("isl", CONTEXT, isl),
    TR_N("osl", CONTEXT, osl),
    TR_N_HEAD("ttft_s.predicted", SECOND, "TTFT", 8, ttft),
    TR_N("ttft_s.low", SECOND, ttft_low),
    TR_N("ttft_s.high", SECOND, ttft_high),
    TR_N("ttft_s.bound", SECOND, ttft_bound),
    TR_Q("e2e_s", SECOND, e2e),
    TR_N("host.layer_count", NONE, host_layers),
    TR_N("host.expert_layer_count", NONE, host_experts),
    TR_N("host.used_byte", BYTE, host_used),
    TR_N("host.memory_byte", BYTE, host_memory),
    TR_T("limited_by", limited_by),
    TR_T("calibration.name", calibration),
    TR_T("calibration.distance", distance),
};
const tr_fields tr_local_fields = {fields, sizeof fields / sizeof fields[0]};
