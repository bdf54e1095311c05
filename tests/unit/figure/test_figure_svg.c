/* test_figure_svg.c -- the SVG of a figure: well-formed, legible, deterministic, and honest about what it
 * cannot draw. */
#include <math.h>

#include "unit_figure.h"

static figure_store store;

static const double WIDTH[] = {320.0, 390.0, 640.0, 960.0, 1600.0, 4000.0};

static void no_two_texts_overlap_at_any_width(void **state)
{
    (void)state;
    tr_error err;
    for (int scale = 0; scale < 2; scale++)
        for (size_t w = 0; w < sizeof WIDTH / sizeof WIDTH[0]; w++) {
            const char *svg = svg_of(step_figure(&store, (tr_scale)scale), WIDTH[w], 0.0, 0, &err);
            assert_non_null(svg);
            assert_int_equal(svg_text_faults(svg), 0);
            assert_string_equal(xml_fault(svg), "");
            assert_true(svg_numbers_are_sane(svg));
        }
}

static void every_name_and_mark_is_written_somewhere(void **state)
{
    (void)state;
    tr_error err;
    static const char *const WORD[] = {">compute<", ">weights<", ">KV cache<", ">step<", "takes", "beyond"};
    for (size_t w = 0; w < sizeof WIDTH / sizeof WIDTH[0]; w++) {
        const char *svg = svg_of(step_figure(&store, TR_SCALE_LINEAR), WIDTH[w], 0.0, 0, &err);
        const char *body = strstr(svg, "</desc>");
        for (size_t i = 0; i < sizeof WORD / sizeof WORD[0]; i++)
            assert_non_null(strstr(body, WORD[i]));
    }
}

static void the_same_figure_has_the_same_bytes(void **state)
{
    (void)state;
    tr_error err;
    static char first[PICTURE_MAX];
    strcpy(first, svg_of(step_figure(&store, TR_SCALE_LOG), 960.0, 0.0, 0, &err));
    assert_string_equal(first, svg_of(step_figure(&store, TR_SCALE_LOG), 960.0, 0.0, 0, &err));
}

static void a_random_figure_is_well_formed_or_refused_and_never_overlaps(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 2024);
    int drawn = 0;
    for (int i = 0; i < 1500; i++) {
        const tr_figure *figure = random_figure(&rng, &store);
        const double width = 320.0 + (double)tr_rng_below(&rng, 1200);
        const double height = tr_rng_below(&rng, 2) ? 0.0 : 240.0 + (double)tr_rng_below(&rng, 600);
        tr_error err = {.status = TR_OK};
        const char *svg = svg_of(figure, width, height, (int)tr_rng_below(&rng, 3), &err);
        if (svg == NULL) {
            assert_true(err.text[0] != '\0');
            continue;
        }
        drawn++;
        const char *fault = xml_fault(svg);
        if (fault[0] != '\0' || !svg_numbers_are_sane(svg))
            print_message("figure %d: %s\n", i, fault);
        assert_string_equal(fault, "");
        assert_true(svg_numbers_are_sane(svg));
        assert_int_equal(svg_text_faults(svg), 0);
    }
    assert_true(drawn > 700);
}

static void text_from_outside_cannot_break_out(void **state)
{
    (void)state;
    tr_error err;
    tr_figure f = *step_figure(&store, TR_SCALE_LINEAR);
    f.title = "</text><script>alert(\"1\")</script>&";
    store.series[0].name = "\"><b x=\"";
    const char *svg = svg_of(&f, 960.0, 0.0, 2, &err);
    assert_string_equal(xml_fault(svg), "");
    assert_null(strstr(svg, "<script"));
    assert_null(strstr(svg, "<b "));
}

static void the_page_can_read_the_data_and_set_the_colours(void **state)
{
    (void)state;
    tr_error err;
    const char *svg = svg_of(step_figure(&store, TR_SCALE_LINEAR), 960.0, 0.0, 2, &err);
    assert_non_null(strstr(svg, "var(--tr-kv,#"));
    assert_non_null(
        strstr(svg, "data-series=\"KV cache\" data-role=\"kv\" data-kind=\"line\" data-x=\"1 11 21 "));
    assert_non_null(strstr(svg, "data-x-axis=\"linear 1 601\""));
    assert_non_null(strstr(svg, "data-plot=\""));
    assert_null(strstr(svg, " id=\""));
    assert_non_null(strstr(svg, "role=\"img\""));
    assert_non_null(strstr(svg, "<title>Compute takes over at batch 250</title>"));
    assert_non_null(strstr(svg, "<desc>a model on a chip"));
}

static void a_straight_line_is_two_points(void **state)
{
    (void)state;
    tr_error err;
    const char *svg = svg_of(step_figure(&store, TR_SCALE_LINEAR), 960.0, 0.0, 0, &err);
    const char *p = strstr(strstr(svg, "data-series=\"compute\""), " d=\"");
    size_t strokes = 0;
    for (p += 4; *p != '"'; p++)
        strokes += *p == 'l';
    assert_in_range(strokes, 1, 3);
}

static void what_cannot_be_drawn_is_refused_in_words(void **state)
{
    (void)state;
    tr_error err;
    tr_figure f = *step_figure(&store, TR_SCALE_LINEAR);
    assert_null(svg_of(&f, 319.0, 0.0, 0, &err));
    assert_string_equal(err.field, "width_px");
    assert_null(svg_of(&f, (double)NAN, 0.0, 0, &err));
    assert_null(svg_of(&f, 960.0, 100.0, 0, &err));
    assert_string_equal(err.field, "height_px");
    assert_null(svg_of(&f, 960.0, 0.0, 3, &err));
    f.series_count = 0;
    assert_null(svg_of(&f, 960.0, 0.0, 0, &err));
    f = *step_figure(&store, TR_SCALE_LINEAR);
    for (size_t i = 0; i < 61; i++)
        for (size_t k = 0; k < 4; k++)
            store.y[k][i] = (double)NAN;
    assert_null(svg_of(&f, 960.0, 0.0, 0, &err));
    assert_int_equal(err.status, TR_EDOMAIN);
    f = *step_figure(&store, TR_SCALE_LINEAR);
    f.x.min = 5.0;
    f.x.max = 5.0;
    assert_null(svg_of(&f, 960.0, 0.0, 0, &err));
    assert_string_equal(err.field, "x");
    f.x.scale = TR_SCALE_LOG;
    f.x.min = 0.0;
    assert_null(svg_of(&f, 960.0, 0.0, 0, &err));
    f = *bar_figure(&store, 3, 1);
    f.x.scale = TR_SCALE_LOG;
    assert_null(svg_of(&f, 960.0, 0.0, 0, &err));
    f = *bar_figure(&store, 3, 1);
    store.x[0][1] = -1.0;
    assert_null(svg_of(&f, 960.0, 0.0, 0, &err));
    f = *step_figure(&store, TR_SCALE_LINEAR);
    f.mark_count = TR_FIGURE_MARKS_MAX + 1;
    assert_null(svg_of(&f, 960.0, 0.0, 0, &err));
    assert_int_equal(err.status, TR_ECAPACITY);
}

static int stop(void *context, const char *text, size_t length)
{
    (void)context, (void)text, (void)length;
    return 1;
}

static void a_sink_that_stops_is_reported(void **state)
{
    (void)state;
    tr_error err;
    tr_sink sink = {stop, NULL};
    const tr_svg_style style = {960.0, 0.0, 0};
    assert_int_equal(tr_figure_svg(step_figure(&store, TR_SCALE_LINEAR), &style, &sink, &err), TR_EIO);
    assert_int_equal(tr_figure_terminal(&store.figure, 80, 24, 0, 0, &sink, &err), TR_EIO);
}

static void bars_show_their_values_and_stack(void **state)
{
    (void)state;
    tr_error err;
    const char *svg = svg_of(bar_figure(&store, 8, 3), 390.0, 0.0, 0, &err);
    assert_int_equal(svg_text_faults(svg), 0);
    assert_non_null(strstr(svg, ">operator 7<"));
    assert_non_null(strstr(svg, ">KV cache<"));
    size_t boxes = 0;
    for (const char *p = strstr(svg, "data-kind=\"bars\""); (p = strstr(p, "<rect")) != NULL; p++)
        boxes++;
    assert_int_equal(boxes, 8 * 3 + 3);
}

/* One of three bars has none: two whiskers of three lines, two dashed bounds. */
static void whiskers_and_bounds_stand_on_their_bars(void **state)
{
    (void)state;
    tr_error err;
    static const double low[3] = {1.0, NAN, 2.0}, high[3] = {4.0, NAN, 9.0}, bound[3] = {0.5, NAN, 0.5};
    const tr_figure *plain = bar_figure(&store, 3, 1);
    size_t lines[2] = {0, 0};
    for (int with = 0; with < 2; with++) {
        tr_figure f = *plain;
        if (with) {
            f.whiskers.low = low;
            f.whiskers.high = high;
            f.whiskers.bound = bound;
            f.x.max = 10.0;
        }
        const char *svg = svg_of(&f, 390.0, 0.0, 0, &err);
        assert_int_equal(svg_text_faults(svg), 0);
        for (const char *p = svg; (p = strstr(p, "stroke-width=\"1.2\"")) != NULL; p++)
            lines[with]++;
        assert_true(with == (strstr(svg, "stroke-width=\"1.6\"") != NULL));
    }
    assert_int_equal(lines[1] - lines[0], 2 * 3);
}

static void bars_that_do_not_fit_are_counted(void **state)
{
    (void)state;
    tr_error err;
    const char *svg = svg_of(bar_figure(&store, 40, 1), 390.0, 300.0, 0, &err);
    assert_int_equal(svg_text_faults(svg), 0);
    assert_non_null(strstr(svg, " more<"));
}

/* A level floor at 2 and three rings, of which one has a word for who hovers. */
static const tr_figure *floor_figure(figure_store *s)
{
    static const double x[3] = {1, 2, 3}, floor_y[3] = {2, 2, 2}, ring_y[3] = {3, 4, 5};
    static const char *const hover[3] = {NULL, "64 clients & more", NULL};
    s->series[0] = (tr_series){.name = "bound", .kind = TR_SERIES_FLOOR, .role = TR_ROLE_LIMIT, .x = x, .y = floor_y, .n = 3};
    s->series[1] = (tr_series){
        .name = "measured", .kind = TR_SERIES_RINGS, .role = TR_ROLE_RESULT, .x = x, .y = ring_y, .n = 3, .label = hover};
    s->series[2] = s->series[1];
    s->series[2].name = "measured elsewhere";
    s->figure = (tr_figure){.title = "A floor",
                            .x = {.label = "x"},
                            .y = {.label = "y", .min = 1, .max = 6},
                            .series = s->series,
                            .series_count = 3};
    return &s->figure;
}

static void a_floor_is_hatched_on_its_lower_side_alone(void **state)
{
    (void)state;
    tr_error err;
    const char *svg = svg_of(floor_figure(&store), 960.0, 0.0, 0, &err);
    const char *group = strstr(svg, "data-kind=\"floor\"");
    assert_non_null(group);
    const char *end = strstr(group, "</g>"), *line = strstr(group, " d=\"M"), *comb = strstr(line + 1, " d=\"M");
    assert_true(comb != NULL && comb < end);
    char *at;
    (void)strtod(comb + 5, &at);
    const double y0 = strtod(at, &at);
    double y = y0, lowest = y0;
    size_t teeth = 0;
    while (*at == 'l') {
        (void)strtod(at + 1, &at);
        const double down = strtod(at, &at);
        y += down;
        teeth += down > 0.0;
        lowest = y > lowest ? y : lowest;
        assert_true(y > y0 - 0.2);
    }
    assert_int_equal(*at, '"');
    assert_true(teeth > 40 && lowest > y0 + 4.0 && lowest < y0 + 12.0);
}

static void rings_are_in_the_legend_differ_and_tell_who_hovers(void **state)
{
    (void)state;
    tr_error err;
    const char *svg = svg_of(floor_figure(&store), 960.0, 0.0, 0, &err);
    assert_non_null(strstr(svg, "<title>64 clients &amp; more</title>"));
    assert_non_null(strstr(svg, ">measured<"));
    const char *first = strstr(svg, "data-kind=\"rings\""), *second = strstr(first + 1, "data-kind=\"rings\"");
    const char *box = strstr(first, "<rect");
    assert_true(box > second); /* the second's are square */
    for (int ascii = 0; ascii < 2; ascii++)
        assert_non_null(strstr(terminal_of(floor_figure(&store), 80, 24, 0, ascii, &err), ascii ? "@" : "\xE2\x97\x89"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_texts_overlap_at_any_width),
        cmocka_unit_test(every_name_and_mark_is_written_somewhere),
        cmocka_unit_test(the_same_figure_has_the_same_bytes),
        cmocka_unit_test(a_random_figure_is_well_formed_or_refused_and_never_overlaps),
        cmocka_unit_test(text_from_outside_cannot_break_out),
        cmocka_unit_test(the_page_can_read_the_data_and_set_the_colours),
        cmocka_unit_test(a_straight_line_is_two_points),
        cmocka_unit_test(what_cannot_be_drawn_is_refused_in_words),
        cmocka_unit_test(a_sink_that_stops_is_reported),
        cmocka_unit_test(bars_show_their_values_and_stack),
        cmocka_unit_test(whiskers_and_bounds_stand_on_their_bars),
        cmocka_unit_test(bars_that_do_not_fit_are_counted),
        cmocka_unit_test(a_floor_is_hatched_on_its_lower_side_alone),
        cmocka_unit_test(rings_are_in_the_legend_differ_and_tell_who_hovers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
