/* tokenroof/tokenroof.h -- the whole public API, for those who want one include. */
#ifndef TOKENROOF_TOKENROOF_H
#define TOKENROOF_TOKENROOF_H

#include <tokenroof/answer.h>
#include <tokenroof/base.h>
#include <tokenroof/calibration.h>
#include <tokenroof/chip.h>
#include <tokenroof/claims.h>
#include <tokenroof/cost.h>
#include <tokenroof/figure.h>
#include <tokenroof/input.h>
#include <tokenroof/laws.h>
#include <tokenroof/layout.h>
#include <tokenroof/lesson.h>
#include <tokenroof/lifecycle.h>
#include <tokenroof/model.h>
#include <tokenroof/operators.h>
#include <tokenroof/oracle.h>
#include <tokenroof/price.h>
#include <tokenroof/reversible.h>
#include <tokenroof/scale.h>
#include <tokenroof/step.h>
#include <tokenroof/tiers.h>

#endif /* TOKENROOF_TOKENROOF_H */
