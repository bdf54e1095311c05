/* write/schema.c -- the JSON Schema of an answer's rows and document, from the fields that write them. */
#include "write/schema.h"

#include <string.h>

static const char schema_of_schemas[] = "https://json-schema.org/draft/2020-12/schema";

/* In which unit JSON and CSV have a number; NULL: none. */
static const char *unit_word(tr_unit unit)
{
    static const char *const word[TR_UNIT_COUNT] = {
        [TR_UNIT_SECOND] = "s",
        [TR_UNIT_BYTE] = "byte",
        [TR_UNIT_BYTE_PER_S] = "byte/s",
        [TR_UNIT_FLOP] = "FLOP",
        [TR_UNIT_FLOP_PER_S] = "FLOP/s",
        [TR_UNIT_TOKEN] = "token",
        [TR_UNIT_CONTEXT] = "token",
        [TR_UNIT_SEQ] = "sequence",
        [TR_UNIT_PARAM] = "parameter",
        [TR_UNIT_USD] = "USD",
        [TR_UNIT_USD_PER_HOUR] = "USD/h",
        [TR_UNIT_USD_PER_MTOKEN] = "USD/Mtoken",
        [TR_UNIT_WATT] = "W",
        [TR_UNIT_JOULE] = "J",
        [TR_UNIT_TOKEN_PER_S] = "token/s",
        [TR_UNIT_FLOP_PER_BYTE] = "FLOP/byte",
        [TR_UNIT_RATIO] = "1",
    };
    return unit < TR_UNIT_COUNT ? word[unit] : NULL;
}

static void three_types(tr_json *json, const char *one, const char *other, const char *third)
{
    tr_json_key(json, "type");
    if (other == NULL) {
        tr_json_string(json, one);
        return;
    }
    tr_json_array_inline(json);
    tr_json_string(json, one);
    tr_json_string(json, other);
    if (third != NULL)
        tr_json_string(json, third);
    tr_json_close(json);
}

static void types(tr_json *json, const char *one, const char *other) { three_types(json, one, other, NULL); }

/* ---- the scenario: a property an input ------------------------------------------------- */

static void input_property(const tr_input *input, tr_json *json)
{
    tr_json_key(json, input->key);
    tr_json_object_inline(json);
    switch (input->kind) {
    case TR_INPUT_NUMBER:
    case TR_INPUT_LIST: three_types(json, "number", "array", input->choices != NULL ? "string" : NULL); break;
    case TR_INPUT_SWITCH: types(json, "boolean", NULL); break;
    case TR_INPUT_TEXT:
    case TR_INPUT_CHOICE:
    case TR_INPUT_DTYPE:
    case TR_INPUT_WEIGHTS: types(json, "string", "array"); break;
    }
    if (unit_word(input->unit) != NULL)
        tr_json_key_string(json, "unit", unit_word(input->unit));
    tr_json_key_string(json, "description", input->doc);
    tr_json_close(json);
}

tr_status tr_scenario_schema(const tr_sink *sink)
{
    tr_json json;
    tr_json_begin(&json, sink, 1);
    tr_json_object(&json);
    tr_json_key_string(&json, "$schema", schema_of_schemas);
    types(&json, "object", NULL);
    tr_json_key_object(&json, "properties");
    for (size_t i = 0; i < TR_IN_COUNT; i++)
        if (tr_input_at(i)->group < TR_GROUP_OUTPUT)
            input_property(tr_input_at(i), &json);
    tr_json_close(&json);
    tr_json_key_bool(&json, "additionalProperties", 0);
    tr_json_close(&json);
    return tr_json_finish(&json);
}

static void stamp(tr_json *json)
{
    static const char *const key[] = {"version", "commit", "data"};
    tr_json_key_object(json, "tokenroof");
    types(json, "object", NULL);
    tr_json_key_object(json, "properties");
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
        tr_json_key(json, key[i]);
        tr_json_object_inline(json);
        types(json, "string", NULL);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_close(json);
}

/* ---- rows -------------------------------------------------------------------------------- */

static void field_schema(const tr_field *field, tr_json *json)
{
    tr_json_object_inline(json);
    types(json, field->flag != NULL ? "boolean" : field->number != NULL ? "number" : "string", "null");
    if (field->number != NULL && unit_word(field->unit) != NULL)
        tr_json_key_string(json, "unit", unit_word(field->unit));
    tr_json_close(json);
}

/* The fields' outermost keys, each once. */
static void required(const tr_fields *fields, tr_json *json)
{
    char key[64];
    const char *last = "";
    size_t length = 0;
    tr_json_key(json, "required");
    tr_json_array_inline(json);
    for (size_t i = 0; i < fields->count; i++) {
        const char *path = fields->field[i].path;
        const size_t n = path == NULL ? 0 : strcspn(path, ".");
        if (n == 0 || n >= sizeof key || (n == length && strncmp(path, last, n) == 0))
            continue;
        memcpy(key, path, n);
        key[n] = '\0';
        tr_json_string(json, key);
        last = path;
        length = n;
    }
    tr_json_close(json);
}

static void row(const tr_fields *fields, tr_json *json)
{
    tr_json_key_object(json, "row");
    tr_json_key_string(json, "description",
                       "one row of the document's array; JSON lines and CSV have it without objects: a.b, ttft_s_low");
    types(json, "object", NULL);
    required(fields, json);
    tr_json_key_object(json, "properties");
    tr_fields_describe(fields, field_schema, json);
    tr_json_close(json);
    tr_json_close(json);
}

/* ---- whatever a document says: keys that end in a unit are numbers of it ------------------ */

static void reference(const char *key, const char *to, tr_json *json)
{
    tr_json_key(json, key);
    tr_json_object_inline(json);
    tr_json_key_string(json, "$ref", to);
    tr_json_close(json);
}

static void any(tr_json *json)
{
    tr_json_key_object(json, "any");
    tr_json_key_object(json, "patternProperties");
    tr_json_key(json, "_(s|byte|token|seq|param|flop|usd|ratio|share|per_s|per_hour|per_mtoken|per_seq|per_byte)$");
    tr_json_object_inline(json);
    tr_json_key(json, "type");
    tr_json_array_inline(json);
    tr_json_string(json, "number");
    tr_json_string(json, "null");
    tr_json_string(json, "array"); /* of several */
    tr_json_string(json, "object"); /* by name */
    tr_json_string(json, "string"); /* by a word: a kind of price */
    tr_json_close(json);
    tr_json_close(json);
    tr_json_close(json);
    reference("additionalProperties", "#/$defs/any", json);
    reference("items", "#/$defs/any", json);
    tr_json_close(json);
}

/* ---- the document --------------------------------------------------------------------------- */

static void properties(const char *name, tr_json *json)
{
    tr_json_key_object(json, "properties");
    stamp(json);
    reference("scenario", "scenario.json", json);
    if (name != NULL) {
        tr_json_key(json, name);
        tr_json_object_inline(json);
        types(json, "array", NULL);
        reference("items", "#/$defs/row", json);
        tr_json_close(json);
    }
    tr_json_key(json, "notes");
    tr_json_object_inline(json);
    types(json, "array", NULL);
    tr_json_key(json, "items");
    tr_json_object_inline(json);
    types(json, "string", NULL);
    tr_json_close(json);
    tr_json_close(json);
    tr_json_close(json);
}

/* A document of `rows` that is one row alone has its members at the top. */
static void one_row(tr_json *json)
{
    tr_json_key(json, "if");
    tr_json_object_inline(json);
    tr_json_key(json, "required");
    tr_json_array_inline(json);
    tr_json_string(json, "rows");
    tr_json_close(json);
    tr_json_close(json);
    reference("else", "#/$defs/row", json);
}

tr_status tr_rows_schema(const tr_rows *rows, const tr_sink *sink)
{
    tr_json json;
    tr_json_begin(&json, sink, 1);
    tr_json_object(&json);
    tr_json_key_string(&json, "$schema", schema_of_schemas);
    types(&json, "object", NULL);
    tr_json_key(&json, "required");
    tr_json_array_inline(&json);
    tr_json_string(&json, "tokenroof");
    tr_json_close(&json);
    tr_json_key(&json, "allOf");
    tr_json_array_inline(&json);
    tr_json_object_inline(&json);
    tr_json_key_string(&json, "$ref", "#/$defs/any");
    tr_json_close(&json);
    tr_json_close(&json);
    properties(rows->name, &json);
    if (rows->name != NULL && strcmp(rows->name, "rows") == 0)
        one_row(&json);
    tr_json_key_object(&json, "$defs");
    row(rows->fields, &json);
    any(&json);
    tr_json_close(&json);
    tr_json_close(&json);
    return tr_json_finish(&json);
}
