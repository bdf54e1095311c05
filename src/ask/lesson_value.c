/* ask/lesson_value.c -- an exercise's guesses and answers as text: units, letters, ideas. */
#include <math.h>
#include <stdio.h>

#include "ask/lesson.h"
#include "base/text.h"

const char *tr_lesson_unit_word(tr_unit unit)
{
    switch (unit) {
    case TR_UNIT_SECOND: return "s";
    case TR_UNIT_BYTE: return "B";
    case TR_UNIT_SEQ: return "sequences";
    case TR_UNIT_CONTEXT:
    case TR_UNIT_TOKEN: return "tokens";
    case TR_UNIT_TOKEN_PER_S: return "tokens/s";
    case TR_UNIT_FLOP_PER_BYTE: return "FLOP/byte";
    case TR_UNIT_USD_PER_MTOKEN: return "USD/Mtoken";
    case TR_UNIT_RATIO: return "share";
    case TR_UNIT_FLOP: return "FLOP";
    case TR_UNIT_NONE:
    case TR_UNIT_BYTE_PER_S:
    case TR_UNIT_FLOP_PER_S:
    case TR_UNIT_PARAM:
    case TR_UNIT_USD_PER_KWH:
    case TR_UNIT_USD:
    case TR_UNIT_USD_PER_HOUR:
    case TR_UNIT_WATT:
    case TR_UNIT_JOULE:
    case TR_UNIT_COUNT: break;
    }
    return "";
}

const char *tr_lesson_unit_text(const tr_exercise *e, char *out, size_t size)
{
    int count = 0;
    if (e->kind == TR_LESSON_EXPLAIN) {
        (void)tr_text_copy(out, size, "in words");
    } else if (e->kind == TR_LESSON_CHOICE) {
        while (count < TR_LESSON_CHOICES && e->choice[count][0] != '\0')
            count++;
        (void)snprintf(out, size, "a to %c", 'a' + count - 1);
    } else {
        const char *unit = tr_lesson_unit_word(e->unit);
        (void)tr_text_copy(out, size, e->unit == TR_UNIT_RATIO ? "share or %" : unit[0] == '\0' ? "a number" : unit);
    }
    return out;
}

/* The number with the unit where it does not carry one itself. */
static const char *say(const tr_exercise *e, double value, char *out, size_t size)
{
    const int bare = e->unit == TR_UNIT_SEQ || e->unit == TR_UNIT_CONTEXT;
    const double shown = bare && value < 1e5 && value >= 100 ? floor(value + 0.5) : value;
    if (e->unit == TR_UNIT_FLOP && value >= 1e21) /* beyond the prefixes */
        (void)snprintf(out, size, "%.4g FLOP", value);
    else
        (void)tr_quantity_format(shown, e->unit == TR_UNIT_CONTEXT ? TR_UNIT_TOKEN : e->unit, out, size);
    if (bare) {
        (void)tr_text_append(out, size, " ");
        (void)tr_text_append(out, size, tr_lesson_unit_word(e->unit));
    }
    return out;
}

int tr_lesson_ideas_in(double value)
{
    int count = 0;
    for (unsigned left = value > 0.0 ? (unsigned)value : 0; left != 0; left >>= 1)
        count += (int)(left & 1U);
    return count;
}

const char *tr_lesson_value_text(const tr_exercise *e, double value, char *out, size_t size)
{
    if (e->kind == TR_LESSON_EXPLAIN)
        (void)snprintf(out, size, "%d of %d ideas", tr_lesson_ideas_in(value), e->idea_count);
    else if (e->kind == TR_LESSON_CHOICE && value >= 1.0 && value <= TR_LESSON_CHOICES)
        (void)snprintf(out, size, "%c, %s", (char)('a' + (int)value - 1), e->choice[(int)value - 1]);
    else
        (void)say(e, value, out, size);
    return out;
}
