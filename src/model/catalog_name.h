/* model/catalog_name.h -- how names of models are spelt: by those who pack them again, and one spelling for all. */
#ifndef TOKENROOF_SRC_MODEL_CATALOG_NAME_H
#define TOKENROOF_SRC_MODEL_CATALOG_NAME_H

#include <tokenroof/model.h>

#define TR_CATALOG_SPELT_MAX 128

/* What is typed without the place that it begins with ("hf.co/", "https://huggingface.co/", "ollama.com/library/"), and
 * without what follows the id in a link; *format, unless it is set, to that of a .gguf file that the link leads to. */
void tr_catalog_id(const char *typed, char *out, size_t size, tr_weight_format *format);
/* The length of name[0..length) without the words at its end that say how weights are packed ("-bnb-4bit",
 * "-quantized.w4a16", "-GGUF:Q4_K_M"); *format, unless it is set, to the last format among them. */
size_t tr_catalog_unpacked(const char *name, size_t length, tr_weight_format *format);
/* The last of those words alone; length if the name ends in none. */
size_t tr_catalog_unpacked_once(const char *name, size_t length, tr_weight_format *format);
/* One spelling: small letters and digits, without what stands between them and without the words that tell variants
 * of the same shape apart ("Meta-Llama-3.1-8B-Instruct" and "llama3.1:8b": "llama318b"). Longer names are cut. */
void tr_catalog_spell(const char *name, size_t length, char out[TR_CATALOG_SPELT_MAX]);

#endif
