/* figure/figure.c -- placeholder of the skeleton, replaced by the room's files. */
#include <tokenroof/figure.h>

typedef int tr_figure_placeholder;
