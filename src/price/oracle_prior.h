/* price/oracle_prior.h -- the priors that tools/embed_priors writes from data/priors while building. No pointers. */
#ifndef TOKENROOF_SRC_PRICE_ORACLE_PRIOR_H
#define TOKENROOF_SRC_PRICE_ORACLE_PRIOR_H

#include "price/oracle_parts.h"

extern const uint32_t tr_prior_table_count, tr_prior_chip_table_count;
extern const tr_prior tr_prior_table[];
extern const char tr_prior_chip_table[][64];
extern const char tr_prior_tier_chip[64]; /* whose tiers stand for all */
extern const uint32_t tr_prior_fast_table_count, tr_launch_table_count;
extern const char tr_prior_fast_table[][96]; /* PROVIDER/MODEL */
extern const tr_launch tr_launch_table[];

#endif
