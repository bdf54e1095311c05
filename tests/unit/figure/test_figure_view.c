/* test_figure_view.c -- a figure shown as a sketch to guess from, and with what was asked of it marked. */
#include <math.h>

#include "unit_figure.h"

static char picture[PICTURE_MAX];
static size_t length;

static int take(void *context, const char *data, size_t size)
{
    (void)context;
    if (length + size >= PICTURE_MAX)
        return 1;
    memcpy(picture + length, data, size);
    length += size;
    picture[length] = '\0';
    return 0;
}

/* Two lines and a mark: the second, the result, is twice the first. */
static const char *drawn(const tr_figure_view *view)
{
    static const double x[2] = {1.0, 10.0}, y[2] = {1.0, 2.0}, twice[2] = {2.0, 4.0};
    static const tr_series series[2] = {
        {.name = "once: ends at 2", .role = TR_ROLE_WEIGHTS, .x = x, .y = y, .n = 2},
        {.name = "twice", .role = TR_ROLE_RESULT, .x = x, .y = twice, .n = 2},
    };
    static const tr_mark mark[1] = {
        {.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = 10.0, .y = 4.0, .text = "end: here"}};
    const tr_figure figure = {.title = "It doubles", .caption = "Once and twice.",
                              .x = {.label = "along", .min = 1.0, .max = 20.0}, .y = {.label = "up", .min = 0.0, .max = 5.0},
                              .series = series, .series_count = 2, .marks = mark, .mark_count = 1};
    const tr_figure_target target = {.svg = {.width_px = 640.0}, .view = view};
    tr_sink sink = {.write = take};
    length = 0;
    assert_int_equal(tr_figure_draw(&figure, &target, &sink, NULL), TR_OK);
    assert_string_equal(xml_fault(picture), "");
    assert_int_equal(svg_text_faults(picture), 0);
    return picture;
}

static int says(const char *svg, const char *words)
{
    static text_box text[256];
    const size_t n = svg_texts(svg, text, 256);
    for (size_t i = 0; i < n; i++)
        if (strstr(text[i].text, words) != NULL)
            return 1;
    return 0;
}

static void without_a_view_it_is_as_it_is(void **state)
{
    (void)state;
    const char *svg = drawn(NULL);
    assert_true(says(svg, "It doubles") && says(svg, "once: ends at 2") && says(svg, "twice") && says(svg, "end: here"));
    assert_true(says(svg, "10") && says(svg, "Once and twice."));
}

static void a_sketch_keeps_the_axes_and_the_lines_and_says_nothing_of_what_was_found(void **state)
{
    (void)state;
    tr_figure_view view = {.title = "How does it grow?", .sketch = 1, .hides = TR_ROLE_RESULT};
    const char *svg = drawn(&view);
    assert_true(says(svg, "How does it grow?") && says(svg, "along") && says(svg, "up") && says(svg, "once"));
    assert_false(says(svg, "doubles") || says(svg, "twice") || says(svg, "ends at 2") || says(svg, "end") ||
                 says(svg, "Once and") || says(svg, "10") || says(svg, "20"));
    view.hides = -1;
    assert_true(says(drawn(&view), "twice"));
    view.keeps_marks = 1;
    svg = drawn(&view);
    assert_true(says(svg, "end") && !says(svg, "here"));
}

static void what_was_asked_is_marked_or_said(void **state)
{
    (void)state;
    tr_mark mark = {.kind = TR_MARK_VERTICAL, .role = TR_ROLE_RESULT, .x = 5.0, .text = "asked: 5"};
    tr_figure_view view = {.hides = -1, .mark = &mark, .says = "It is so."};
    const char *svg = drawn(&view);
    assert_true(says(svg, "asked: 5") && says(svg, "It doubles") && says(svg, "end: here") && !says(svg, "It is so."));
    mark.x = 100.0; /* off the axis: no curve goes there */
    svg = drawn(&view);
    assert_true(!says(svg, "asked: 5") && says(svg, "It is so. Once and twice."));
    mark = (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = 100.0, .y = 50.0, .text = "far: out"};
    assert_true(says(drawn(&view), "far: out")); /* the axes reach it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_view_it_is_as_it_is),
        cmocka_unit_test(a_sketch_keeps_the_axes_and_the_lines_and_says_nothing_of_what_was_found),
        cmocka_unit_test(what_was_asked_is_marked_or_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
