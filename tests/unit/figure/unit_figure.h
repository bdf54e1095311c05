/* unit_figure.h -- what the tests of the figure room share: drawing into memory, a tiny XML
 * checker, and the boxes of the texts that an SVG says it has. */
#ifndef UNIT_FIGURE_H
#define UNIT_FIGURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/figure.h>

#include "base/rng.h"
#include "figure/place.h"
#include "figure/wrap.h"

#define PICTURE_MAX (1 << 20)

/* The picture in static memory, or NULL with the reason in *err. */
const char *svg_of(const tr_figure *figure, double width_px, double height_px, int dark, tr_error *err);
const char *terminal_of(const tr_figure *figure, int columns, int rows, int colour, int ascii, tr_error *err);

/* "" if text is one well-formed XML element as these pictures are written, else what is wrong. */
const char *xml_fault(const char *text);

/* The texts of an SVG: their boxes and, unescaped, what they say. */
typedef struct text_box {
    tr_fig_box box;
    double size_px;
    char text[256];
} text_box;
size_t svg_texts(const char *svg, text_box *out, size_t capacity);
/* How many pairs of texts overlap, or leave the picture, or are smaller than 10 px: 0 is good. */
size_t svg_text_faults(const char *svg);
/* 1 if every number in coordinates is a number within reach of the picture. */
int svg_numbers_are_sane(const char *svg);

/* A figure with everything on it that the draw gives; all it points to is in *store. */
typedef struct figure_store {
    double x[6][80], y[6][80], y2[6][80];
    char text[64][48];
    const char *label[80];
    tr_series series[6];
    tr_mark mark[8];
    tr_axis right;
    tr_figure figure;
} figure_store;
const tr_figure *random_figure(tr_rng *rng, figure_store *store);

/* Four lines, two marks and a region: a decode step against batch. */
const tr_figure *step_figure(figure_store *store, tr_scale scale);
const tr_figure *bar_figure(figure_store *store, size_t bars, size_t parts);

#endif
