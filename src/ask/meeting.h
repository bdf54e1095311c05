/* ask/meeting.h -- where compute and memory take the same time along batch or context. */
#ifndef TOKENROOF_SRC_ASK_MEETING_H
#define TOKENROOF_SRC_ASK_MEETING_H

#include <tokenroof/write.h>

#include "ask/along.h"

/* The balance batch, or the cliff of the batch, with attention's multiplies left out. */
double tr_meeting_without(const tr_along *along);

void tr_meeting_json(const tr_along *along, tr_json *json); /* "balance": {...} */
void tr_meeting_text(const tr_along *along, const tr_style *style, tr_writer *out);

#endif
