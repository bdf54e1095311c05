/* io/gguf_arch.c -- architectures by the names that GGUF files have for them.
 *
 * Names: ggml-org/llama.cpp, src/llama-arch.cpp (2026-08). A new one is a row here, and a function in gguf_own.c if
 * its metadata says what no other one's does.
 */
#include "io/gguf_arch.h"

#include <string.h>

#include "io/gguf_own.h"

#define BIAS TR_LOOK_BIAS
#define QK_NORM TR_LOOK_QK_NORM
#define LATENT TR_LOOK_LATENT
#define WIDTH TR_LOOK_EXPERT_WIDTH
#define UNEVEN TR_LOOK_UNEVEN

static const tr_gguf_arch archs[] = {
    {"llama", "LlamaForCausalLM", "MixtralForCausalLM", BIAS, NULL},
    {"mistral3", "Ministral3ForCausalLM", NULL, 0, NULL},
    {"llama4", NULL, "Llama4ForCausalLM", TR_LOOK_LLAMA4, NULL},
    {"deci", "DeciLMForCausalLM", NULL, UNEVEN, tr_own_deci},
    {"qwen2", "Qwen2ForCausalLM", NULL, 0, NULL},
    {"qwen2vl", "Qwen2VLForConditionalGeneration", NULL, 0, NULL},
    {"qwen2moe", NULL, "Qwen2MoeForCausalLM", 0, NULL},
    {"qwen3", "Qwen3ForCausalLM", NULL, BIAS, NULL},
    {"qwen3moe", NULL, "Qwen3MoeForCausalLM", BIAS, NULL},
    {"qwen3vl", "Qwen3VLForConditionalGeneration", NULL, BIAS, NULL},
    {"qwen3vlmoe", NULL, "Qwen3VLMoeForConditionalGeneration", BIAS, NULL},
    {"qwen3next", NULL, "Qwen3NextForCausalLM", UNEVEN, tr_own_delta_net},
    {"qwen35", "Qwen3_5ForCausalLM", NULL, UNEVEN, tr_own_delta_net},
    {"qwen35moe", NULL, "Qwen3_5MoeForCausalLM", UNEVEN, tr_own_delta_net},
    {"gemma", "GemmaForCausalLM", NULL, 0, NULL},
    {"gemma2", "Gemma2ForCausalLM", NULL, 0, NULL},
    {"gemma3", "Gemma3ForCausalLM", NULL, 0, NULL},
    {"gemma3n", "Gemma3nForCausalLM", NULL, UNEVEN, tr_own_gemma3n},
    {"gemma4", "Gemma4ForCausalLM", "Gemma4ForCausalLM", UNEVEN, tr_own_gemma4},
    {"phi2", "PhiForCausalLM", NULL, 0, NULL},
    {"phi3", "Phi3ForCausalLM", NULL, 0, NULL},
    {"phimoe", NULL, "PhiMoEForCausalLM", 0, NULL},
    {"olmo", "OlmoForCausalLM", NULL, 0, NULL},
    {"olmo2", "Olmo2ForCausalLM", NULL, 0, NULL}, /* OLMo 3 too: its windows are listed */
    {"olmoe", NULL, "OlmoeForCausalLM", 0, NULL},
    {"command-r", "CohereForCausalLM", NULL, QK_NORM, NULL},
    {"cohere2", "Cohere2ForCausalLM", NULL, 0, NULL},
    {"chatglm", "ChatGLMModel", NULL, BIAS, tr_own_chatglm},
    {"glm4", "Glm4ForCausalLM", NULL, BIAS, NULL},
    {"glm4moe", NULL, "Glm4MoeForCausalLM", BIAS | QK_NORM, NULL},
    {"glm-dsa", NULL, "GlmMoeDsaForCausalLM", LATENT, tr_own_indexer},
    {"deepseek", NULL, "DeepseekForCausalLM", 0, NULL},
    {"deepseek2", "DeepseekV3ForCausalLM", "DeepseekV3ForCausalLM", LATENT, NULL},
    {"deepseek32", NULL, "DeepseekV32ForCausalLM", LATENT, tr_own_indexer},
    {"deepseek4", NULL, "DeepseekV4ForCausalLM", UNEVEN, tr_own_deepseek4},
    {"kimi-linear", NULL, "KimiLinearForCausalLM", LATENT | UNEVEN, tr_own_kimi_linear},
    {"kimi-k3", NULL, "KimiK3ForConditionalGeneration", LATENT | UNEVEN, tr_own_kimi_linear},
    {"gpt-oss", NULL, "GptOssForCausalLM", WIDTH | TR_LOOK_ALTERNATE, NULL},
    {"minimax-m2", NULL, "MiniMaxM2ForCausalLM", WIDTH, NULL},
    {"minimax-m3", NULL, "MiniMaxM3ForCausalLM", 0, tr_own_minimax_m3},
    {"mimo2", NULL, "MiMoV2FlashForCausalLM", UNEVEN, tr_own_mimo2},
    {"dbrx", NULL, "DbrxForCausalLM", 0, NULL},
    {"dots1", NULL, "Dots1ForCausalLM", 0, NULL},
    {"ernie4_5", "Ernie4_5ForCausalLM", NULL, BIAS, NULL},
    {"ernie4_5-moe", NULL, "Ernie4_5_MoeForCausalLM", BIAS, NULL},
    {"hunyuan-dense", "HunYuanDenseV1ForCausalLM", NULL, BIAS | QK_NORM, NULL},
    {"hunyuan-moe", NULL, "HunYuanMoEV1ForCausalLM", BIAS | QK_NORM, NULL},
    {"bailingmoe", NULL, "BailingMoeForCausalLM", BIAS, NULL},
    {"bailingmoe2", NULL, "BailingMoeV2ForCausalLM", BIAS | QK_NORM, NULL},
    {"granite", "GraniteForCausalLM", NULL, BIAS, NULL},
    {"granitemoe", NULL, "GraniteMoeSharedForCausalLM", BIAS, NULL},
    {"granitehybrid", "GraniteMoeHybridForCausalLM", "GraniteMoeHybridForCausalLM", BIAS | UNEVEN,
     tr_own_granite_hybrid},
    {"nemotron", "NemotronForCausalLM", NULL, BIAS, NULL},
    {"nemotron_h", "NemotronHForCausalLM", NULL, BIAS | UNEVEN, tr_own_nemotron_h},
    {"nemotron_h_moe", NULL, "NemotronHForCausalLM", BIAS | UNEVEN, tr_own_nemotron_h},
    {"jamba", "JambaForCausalLM", "JambaForCausalLM", UNEVEN, tr_own_jamba},
    {"falcon", "FalconForCausalLM", NULL, 0, tr_own_falcon},
    {"falcon-h1", "FalconH1ForCausalLM", NULL, BIAS, tr_own_falcon_h1},
    {"lfm2", "Lfm2ForCausalLM", NULL, UNEVEN, tr_own_lfm2},
    {"lfm2moe", NULL, "Lfm2MoeForCausalLM", UNEVEN, tr_own_lfm2},
    {"mamba", "MambaForCausalLM", NULL, 0, tr_own_mamba},
    {"mamba2", "Mamba2ForCausalLM", NULL, 0, tr_own_mamba2},
    {"smollm3", "SmolLM3ForCausalLM", NULL, BIAS, NULL},
    {"seed_oss", "SeedOssForCausalLM", NULL, BIAS, NULL},
    {"arcee", "ArceeForCausalLM", NULL, BIAS, NULL},
    {"apertus", "ApertusForCausalLM", NULL, BIAS, NULL},
    {"exaone", "ExaoneForCausalLM", NULL, 0, NULL},
    {"exaone4", "Exaone4ForCausalLM", NULL, 0, NULL},
    {"internlm2", "InternLM2ForCausalLM", NULL, BIAS, NULL},
    {"baichuan", "BaichuanForCausalLM", NULL, BIAS, NULL},
    {"minicpm", "MiniCPMForCausalLM", NULL, BIAS, NULL},
    {"minicpm3", "MiniCPM3ForCausalLM", NULL, LATENT, NULL},
    {"orion", "OrionForCausalLM", NULL, 0, NULL},
    {"xverse", "XverseForCausalLM", NULL, BIAS, NULL},
    {"starcoder2", "Starcoder2ForCausalLM", NULL, BIAS, NULL},
    {"stablelm", "StableLmForCausalLM", NULL, BIAS, NULL},
    {"gptneox", "GPTNeoXForCausalLM", NULL, 0, NULL},
};

const tr_gguf_arch *tr_gguf_arch_at(size_t index)
{
    return index < sizeof archs / sizeof archs[0] ? &archs[index] : NULL;
}

const tr_gguf_arch *tr_gguf_arch_of(const char *name)
{
    for (size_t i = 0; i < sizeof archs / sizeof archs[0]; i++)
        if (strcmp(archs[i].name, name) == 0)
            return &archs[i];
    return NULL;
}
