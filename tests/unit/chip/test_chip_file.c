/* test_chip_file.c -- chip and system files: what is read, and that every mistake names its key and line. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chip_test.h"

#include "io/chip_file.h"
#include "io/chip_folder.h"

#define CHIP_BODY                                                                                            \
    "\"name\": \"mine\", \"flop_per_s\": {\"bf16\": 100e12}, \"memory\": {\"capacity_byte\": 80e9, "         \
    "\"read_byte_per_s\": 2e12}"

static tr_system read_text(const char *text)
{
    tr_system system;
    tr_error err = { .text = "" };
    if (tr_system_text_read(text, strlen(text), NULL, &system, &err) != TR_OK)
        fail_msg("%d: %s", err.line, err.text);
    return system;
}

/* status, line and a part of the message; the output stays as it was. */
static void refuse(const char *text, tr_status status, int line, const char *part)
{
    tr_system system;
    tr_error err = { .text = "" };
    memset(&system, 7, sizeof system);
    const tr_system before = system;
    const tr_status s = tr_system_text_read(text, strlen(text), NULL, &system, &err);
    if (s != status || err.line != line || strstr(err.text, part) == NULL)
        fail_msg("%s\nexpected %s on line %d with '%s', got %s on line %d: %s", text, tr_status_name(status),
                 line, part, tr_status_name(s), err.line, err.text);
    assert_memory_equal(&system, &before, sizeof system);
    assert_int_equal(tr_system_text_read(text, strlen(text), NULL, &system, NULL), status);
}

static void the_smallest_chip_file_makes_a_system_of_one(void **state)
{
    (void)state;
    const tr_system s = read_text("{" CHIP_BODY "}");
    assert_string_equal(s.name, "mine");
    assert_same(s.chip.flop_per_s[TR_DTYPE_BF16], 100e12);
    assert_same(s.chip.memory_byte, 80e9);
    assert_same(s.chip.scaleup_domain_chip, 1.0);
    assert_same(s.usd_per_hour, 0.0);
    assert_int_equal(s.chip.tier_count, 1);
}

static void numbers_may_carry_units(void **state)
{
    (void)state;
    const tr_system s =
        read_text("{\"name\": \"mine\", \"flop_per_s\": {\"fp8\": \"2 PFLOP/s\"},"
                  " \"memory\": {\"capacity_byte\": \"80GB\", \"read_byte_per_s\": \"3.35TB/s\"},"
                  " \"usd_per_hour\": \"$2.50/h\"}");
    assert_near(s.chip.flop_per_s[TR_DTYPE_FP8], 2e15, 1e-15);
    assert_near(s.chip.memory_byte, 80e9, 1e-15);
    assert_near(s.chip.memory_byte_per_s, 3.35e12, 1e-15);
    assert_same(s.usd_per_hour, 2.5);
    assert_string_equal(s.chip.price_source, "given in the file");
}

static void every_key_of_a_chip_is_read(void **state)
{
    (void)state;
    const tr_system s = read_text(
        "{" CHIP_BODY ", \"title\": \"Mine\", \"alias\": [\"My Chip\"], \"vendor\": \"me\", \"year\": 2026,\n"
        " \"measured_flop_per_s\": {\"bf16\": 70e12, \"source\": \"probe\", \"date\": \"2026-08\"},\n"
        " \"power\": {\"board_w\": 300, \"all_in_w\": null, \"idle_w\": 30}, \"scaleout\": {\"byte_per_s\": 50e9},\n"
        " \"scaleup\": {\"link\": \"wire\", \"topology\": \"torus\", \"byte_per_s\": 100e9, \"torus\": [2, 2],\n"
        "  \"pair_byte_per_s\": \"25GB/s\", \"domain_chip\": 4, \"confidence\": \"low\"}, \"core_count\": 8,\n"
        " \"kind\": \"cpu\", \"cache\": {\"byte\": \"64MiB\", \"read_byte_per_s\": \"5TB/s\", \"source\": \"s\"},\n"
        " \"host\": {\"byte_per_s\": \"31.5GB/s\", \"staged_copy\": true},\n"
        " \"price\": [{\"kind\": \"on-demand\", \"low_usd_per_hour\": 1, \"high_usd_per_hour\": 3, "
        "\"source\": \"shop\", \"date\": \"2026\"},\n"
        "             {\"kind\": \"rental-3yr\", \"usd_per_hour\": 0.8}],\n"
        " \"tiers\": [{\"name\": \"ddr\", \"capacity_byte\": \"256GB\", \"read_byte_per_s\": \"60GB/s\", "
        "\"write_byte_per_s\": \"40GB/s\", \"usd_per_byte_s\": 1e-19}],\n"
        " \"note\": \"n\", \"source\": \"s\", \"date\": \"2026-08-22\", \"confidence\": \"low\"}");
    const tr_chip *c = &s.chip;
    assert_string_equal(c->title, "Mine");
    assert_string_equal(c->scaleup_link, "wire");
    assert_string_equal(c->confidence, "low");
    assert_string_equal(c->date, "2026-08-22");
    assert_int_equal(c->year, 2026);
    assert_same(c->measured_flop_per_s[TR_DTYPE_BF16], 70e12);
    assert_same(c->power_w, 300.0);
    assert_same(c->idle_power_w, 30.0);
    assert_int_equal(c->kind, TR_CHIP_CPU);
    assert_int_equal(c->topology, TR_TOPOLOGY_TORUS);
    assert_same(c->pair_byte_per_s, 25e9);
    assert_same(c->torus_dimension[1], 2.0);
    assert_same(c->torus_dimension[2], 0.0);
    assert_same(c->core_count, 8.0);
    assert_same(c->cache_byte, 64.0 * 1048576.0);
    assert_same(c->cache_byte_per_s, 5e12);
    assert_same(c->host_byte_per_s, 31.5e9);
    assert_int_equal(c->staged_copy, 1);
    assert_same(c->all_in_power_w, 0.0);
    assert_same(c->scaleup_domain_chip, 4.0);
    assert_same(c->scaleout_byte_per_s, 50e9);
    assert_same(c->usd_per_hour, 2.0); /* on-demand before a contract; the middle of its range */
    assert_int_equal(c->price_kind, TR_PRICE_ON_DEMAND);
    assert_same(c->quote[TR_PRICE_ON_DEMAND].low_usd_per_hour, 1.0);
    assert_same(c->quote[TR_PRICE_ON_DEMAND].high_usd_per_hour, 3.0);
    assert_same(c->quote[TR_PRICE_3YR].usd_per_hour, 0.8); /* by the name that earlier files give it */
    assert_string_equal(c->price_source, "shop");
    assert_int_equal(c->tier_count, 2);
    assert_string_equal(c->tier[1].name, "ddr");
    assert_same(c->tier[1].write_byte_per_s, 40e9);
    assert_same(c->tier[0].write_byte_per_s, 0.0); /* the chip's own: not said apart */
    assert_same(c->tier[1].usd_per_byte_s, 1e-19);
}

static void what_is_on_the_box_is_usable_unless_the_file_says_less(void **state)
{
    (void)state;
    const tr_system same = read_text("{" CHIP_BODY "}");
    assert_same(same.chip.memory_byte, 80e9);
    assert_same(same.chip.label_memory_byte, 0.0);
    const tr_system less = read_text("{\"name\": \"m\", \"flop_per_s\": {\"bf16\": 1e14}, \"memory\": {"
                                     "\"capacity_byte\": \"80GB\", \"read_byte_per_s\": 2e12, \"usable\": {"
                                     "\"byte\": \"78GB\", \"source\": \"s\", \"date\": \"2026\"}}}");
    assert_same(less.chip.memory_byte, 78e9);
    assert_same(less.chip.label_memory_byte, 80e9);
    assert_same(less.chip.tier[0].capacity_byte, 78e9);
}

static void a_word_or_flag_of_another_kind_is_refused(void **state)
{
    (void)state;
    refuse("{" CHIP_BODY ",\n \"kind\": \"npu\"}", TR_EDOMAIN, 2, "gpu cpu unified other");
    refuse("{" CHIP_BODY ",\n \"scaleup\": {\"topology\": \"ring\"}}", TR_EDOMAIN, 2,
           "unknown host switch mesh torus");
    refuse("{" CHIP_BODY ",\n \"scaleup\": {\"topology\": 3}}", TR_EPARSE, 2, "text");
    refuse("{" CHIP_BODY ",\n \"host\": {\"staged_copy\": 1}}", TR_EPARSE, 2, "true or false");
    refuse("{" CHIP_BODY ",\n \"scaleup\": {\"torus\": [2, 2, 2, 2]}}", TR_EUNKNOWN, 2, "scaleup.torus");
}

static void a_server_brings_its_tiers(void **state)
{
    (void)state;
    const tr_system s = read_text("{" CHIP_BODY ", \"server\": \"pcie5\"}");
    assert_int_equal(s.chip.tier_count, 5);
    assert_string_equal(s.chip.tier[4].name, "disk");
    refuse("{" CHIP_BODY ",\n \"server\": \"pcie9\"}", TR_EUNKNOWN, 2, "pcie9");
    refuse("{" CHIP_BODY ",\n \"server\": \"pcie5\", \"tiers\": []}", TR_ECONFLICT, 2, "not both");
}

static void a_misspelt_key_is_answered_with_the_right_one(void **state)
{
    (void)state;
    refuse("{" CHIP_BODY ",\n \"flop_per_sec\": {\"bf16\": 1e12}}", TR_EUNKNOWN, 2,
           "did you mean 'flop_per_s.bf16'");
    refuse("{" CHIP_BODY ",\n \"scaleup\": {\n  \"byte_per_sec\": 1e9}}", TR_EUNKNOWN, 3,
           "did you mean 'scaleup.byte_per_s'");
    refuse("{" CHIP_BODY ",\n \"usd_per_hr\": 2}", TR_EUNKNOWN, 2, "did you mean 'usd_per_hour'");
    refuse("{" CHIP_BODY ",\n \"zzzzzzzzzzz\": 2}", TR_EUNKNOWN, 2, "unknown key 'zzzzzzzzzzz'");
    refuse("{\n\"name\": \"x\", \"chip\": \"h100\",\n\"chip_cuont\": 8}", TR_EUNKNOWN, 3,
           "did you mean 'chip_count'");
}

static void a_sparse_ceiling_is_refused(void **state)
{
    (void)state;
    refuse("{" CHIP_BODY ",\n \"flop_per_s\": {\"bf16_sparse\": 200e12}}", TR_ECONFLICT, 2, "twice");
    refuse("{\"name\": \"m\", \"flop_per_s\": {\"bf16\": 100e12,\n \"bf16_sparse\": 200e12}}", TR_EUNKNOWN, 2,
           "dense");
}

static void a_key_given_twice_is_refused(void **state)
{
    (void)state;
    refuse("{" CHIP_BODY ",\n \"name\": \"again\"}", TR_ECONFLICT, 2, "twice");
    refuse("{" CHIP_BODY ",\n \"memory.capacity_byte\": 1e9}", TR_ECONFLICT, 2,
           "twice"); /* by a key with a dot */
}

static void a_value_of_another_kind_is_refused(void **state)
{
    (void)state;
    refuse("{" CHIP_BODY ",\n \"usd_per_hour\": true}", TR_EPARSE, 2, "a number");
    refuse("{" CHIP_BODY ",\n \"usd_per_hour\": \"cheap\"}", TR_EPARSE, 2, "usd_per_hour");
    refuse("{" CHIP_BODY ",\n \"usd_per_hour\": \"3 TB/s\"}", TR_EPARSE, 2, "usd_per_hour");
    refuse("{" CHIP_BODY ",\n \"title\": 3}", TR_EPARSE, 2, "a text");
    refuse("{" CHIP_BODY ",\n \"power\": 300}", TR_EPARSE, 2, "an object");
    refuse("{" CHIP_BODY ",\n \"title\": \"a\\nb\"}", TR_EDOMAIN, 2, "control");
    refuse("[1]", TR_EPARSE, 1, "object");
    refuse("{\"name\": \n", TR_EPARSE, 2, "JSON");
    refuse("", TR_EPARSE, 1, "nothing");
}

static void a_number_out_of_range_is_refused_where_it_stands(void **state)
{
    (void)state;
    refuse("{\"name\": \"m\", \"memory\": {\"capacity_byte\": 80,\n \"read_byte_per_s\": 2e12}}", TR_EDOMAIN,
           1, "between 1e+06");
    refuse("{\"name\": \"m\", \"memory\": {\"capacity_byte\": 80e9,\n \"read_byte_per_s\": 3350}}",
           TR_EDOMAIN, 2, "read_byte_per_s");
    refuse("{\"name\": \"m\", \"memory\": {\"capacity_byte\": 80e9,\n \"read_byte_per_s\": -1}}", TR_EDOMAIN,
           2, "0 or more");
    refuse("{\"name\": \"m\", \"memory\": {\"capacity_byte\": 80e9,\n \"read_byte_per_s\": 0}}", TR_EDOMAIN,
           2, "above 0");
    refuse("{" CHIP_BODY ",\n \"usd_per_hour\": -2}", TR_EDOMAIN, 2, "0 or more");
    refuse("{" CHIP_BODY ",\n \"scaleup\": {\"domain_chip\": 0.5}}", TR_EDOMAIN, 2, "domain_chip");
    refuse("{" CHIP_BODY ",\n \"year\": 20}", TR_EDOMAIN, 2, "year");
    refuse("{" CHIP_BODY ",\n \"date\": \"22.8.2026\"}", TR_EDOMAIN, 2, "2026-08-22");
    refuse("{" CHIP_BODY ",\n \"usd_per_hour\": 1e999}", TR_EDOMAIN, 2, "large");
    refuse("{" CHIP_BODY ",\n \"confidence\": \"sure\"}", TR_EDOMAIN, 0, "one of");
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    refuse("{}", TR_EMISSING, 0, "name");
    refuse("{\"name\": \"m\"}", TR_EMISSING, 0, "memory capacity");
    refuse("{\"name\": \"m\", \"memory\": {\"capacity_byte\": 80e9}}", TR_EMISSING, 0, "bandwidth");
    refuse("{\"name\": \"m\", \"memory\": {\"capacity_byte\": 80e9, \"read_byte_per_s\": 2e12}}", TR_EMISSING,
           0, "rate of math");
    refuse("{\"name\": \"m\", \"memory\": {\"capacity_byte\": null, \"read_byte_per_s\": null}}", TR_EMISSING,
           0, "memory capacity");
    refuse("{\"name\": \"b\", \"chip_count\": 8}", TR_EMISSING, 0, "its chip");
    refuse("{\"name\": \"b\", \"chip\": \"h100\"}", TR_EMISSING, 0, "chip_count");
    refuse("{\"chip\": \"h100\", \"chip_count\": 8}", TR_EMISSING, 0, "name");
}

static void a_price_is_one_number_or_a_range(void **state)
{
    (void)state;
    refuse("{" CHIP_BODY ",\n\"price\": [{\"usd_per_hour\": 1}]}", TR_EMISSING, 2, "kind");
    refuse("{" CHIP_BODY ",\n\"price\": [{\"kind\": \"free\", \"usd_per_hour\": 1}]}", TR_EUNKNOWN, 2,
           "free");
    refuse("{" CHIP_BODY ",\n\"price\": [{\"kind\": \"given\"}]}", TR_EMISSING, 2, "usd_per_hour");
    refuse("{" CHIP_BODY
           ",\n\"price\": [{\"kind\": \"given\", \"usd_per_hour\": 1, \"low_usd_per_hour\": 2}]}",
           TR_ECONFLICT, 2, "between its low");
    refuse("{" CHIP_BODY
           ",\n\"price\": [{\"kind\": \"given\", \"low_usd_per_hour\": 3, \"high_usd_per_hour\": 1}]}",
           TR_ECONFLICT, 2, "between its low");
    refuse("{" CHIP_BODY ",\n\"price\": [{\"kind\": \"given\", \"usd\": 3}]}", TR_EUNKNOWN, 2,
           "expected kind");
    refuse("{" CHIP_BODY ",\n\"price\": [{\"kind\": \"given\", \"usd_per_hour\": 1},\n{\"kind\": \"given\", "
                         "\"usd_per_hour\": 2}]}",
           TR_ECONFLICT, 3, "two prices");
    refuse("{" CHIP_BODY ",\n\"price\": [1]}", TR_EUNKNOWN, 2, "expected kind");
}

static void a_system_file_counts_chips(void **state)
{
    (void)state;
    tr_system s = read_text("{\"name\": \"box\", \"chip\": \"H100 SXM\", \"chip_count\": 8}");
    assert_string_equal(s.name, "box");
    assert_string_equal(s.chip.name, "h100-sxm");
    assert_same(s.chip_count, 8.0);
    assert_same(s.domain_chip, 8.0);
    assert_near(s.usd_per_hour, 8.0 * 2.95, 1e-12);
    s = read_text("{\"name\": \"box\", \"chip\": \"h100\", \"chip_count\": 16, \"domain_chip\": 4, "
                  "\"usd_per_hour\": 20}");
    assert_same(s.domain_chip, 4.0);
    assert_same(s.usd_per_hour, 20.0);
    assert_string_equal(s.price_source, "whole system");
    assert_int_equal(s.price_kind, TR_PRICE_GIVEN);
    s = read_text("{\"name\": \"box\", \"chip\": {" CHIP_BODY "}, \"chip_count\": 2}");
    assert_string_equal(s.chip.name, "mine");
    assert_same(s.domain_chip, 1.0);
}

static void a_system_file_that_contradicts_itself_is_refused(void **state)
{
    (void)state;
    refuse("{\"name\": \"b\", \"chip\": \"h100\", \"chip_count\": 4,\n\"domain_chip\": 8}", TR_ECONFLICT, 2,
           "at most chip_count");
    refuse("{\"name\": \"b\", \"chip\": \"h100\",\n\"chip_count\": 2.5}", TR_EDOMAIN, 2, "whole");
    refuse("{\"name\": \"b\", \"chip\": \"h100\",\n\"chip_count\": 0}", TR_EDOMAIN, 2, "between 1");
    refuse("{\"name\": \"b\", \"chip\": \"h10000\", \"chip_count\": 8}", TR_EUNKNOWN, 0, "h10000");
    refuse("{\"name\": \"b\", \"chip\": \"gb200-nvl72\", \"chip_count\": 8}", TR_EUNKNOWN, 0, "gb200");
    refuse("{\"name\": \"b\", \"chip\": \"matx-one\", \"chip_count\": 8}", TR_EMISSING, 0, "matx-one");
    refuse("{\"name\": \"b\", \"chip\": {\n\"name\": \"c\", \"bogus\": 1}, \"chip_count\": 8}", TR_EUNKNOWN,
           2, "chip.bogus");
}

/* ---- files and folders ---------------------------------------------------- */

static char folder[64];

static void put(const char *name, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int make_folder(void **state)
{
    char path[512];
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/tokenroof-chip-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/chips", folder);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/systems", folder);
    (void)mkdir(path, 0700);
    put("chips/mine.json", "{" CHIP_BODY ", \"alias\": [\"my first\"], \"server\": \"shed\",\n \"scaleup\": "
                                         "{\"byte_per_s\": 1e9, \"domain_chip\": 4}}");
    put("chips/h100-sxm.json",
        "{\"name\": \"h100-sxm\", \"title\": \"mine instead\", \"flop_per_s\": {\"bf16\": 1e15},"
        " \"memory\": {\"capacity_byte\": 80e9, \"read_byte_per_s\": 3e12}}");
    put("systems/my-box.json",
        "{\"name\": \"my-box\", \"chip\": \"mine\", \"chip_count\": 6, \"domain_chip\": 3}");
    put("tiers.json", "{\"servers\": {\"shed\": {\"tiers\": [{\"name\": \"tape\", \"capacity_byte\": 1e15,"
                      " \"read_byte_per_s\": 3e8, \"source\": \"shed\", \"date\": \"2026\"}]}}}");
    put("bad.json", "{\n\"name\": \"bad\",\n\"bogus\": 1}");
    put("notes.txt", "not data");
    return 0;
}

static int drop_folder(void **state)
{
    static const char name[][24] = {"chips/mine.json",
                                    "chips/h100-sxm.json",
                                    "systems/my-box.json",
                                    "tiers.json",
                                    "bad.json",
                                    "notes.txt",
                                    "chips",
                                    "systems",
                                    ""};
    (void)state;
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        (void)remove(path);
    }
    return 0;
}

static tr_system open_ok(const char *text, const char *data)
{
    tr_system system;
    tr_error err = { .text = "" };
    if (tr_system_open(text, data, &system, &err) != TR_OK)
        fail_msg("%s: %s", text, err.text);
    return system;
}

static void a_data_folder_adds_chips_and_overrides_those_compiled_in(void **state)
{
    (void)state;
    tr_system s = open_ok("mine", folder);
    assert_int_equal(s.chip.tier_count, 2);
    assert_string_equal(s.chip.tier[1].name, "tape");
    s = open_ok("H100 SXM", folder);
    assert_string_equal(s.title, "mine instead");
    s = open_ok("h100-sxm", NULL);
    assert_same(s.chip.flop_per_s[TR_DTYPE_BF16], 989.4e12);
    s = open_ok("gb200-nvl72", folder); /* not in the folder */
    assert_same(s.chip_count, 72.0);
    s = open_ok("my-box", folder);
    assert_same(s.domain_chip, 3.0);
    tr_error err;
    assert_int_equal(tr_system_open("mine", NULL, &s, &err), TR_EUNKNOWN);
    assert_int_equal(tr_system_open("4xmy-bxo", folder, &s, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "did you mean \"my-box\"")); /* the folder's names are known too */
}

static void a_count_works_before_a_file_a_folders_name_and_a_catalog_name(void **state)
{
    (void)state;
    char path[512];
    tr_system s = open_ok("8xmine", folder);
    assert_string_equal(s.name, "8xmine");
    assert_same(s.chip_count, 8.0);
    assert_same(s.domain_chip, 4.0);
    s = open_ok("2 x my-box", folder);
    assert_same(s.chip_count, 12.0);
    assert_same(s.domain_chip, 3.0);
    (void)snprintf(path, sizeof path, "4x%s/chips/mine.json", folder);
    s = open_ok(path, folder);
    assert_same(s.chip_count, 4.0);
    s = open_ok("8xb200", NULL);
    assert_same(s.usd_per_hour, 8.0 * 5.98);
    assert_int_equal(tr_system_open("1000000000xmy-box", folder, &s, NULL), TR_EDOMAIN);
}

static void changes_and_a_host_follow_a_file_and_a_folders_name_too(void **state)
{
    (void)state;
    char path[512];
    (void)snprintf(path, sizeof path, "2x%s/chips/mine.json,mem=1GB,bw=2x+epyc-9654,mem=256GB", folder);
    tr_system s = open_ok(path, folder);
    assert_same(s.chip_count, 2.0);
    assert_same(s.chip.memory_byte, 1e9);
    assert_same(s.host.memory_byte, 256e9);
    assert_string_equal(s.name, "2xmine,mem=1GB,bw=2x+epyc-9654,mem=256GB");
    s = open_ok("mine,mem=1GB", folder);
    assert_same(s.chip.memory_byte, 1e9);
    s = open_ok("4xmy-box,price=2", folder);
    assert_same(s.usd_per_hour, 2.0 * s.chip_count);
    tr_error err = { .text = "" };
    assert_int_equal(tr_system_open("mine,mmem=1GB", folder, &s, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "did you mean 'mem'"));
    assert_int_equal(tr_system_open("mine+h100-sxm", folder, &s, &err), TR_ECONFLICT);
}

static void a_mistake_in_a_file_names_the_file_and_the_line(void **state)
{
    (void)state;
    char path[512];
    tr_system s;
    tr_error err;
    (void)snprintf(path, sizeof path, "%s/bad.json", folder);
    assert_int_equal(tr_system_open(path, NULL, &s, &err), TR_EUNKNOWN);
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.text, "bad.json: "));
    (void)snprintf(path, sizeof path, "%s/none.json", folder);
    assert_int_equal(tr_system_open(path, NULL, &s, &err), TR_EIO);
    assert_non_null(strstr(err.text, "none.json"));
    assert_int_equal(tr_system_open(folder, NULL, &s, &err), TR_EIO);
    assert_int_equal(tr_system_open("nothing.json", NULL, &s, &err), TR_EIO);
}

static void a_name_never_leaves_the_data_folder(void **state)
{
    (void)state;
    tr_system s;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/chips", folder);
    assert_int_equal(tr_system_open("..", path, &s, NULL), TR_EUNKNOWN);
    assert_int_equal(tr_system_open(".mine", path, &s, NULL), TR_EUNKNOWN);
    assert_int_equal(tr_system_open("../chips/mine", path, &s, NULL),
                     TR_EIO); /* a path, and there is no such file */
}

static void a_data_folder_lists_its_names_in_order(void **state)
{
    (void)state;
    char *names = NULL;
    size_t count = 0;
    assert_int_equal(tr_data_folder_list(folder, "chips", &names, &count, NULL), TR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(names, "h100-sxm");
    assert_string_equal(names + strlen(names) + 1, "mine");
    free(names);
    assert_int_equal(tr_data_folder_list(folder, "absent", &names, &count, NULL), TR_OK);
    assert_int_equal(count, 0);
    free(names);
}

static void an_alias_in_a_data_folder_is_found_too(void **state)
{
    (void)state;
    tr_system s = open_ok("My_First", folder);
    assert_string_equal(s.name, "mine");
    s = open_ok("2x my first", folder);
    assert_string_equal(s.name, "2xmine");
}

static void a_data_folder_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    tr_system s;
    tr_error err;
    tr_chip_list *list = NULL;
    assert_int_equal(tr_system_open("h100", "/tmp/no/such/folder", &s, &err), TR_EIO);
    assert_non_null(strstr(err.text, "/tmp/no/such/folder"));
    assert_int_equal(tr_chip_list_create("/tmp/no/such/folder", &list, NULL), TR_EIO);
    assert_null(list);
}

static void the_list_of_all_holds_the_folders_beside_the_catalogs_and_before_them(void **state)
{
    (void)state;
    tr_chip_list *list = NULL;
    assert_int_equal(tr_chip_list_create(folder, &list, NULL), TR_OK);
    assert_int_equal(tr_chip_list_count(list), tr_chip_catalog_count() + tr_system_catalog_count() + 2);
    size_t seen = 0;
    for (size_t i = 0; i < tr_chip_list_count(list); i++) {
        tr_system s;
        tr_error err = { .text = "" };
        if (tr_chip_list_get(list, i, &s, &err) != TR_OK)
            fail_msg("%s: %s", tr_chip_list_name(list, i), err.text);
        assert_string_equal(s.name, tr_chip_list_name(list, i));
        if (strcmp(s.name, "h100-sxm") == 0)
            assert_string_equal(s.title, "mine instead");
        seen += strcmp(s.name, "mine") == 0 || strcmp(s.name, "my-box") == 0;
    }
    assert_int_equal(seen, 2);
    assert_null(tr_chip_list_name(list, tr_chip_list_count(list)));
    tr_chip_list_destroy(list);
    assert_int_equal(tr_chip_list_create(NULL, &list, NULL), TR_OK);
    assert_int_equal(tr_chip_list_count(list), tr_chip_catalog_count() + tr_system_catalog_count());
    tr_chip_list_destroy(list);
}

/* ---- what ships ------------------------------------------------------------ */

static void the_files_in_data_read_back_as_the_compiled_catalog(void **state)
{
    (void)state;
    const char *root = getenv("TOKENROOF_ROOT");
    assert_non_null(root);
    char data[3000];
    (void)snprintf(data, sizeof data, "%s/data", root);
    for (size_t i = 0; i < tr_chip_catalog_count(); i++) {
        const tr_chip *want = tr_chip_catalog_at(i);
        tr_system s;
        tr_error err = { .text = "" };
        const tr_status status = tr_system_open(want->name, data, &s, &err);
        if (want->memory_byte <= 0.0) {
            assert_int_equal(status, TR_EMISSING);
            continue;
        }
        if (status != TR_OK)
            fail_msg("%s: %s", want->name, err.text);
        assert_memory_equal(s.chip.flop_per_s, want->flop_per_s, sizeof want->flop_per_s);
        assert_memory_equal(&s.chip.tier, &want->tier, sizeof want->tier);
        assert_same(s.chip.usd_per_hour, want->usd_per_hour);
        assert_string_equal(s.chip.price_source, want->price_source);
    }
    for (size_t i = 0; i < tr_system_catalog_count(); i++) {
        tr_system from_file, from_table;
        assert_int_equal(tr_system_open(tr_system_catalog_name(i), data, &from_file, NULL), TR_OK);
        assert_int_equal(tr_system_catalog_get(tr_system_catalog_name(i), &from_table, NULL), TR_OK);
        assert_same(from_file.chip_count, from_table.chip_count);
        assert_same(from_file.domain_chip, from_table.domain_chip);
        assert_same(from_file.usd_per_hour, from_table.usd_per_hour);
        assert_string_equal(from_file.note, from_table.note);
    }
}

int main(void)
{
    TESTS(tests) = {
        CASE(the_smallest_chip_file_makes_a_system_of_one),
        CASE(numbers_may_carry_units),
        CASE(every_key_of_a_chip_is_read),
        CASE(what_is_on_the_box_is_usable_unless_the_file_says_less),
        CASE(a_word_or_flag_of_another_kind_is_refused),
        CASE(a_server_brings_its_tiers),
        CASE(a_misspelt_key_is_answered_with_the_right_one),
        CASE(a_sparse_ceiling_is_refused),
        CASE(a_key_given_twice_is_refused),
        CASE(a_value_of_another_kind_is_refused),
        CASE(a_number_out_of_range_is_refused_where_it_stands),
        CASE(what_is_missing_is_named),
        CASE(a_price_is_one_number_or_a_range),
        CASE(a_system_file_counts_chips),
        CASE(a_system_file_that_contradicts_itself_is_refused),
        CASE(a_data_folder_adds_chips_and_overrides_those_compiled_in),
        CASE(a_count_works_before_a_file_a_folders_name_and_a_catalog_name),
        CASE(changes_and_a_host_follow_a_file_and_a_folders_name_too),
        CASE(a_mistake_in_a_file_names_the_file_and_the_line),
        CASE(a_name_never_leaves_the_data_folder),
        CASE(a_data_folder_lists_its_names_in_order),
        CASE(an_alias_in_a_data_folder_is_found_too),
        CASE(a_data_folder_that_is_not_there_is_an_error),
        CASE(the_list_of_all_holds_the_folders_beside_the_catalogs_and_before_them),
        CASE(the_files_in_data_read_back_as_the_compiled_catalog),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
