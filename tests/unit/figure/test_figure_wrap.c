/* test_figure_wrap.c -- decoding, measuring, wrapping and keeping texts apart. */
#include <math.h>

#include "figure/palette.h"
#include "unit_figure.h"

static void malformed_text_decodes_to_replacement_characters(void **state)
{
    (void)state;
    static const char *const BAD[] = {"\xFF",         "\xC0\x80",    "\xED\xA0\x80", "\xF5\x80\x80\x80",
                                      "\x80",         "\xE2\x82",    "\x01",         "\x7F",
                                      "\xE2\x80\xAE", "\xEF\xBF\xBF"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        const char *at = BAD[i];
        assert_int_equal(tr_fig_utf8_next(&at, BAD[i] + strlen(BAD[i])), 0xFFFD);
        assert_true(at > BAD[i]);
    }
    const char *good = "\xC2\xB5", *at = good;
    assert_int_equal(tr_fig_utf8_next(&at, good + 2), 0xB5);
    assert_int_equal(tr_fig_utf8_next(&at, good + 2), 0);
}

static void what_is_encoded_decodes_to_itself(void **state)
{
    (void)state;
    static const uint32_t CHARACTER[] = {'a', 0xB5, 0x20AC, 0x2588, 0x1F600, 0x7FF, 0x800, 0x10000};
    for (size_t i = 0; i < sizeof CHARACTER / sizeof CHARACTER[0]; i++) {
        char b[4];
        const char *at = b;
        const size_t n = tr_fig_utf8_encode(CHARACTER[i], b);
        assert_int_equal(tr_fig_utf8_next(&at, b + n), CHARACTER[i]);
        assert_true(at == b + n);
    }
}

static void cells_count_as_a_terminal_does(void **state)
{
    (void)state;
    assert_true(tr_fig_measure_cell(tr_fig_span_of("abc"), 1.0, 0) == 3.0);
    assert_true(tr_fig_measure_cell(tr_fig_span_of("\xE6\xA8\xA1\xE5\x9E\x8B"), 1.0, 0) == 4.0);
    assert_true(tr_fig_measure_cell(tr_fig_span_of("e\xCC\x81"), 1.0, 0) == 1.0);
}

static void wrapped_lines_fit_and_lose_nothing(void **state)
{
    (void)state;
    const char *text = "The step takes the longer of two things that run side by side: the multiplications "
                       "and the memory reads.";
    for (double width = 12.0; width < 120.0; width += 1.0) {
        tr_fig_span line[16];
        const size_t n = tr_fig_wrap(tr_fig_measure_cell, text, 1.0, 0, width, line, 16);
        size_t letters = 0;
        assert_true(n >= 1);
        for (size_t i = 0; i < n; i++) {
            assert_true(tr_fig_measure_cell(line[i], 1.0, 0) <= width);
            assert_false(line[i].cut && width > 16.0);
            for (size_t k = 0; k < line[i].length; k++)
                letters += line[i].text[k] != ' ';
        }
        size_t all = 0;
        for (const char *p = text; *p != '\0'; p++)
            all += *p != ' ';
        if (width > 16.0)
            assert_int_equal(letters, all);
    }
}

static void lines_are_evened_out(void **state)
{
    (void)state;
    tr_fig_span line[4];
    assert_int_equal(tr_fig_wrap(tr_fig_measure_cell, "aaaa bbbb cccc dddd e", 1.0, 0, 19.0, line, 4), 2);
    assert_true(line[1].length >= 6);
}

static void a_text_with_no_room_is_cut_and_says_so(void **state)
{
    (void)state;
    tr_fig_span line[2];
    assert_int_equal(tr_fig_wrap(tr_fig_measure_cell, "one two three four five six", 1.0, 0, 8.0, line, 2),
                     2);
    assert_true(line[1].cut);
    assert_true(tr_fig_measure_cell(line[1], 1.0, 0) <= 8.0);
    assert_int_equal(tr_fig_wrap(tr_fig_measure_cell, "   ", 1.0, 0, 8.0, line, 2), 0);
    assert_int_equal(tr_fig_wrap(tr_fig_measure_cell, NULL, 1.0, 0, 8.0, line, 2), 0);
}

static void spread_labels_keep_order_and_never_overlap(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 3);
    for (int round = 0; round < 2000; round++) {
        double place[12], height[12], total = 0.0;
        const size_t n = tr_rng_below(&rng, 13);
        for (size_t i = 0; i < n; i++) {
            place[i] =
                (i > 0 ? place[i - 1] : -10.0) + (tr_rng_below(&rng, 2) ? 0.0 : tr_rng_uniform(&rng) * 30.0);
            height[i] = 5.0 + tr_rng_uniform(&rng) * 5.0;
            total += height[i];
        }
        const int fits = tr_fig_spread(place, height, n, 0.0, 100.0);
        assert_int_equal(fits, total <= 100.0);
        for (size_t i = 0; fits && i < n; i++) {
            assert_true(place[i] >= -1e-6 && place[i] + height[i] <= 100.0 + 1e-6);
            if (i > 0)
                assert_true(place[i] >= place[i - 1] + height[i - 1] - 1e-6);
        }
    }
}

static void a_clipped_segment_lies_in_the_box_and_on_its_line(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 5);
    const tr_fig_box box = {10.0, 20.0, 110.0, 90.0};
    int kept = 0;
    for (int i = 0; i < 20000; i++) {
        const double x0 = tr_rng_uniform(&rng) * 200.0 - 40.0, y0 = tr_rng_uniform(&rng) * 200.0 - 40.0;
        const double x1 = tr_rng_uniform(&rng) * 200.0 - 40.0, y1 = tr_rng_uniform(&rng) * 200.0 - 40.0;
        double a = x0, b = y0, c = x1, d = y1;
        if (!tr_fig_clip(box, &a, &b, &c, &d))
            continue;
        kept++;
        assert_true(tr_fig_box_inside((tr_fig_box){a, b, a, b}, tr_fig_box_grow(box, 1e-9)));
        assert_true(tr_fig_box_inside((tr_fig_box){c, d, c, d}, tr_fig_box_grow(box, 1e-9)));
        assert_true(fabs((a - x0) * (y1 - y0) - (b - y0) * (x1 - x0)) < 1e-8);
    }
    assert_true(kept > 2000 && kept < 18000);
}

static double luminance(uint32_t rgb)
{
    double sum = 0.0;
    static const double WEIGHT[3] = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
        const double c = (double)(rgb >> (16 - 8 * i) & 255) / 255.0;
        sum += WEIGHT[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(uint32_t a, uint32_t b)
{
    const double la = luminance(a), lb = luminance(b);
    return (la > lb ? la + 0.05 : lb + 0.05) / (la > lb ? lb + 0.05 : la + 0.05);
}

static void text_in_every_colour_can_be_read_on_both_papers(void **state)
{
    (void)state;
    for (int dark = 0; dark < 2; dark++)
        for (int paint = FIG_INK; paint < FIG_PAINT_COUNT; paint++)
            if (paint != FIG_AXIS && paint != FIG_GRID)
                assert_true(contrast(tr_fig_colour[dark][paint], tr_fig_colour[dark][FIG_PAPER]) >= 4.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_text_decodes_to_replacement_characters),
        cmocka_unit_test(what_is_encoded_decodes_to_itself),
        cmocka_unit_test(cells_count_as_a_terminal_does),
        cmocka_unit_test(wrapped_lines_fit_and_lose_nothing),
        cmocka_unit_test(lines_are_evened_out),
        cmocka_unit_test(a_text_with_no_room_is_cut_and_says_so),
        cmocka_unit_test(spread_labels_keep_order_and_never_overlap),
        cmocka_unit_test(a_clipped_segment_lies_in_the_box_and_on_its_line),
        cmocka_unit_test(text_in_every_colour_can_be_read_on_both_papers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
