/* unit_figure.c -- what the tests of the figure room share. */
#define _POSIX_C_SOURCE 200809L
#include "unit_figure.h"

#include <math.h>

static char picture[PICTURE_MAX];

const char *svg_of(const tr_figure *figure, double width_px, double height_px, int dark, tr_error *err)
{
    tr_buffer buffer = {picture, sizeof picture, 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    const tr_svg_style style = {width_px, height_px, dark};
    if (tr_figure_svg(figure, &style, &sink, err) != TR_OK)
        return NULL;
    assert_true(buffer.length < sizeof picture);
    return picture;
}

const char *terminal_of(const tr_figure *figure, int columns, int rows, int colour, int ascii, tr_error *err)
{
    tr_buffer buffer = {picture, sizeof picture, 0};
    tr_sink sink = tr_buffer_sink(&buffer);
    if (tr_figure_terminal(figure, columns, rows, colour, ascii, &sink, err) != TR_OK)
        return NULL;
    assert_true(buffer.length < sizeof picture);
    return picture;
}

/* ---- XML ------------------------------------------------------------------------ */

static int is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || (c >= '0' && c <= '9') || c == ':';
}

/* Text or an attribute's value up to stop: entities are known ones, bytes are clean UTF-8. */
static const char *skip_text(const char *p, char stop, const char **fault)
{
    while (*p != '\0' && *p != stop) {
        if (*p == '<') {
            *fault = "a bare <";
            return p;
        }
        if (*p == '&') {
            static const char *const ENTITY[4] = {"&amp;", "&lt;", "&gt;", "&quot;"};
            size_t k = 0;
            while (k < 4 && strncmp(p, ENTITY[k], strlen(ENTITY[k])) != 0)
                k++;
            if (k == 4) {
                *fault = "an unknown entity";
                return p;
            }
            p += strlen(ENTITY[k]);
            continue;
        }
        if ((unsigned char)*p < 0x20 && *p != '\n') {
            *fault = "a control character";
            return p;
        }
        const char *next = p;
        const uint32_t c = tr_fig_utf8_next(&next, p + strnlen(p, 4));
        if (c == 0xFFFD && strncmp(p, "\xEF\xBF\xBD", 3) != 0) {
            *fault = "malformed UTF-8";
            return p;
        }
        p = *p == '\n' ? p + 1 : next;
    }
    return p;
}

const char *xml_fault(const char *text)
{
    char stack[64][16];
    size_t depth = 0, roots = 0;
    const char *p = text, *fault = "";
    while (*p != '\0') {
        if (*p != '<') {
            p = skip_text(p, '<', &fault);
            if (fault[0] != '\0')
                return fault;
            continue;
        }
        p++;
        const int closing = *p == '/';
        p += closing;
        size_t n = 0;
        char name[16];
        while (is_name(*p) && n < sizeof name - 1)
            name[n++] = *p++;
        name[n] = '\0';
        if (n == 0)
            return "a nameless tag";
        if (closing) {
            if (depth == 0 || strcmp(stack[--depth], name) != 0)
                return "a tag closes that was not open";
            if (*p++ != '>')
                return "an unfinished closing tag";
            continue;
        }
        char seen[512] = "";
        while (*p == ' ') {
            p++;
            const char *attribute = p;
            while (is_name(*p))
                p++;
            char key[40];
            (void)snprintf(key, sizeof key, " %.*s=", (int)(p - attribute), attribute);
            if (strstr(seen, key) != NULL)
                return "an attribute is there twice";
            (void)strncat(seen, key, sizeof seen - strlen(seen) - 1);
            if (p[0] != '=' || p[1] != '"')
                return "an attribute without a value";
            p = skip_text(p + 2, '"', &fault);
            if (fault[0] != '\0')
                return fault;
            if (*p++ != '"')
                return "an unfinished value";
        }
        const int empty = *p == '/';
        p += empty;
        if (*p++ != '>')
            return "an unfinished tag";
        if (depth == 0 && ++roots > 1)
            return "more than one root";
        if (!empty) {
            if (depth == 64)
                return "too deep";
            strcpy(stack[depth++], name);
        }
    }
    return depth == 0 && roots == 1 ? "" : "a tag is left open";
}

/* ---- texts ------------------------------------------------------------------------ */

static double attribute(const char *tag, const char *name)
{
    const char *p = strstr(tag, name);
    const char *end = strchr(tag, '>');
    return p != NULL && p < end ? strtod(p + strlen(name), NULL) : (double)NAN;
}

size_t svg_texts(const char *svg, text_box *out, size_t capacity)
{
    size_t count = 0;
    for (const char *p = svg; (p = strstr(p, "<text ")) != NULL && count < capacity; p++) {
        text_box *t = &out[count++];
        const char *begin = strchr(p, '>') + 1, *end = strstr(begin, "</text>");
        size_t n = 0;
        for (const char *q = begin; q < end && n + 1 < sizeof t->text; q++) {
            if (strncmp(q, "&lt;", 4) == 0 || strncmp(q, "&gt;", 4) == 0) {
                t->text[n++] = q[1] == 'l' ? '<' : '>';
                q += 3;
            } else if (strncmp(q, "&amp;", 5) == 0 || strncmp(q, "&quot;", 6) == 0) {
                t->text[n++] = q[1] == 'a' ? '&' : '"';
                q += q[1] == 'a' ? 4 : 5;
            } else {
                t->text[n++] = *q;
            }
        }
        t->text[n] = '\0';
        t->size_px = attribute(p, " font-size=\"");
        const double x = attribute(p, " x=\""), y = attribute(p, " y=\"");
        const char *bold = strstr(p, "font-weight");
        const double width =
            tr_fig_measure_px((tr_fig_span){t->text, n, 0}, t->size_px, bold != NULL && bold < begin);
        /* From the top of a capital to the foot of a g. */
        t->box = (tr_fig_box){x, y - 0.78 * t->size_px, x + width, y + 0.24 * t->size_px};
    }
    return count;
}

size_t svg_text_faults(const char *svg)
{
    static text_box text[512];
    const size_t n = svg_texts(svg, text, 512);
    const double width = attribute(svg, " width=\""), height = attribute(svg, " height=\"");
    size_t faults = 0;
    for (size_t i = 0; i < n; i++) {
        const tr_fig_box paper = {-0.1, -0.1, width + 0.1, height + 0.1};
        if (!tr_fig_box_inside(text[i].box, paper) || !(text[i].size_px >= 10.0)) {
            print_message("outside or too small: \"%s\" at %.1f %.1f .. %.1f %.1f of %.0f x %.0f, %.1f px\n",
                          text[i].text, text[i].box.x0, text[i].box.y0, text[i].box.x1, text[i].box.y1, width,
                          height, text[i].size_px);
            faults++;
        }
        for (size_t k = 0; k < i; k++)
            if (tr_fig_box_overlap(tr_fig_box_grow(text[i].box, -0.1), tr_fig_box_grow(text[k].box, -0.1))) {
                print_message("overlap: \"%s\" and \"%s\"\n", text[k].text, text[i].text);
                faults++;
            }
    }
    return faults;
}

int svg_numbers_are_sane(const char *svg)
{
    /* A line's path is numbers and nothing else. */
    for (const char *p = svg; (p = strstr(p, " d=\"")) != NULL; p++) {
        const size_t n = strspn(p + 4, "Mlz0123456789.- ");
        if (p[4 + n] != '"' || n == 0)
            return 0;
    }
    static const char *const NAME[] = {" x=\"",  " y=\"",  " x1=\"", " y1=\"",    " x2=\"",
                                       " y2=\"", " cx=\"", " cy=\"", " width=\"", " height=\""};
    for (size_t k = 0; k < sizeof NAME / sizeof NAME[0]; k++)
        for (const char *p = svg; (p = strstr(p, NAME[k])) != NULL; p++) {
            const double v = strtod(p + strlen(NAME[k]), NULL);
            if (!(v >= 0.0 && v <= 4001.0))
                return 0;
        }
    return 1;
}

/* ---- figures ---------------------------------------------------------------------- */

static const char *random_text(tr_rng *rng, char *out)
{
    static const char *const WORD[] = {"batch",
                                       "weights",
                                       "KV",
                                       "a<b",
                                       "&amp;",
                                       "\"so\"",
                                       "4\xC2\xB5s",
                                       "\xE6\xA8\xA1\xE5\x9E\x8B",
                                       "memory",
                                       "is",
                                       "full",
                                       "gb200-nvl72",
                                       "\xFF\xFE",
                                       "\x01",
                                       "averyveryverylongwordindeed",
                                       "of",
                                       "at",
                                       "1.165\xC2\xA0ms",
                                       "\xE2\x80\xAEx",
                                       "e\xCC\x81"};
    out[0] = '\0';
    const uint64_t words = tr_rng_below(rng, 7);
    for (uint64_t i = 0; i < words; i++) {
        const char *word = WORD[tr_rng_below(rng, sizeof WORD / sizeof WORD[0])];
        if (strlen(out) + strlen(word) + 2 < 48) {
            strcat(out, word);
            strcat(out, " ");
        }
    }
    return tr_rng_below(rng, 12) == 0 ? NULL : out;
}

static double random_value(tr_rng *rng, int wild)
{
    switch (wild ? tr_rng_below(rng, 12) : 9) {
    case 0: return (double)NAN;
    case 1: return HUGE_VAL;
    case 2: return -HUGE_VAL;
    case 3: return 0.0;
    case 4: return 1e308;
    case 5: return 5e-324;
    case 6: return -tr_rng_uniform(rng);
    default: return tr_rng_log_uniform(rng, 1e-3, 1e4);
    }
}

static tr_axis random_axis(tr_rng *rng, char *text)
{
    tr_axis axis = {random_text(rng, text), (tr_unit)tr_rng_below(rng, TR_UNIT_COUNT),
                    (tr_scale)tr_rng_below(rng, 2), 0.0, 0.0};
    if (tr_rng_below(rng, 4) == 0) {
        axis.min = tr_rng_log_uniform(rng, 1e-2, 1e2);
        axis.max = axis.min * (1.0 + tr_rng_log_uniform(rng, 1e-3, 1e3));
    }
    return axis;
}

const tr_figure *random_figure(tr_rng *rng, figure_store *s)
{
    memset(s, 0, sizeof *s);
    size_t t = 0;
    tr_figure *f = &s->figure;
    f->title = random_text(rng, s->text[t++]);
    f->subtitle = random_text(rng, s->text[t++]);
    f->caption = random_text(rng, s->text[t++]);
    f->source = random_text(rng, s->text[t++]);
    f->x = random_axis(rng, s->text[t++]);
    f->y = random_axis(rng, s->text[t++]);
    const int bars = tr_rng_below(rng, 6) == 0, wild = tr_rng_below(rng, 2) == 0;
    if (bars)
        f->x.scale = TR_SCALE_LINEAR;
    for (size_t i = 0; i < 80; i++)
        s->label[i] = random_text(rng, s->text[40 + i % 20]);
    f->series = s->series;
    f->series_count = 1 + tr_rng_below(rng, 6);
    const size_t n = 1 + tr_rng_below(rng, 80);
    for (size_t k = 0; k < f->series_count; k++) {
        tr_series *series = &s->series[k];
        series->name = random_text(rng, s->text[t++]);
        static const tr_series_kind KIND[] = {TR_SERIES_LINE, TR_SERIES_DASHED, TR_SERIES_POINTS,
                                              TR_SERIES_BAND, TR_SERIES_FLOOR,  TR_SERIES_RINGS};
        series->kind = bars ? TR_SERIES_BARS : KIND[tr_rng_below(rng, sizeof KIND / sizeof KIND[0])];
        series->role = (tr_role)tr_rng_below(rng, TR_ROLE_COUNT);
        series->n = n;
        series->x = s->x[k];
        series->y = s->y[k];
        series->y2 = s->y2[k];
        series->label = tr_rng_below(rng, 2) ? s->label : NULL;
        const int smooth = tr_rng_below(rng, 2) == 0;
        const double slope = tr_rng_log_uniform(rng, 1e-2, 1e2);
        for (size_t i = 0; i < n; i++) {
            s->x[k][i] = bars     ? tr_rng_log_uniform(rng, 1e-2, 1e2)
                         : smooth ? 1.0 + (double)i
                                  : random_value(rng, wild);
            s->y[k][i] = smooth ? slope * (double)(i + 1) : random_value(rng, wild);
            s->y2[k][i] = random_value(rng, wild);
        }
    }
    f->bar_labels = s->label;
    f->marks = s->mark;
    f->mark_count = tr_rng_below(rng, 9);
    for (size_t k = 0; k < f->mark_count; k++)
        s->mark[k] = (tr_mark){(tr_mark_kind)tr_rng_below(rng, 4),
                               (tr_role)tr_rng_below(rng, TR_ROLE_COUNT),
                               random_value(rng, wild),
                               random_value(rng, wild),
                               random_text(rng, s->text[t++]),
                               random_value(rng, wild)};
    if (tr_rng_below(rng, 4) == 0) {
        s->right = random_axis(rng, s->text[t++]);
        f->y2 = &s->right;
        f->y2_ratio = tr_rng_log_uniform(rng, 1e-6, 1e6);
    }
    return f;
}

const tr_figure *step_figure(figure_store *s, tr_scale scale)
{
    memset(s, 0, sizeof *s);
    static const char *const NAME[4] = {"compute", "weights", "KV cache", "step"};
    static const tr_role ROLE[4] = {TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV, TR_ROLE_RESULT};
    for (size_t i = 0; i < 61; i++) {
        const double batch =
            scale == TR_SCALE_LOG ? 10.0 * (double)i * (double)i + 1.0 : 1.0 + 10.0 * (double)i;
        const double term[3] = {1e-4 * batch, 0.02, 2e-5 * batch};
        for (size_t k = 0; k < 4; k++) {
            s->x[k][i] = batch;
            s->y[k][i] = k < 3 ? term[k] : term[0] > term[1] + term[2] ? term[0] : term[1] + term[2];
        }
    }
    for (size_t k = 0; k < 4; k++)
        s->series[k] = (tr_series){
            .name = NAME[k], .kind = TR_SERIES_LINE, .role = ROLE[k], .x = s->x[k], .y = s->y[k], .n = 61};
    s->mark[0] = (tr_mark){.kind = TR_MARK_POINT,
                           .role = TR_ROLE_RESULT,
                           .x = 250.0,
                           .y = 0.025,
                           .text = "compute takes over at batch 250"};
    s->mark[1] = (tr_mark){.kind = TR_MARK_REGION,
                           .role = TR_ROLE_LIMIT,
                           .x = 500.0,
                           .x2 = HUGE_VAL,
                           .text = "memory is full beyond 500"};
    s->figure = (tr_figure){
        .title = "Compute takes over at batch 250",
        .subtitle = "a model on a chip, one decode step",
        .caption =
            "The step takes the longer of compute and memory; weights and KV cache share the memory bus.",
        .source = "bound physics [R1]",
        .x = {.label = "batch (sequences decoded together)", .unit = TR_UNIT_SEQ, .scale = scale},
        .y = {.label = "time of one step", .unit = TR_UNIT_SECOND, .scale = scale},
        .series = s->series,
        .series_count = 4,
        .marks = s->mark,
        .mark_count = 2};
    return &s->figure;
}

const tr_figure *bar_figure(figure_store *s, size_t bars, size_t parts)
{
    memset(s, 0, sizeof *s);
    static const char *const NAME[3] = {"compute", "weights", "KV cache"};
    for (size_t i = 0; i < bars; i++) {
        (void)snprintf(s->text[i % 64], 48, "operator %zu", i);
        s->label[i] = s->text[i % 64];
        for (size_t k = 0; k < parts; k++)
            s->x[k][i] = 1e-3 * (double)(1 + (i * 7 + k * 3) % 11);
    }
    for (size_t k = 0; k < parts; k++)
        s->series[k] = (tr_series){.name = NAME[k],
                                   .kind = TR_SERIES_BARS,
                                   .role = (tr_role)(TR_ROLE_COMPUTE + k),
                                   .x = s->x[k],
                                   .n = bars};
    s->figure = (tr_figure){.title = "Where the time goes",
                            .x = {.label = "time in one step", .unit = TR_UNIT_SECOND},
                            .series = s->series,
                            .series_count = parts,
                            .bar_labels = s->label};
    return &s->figure;
}
