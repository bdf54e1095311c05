/* test_figure_terminal.c -- the same figure in characters. */
#include "unit_figure.h"

static figure_store store;

/* Lines, and the width of the widest in columns; escape sequences take none. */
static size_t measure(const char *text, double *widest)
{
    size_t lines = 0;
    *widest = 0.0;
    while (*text != '\0') {
        static char line[8192];
        size_t n = 0;
        for (; *text != '\n' && *text != '\0'; text++) {
            if (*text == '\x1b')
                text = strchr(text, 'm');
            else
                line[n++] = *text;
        }
        text += *text == '\n';
        const double w = tr_fig_measure_cell((tr_fig_span){line, n, 0}, 1.0, 0);
        if (w > *widest)
            *widest = w;
        lines++;
    }
    return lines;
}

static void a_picture_has_the_rows_asked_for_and_stays_within_its_columns(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 99);
    int drawn = 0;
    for (int i = 0; i < 600; i++) {
        const tr_figure *figure = random_figure(&rng, &store);
        const int columns = 40 + (int)tr_rng_below(&rng, 160), rows = 10 + (int)tr_rng_below(&rng, 50);
        tr_error err = {.status = TR_OK};
        const char *text =
            terminal_of(figure, columns, rows, (int)tr_rng_below(&rng, 2), (int)tr_rng_below(&rng, 2), &err);
        if (text == NULL) {
            assert_true(err.text[0] != '\0');
            continue;
        }
        drawn++;
        double widest;
        assert_int_equal(measure(text, &widest), (size_t)rows);
        assert_true(widest <= columns);
    }
    assert_true(drawn > 250);
}

static void ascii_is_ascii(void **state)
{
    (void)state;
    tr_error err;
    tr_rng rng;
    tr_rng_seed(&rng, 4);
    for (int i = 0; i < 100; i++) {
        const char *text = terminal_of(
            i == 0 ? step_figure(&store, TR_SCALE_LOG) : random_figure(&rng, &store), 80, 24, 0, 1, &err);
        for (const char *p = text; p != NULL && *p != '\0'; p++)
            assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
    }
}

static void no_colour_means_no_escapes(void **state)
{
    (void)state;
    tr_error err;
    assert_null(strchr(terminal_of(step_figure(&store, TR_SCALE_LOG), 80, 24, 0, 0, &err), '\x1b'));
    assert_non_null(strchr(terminal_of(step_figure(&store, TR_SCALE_LOG), 80, 24, 1, 0, &err), '\x1b'));
}

static void the_smallest_terminal_still_shows_names_and_axes(void **state)
{
    (void)state;
    tr_error err;
    const char *text = terminal_of(step_figure(&store, TR_SCALE_LINEAR), 40, 12, 0, 0, &err);
    assert_non_null(text);
    assert_non_null(strstr(text, "compute"));
    assert_non_null(strstr(text, "weights"));
    assert_non_null(strstr(text, "600"));
    assert_non_null(strstr(text, "ms"));
}

static void no_text_stands_on_another(void **state)
{
    (void)state;
    tr_error err;
    static const char *const WORD[] = {"compute",       "weights", "KV cache", "step", "takes over at batch",
                                       "memory is full"};
    for (int columns = 72; columns < 140; columns += 3) {
        const char *text = terminal_of(step_figure(&store, TR_SCALE_LINEAR), columns, 30, 0, 0, &err);
        for (size_t i = 0; i < sizeof WORD / sizeof WORD[0]; i++)
            assert_non_null(strstr(text, WORD[i]));
    }
}

static void sizes_out_of_range_are_refused(void **state)
{
    (void)state;
    tr_error err;
    const tr_figure *f = step_figure(&store, TR_SCALE_LINEAR);
    assert_null(terminal_of(f, 39, 24, 0, 0, &err));
    assert_string_equal(err.field, "columns");
    assert_null(terminal_of(f, 401, 24, 0, 0, &err));
    assert_null(terminal_of(f, 80, 9, 0, 0, &err));
    assert_string_equal(err.field, "rows");
    assert_null(terminal_of(f, 80, 201, 0, 0, &err));
    assert_non_null(terminal_of(f, 400, 200, 0, 0, &err));
}

static void bars_have_a_row_each(void **state)
{
    (void)state;
    tr_error err;
    const char *text = terminal_of(bar_figure(&store, 6, 1), 80, 24, 0, 0, &err);
    assert_non_null(strstr(text, "operator 0\xE2\x94\x82\xE2\x96\x93"));
    assert_non_null(strstr(text, "operator 5"));
}

static void a_whisker_and_a_bound_stand_below_their_bar(void **state)
{
    (void)state;
    tr_error err;
    static const double low[2] = {1.0, 1.0}, high[2] = {4.0, 4.0}, bound[2] = {0.5, 0.5};
    tr_figure f = *bar_figure(&store, 2, 1);
    f.whiskers.low = low;
    f.whiskers.high = high;
    f.whiskers.bound = bound;
    const char *text = terminal_of(&f, 80, 24, 0, 0, &err);
    const char *bar = strstr(text, "operator 0"), *whisker = strstr(text, "|--");
    assert_true(bar != NULL && whisker > bar && strchr(bar, '^') < whisker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_has_the_rows_asked_for_and_stays_within_its_columns),
        cmocka_unit_test(ascii_is_ascii),
        cmocka_unit_test(no_colour_means_no_escapes),
        cmocka_unit_test(the_smallest_terminal_still_shows_names_and_axes),
        cmocka_unit_test(no_text_stands_on_another),
        cmocka_unit_test(sizes_out_of_range_are_refused),
        cmocka_unit_test(bars_have_a_row_each),
        cmocka_unit_test(a_whisker_and_a_bound_stand_below_their_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
