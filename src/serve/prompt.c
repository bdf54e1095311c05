/* serve/prompt.c -- the pass that takes one client's prompt in. */
#include "serve/prompt.h"

#include "base/extreme.h"

tr_pass tr_prompt_pass(const tr_clients *clients)
{
    return (tr_pass){.token_per_seq = 1.0,
                     .prefill_seq = 1.0,
                     .prefill_query_token = larger(clients->prompt_token - clients->cached_token, 1.0),
                     .prefill_context_token = clients->cached_token};
}
