/* model/defaults.c -- class defaults of language models that stand inside another config.
 *
 * Transformers writes a nested text_config without the keys that equal the
 * defaults of its class. So what is absent there is not missing, but this. At
 * the top of a file nothing is left out, and an absent key is an error.
 */
#include <string.h>

#include "model/keys.h"

typedef struct class_default {
    char type[16];
    char key[28];
    double value;
} class_default;

static const class_default table[] = {
    {"llama", "hidden_size", 4096},
    {"llama", "intermediate_size", 11008},
    {"llama", "num_hidden_layers", 32},
    {"llama", "num_attention_heads", 32},
    {"llama", "vocab_size", 32000},
    {"mistral", "hidden_size", 4096},
    {"mistral", "intermediate_size", 14336},
    {"mistral", "num_hidden_layers", 32},
    {"mistral", "num_attention_heads", 32},
    {"mistral", "num_key_value_heads", 8},
    {"mistral", "vocab_size", 32000},
    {"qwen2", "hidden_size", 4096},
    {"qwen2", "intermediate_size", 22016},
    {"qwen2", "num_hidden_layers", 32},
    {"qwen2", "num_attention_heads", 32},
    {"qwen2", "num_key_value_heads", 32},
    {"qwen2", "vocab_size", 151936},
    {"gemma", "hidden_size", 3072},
    {"gemma", "intermediate_size", 24576},
    {"gemma", "num_hidden_layers", 28},
    {"gemma", "num_attention_heads", 16},
    {"gemma", "num_key_value_heads", 16},
    {"gemma", "head_dim", 256},
    {"gemma", "vocab_size", 256000},
    {"gemma2", "hidden_size", 2304},
    {"gemma2", "intermediate_size", 9216},
    {"gemma2", "num_hidden_layers", 26},
    {"gemma2", "num_attention_heads", 8},
    {"gemma2", "num_key_value_heads", 4},
    {"gemma2", "head_dim", 256},
    {"gemma2", "vocab_size", 256000},
    {"gemma2", "sliding_window", 4096},
    {"gemma3_text", "hidden_size", 2304},
    {"gemma3_text", "intermediate_size", 9216},
    {"gemma3_text", "num_hidden_layers", 26},
    {"gemma3_text", "num_attention_heads", 8},
    {"gemma3_text", "num_key_value_heads", 4},
    {"gemma3_text", "head_dim", 256},
    {"gemma3_text", "vocab_size", 262208},
    {"gemma3_text", "sliding_window", 4096},
    {"gemma3_text", "max_position_embeddings", 131072},
    {"gemma3n_text", "hidden_size", 2048},
    {"gemma3n_text", "intermediate_size", 16384},
    {"gemma3n_text", "num_hidden_layers", 35},
    {"gemma3n_text", "num_attention_heads", 8},
    {"gemma3n_text", "num_key_value_heads", 2},
    {"gemma3n_text", "head_dim", 256},
    {"gemma3n_text", "vocab_size", 262400},
    {"gemma3n_text", "sliding_window", 512},
    {"gemma3n_text", "max_position_embeddings", 32768},
    {"gemma4_text", "hidden_size", 2304},
    {"gemma4_text", "intermediate_size", 9216},
    {"gemma4_text", "num_hidden_layers", 30},
    {"gemma4_text", "num_attention_heads", 8},
    {"gemma4_text", "num_key_value_heads", 4},
    {"gemma4_text", "head_dim", 256},
    {"gemma4_text", "vocab_size", 262144},
    {"gemma4_text", "sliding_window", 512},
    {"gemma4_text", "hidden_size_per_layer_input", 256},
    {"gemma4_text", "max_position_embeddings", 131072},
    {"llama4_text", "hidden_size", 5120},
    {"llama4_text", "intermediate_size", 8192},
    {"llama4_text", "intermediate_size_mlp", 16384},
    {"llama4_text", "num_hidden_layers", 48},
    {"llama4_text", "num_attention_heads", 40},
    {"llama4_text", "num_key_value_heads", 8},
    {"llama4_text", "head_dim", 128},
    {"llama4_text", "vocab_size", 202048},
    {"llama4_text", "num_experts_per_tok", 1},
    {"llama4_text", "num_local_experts", 16},
};

int tr_key_default(const char *type, const char *name, size_t length, double *value)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].type, type) == 0 && strlen(table[i].key) == length &&
            memcmp(table[i].key, name, length) == 0) {
            *value = table[i].value;
            return 1;
        }
    return 0;
}
