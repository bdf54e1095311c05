/* model/family.c -- the table of known architectures, sorted into groups by builder. */
#include <stdint.h>
#include <string.h>

#include "base/near.h"
#include "model/family.h"

#define STD TR_BUILDER_STANDARD
#define QK_BIAS_KEY (TR_QKV_BIAS_KEY | TR_O_BIAS_KEY)
#define BIASED (TR_QKV_BIAS | TR_O_BIAS | TR_FFN_BIAS)

/* name, model_type, builder, norms a layer, window pattern, traits */
static const tr_family table[] = {
    {"LlamaForCausalLM", "llama", STD, 2, 0, QK_BIAS_KEY | TR_FFN_BIAS_KEY},
    {"MistralForCausalLM", "mistral", STD, 2, 0, TR_WINDOW_KEY},
    {"Ministral3ForCausalLM", "ministral3", STD, 2, 0, TR_WINDOW_KEY},
    {"Mistral3ForConditionalGeneration", "mistral3", STD, 2, 0, TR_WINDOW_KEY},
    {"MixtralForCausalLM", "mixtral", STD, 2, 0, TR_WINDOW_KEY | TR_MOE},
    {"Qwen2ForCausalLM", "qwen2", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN},
    {"Qwen2VLForConditionalGeneration", "qwen2_vl", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN},
    {"Qwen2_5_VLForConditionalGeneration", "qwen2_5_vl", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN},
    {"Qwen2MoeForCausalLM", "qwen2_moe", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN | TR_MOE | TR_SHARED_GATE},
    {"Qwen3ForCausalLM", "qwen3", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN},
    {"Qwen3MoeForCausalLM", "qwen3_moe", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN | TR_MOE},
    {"Qwen3VLForConditionalGeneration", "qwen3_vl", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD},
    {"Qwen3VLMoeForConditionalGeneration", "qwen3_vl_moe", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_MOE},
    {"MiMoForCausalLM", "mimo", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN},
    {"GemmaForCausalLM", "gemma", STD, 2, 0, TR_TIED | QK_BIAS_KEY},
    {"Gemma2ForCausalLM", "gemma2", STD, 4, 0, TR_TIED | QK_BIAS_KEY | TR_WINDOW_ODD},
    {"Gemma3ForCausalLM", "gemma3_text", STD, 4, 6, TR_TIED | QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_PATTERN},
    {"Gemma3ForConditionalGeneration", "gemma3", STD, 4, 6,
     TR_TIED | QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_PATTERN},
    {"Phi3ForCausalLM", "phi3", STD, 2, 0, 0},
    {"PhiMoEForCausalLM", "phimoe", STD, 2, 0, BIASED | TR_LAYERNORM | TR_MOE | TR_HEAD_BIAS},
    {"PhimoeForCausalLM", "phimoe", STD, 2, 0, BIASED | TR_LAYERNORM | TR_MOE | TR_HEAD_BIAS},
    {"Olmo2ForCausalLM", "olmo2", STD, 2, 0, QK_BIAS_KEY | TR_QK_FULL},
    {"Olmo3ForCausalLM", "olmo3", STD, 2, 0, QK_BIAS_KEY | TR_QK_FULL},
    {"CohereForCausalLM", "cohere", STD, 1, 0, TR_TIED | QK_BIAS_KEY | TR_QK_FULL | TR_QK_KEY},
    {"Cohere2ForCausalLM", "cohere2", STD, 1, 4, TR_TIED | QK_BIAS_KEY | TR_WINDOW_PATTERN},
    {"DbrxForCausalLM", "dbrx", STD, 2, 0, TR_MOE},
    {"Glm4MoeForCausalLM", "glm4_moe", STD, 2, 0,
     TR_QKV_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE | TR_ROUTER_BIAS | TR_MTP},
    {"MiniMaxM2ForCausalLM", "minimax_m2", STD, 2, 0, TR_QK_FULL | TR_MOE | TR_ROUTER_BIAS},

    {"Llama4ForConditionalGeneration", "llama4", TR_BUILDER_LLAMA4, 2, 0, 0},
    {"Llama4ForCausalLM", "llama4_text", TR_BUILDER_LLAMA4, 2, 0, 0},
    {"Gemma4ForConditionalGeneration", "gemma4", TR_BUILDER_GEMMA4, 4, 0, TR_TIED},
    {"Gemma4ForCausalLM", "gemma4_text", TR_BUILDER_GEMMA4, 4, 0, TR_TIED},
    {"GptOssForCausalLM", "gpt_oss", TR_BUILDER_GPT_OSS, 2, 0, 0},
    {"MiMoV2FlashForCausalLM", "mimo_v2_flash", TR_BUILDER_MIMO_V2, 2, 0, 0},
    {"MiniMaxM3ForCausalLM", "minimax_m3", TR_BUILDER_MINIMAX_M3, 2, 0, 0},
    {"MiniMaxM3SparseForConditionalGeneration", "minimax_m3_vl", TR_BUILDER_MINIMAX_M3, 2, 0, 0},
    {"MiniMaxM3SparseForCausalLM", "minimax_m3_text", TR_BUILDER_MINIMAX_M3, 2, 0, 0},

    {"DeepseekV2ForCausalLM", "deepseek_v2", TR_BUILDER_DEEPSEEK, 2, 0, 0},
    {"DeepseekV3ForCausalLM", "deepseek_v3", TR_BUILDER_DEEPSEEK, 2, 0, 0},
    {"DeepseekV3ForCausalLM", "kimi_k2", TR_BUILDER_DEEPSEEK, 2, 0, 0},
    {"DeepseekV32ForCausalLM", "deepseek_v32", TR_BUILDER_DEEPSEEK, 2, 0, 0},
    {"GlmMoeDsaForCausalLM", "glm_moe_dsa", TR_BUILDER_DEEPSEEK, 2, 0, TR_ROUTER_BIAS},
    {"KimiK25ForConditionalGeneration", "kimi_k25", TR_BUILDER_DEEPSEEK, 2, 0, 0},
    {"DeepseekV4ForCausalLM", "deepseek_v4", TR_BUILDER_DEEPSEEK_V4, 2, 0, 0},

    {"Qwen3NextForCausalLM", "qwen3_next", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE},
    {"Qwen3_5ForConditionalGeneration", "qwen3_5", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE},
    {"Qwen3_5ForCausalLM", "qwen3_5_text", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE},
    {"Qwen3_5MoeForConditionalGeneration", "qwen3_5_moe", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE},
    {"Qwen3_5MoeForCausalLM", "qwen3_5_moe_text", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE},
    {"KimiLinearForCausalLM", "kimi_linear", TR_BUILDER_KIMI_LINEAR, 2, 0, 0},
    {"KimiK3ForConditionalGeneration", "kimi_k3", TR_BUILDER_KIMI_LINEAR, 2, 0, 0},
    {"MiniMaxM1ForCausalLM", "minimax_m1", TR_BUILDER_LIGHTNING, 2, 0, 0},
    {"MiniMaxText01ForCausalLM", "minimax_text_01", TR_BUILDER_LIGHTNING, 2, 0, 0},
    {"MiniMaxForCausalLM", "minimax", TR_BUILDER_LIGHTNING, 2, 0, 0},

    {"NemotronHForCausalLM", "nemotron_h", TR_BUILDER_NEMOTRON_H, 1, 0, 0},
    {"JambaForCausalLM", "jamba", TR_BUILDER_JAMBA, 2, 0, TR_TIED},
    {"GraniteMoeHybridForCausalLM", "granitemoehybrid", TR_BUILDER_GRANITE_HYBRID, 2, 0, 0},
    {"DeciLMForCausalLM", "nemotron-nas", TR_BUILDER_NAS, 2, 0, 0},
};

enum { COUNT = sizeof table / sizeof table[0] };

size_t tr_family_count(void) { return COUNT; }

const tr_family *tr_family_at(size_t index) { return index < COUNT ? &table[index] : NULL; }

const tr_family *tr_family_find(const char *name)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < COUNT; i++)
        if (tr_name_equal(name, length, table[i].name, strlen(table[i].name)) ||
            tr_name_equal(name, length, table[i].type, strlen(table[i].type)))
            return &table[i];
    return NULL;
}

const tr_family *tr_family_nearest(const char *name)
{
    const size_t length = strlen(name);
    const tr_family *nearest = &table[0];
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < COUNT; i++) {
        const size_t by_name = tr_name_distance(name, length, table[i].name, strlen(table[i].name));
        const size_t by_type = tr_name_distance(name, length, table[i].type, strlen(table[i].type));
        const size_t d = by_name < by_type ? by_name : by_type;
        if (d < best) {
            best = d;
            nearest = &table[i];
        }
    }
    return nearest;
}
