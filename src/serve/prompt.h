/* serve/prompt.h -- the pass that takes one client's prompt in. */
#ifndef TOKENROOF_SRC_SERVE_PROMPT_H
#define TOKENROOF_SRC_SERVE_PROMPT_H

#include <tokenroof/serve.h>

/* One prompt alone: what is not in the cache already, one token at least. */
tr_pass tr_prompt_pass(const tr_clients *clients);

#endif
