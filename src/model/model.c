/* model/model.c -- placeholder of the skeleton, replaced by the room's files. */
#include <tokenroof/model.h>

typedef int tr_model_placeholder;
