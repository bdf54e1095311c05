/* lab/reversible_rows.c -- the rows of `reversible`: ways to train, drift over depth, bits over rounds. */
#include "lab/reversible.h"

#include <math.h>

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_way_row, NAME, VALUE)
TR_TEXT(tr_way_row, way, row->name)
NUMBER(kept, row->kept_byte_per_token)
NUMBER(compute, row->compute_ratio)
NUMBER(batch, row->batch_seq)
NUMBER(depth, row->depth_layer)
NUMBER(predicted, row->predicted_byte)
NUMBER(counted, row->counted_byte)
NUMBER(flop, row->flop_ratio)
NUMBER(time_of, row->time_s)
NUMBER(time_x, row->time_ratio)
NUMBER(gradient, row->gradient_error_ratio)

static const tr_field all[] = {
    TR_T_HEAD("way", "way", 13, way),
    TR_N_HEAD("kept_byte_per_token", BYTE, "a token keeps", 13, kept),
    TR_N_HEAD("compute_ratio", NONE, "compute x", 10, compute),
    TR_N_HEAD("batch_seq", SEQ, "batch", 9, batch),
    TR_N_HEAD("depth_layer", NONE, "layers", 9, depth),
    TR_N("stack.predicted_byte", BYTE, predicted),
    TR_N("stack.counted_byte", BYTE, counted),
    TR_N("stack.flop_ratio", NONE, flop),
    TR_N("stack.time_s", SECOND, time_of),
    TR_N("stack.time_ratio", NONE, time_x),
    TR_N("stack.gradient_error_ratio", NONE, gradient),
};
static const tr_field lab[] = {
    TR_T_HEAD("way", "way", 13, way),
    TR_N_HEAD("predicted_byte", BYTE, "predicted", 10, predicted),
    TR_N_HEAD("counted_byte", BYTE, "counted", 10, counted),
    TR_N_HEAD("flop_ratio", NONE, "multiplies x", 12, flop),
    TR_N_HEAD("time_s", SECOND, "time", 10, time_of),
    TR_N_HEAD("time_ratio", NONE, "time x", 8, time_x),
    TR_N_HEAD("gradient_error_ratio", NONE, "gradient error", 14, gradient),
};
const tr_fields tr_way_fields = {all, sizeof all / sizeof all[0]};
const tr_fields tr_way_model_fields = {all, 5};
const tr_fields tr_way_lab_fields = {lab, sizeof lab / sizeof lab[0]};

TR_NUMBER(tr_drift_row, layers, row->layers)
TR_NUMBER(tr_drift_row, int64, row->drift_ratio[TR_FORM_INT64])
TR_NUMBER(tr_drift_row, fp64, row->drift_ratio[TR_FORM_FP64])
TR_NUMBER(tr_drift_row, fp32, row->drift_ratio[TR_FORM_FP32])
TR_NUMBER(tr_drift_row, bf16, row->drift_ratio[TR_FORM_BF16])
static const tr_field drift[] = {
    TR_N_HEAD("layers", NONE, "layers", 8, layers), TR_N_HEAD("int64", NONE, "int64", 10, int64),
    TR_N_HEAD("fp64", NONE, "fp64", 10, fp64),      TR_N_HEAD("fp32", NONE, "fp32", 10, fp32),
    TR_N_HEAD("bf16", NONE, "bf16", 10, bf16),
};
const tr_fields tr_drift_fields = {drift, sizeof drift / sizeof drift[0]};

TR_NUMBER(tr_spread_row, round_number, row->rounds)
TR_NUMBER(tr_spread_row, flip, row->flip_share)
TR_NUMBER(tr_spread_row, ideal, row->ideal_share)
TR_NUMBER(tr_spread_row, local, row->local_flip_share)
TR_NUMBER(tr_spread_row, apart, row->apart_share)
TR_NUMBER(tr_spread_row, apart_limit, row->apart_limit_share)
static const tr_field spread[] = {
    TR_N_HEAD("round", NONE, "round", 6, round_number),
    TR_N_HEAD("flip_share", RATIO, "bits flipped", 13, flip),
    TR_N_HEAD("ideal_share", RATIO, "ideal", 9, ideal),
    TR_N_HEAD("local_flip_share", RATIO, "reach of 2 bytes", 17, local),
    TR_N_HEAD("apart_share", RATIO, "stack apart", 12, apart),
    TR_N_HEAD("apart_limit_share", RATIO, "at most", 9, apart_limit),
};
const tr_fields tr_spread_fields = {spread, sizeof spread / sizeof spread[0]};

TR_TEXT(tr_reversible, model_name, row->question->model->name)
TR_TEXT(tr_reversible, system_name, row->question->system->name)
TR_NUMBER(tr_reversible, sequence, row->numbers.sequence_token)
TR_NUMBER(tr_reversible, state_each, row->numbers.state_byte_per_param)
TR_NUMBER(tr_reversible, elem, row->numbers.activation_elem_byte)
TR_NUMBER(tr_reversible, memory_byte, row->numbers.memory_byte)
TR_NUMBER(tr_reversible, state, row->memory.state_byte)
TR_NUMBER(tr_reversible, free_byte, row->memory.free_byte)
TR_FLAG(tr_reversible, fits, row->memory.free_byte >= 0.0)
TR_NUMBER(tr_reversible, model_layers, row->memory.layer_count)
TR_NUMBER(tr_reversible, stream, row->memory.stream_byte_per_token)
TR_NUMBER(tr_reversible, layer, row->memory.mean_layer_byte_per_token)
TR_NUMBER(tr_reversible, widest, row->memory.widest_layer_byte_per_token)
TR_NUMBER(tr_reversible, segment, row->memory.segment_layer)
static const tr_field training[] = {
    TR_T("training.model", model_name),
    TR_T("training.system", system_name),
    TR_N("training.sequence_token", TOKEN, sequence),
    TR_N("training.state_byte_per_param", BYTE, state_each),
    TR_N("training.activation_elem_byte", BYTE, elem),
    TR_N("training.memory_byte", BYTE, memory_byte),
    TR_N("training.state_byte", BYTE, state),
    TR_N("training.free_byte", BYTE, free_byte),
    TR_F("training.fits", fits),
    TR_N("training.layers", NONE, model_layers),
    TR_N("training.stream_byte_per_token", BYTE, stream),
    TR_N("training.layer_byte_per_token", BYTE, layer),
    TR_N("training.widest_layer_byte_per_token", BYTE, widest),
    TR_N("training.segment_layer", NONE, segment),
};
const tr_fields tr_reversible_fields = {training, sizeof training / sizeof training[0]};

tr_way_row tr_way_row_of(const tr_reversible *answer, int way)
{
    const double none = (double)NAN;
    const tr_lab *l = answer->lab;
    tr_way_row row = {NULL, none, none, none, none, none, none, none, none, none, none};
    if (way >= TR_KEEP_COUNT) {
        row.name = way == TR_WAY_CACHED ? "KV cache" : "no KV cache";
        row.kept_byte_per_token =
            way == TR_WAY_CACHED ? answer->mirror.cached_byte_per_token : answer->mirror.again_byte_per_token;
        row.compute_ratio = way == TR_WAY_CACHED ? 1.0 : answer->mirror.compute_ratio;
        return row;
    }
    row.name = tr_keep_name((tr_keep)way);
    row.compute_ratio = tr_keep_compute_ratio((tr_keep)way);
    if (answer->question != NULL) {
        row.kept_byte_per_token = answer->memory.kept_byte_per_token[way];
        row.batch_seq = answer->memory.batch_seq[way];
        row.depth_layer = answer->memory.depth_layer[way];
    }
    if (l != NULL) {
        row.predicted_byte = l->predicted_byte[way];
        row.counted_byte = l->run[way].peak_byte;
        row.flop_ratio = l->run[way].flop / l->run[0].flop;
        row.time_s = l->time_s[way];
        row.time_ratio = l->time_s[way] / l->time_s[0];
        row.gradient_error_ratio = l->gradient_error_ratio[way];
    }
    return row;
}

tr_spread_row tr_spread_row_of(const tr_lab *l, int round)
{
    const int in_rounds = round <= l->cipher.rounds, in_layers = (size_t)round <= l->stack.layers;
    const double none = (double)NAN;
    return (tr_spread_row){
        .rounds = round,
        .flip_share = in_rounds ? l->flip_share[round] : none,
        .ideal_share = in_rounds ? l->ideal_share[round] : none,
        .local_flip_share = in_rounds ? l->local_flip_share[round] : none,
        .apart_share = in_layers ? l->apart_share[round] : none,
        .apart_limit_share = in_layers ? l->apart_limit_share[round] : none,
    };
}
