/* figure/palette.c -- the colours: one a role, the same in every figure. */
#include "figure/palette.h"

const uint32_t tr_fig_colour[2][FIG_PAINT_COUNT] = {
    {0xFFFFFF, 0x17202A, 0x5B6672, 0x9AA3AD, 0xE6E9EC, 0x17202A, 0x0A66B2, 0xBD4B00, 0x007A5C, 0x9B3F7E,
     0x7A6200, 0x5B6672, 0x6B7480},
    {0x14181D, 0xEEF1F4, 0x9FAAB5, 0x66707A, 0x2A3138, 0xF4F6F8, 0x63B3F0, 0xFF8F4A, 0x3CCBA2, 0xE896CA,
     0xE0BE45, 0x9FAAB5, 0x8C97A3},
};

const char *const tr_fig_colour_name[FIG_PAINT_COUNT] = {
    "paper",   "ink", "muted", "axis",  "grid",  "result", "compute",
    "weights", "kv",  "comm",  "fixed", "limit", "other",
};

const char *tr_fig_role_name(tr_role role) { return tr_fig_colour_name[FIG_ROLE + (int)role]; }
