/* io/tensors.h -- what a checkpoint stores: tensors counted by number format and by part of the model.
 *
 * Fed by the safetensors and GGUF readers, one tensor at a time; looks at names
 * and shapes only. A part is told from a name by the words that published
 * checkpoints use.
 */
#ifndef TOKENROOF_SRC_IO_TENSORS_H
#define TOKENROOF_SRC_IO_TENSORS_H

#include <tokenroof/model.h>

#define TR_TENSOR_DIM_MAX 8
#define TR_TENSOR_FORMAT_MAX 48

typedef struct tr_tensor {
    const char *name;
    const char *format; /* as the file writes it: "BF16", "F8_E4M3", "Q4_K" */
    tr_dtype dtype;     /* of its elements; NATIVE where the format does not say it: packed words, whole numbers */
    double elem;        /* stored elements: the product of dim */
    double byte;
    int rank;
    double dim[TR_TENSOR_DIM_MAX];
} tr_tensor;

/* What a file holds: the parts of the language model (tr_part), and these beside it. */
enum {
    TR_BESIDE_PREDICTION = TR_PART_COUNT, /* multi-token prediction layers */
    TR_BESIDE_REPEATED,                   /* an embedding or head that the file holds once more */
    TR_BESIDE_VISION,                     /* towers and projectors for images and sound */
    TR_BESIDE_BUFFER,                     /* tables that are not learned */
    TR_TENSOR_PART_COUNT
};
const char *tr_tensor_part_name(int part); /* "routed experts", ... */

typedef struct tr_format_sum {
    char name[16];
    double tensor_count, elem, byte;
} tr_format_sum;

/* Sums over a checkpoint. Start from tr_tensors_init. */
typedef struct tr_tensors {
    double hidden_layers; /* input: layers of the main stack; tensors of later ones are prediction layers. 0 =
                             not known */
    int tied;             /* input: a stored head repeats the embedding */
    double packed_bit;    /* input: bits of a weight packed into 32-bit words */
    double tensor_count;
    double byte;                     /* all tensors, exact */
    double param[TR_TENSOR_PART_COUNT];     /* weights, unpacked; scales not counted */
    double part_byte[TR_TENSOR_PART_COUNT]; /* with the scales that belong to them */
    double part_elem[TR_PART_COUNT][TR_DTYPE_STORED_END]; /* of the model's parts: weights in each number format */
    double scale_elem;               /* block scales and zero points */
    double scale_byte;
    tr_format_sum format[TR_TENSOR_FORMAT_MAX];
    int format_count;
} tr_tensors;

void tr_tensors_init(tr_tensors *sums);
/* Errors: TR_ECAPACITY (more formats than TR_TENSOR_FORMAT_MAX, or sums beyond 2^53). */
tr_status tr_tensors_add(tr_tensors *sums, const tr_tensor *tensor, tr_error *err);

/* Parameters of the main language model: of all its parts. */
double tr_tensors_language_param(const tr_tensors *sums);
/* The number format of most weights of a part; NATIVE if their formats do not say it. */
tr_dtype tr_tensors_part_dtype(const tr_tensors *sums, tr_part part);

/* Which part a tensor belongs to, and whether it holds scales instead of weights. */
int tr_tensor_part(const tr_tensors *sums, const tr_tensor *tensor);
int tr_tensor_is_scale(const tr_tensor *tensor);
/* Weights in one stored element: 2 where a byte holds two, 8 for 4-bit weights in a 32-bit word. */
double tr_tensor_packing(const tr_tensors *sums, const tr_tensor *tensor);

#endif
