/* tokenroof/tokenroof.h -- the whole public API, for those who want one include. */
#ifndef TOKENROOF_TOKENROOF_H
#define TOKENROOF_TOKENROOF_H

#include <tokenroof/ask.h>
#include <tokenroof/base.h>
#include <tokenroof/calibration.h>
#include <tokenroof/chip.h>
#include <tokenroof/claims.h>
#include <tokenroof/engine.h>
#include <tokenroof/figure.h>
#include <tokenroof/input.h>
#include <tokenroof/lesson.h>
#include <tokenroof/life.h>
#include <tokenroof/model.h>
#include <tokenroof/pass.h>
#include <tokenroof/price.h>
#include <tokenroof/problem.h>
#include <tokenroof/rate.h>
#include <tokenroof/serve.h>
#include <tokenroof/shard.h>
#include <tokenroof/verb.h>
#include <tokenroof/write.h>

#endif /* TOKENROOF_TOKENROOF_H */
