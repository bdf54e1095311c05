/* input/preset.c -- published examples as settings, so that a reader can check us against their source. */
#include <tokenroof/input.h>

#include <string.h>

#include "base/fail.h"

typedef struct setting {
    tr_input_id id;
    const char *text;
} setting;

enum { SETTING_MAX = 10 };

typedef struct preset {
    const char *name;
    const char *doc;
    const char *note;
    setting settings[SETTING_MAX]; /* ends at a NULL text */
} preset;

static const preset presets[] = {
    /* The page's C counts multiplies (80e12 a second), ours FLOPs: twice that.
     * Its parameters are read as bytes, hence weight=1; its KV term is
     * batch x context x b with b bytes, hence kv=2. */
    {"relearning-02",
     "the batch-size simulator of \"Relearning LLMs 02: Writing Inference as Equations\" (insights.kaho.io)",
     "KV is read as that page has it, batch x context x 2 bytes: the factor 2 x layers x kv_heads x head_dim "
     "is left out (65,536 for Llama-3-8B, which would make this KV term 687 ms and not 0.01049 ms)",
     {{TR_IN_MODEL, "name=relearning-02,total=12e9,active=8e9,kv=2,weight=1"},
      {TR_IN_SYSTEM, "name=relearning-02,flops=160e12,bw=200GB/s"},
      {TR_IN_PHASE, "decode"},
      {TR_IN_BATCH, "128"},
      {TR_IN_CONTEXT, "8192"},
      {TR_IN_COUNT, NULL}}},
    /* The lesson names no model. 27e9 one-byte weights with a native BF16 KV
     * of 65,536 B/token (16 full-attention layers of 64, 4 KV heads of 256) is
     * the shape of the published 27B of that family. */
    {"lesson-11",
     "the roofline lesson's cluster: H100 NVL, 836 TFLOPS BF16, 3.9 TB/s, batch 8",
     "the lesson's 4% holds where weights and math share a dtype (BF16: 8 of 214.4 FLOP/byte; FP8: 16 of "
     "428.7; "
     "both 3.7%); its own 16 FLOP/byte of one-byte weights under the BF16 ridge is 7.5%; it names neither "
     "model "
     "nor context, so 27e9 parameters and 2k tokens stand in",
     {{TR_IN_MODEL, "name=lesson-11,total=27e9,active=27e9,kv=65536,weight=1"},
      {TR_IN_SYSTEM, "name=h100-nvl-836,flops=836e12,bw=3.9TB/s,mem=94GB"},
      {TR_IN_MATH_DTYPE, "bf16"},
      {TR_IN_PHASE, "decode"},
      {TR_IN_BATCH, "8"},
      {TR_IN_CONTEXT, "2k"},
      {TR_IN_COUNT, NULL}}},
};

enum { PRESET_COUNT = sizeof presets / sizeof presets[0] };

const char *tr_preset_name(size_t index) { return index < PRESET_COUNT ? presets[index].name : NULL; }
const char *tr_preset_doc(size_t index) { return index < PRESET_COUNT ? presets[index].doc : NULL; }
const char *tr_preset_note(size_t index) { return index < PRESET_COUNT ? presets[index].note : NULL; }

static const char *name_at(size_t index, const void *context)
{
    (void)context;
    return tr_preset_name(index);
}

tr_status tr_scenario_preset(tr_scenario *scenario, const char *name, tr_error *err)
{
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        if (strcmp(presets[i].name, name) != 0)
            continue;
        tr_status s = tr_input_set(scenario, TR_IN_PRESET, name, err);
        for (const setting *p = presets[i].settings; s == TR_OK && p->text != NULL; p++)
            s = tr_input_set(scenario, p->id, p->text, err);
        return s;
    }
    const char *near = tr_near_name(name, name_at, NULL);
    return tr_fail(err, TR_EUNKNOWN, "preset", 0, "unknown preset '%.60s': %s'%s'%s", name,
                   near != NULL ? "did you mean " : "there are ", near != NULL ? near : presets[0].name,
                   near != NULL ? "?" : " and 'lesson-11'");
}
