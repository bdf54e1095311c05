/* model/family.c -- the table of known architectures, sorted into groups by builder. */
#include <string.h>

#include "base/near.h"
#include "model/family.h"

#define STD TR_BUILDER_STANDARD
#define QK_BIAS_KEY (TR_QKV_BIAS_KEY | TR_O_BIAS_KEY)
#define BIASED (TR_QKV_BIAS | TR_O_BIAS | TR_FFN_BIAS)

#define GEMMA3 (TR_TIED | QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_PATTERN)
#define GPT2 (TR_TIED | BIASED | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM | TR_POSITIONS)

/* name, model_type, builder, norms a layer, window pattern, traits, quirk */
static const tr_family table[] = {
    /* Llama and its kin */
    {"LlamaForCausalLM", "llama", STD, 2, 0, QK_BIAS_KEY | TR_FFN_BIAS_KEY, 0},
    {"LLaMAForCausalLM", "llama", STD, 2, 0, QK_BIAS_KEY, 0},
    {"YiForCausalLM", "yi", STD, 2, 0, QK_BIAS_KEY, 0},
    {"InternLMForCausalLM", "internlm", STD, 2, 0, QK_BIAS_KEY, 0},
    {"InternLM2ForCausalLM", "internlm2", STD, 2, 0, QK_BIAS_KEY, 0},
    {"InternLM3ForCausalLM", "internlm3", STD, 2, 0, QK_BIAS_KEY, 0},
    {"BaichuanForCausalLM", "baichuan", STD, 2, 0, QK_BIAS_KEY, 0},
    {"BaiChuanForCausalLM", "baichuan", STD, 2, 0, QK_BIAS_KEY, 0},
    {"XverseForCausalLM", "xverse", STD, 2, 0, QK_BIAS_KEY, 0},
    {"AquilaForCausalLM", "aquila", STD, 2, 0, QK_BIAS_KEY, 0},
    {"OrionForCausalLM", "orion", STD, 2, 0, TR_LAYERNORM, 0},
    {"MiniCPMForCausalLM", "minicpm", STD, 2, 0, TR_TIED | QK_BIAS_KEY, 0},
    {"SmolLM3ForCausalLM", "smollm3", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_FFN_BIAS_KEY, 0},
    {"SeedOssForCausalLM", "seed_oss", STD, 2, 0, TR_QKV_BIAS_KEY | TR_FFN_BIAS_KEY, 0},
    {"ArceeForCausalLM", "arcee", STD, 2, 0, QK_BIAS_KEY | TR_FFN_PLAIN, 0},
    {"HeliumForCausalLM", "helium", STD, 2, 0, TR_QKV_BIAS_KEY | TR_FFN_BIAS_KEY, 0},
    {"CwmForCausalLM", "cwm", STD, 2, 0, 0, 0},
    {"BitNetForCausalLM", "bitnet", STD, 2, 0, TR_TIED | QK_BIAS_KEY, TR_QUIRK_BITNET},
    {"MiniCPM3ForCausalLM", "minicpm3", TR_BUILDER_DEEPSEEK, 2, 0, TR_TIED, 0},
    {"MllamaForConditionalGeneration", "mllama", TR_BUILDER_MLLAMA, 2, 0, 0, 0},
    {"MllamaForCausalLM", "mllama_text_model", TR_BUILDER_MLLAMA, 2, 0, 0, 0},
    {"OpenELMForCausalLM", "openelm", TR_BUILDER_OPENELM, 2, 0, TR_TIED, 0},
    {"ApertusForCausalLM", "apertus", STD, 2, 0, QK_BIAS_KEY | TR_FFN_PLAIN | TR_QK_HEAD, TR_QUIRK_APERTUS},
    {"GraniteForCausalLM", "granite", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_FFN_BIAS_KEY, 0},
    {"GraniteMoeForCausalLM", "granitemoe", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_MOE, 0},
    {"GraniteMoeSharedForCausalLM", "granitemoeshared", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_MOE, 0},
    {"ExaoneForCausalLM", "exaone", STD, 2, 0, 0, 0},
    {"Exaone4ForCausalLM", "exaone4", STD, 2, 4, TR_QK_HEAD | TR_WINDOW_PATTERN, 0},
    {"ExaoneMoEForCausalLM", "exaone_moe", STD, 2, 4, TR_QK_HEAD | TR_WINDOW_PATTERN | TR_MOE | TR_ROUTER_BIAS, 0},
    {"Ernie4_5ForCausalLM", "ernie4_5", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_FFN_BIAS_KEY, 0},
    {"Ernie4_5_ForCausalLM", "ernie4_5", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_FFN_BIAS_KEY, 0},
    {"Ernie4_5_MoeForCausalLM", "ernie4_5_moe", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_MOE | TR_ROUTER_BIAS,
     0},

    /* Mistral */
    {"MistralForCausalLM", "mistral", STD, 2, 0, TR_WINDOW_KEY, 0},
    {"MinistralForCausalLM", "ministral", STD, 2, 0, TR_WINDOW_KEY, 0},
    {"Ministral3ForCausalLM", "ministral3", STD, 2, 0, TR_WINDOW_KEY, 0},
    {"Mistral3ForConditionalGeneration", "mistral3", STD, 2, 0, TR_WINDOW_KEY, 0},
    {"MixtralForCausalLM", "mixtral", STD, 2, 0, TR_WINDOW_KEY | TR_MOE, 0},

    /* Qwen */
    {"QWenLMHeadModel", "qwen", STD, 2, 0, TR_QKV_BIAS, TR_QUIRK_QWEN1},
    {"Qwen2ForCausalLM", "qwen2", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN, 0},
    {"Qwen2VLForConditionalGeneration", "qwen2_vl", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN, 0},
    {"Qwen2_5_VLForConditionalGeneration", "qwen2_5_vl", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN, 0},
    {"MiMoForCausalLM", "mimo", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN, 0},
    {"Qwen2MoeForCausalLM", "qwen2_moe", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN | TR_MOE | TR_SHARED_GATE,
     0},
    {"Qwen3ForCausalLM", "qwen3", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN, 0},
    {"Qwen3VLForConditionalGeneration", "qwen3_vl", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN, 0},
    {"Qwen3VLForConditionalGeneration", "qwen3_vl_text", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN,
     0},
    {"Qwen2_5OmniForConditionalGeneration", "qwen2_5_omni", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN, 0},
    {"Qwen3OmniMoeForConditionalGeneration", "qwen3_omni_moe", STD, 2, 0,
     QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN | TR_MOE, 0},
    {"Qwen3MoeForCausalLM", "qwen3_moe", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN | TR_MOE, 0},
    {"Qwen3VLMoeForConditionalGeneration", "qwen3_vl_moe", STD, 2, 0,
     QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN | TR_MOE, 0},
    {"Qwen3VLMoeForConditionalGeneration", "qwen3_vl_moe_text", STD, 2, 0,
     QK_BIAS_KEY | TR_QK_HEAD | TR_WINDOW_QWEN | TR_MOE, 0},

    /* Gemma */
    {"GemmaForCausalLM", "gemma", STD, 2, 0, TR_TIED | QK_BIAS_KEY, 0},
    {"Gemma2ForCausalLM", "gemma2", STD, 4, 0, TR_TIED | QK_BIAS_KEY | TR_WINDOW_ODD, 0},
    {"VaultGemmaForCausalLM", "vaultgemma", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_WINDOW_ODD, 0},
    {"RecurrentGemmaForCausalLM", "recurrent_gemma", TR_BUILDER_RECURRENT_GEMMA, 2, 0, TR_TIED, 0},
    {"Gemma3ForCausalLM", "gemma3_text", STD, 4, 6, GEMMA3, 0},
    {"Gemma3ForConditionalGeneration", "gemma3", STD, 4, 6, GEMMA3, 0},
    {"Gemma3nForConditionalGeneration", "gemma3n", TR_BUILDER_GEMMA3N, 4, 0, TR_TIED, 0},
    {"Gemma3nForCausalLM", "gemma3n_text", TR_BUILDER_GEMMA3N, 4, 0, TR_TIED, 0},
    {"Gemma4ForConditionalGeneration", "gemma4", TR_BUILDER_GEMMA4, 4, 0, TR_TIED, 0},
    {"Gemma4ForCausalLM", "gemma4_text", TR_BUILDER_GEMMA4, 4, 0, TR_TIED, 0},

    /* Phi */
    {"PhiForCausalLM", "phi", STD, 1, 0, BIASED | TR_LAYERNORM | TR_FFN_PLAIN | TR_HEAD_BIAS, 0},
    {"Phi3ForCausalLM", "phi3", STD, 2, 0, TR_WINDOW_UNUSED, 0},
    {"Phi3VForCausalLM", "phi3_v", STD, 2, 0, TR_WINDOW_UNUSED, 0},
    {"Phi3SmallForCausalLM", "phi3small", STD, 2, 0, TR_TIED | BIASED | TR_LAYERNORM, TR_QUIRK_PHI3_SMALL},
    {"Phi4MMForCausalLM", "phi4mm", STD, 2, 0, TR_TIED | TR_WINDOW_UNUSED, 0},
    {"Phi4MultimodalForCausalLM", "phi4_multimodal", STD, 2, 0, TR_TIED | TR_WINDOW_UNUSED, 0},
    {"PhiMoEForCausalLM", "phimoe", STD, 2, 0, BIASED | TR_LAYERNORM | TR_MOE | TR_HEAD_BIAS, 0},
    {"PhimoeForCausalLM", "phimoe", STD, 2, 0, BIASED | TR_LAYERNORM | TR_MOE | TR_HEAD_BIAS, 0},

    /* OLMo */
    {"OlmoForCausalLM", "olmo", STD, 2, 0, QK_BIAS_KEY | TR_NORM_FREE, 0},
    {"Olmo2ForCausalLM", "olmo2", STD, 2, 0, QK_BIAS_KEY | TR_QK_FULL, 0},
    {"Olmo3ForCausalLM", "olmo3", STD, 2, 4, QK_BIAS_KEY | TR_QK_FULL | TR_WINDOW_PATTERN, 0},
    {"OlmoeForCausalLM", "olmoe", STD, 2, 0, QK_BIAS_KEY | TR_QK_FULL | TR_MOE, 0},
    {"FlexOlmoForCausalLM", "flex_olmo", STD, 2, 0, QK_BIAS_KEY | TR_QK_FULL | TR_MOE, 0},

    /* Cohere */
    {"CohereForCausalLM", "cohere", STD, 1, 0, TR_TIED | QK_BIAS_KEY | TR_QK_FULL | TR_QK_KEY, 0},
    {"Cohere2ForCausalLM", "cohere2", STD, 1, 4, TR_TIED | QK_BIAS_KEY | TR_WINDOW_PATTERN, 0},
    {"Cohere2VisionForConditionalGeneration", "cohere2_vision", STD, 1, 4,
     TR_TIED | QK_BIAS_KEY | TR_WINDOW_PATTERN, 0},

    /* GLM */
    {"ChatGLMModel", "chatglm", STD, 2, 0, TR_QKV_BIAS_KEY, TR_QUIRK_CHATGLM},
    {"ChatGLMForConditionalGeneration", "chatglm", STD, 2, 0, TR_QKV_BIAS_KEY, TR_QUIRK_CHATGLM},
    {"GlmForCausalLM", "glm", STD, 2, 0, TR_QKV_BIAS_KEY, 0},
    {"Glm4ForCausalLM", "glm4", STD, 4, 0, TR_QKV_BIAS_KEY, 0},
    {"Glm4vForConditionalGeneration", "glm4v", STD, 4, 0, TR_QKV_BIAS_KEY, 0},
    {"Glm4vForConditionalGeneration", "glm4v_text", STD, 4, 0, TR_QKV_BIAS_KEY, 0},
    {"Glm4MoeForCausalLM", "glm4_moe", STD, 2, 0,
     TR_QKV_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE | TR_ROUTER_BIAS | TR_MTP, 0},
    {"Glm4vMoeForConditionalGeneration", "glm4v_moe", STD, 2, 0,
     TR_QKV_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE | TR_ROUTER_BIAS | TR_MTP, 0},
    {"Glm4vMoeForConditionalGeneration", "glm4v_moe_text", STD, 2, 0,
     TR_QKV_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE | TR_ROUTER_BIAS | TR_MTP, 0},
    {"GlmMoeDsaForCausalLM", "glm_moe_dsa", TR_BUILDER_DEEPSEEK, 2, 0, TR_ROUTER_BIAS, 0},
    {"Glm4MoeLiteForCausalLM", "glm4_moe_lite", TR_BUILDER_DEEPSEEK, 2, 0, TR_ROUTER_BIAS, 0},

    /* DeepSeek, Kimi, LongCat */
    {"DeepseekForCausalLM", "deepseek", STD, 2, 0, QK_BIAS_KEY | TR_MOE, 0},
    {"DeepseekV2ForCausalLM", "deepseek_v2", TR_BUILDER_DEEPSEEK, 2, 0, 0, 0},
    {"DeepseekV3ForCausalLM", "deepseek_v3", TR_BUILDER_DEEPSEEK, 2, 0, 0, 0},
    {"DeepseekV3ForCausalLM", "kimi_k2", TR_BUILDER_DEEPSEEK, 2, 0, 0, 0},
    {"DeepseekV32ForCausalLM", "deepseek_v32", TR_BUILDER_DEEPSEEK, 2, 0, 0, 0},
    {"KimiK25ForConditionalGeneration", "kimi_k25", TR_BUILDER_DEEPSEEK, 2, 0, 0, 0},
    {"MistralLarge3ForCausalLM", "mistral_large_3", TR_BUILDER_DEEPSEEK, 2, 0, 0, 0},
    {"DeepseekV4ForCausalLM", "deepseek_v4", TR_BUILDER_DEEPSEEK_V4, 2, 0, 0, 0},
    {"KimiLinearForCausalLM", "kimi_linear", TR_BUILDER_KIMI_LINEAR, 2, 0, 0, 0},
    {"KimiK3ForConditionalGeneration", "kimi_k3", TR_BUILDER_KIMI_LINEAR, 2, 0, 0, 0},
    {"LongcatFlashForCausalLM", "longcat_flash", TR_BUILDER_LONGCAT, 2, 0, 0, 0},

    /* other mixtures */
    {"DbrxForCausalLM", "dbrx", STD, 2, 0, TR_MOE, 0},
    {"Grok1ModelForCausalLM", "grok-1", STD, 4, 0, TR_TIED | TR_MOE, 0},
    {"Grok1ForCausalLM", "grok-2", STD, 4, 0, TR_MOE, TR_QUIRK_GROK},
    {"ArcticForCausalLM", "arctic", STD, 2, 0, TR_MOE, TR_QUIRK_ARCTIC},
    {"Dots1ForCausalLM", "dots1", STD, 2, 0, QK_BIAS_KEY | TR_QK_HEAD | TR_MOE | TR_ROUTER_BIAS, 0},
    {"DotsOCRForCausalLM", "dots_ocr", STD, 2, 0, TR_QKV_BIAS | TR_WINDOW_QWEN, 0},
    {"AfmoeForCausalLM", "afmoe", STD, 4, 4, TR_QK_HEAD | TR_MOE | TR_ROUTER_BIAS | TR_WINDOW_PATTERN, TR_QUIRK_GATED},
    {"SolarOpenForCausalLM", "solar_open", STD, 2, 0, TR_QKV_BIAS_KEY | TR_MOE | TR_ROUTER_BIAS, 0},
    {"BailingMoeForCausalLM", "bailing_moe", STD, 2, 0, QK_BIAS_KEY | TR_MOE, 0},
    {"BailingMoeV2ForCausalLM", "bailing_moe_v2", STD, 2, 0,
     QK_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE | TR_ROUTER_BIAS_KEY, 0},
    {"HunYuanDenseV1ForCausalLM", "hunyuan_v1_dense", STD, 2, 0,
     TR_TIED | QK_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY, TR_QUIRK_HUNYUAN},
    {"HunYuanMoEV1ForCausalLM", "hunyuan_v1_moe", STD, 2, 0,
     TR_TIED | QK_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE, TR_QUIRK_HUNYUAN},
    {"HunYuanForCausalLM", "hunyuan", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE,
     TR_QUIRK_HUNYUAN},
    {"HunYuanMoEForCausalLM", "hunyuan", STD, 2, 0, TR_TIED | QK_BIAS_KEY | TR_QK_HEAD | TR_QK_KEY | TR_MOE,
     TR_QUIRK_HUNYUAN},
    {"MiniMaxM2ForCausalLM", "minimax_m2", STD, 2, 0, TR_QK_FULL | TR_MOE | TR_ROUTER_BIAS, 0},
    {"MiniMaxM3ForCausalLM", "minimax_m3", TR_BUILDER_MINIMAX_M3, 2, 0, 0, 0},
    {"MiniMaxM3SparseForConditionalGeneration", "minimax_m3_vl", TR_BUILDER_MINIMAX_M3, 2, 0, 0, 0},
    {"MiniMaxM3SparseForCausalLM", "minimax_m3_text", TR_BUILDER_MINIMAX_M3, 2, 0, 0, 0},
    {"MiniMaxM1ForCausalLM", "minimax_m1", TR_BUILDER_LIGHTNING, 2, 0, 0, 0},
    {"MiniMaxText01ForCausalLM", "minimax_text_01", TR_BUILDER_LIGHTNING, 2, 0, 0, 0},
    {"MiniMaxForCausalLM", "minimax", TR_BUILDER_LIGHTNING, 2, 0, 0, 0},
    {"Llama4ForConditionalGeneration", "llama4", TR_BUILDER_LLAMA4, 2, 0, 0, 0},
    {"Llama4ForCausalLM", "llama4_text", TR_BUILDER_LLAMA4, 2, 0, 0, 0},
    {"GptOssForCausalLM", "gpt_oss", TR_BUILDER_GPT_OSS, 2, 0, 0, 0},
    {"MiMoV2FlashForCausalLM", "mimo_v2_flash", TR_BUILDER_MIMO_V2, 2, 0, 0, 0},
    {"Step3TextForCausalLM", "step3_text", TR_BUILDER_STEP3, 2, 0, 0, 0},
    {"Step3VLForConditionalGeneration", "step3_vl", TR_BUILDER_STEP3, 2, 0, 0, 0},
    {"Step3p5ForCausalLM", "step3p5", TR_BUILDER_STEP3P5, 2, 0, 0, 0},

    /* linear attention and state space */
    {"Qwen3NextForCausalLM", "qwen3_next", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE, 0},
    {"Qwen3_5ForConditionalGeneration", "qwen3_5", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE, 0},
    {"Qwen3_5ForCausalLM", "qwen3_5_text", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE, 0},
    {"Qwen3_5MoeForConditionalGeneration", "qwen3_5_moe", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE, 0},
    {"Qwen3_5MoeForCausalLM", "qwen3_5_moe_text", TR_BUILDER_DELTA_NET, 2, 0, TR_SHARED_GATE, 0},
    {"MambaForCausalLM", "mamba", TR_BUILDER_MAMBA, 1, 0, TR_TIED, 0},
    {"FalconMambaForCausalLM", "falcon_mamba", TR_BUILDER_MAMBA, 1, 0, 0, 0},
    {"Mamba2ForCausalLM", "mamba2", TR_BUILDER_MAMBA2, 1, 0, 0, 0},
    {"NemotronHForCausalLM", "nemotron_h", TR_BUILDER_NEMOTRON_H, 1, 0, 0, 0},
    {"JambaForCausalLM", "jamba", TR_BUILDER_JAMBA, 2, 0, 0, 0},
    {"GraniteMoeHybridForCausalLM", "granitemoehybrid", TR_BUILDER_GRANITE_HYBRID, 2, 0, TR_TIED, 0},
    {"BambaForCausalLM", "bamba", TR_BUILDER_GRANITE_HYBRID, 2, 0, 0, 0},
    {"FalconH1ForCausalLM", "falcon_h1", TR_BUILDER_FALCON_H1, 2, 0, 0, 0},
    {"Lfm2ForCausalLM", "lfm2", TR_BUILDER_LFM2, 2, 0, TR_TIED, 0},
    {"Lfm2MoeForCausalLM", "lfm2_moe", TR_BUILDER_LFM2, 2, 0, TR_TIED, 0},

    /* earlier designs */
    {"GPT2LMHeadModel", "gpt2", STD, 2, 0, GPT2, 0},
    {"GPTBigCodeForCausalLM", "gpt_bigcode", STD, 2, 0, GPT2, TR_QUIRK_BIGCODE},
    {"GPTNeoForCausalLM", "gpt_neo", STD, 2, 0,
     TR_TIED | TR_O_BIAS | TR_FFN_BIAS | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM | TR_POSITIONS,
     TR_QUIRK_GPT_NEO},
    {"GPTNeoXForCausalLM", "gpt_neox", STD, 2, 0, BIASED | TR_FFN_PLAIN | TR_LAYERNORM, 0},
    {"GPTJForCausalLM", "gptj", STD, 1, 0,
     TR_FFN_BIAS | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM | TR_HEAD_BIAS, 0},
    {"CodeGenForCausalLM", "codegen", STD, 1, 0,
     TR_FFN_BIAS | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM | TR_HEAD_BIAS, 0},
    {"BloomForCausalLM", "bloom", STD, 2, 0,
     TR_TIED | BIASED | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM | TR_EMBED_NORM, 0},
    {"OPTForCausalLM", "opt", STD, 2, 0, TR_TIED | BIASED | TR_FFN_PLAIN | TR_LAYERNORM | TR_POSITIONS,
     TR_QUIRK_OPT},
    {"FalconForCausalLM", "falcon", STD, 2, 0, TR_TIED | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM,
     TR_QUIRK_FALCON},
    {"RWForCausalLM", "RefinedWeb", STD, 2, 0, TR_TIED | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM,
     TR_QUIRK_FALCON},
    {"RWForCausalLM", "RefinedWebModel", STD, 2, 0, TR_TIED | TR_FFN_PLAIN | TR_FFN_4H | TR_LAYERNORM,
     TR_QUIRK_FALCON},
    {"MPTForCausalLM", "mpt", STD, 2, 0, TR_TIED | TR_FFN_PLAIN | TR_FFN_4H, TR_QUIRK_MPT},
    {"MptForCausalLM", "mpt", STD, 2, 0, TR_TIED | TR_FFN_PLAIN | TR_FFN_4H, TR_QUIRK_MPT},
    {"Starcoder2ForCausalLM", "starcoder2", STD, 2, 0,
     TR_TIED | QK_BIAS_KEY | TR_FFN_BIAS_KEY | TR_FFN_PLAIN | TR_LAYERNORM | TR_WINDOW_KEY, 0},
    {"StableLmForCausalLM", "stablelm", STD, 2, 0, TR_QKV_BIAS_KEY | TR_QK_FULL | TR_QK_KEY | TR_LAYERNORM,
     TR_QUIRK_STABLELM},
    {"StableLMEpochForCausalLM", "stablelm", STD, 2, 0,
     TR_QKV_BIAS_KEY | TR_QK_FULL | TR_QK_KEY | TR_LAYERNORM, TR_QUIRK_STABLELM},
    {"NemotronForCausalLM", "nemotron", STD, 2, 0, QK_BIAS_KEY | TR_FFN_PLAIN | TR_LAYERNORM, 0},
    {"PersimmonForCausalLM", "persimmon", STD, 2, 0, BIASED | TR_FFN_PLAIN | TR_LAYERNORM | TR_QK_HEAD | TR_QK_KEY,
     TR_QUIRK_PERSIMMON},
    {"DeciLMForCausalLM", "nemotron-nas", TR_BUILDER_NAS, 2, 0, 0, 0},
    {"DeciLMForCausalLM", "deci", TR_BUILDER_NAS, 2, 0, 0, 0},
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

size_t tr_family_distance(const tr_family *family, const char *name)
{
    const size_t length = strlen(name);
    const size_t by_name = tr_name_distance(name, length, family->name, strlen(family->name));
    const size_t by_type = tr_name_distance(name, length, family->type, strlen(family->type));
    return by_name < by_type ? by_name : by_type;
}

const tr_family *tr_family_nearest(const char *name)
{
    const tr_family *nearest = &table[0];
    for (size_t i = 1; i < COUNT; i++)
        if (tr_family_distance(&table[i], name) < tr_family_distance(nearest, name))
            nearest = &table[i];
    return nearest;
}
