/* price/constant.h -- constants of data/laws that prices need, by name. */
#ifndef TOKENROOF_SRC_PRICE_CONSTANT_H
#define TOKENROOF_SRC_PRICE_CONSTANT_H

/* "power.pue_ratio": the file's name, a dot, the constant's. NaN if there is none. */
double tr_price_constant(const char *name);

#endif
