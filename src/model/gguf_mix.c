/* model/gguf_mix.c -- mixes of GGUF files: which type llama.cpp's quantiser gives to which tensor.
 *
 * A mix has one type for most matrices and better ones for those that suffer
 * most: the output table, values, the way down from an FFN, more so in the
 * first and last layers. The rules are those of ggml-org/llama.cpp,
 * src/llama-quant.cpp at 007dbbf (2026-08), as data: the first row that fits
 * a tensor decides. Vectors and routers stay in F32.
 */
#include "model/gguf_mix.h"

#include <math.h>
#include <string.h>

#include "model/gguf_type.h"
#include "model/mixer.h"
#include "model/weights.h"

typedef enum mix_id {
    F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q2_K_S, Q3_K_S, Q3_K_M, Q3_K_L, Q4_K_S, Q4_K_M, Q5_K_S, Q5_K_M, Q6_K,
    IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ2_M, IQ3_XXS, IQ3_XS, IQ3_S, IQ3_M, IQ4_NL, IQ4_XS, TQ1_0, TQ2_0, Q1_0,
    Q2_0, MXFP4_MOE, MIX_COUNT
} mix_id;

/* Its number in general.file_type (include/llama.h), the type of most matrices, and whether an importance matrix is
 * usual. */
static const struct {
    char name[10];
    unsigned char file_type, type, importance;
} mixes[MIX_COUNT] = {
    [F16] = {"f16", 1, TR_GGUF_F16, 0}, [Q4_0] = {"q4_0", 2, TR_GGUF_Q4_0, 0},
    [Q4_1] = {"q4_1", 3, TR_GGUF_Q4_1, 0}, [Q5_0] = {"q5_0", 8, TR_GGUF_Q5_0, 0},
    [Q5_1] = {"q5_1", 9, TR_GGUF_Q5_1, 0}, [Q8_0] = {"q8_0", 7, TR_GGUF_Q8_0, 0},
    [Q2_K] = {"q2_k", 10, TR_GGUF_Q2_K, 0}, [Q2_K_S] = {"q2_k_s", 21, TR_GGUF_Q2_K, 1},
    [Q3_K_S] = {"q3_k_s", 11, TR_GGUF_Q3_K, 0}, [Q3_K_M] = {"q3_k_m", 12, TR_GGUF_Q3_K, 0},
    [Q3_K_L] = {"q3_k_l", 13, TR_GGUF_Q3_K, 0}, [Q4_K_S] = {"q4_k_s", 14, TR_GGUF_Q4_K, 0},
    [Q4_K_M] = {"q4_k_m", 15, TR_GGUF_Q4_K, 0}, [Q5_K_S] = {"q5_k_s", 16, TR_GGUF_Q5_K, 0},
    [Q5_K_M] = {"q5_k_m", 17, TR_GGUF_Q5_K, 0}, [Q6_K] = {"q6_k", 18, TR_GGUF_Q6_K, 0},
    [IQ1_S] = {"iq1_s", 24, TR_GGUF_IQ1_S, 1}, [IQ1_M] = {"iq1_m", 31, TR_GGUF_IQ1_M, 1},
    [IQ2_XXS] = {"iq2_xxs", 19, TR_GGUF_IQ2_XXS, 1}, [IQ2_XS] = {"iq2_xs", 20, TR_GGUF_IQ2_XS, 1},
    [IQ2_S] = {"iq2_s", 28, TR_GGUF_IQ2_XS, 1}, [IQ2_M] = {"iq2_m", 29, TR_GGUF_IQ2_S, 1},
    [IQ3_XXS] = {"iq3_xxs", 23, TR_GGUF_IQ3_XXS, 1}, [IQ3_XS] = {"iq3_xs", 22, TR_GGUF_IQ3_S, 0},
    [IQ3_S] = {"iq3_s", 26, TR_GGUF_IQ3_S, 0}, [IQ3_M] = {"iq3_m", 27, TR_GGUF_IQ3_S, 0},
    [IQ4_NL] = {"iq4_nl", 25, TR_GGUF_IQ4_NL, 0}, [IQ4_XS] = {"iq4_xs", 30, TR_GGUF_IQ4_XS, 0},
    [TQ1_0] = {"tq1_0", 36, TR_GGUF_TQ1_0, 0}, [TQ2_0] = {"tq2_0", 37, TR_GGUF_TQ2_0, 0},
    [Q1_0] = {"q1_0", 40, TR_GGUF_Q1_0, 0}, [Q2_0] = {"q2_0", 41, TR_GGUF_Q2_0, 0},
    [MXFP4_MOE] = {"mxfp4_moe", 38, TR_GGUF_MXFP4, 0},
};

/* ---- the rules ----------------------------------------------------------------------- */

/* Tensors that rules tell apart. */
typedef enum place { HEAD, TABLE, VALUE, KEY, QUERY, OUT, WIDE /* gate and up */, DOWN, PLAIN } place;

/* Conditions. i is the number of a layer of n, or of a value matrix among all of them. */
typedef enum when {
    ALWAYS,
    GROUPED,      /* 4 query heads or more share a KV head */
    GROUPED_MOE,  /* ... or there are 4 experts or more */
    EIGHT,        /* exactly 8 experts: Mixtral */
    FIRST_2,
    FIRST_4,
    FIRST_8TH,    /* i < n / 8 */
    FIRST_16TH,
    MIDDLE,       /* n / 8 <= i < 7 n / 8 */
    MORE_BITS,    /* first and last eighth, and every third between */
    EIGHT_MORE,   /* EIGHT and MORE_BITS */
    BLIND,        /* no importance matrix */
    BLIND_8TH,    /* BLIND and FIRST_8TH */
    SEEN_8TH      /* an importance matrix and FIRST_8TH */
} when;

typedef struct rule {
    unsigned char mix, place, when, type;
} rule;

/* The six smallest; `better` stands in for the mix's own type. */
#define LEAST(mix, better)                                                                                   \
    {mix, HEAD, ALWAYS, TR_GGUF_Q5_K}, {mix, TABLE, ALWAYS, better}, {mix, VALUE, GROUPED_MOE, TR_GGUF_Q4_K}, \
        {mix, VALUE, ALWAYS, better}, {mix, KEY, EIGHT, TR_GGUF_Q4_K}, {mix, DOWN, FIRST_8TH, better},       \
        {mix, OUT, EIGHT, TR_GGUF_Q5_K}

static const rule rules[] = {
    LEAST(IQ1_S, TR_GGUF_Q2_K),
    {IQ1_S, OUT, ALWAYS, TR_GGUF_IQ2_XXS},
    LEAST(IQ1_M, TR_GGUF_Q2_K),
    {IQ1_M, OUT, ALWAYS, TR_GGUF_IQ2_XXS},
    LEAST(IQ2_XXS, TR_GGUF_Q2_K),
    LEAST(IQ2_XS, TR_GGUF_Q2_K),
    LEAST(IQ2_S, TR_GGUF_IQ3_S),
    {IQ2_S, OUT, ALWAYS, TR_GGUF_IQ3_S},
    LEAST(IQ2_M, TR_GGUF_IQ3_S),
    {IQ2_M, OUT, ALWAYS, TR_GGUF_IQ3_S},

    {IQ3_XXS, HEAD, ALWAYS, TR_GGUF_Q5_K},
    {IQ3_XXS, TABLE, ALWAYS, TR_GGUF_IQ3_S},
    {TQ1_0, TABLE, ALWAYS, TR_GGUF_Q4_K},
    {TQ2_0, TABLE, ALWAYS, TR_GGUF_Q4_K},
    {Q2_0, TABLE, ALWAYS, TR_GGUF_Q4_K},

    {Q2_K, VALUE, GROUPED, TR_GGUF_Q4_K},
    {Q2_K, VALUE, ALWAYS, TR_GGUF_Q3_K},
    {Q2_K_S, VALUE, GROUPED, TR_GGUF_Q4_K},
    {IQ3_XXS, VALUE, GROUPED, TR_GGUF_Q4_K},
    {IQ3_XXS, VALUE, BLIND, TR_GGUF_IQ3_S},
    {IQ3_XS, VALUE, GROUPED, TR_GGUF_Q4_K},
    {IQ3_S, VALUE, GROUPED, TR_GGUF_Q4_K},
    {IQ3_M, VALUE, ALWAYS, TR_GGUF_Q4_K},
    {Q3_K_M, VALUE, FIRST_2, TR_GGUF_Q5_K},
    {Q3_K_M, VALUE, ALWAYS, TR_GGUF_Q4_K},
    {Q3_K_L, VALUE, ALWAYS, TR_GGUF_Q5_K},
    {IQ4_NL, VALUE, GROUPED, TR_GGUF_Q5_K},
    {IQ4_XS, VALUE, GROUPED, TR_GGUF_Q5_K},
    {Q4_K_M, VALUE, MORE_BITS, TR_GGUF_Q6_K},
    {Q5_K_M, VALUE, MORE_BITS, TR_GGUF_Q6_K},
    {Q4_K_S, VALUE, FIRST_4, TR_GGUF_Q5_K},

    {IQ3_XS, KEY, ALWAYS, TR_GGUF_IQ3_XXS},
    {IQ3_XXS, KEY, ALWAYS, TR_GGUF_IQ2_S},
    {IQ3_XS, QUERY, ALWAYS, TR_GGUF_IQ3_XXS},
    {IQ3_XXS, QUERY, ALWAYS, TR_GGUF_IQ2_S},

    {Q2_K, DOWN, ALWAYS, TR_GGUF_Q3_K},
    {Q2_K_S, DOWN, FIRST_8TH, TR_GGUF_Q4_K},
    {IQ3_XXS, DOWN, BLIND_8TH, TR_GGUF_Q4_K},
    {IQ3_XXS, DOWN, BLIND, TR_GGUF_Q3_K},
    {Q3_K_M, DOWN, FIRST_16TH, TR_GGUF_Q5_K},
    {Q3_K_M, DOWN, ALWAYS, TR_GGUF_Q4_K},
    {IQ3_M, DOWN, FIRST_8TH, TR_GGUF_Q4_K},
    {IQ3_M, DOWN, EIGHT_MORE, TR_GGUF_Q4_K},
    {Q3_K_L, DOWN, ALWAYS, TR_GGUF_Q5_K},
    {Q4_K_M, DOWN, MORE_BITS, TR_GGUF_Q6_K},
    {Q5_K_M, DOWN, MORE_BITS, TR_GGUF_Q6_K},
    {IQ4_NL, DOWN, BLIND_8TH, TR_GGUF_Q5_K},
    {IQ4_XS, DOWN, BLIND_8TH, TR_GGUF_Q5_K},
    {Q4_K_S, DOWN, FIRST_8TH, TR_GGUF_Q5_K},
    {Q4_0, DOWN, SEEN_8TH, TR_GGUF_Q4_1},
    {Q5_0, DOWN, SEEN_8TH, TR_GGUF_Q5_1},

    {Q2_K, OUT, EIGHT, TR_GGUF_Q5_K},
    {IQ3_XS, OUT, EIGHT, TR_GGUF_Q5_K},
    {IQ3_XXS, OUT, EIGHT, TR_GGUF_Q5_K},
    {Q3_K_S, OUT, EIGHT, TR_GGUF_Q5_K},
    {Q3_K_M, OUT, EIGHT, TR_GGUF_Q5_K},
    {IQ4_NL, OUT, EIGHT, TR_GGUF_Q5_K},
    {Q4_K_S, OUT, EIGHT, TR_GGUF_Q5_K},
    {Q4_K_M, OUT, EIGHT, TR_GGUF_Q5_K},
    {IQ3_S, OUT, EIGHT, TR_GGUF_Q5_K},
    {IQ3_M, OUT, EIGHT, TR_GGUF_Q5_K},
    {IQ4_XS, OUT, EIGHT, TR_GGUF_Q5_K},
    {Q3_K_L, OUT, EIGHT, TR_GGUF_Q3_K},
    {Q2_K, OUT, ALWAYS, TR_GGUF_Q3_K},
    {IQ3_XXS, OUT, ALWAYS, TR_GGUF_IQ3_S},
    {Q3_K_M, OUT, ALWAYS, TR_GGUF_Q4_K},
    {Q3_K_L, OUT, ALWAYS, TR_GGUF_Q5_K},
    {IQ3_M, OUT, ALWAYS, TR_GGUF_Q4_K},

    {IQ3_XS, WIDE, MIDDLE, TR_GGUF_IQ3_XXS},
};

/* ---- one model in one mix --------------------------------------------------------------- */

typedef struct mixing {
    mix_id mix;
    int importance;
    double group;   /* query heads for a KV head */
    double experts;
    int fused;      /* queries, keys and values are one tensor, which counts as values */
    int is_70b;     /* 80 layers with grouped heads: values are small, and cheap to keep well */
    double values;  /* value matrices in all */
    double value;   /* ... before this one */
    double layer, layers; /* of the way down: its number, of how many */
    double hidden;
    const tr_layer *at; /* the one whose matrices are added */
    double byte[TR_PART_COUNT];
    double elem[TR_PART_COUNT][TR_DTYPE_STORED_END];
    double named[TR_PART_COUNT]; /* parameters of this layer's matrices */
} mixing;

static int more_bits(double i, double n)
{
    const double eighth = floor(n / 8), since = i - eighth;
    return i < eighth || i >= floor(7 * n / 8) || since - 3 * floor(since / 3) == 2;
}

static int holds(const mixing *m, when w, double i, double n)
{
    const int eighth = i < floor(n / 8);
    switch (w) {
    case ALWAYS: return 1;
    case GROUPED: return m->group >= 4;
    case GROUPED_MOE: return m->group >= 4 || m->experts >= 4;
    case EIGHT: return m->experts == 8;
    case FIRST_2: return i < 2;
    case FIRST_4: return i < 4;
    case FIRST_8TH: return eighth;
    case FIRST_16TH: return i < floor(n / 16);
    case MIDDLE: return !eighth && i < floor(7 * n / 8);
    case MORE_BITS: return more_bits(i, n);
    case EIGHT_MORE: return m->experts == 8 && more_bits(i, n);
    case BLIND: return !m->importance;
    case BLIND_8TH: return !m->importance && eighth;
    case SEEN_8TH: return m->importance && eighth;
    }
    return 0;
}

/* Where a row is no whole number of blocks, a type of smaller ones. */
static unsigned fitting(unsigned type, double row_elem)
{
    static const unsigned char smaller[][2] = {
        {TR_GGUF_IQ1_S, TR_GGUF_IQ4_NL},   {TR_GGUF_IQ1_M, TR_GGUF_IQ4_NL},   {TR_GGUF_IQ2_XXS, TR_GGUF_IQ4_NL},
        {TR_GGUF_IQ2_XS, TR_GGUF_IQ4_NL},  {TR_GGUF_IQ2_S, TR_GGUF_IQ4_NL},   {TR_GGUF_IQ3_XXS, TR_GGUF_IQ4_NL},
        {TR_GGUF_IQ3_S, TR_GGUF_IQ4_NL},   {TR_GGUF_IQ4_XS, TR_GGUF_IQ4_NL},  {TR_GGUF_Q2_0, TR_GGUF_Q4_0},
        {TR_GGUF_Q2_K, TR_GGUF_Q4_0},      {TR_GGUF_Q3_K, TR_GGUF_Q4_0},      {TR_GGUF_TQ1_0, TR_GGUF_Q4_0},
        {TR_GGUF_TQ2_0, TR_GGUF_Q4_0},     {TR_GGUF_Q4_K, TR_GGUF_Q5_0},      {TR_GGUF_Q5_K, TR_GGUF_Q5_1},
        {TR_GGUF_Q6_K, TR_GGUF_Q8_0},
    };
    const double block = tr_gguf_type_of(type)->block_elem;
    if (floor(row_elem / block) * block == row_elem)
        return type;
    for (size_t i = 0; i < sizeof smaller / sizeof smaller[0]; i++)
        if (smaller[i][0] == type)
            return fitting(smaller[i][1], row_elem);
    return TR_GGUF_F16;
}

/* Types of the head and of Mixtral's keys and values that no row of the table states. */
static unsigned usual(const mixing *m, place p, double row_elem)
{
    const unsigned type = mixes[m->mix].type;
    const double block = tr_gguf_type_of(type)->block_elem;
    if (p == HEAD)
        return floor(row_elem / block) * block != row_elem || type == TR_GGUF_Q8_0 ? TR_GGUF_Q8_0 : TR_GGUF_Q6_K;
    return type;
}

static unsigned type_for(const mixing *m, tr_part part, place p, double row_elem)
{
    if (m->mix == MXFP4_MOE)
        return part == TR_PART_ROUTED ? TR_GGUF_MXFP4 : TR_GGUF_Q8_0;
    if (m->mix == F16)
        return TR_GGUF_F16;
    const int least = m->mix >= IQ1_S && m->mix <= IQ2_M;
    const double i = p == VALUE ? m->value : m->layer, n = p == VALUE ? m->values : m->layers;
    unsigned type = usual(m, p, row_elem);
    const int odd = p == HEAD && type == TR_GGUF_Q8_0;
    for (size_t r = 0; !odd && r < sizeof rules / sizeof rules[0]; r++)
        if (rules[r].mix == m->mix && rules[r].place == p && holds(m, rules[r].when, i, n)) {
            type = rules[r].type;
            break;
        }
    if (!least && p == VALUE && m->is_70b && (type == TR_GGUF_Q3_K || type == TR_GGUF_Q4_K))
        type = TR_GGUF_Q5_K;
    if (!least && (p == VALUE || p == KEY) && m->experts == 8)
        type = TR_GGUF_Q8_0;
    return fitting(type, row_elem);
}

/* [M21] */
static void add(mixing *m, tr_part part, unsigned type, double elem)
{
    const tr_gguf_type *t = tr_gguf_type_of(type);
    m->byte[part] += elem * tr_gguf_type_byte(t);
    m->elem[part][t->dtype] += elem;
}

/* What opens a latent is two tensors, a slice a head: keys turned round, so that their rows are a head's width. Neither
 * counts as values. */
static void add_latent(mixing *m, const tr_layer *l)
{
    const tr_part part = m->mix == MXFP4_MOE ? TR_PART_ROUTED : TR_PART_MIXER; /* slices are what that mix looks for */
    const double key_dim = l->head_dim - l->rope_dim;
    add(m, TR_PART_MIXER, type_for(m, part, PLAIN, key_dim), l->heads * key_dim * l->kv_rank);
    add(m, TR_PART_MIXER, type_for(m, part, PLAIN, l->kv_rank), l->heads * l->value_dim * l->kv_rank);
}

static void add_matrix(void *context, const tr_matrix *matrix)
{
    static const unsigned char places[] = {
        [TR_MATRIX_PLAIN] = PLAIN, [TR_MATRIX_QUERY] = QUERY, [TR_MATRIX_KEY] = KEY, [TR_MATRIX_VALUE] = VALUE,
        [TR_MATRIX_OUT] = OUT,     [TR_MATRIX_GATE] = WIDE,   [TR_MATRIX_UP] = WIDE, [TR_MATRIX_DOWN] = DOWN,
    };
    mixing *m = context;
    const double elem = matrix->in_dim * matrix->out_dim * matrix->count;
    if (matrix->kind == TR_MATRIX_VALUE && m->at->kv_rank > 0) {
        add_latent(m, m->at);
        m->named[matrix->part] += elem;
        return;
    }
    const int joined = m->fused && (matrix->kind == TR_MATRIX_QUERY || matrix->kind == TR_MATRIX_KEY);
    const place p = joined ? VALUE : (place)places[matrix->kind];
    add(m, matrix->part, type_for(m, matrix->part, p, matrix->in_dim), elem);
    m->named[matrix->part] += elem;
    m->value += matrix->kind == TR_MATRIX_VALUE;
}

static void count_values(void *context, const tr_matrix *matrix)
{
    double *values = context;
    *values += matrix->kind == TR_MATRIX_VALUE;
}

/* What no matrix names: vectors, kept as they are; where there is more than vectors could be, small matrices. */
static void add_rest(mixing *m, const tr_layer *l, tr_part part)
{
    const double rest = tr_layer_part_param(l, part) - m->named[part];
    const double rows = part == TR_PART_MIXER    ? m->hidden + l->in_dim + l->out_dim
                        : part == TR_PART_DENSE  ? m->hidden + l->dense_dim
                        : part == TR_PART_SHARED ? m->hidden + l->shared_dim
                                                 : l->experts * (l->expert_in_dim + l->expert_dim);
    if (rest > 0)
        add(m, part, rest <= 32 * rows ? TR_GGUF_F32 : type_for(m, part, PLAIN, 0), rest);
}

static void add_layers(mixing *m, const tr_model *model)
{
    const double blocks = model->stack_count / model->layers; /* a layer with two mixers is two blocks */
    double with_ffn = 0;
    for (int i = 0; i < model->stack_count; i++) {
        const tr_layer *l = &model->layer[model->stack[i]];
        /* tensors are told by their layer where there are experts, else by how many came before */
        m->layer = m->experts > 1 ? floor(i / blocks) : with_ffn;
        with_ffn += l->dense_param > 0;
        memset(m->named, 0, sizeof m->named);
        m->at = l;
        tr_layer_matrices(model, l, add_matrix, m);
        for (int part = TR_PART_MIXER; part <= TR_PART_ROUTED; part++)
            add_rest(m, l, (tr_part)part);
        add(m, TR_PART_OTHER, TR_GGUF_F32, l->norm_param + l->router_param);
    }
}

/* Families whose files have attn_qkv (gguf-py/gguf/tensor_mapping.py). */
static int is_fused(const char *family)
{
    static const char fused[][24] = {"Phi3ForCausalLM", "Phi3VForCausalLM", "Phi4MMForCausalLM", "PhiForCausalLM",
                                     "DbrxForCausalLM", "FalconForCausalLM", "RWForCausalLM", "GPTNeoXForCausalLM",
                                     "GPT2LMHeadModel", "GPTBigCodeForCausalLM", "BloomForCausalLM",
                                     "MPTForCausalLM", "ChatGLMModel", "QWenLMHeadModel"};
    for (size_t i = 0; i < sizeof fused / sizeof fused[0]; i++)
        if (strcmp(family, fused[i]) == 0)
            return 1;
    return 0;
}

static void look_at(mixing *m, const tr_model *model)
{
    m->fused = is_fused(model->family);
    for (int i = 0; i < model->stack_count; i++) {
        const tr_layer *l = &model->layer[model->stack[i]];
        m->experts = l->experts > m->experts ? l->experts : m->experts;
        if (!(m->group > 0) && tr_mixer_row_of(l->mixer)->has_heads && l->kv_heads > 0)
            m->group = l->heads / l->kv_heads;
        tr_layer_matrices(model, l, count_values, &m->values);
    }
    m->layers = model->layers;
    m->hidden = model->hidden;
    m->is_70b = model->layers == 80 && m->group > 1;
}

const char *tr_gguf_mix_name(size_t index) { return index < MIX_COUNT ? mixes[index].name : NULL; }

int tr_gguf_mix_file_type(size_t index) { return index < MIX_COUNT ? mixes[index].file_type : -1; }

int tr_gguf_mix_importance(size_t index) { return index < MIX_COUNT && mixes[index].importance; }

void tr_gguf_mix_weights(const tr_model *model, size_t index, int importance, tr_weights *out)
{
    mixing m;
    memset(&m, 0, sizeof m);
    m.mix = (mix_id)index;
    m.importance = importance;
    look_at(&m, model);
    const unsigned table = type_for(&m, TR_PART_EMBEDDING, model->tied ? HEAD : TABLE, model->hidden);
    add(&m, TR_PART_EMBEDDING, table, model->embedding_param);
    add(&m, TR_PART_HEAD, type_for(&m, TR_PART_HEAD, HEAD, model->hidden), model->head_param);
    add(&m, TR_PART_OTHER, type_for(&m, TR_PART_OTHER, TABLE, model->hidden), model->lookup_param);
    add(&m, TR_PART_OTHER, TR_GGUF_F32, model->final_param);
    add_layers(&m, model);
    for (int part = 0; part < TR_PART_COUNT; part++) {
        const double param = tr_model_part_param(model, (tr_part)part);
        const tr_gguf_type *own = tr_gguf_type_of(type_for(&m, (tr_part)part, PLAIN, 0));
        tr_part_format f = {tr_gguf_type_byte(own), own->dtype};
        if (param > 0)
            f.byte = m.byte[part] / param;
        for (int d = 1; d < TR_DTYPE_STORED_END; d++)
            if (m.elem[part][d] > m.elem[part][f.dtype])
                f.dtype = (tr_dtype)d;
        out->part[part] = f;
    }
}
