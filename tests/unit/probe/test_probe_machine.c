/* tests/unit/probe/test_probe_machine.c -- machines as their kernels tell them, and what of the catalog they are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "probe/machine.h"

#define assert_near(GOT, EXPECTED) assert_true(fabs((GOT) - (EXPECTED)) <= 1e-9 * fabs((double)(EXPECTED)))

static const char *fake_nvml;

static tr_machine machine(const char *name, const char *nvml)
{
    char path[512];
    tr_machine m;
    tr_error err = {.status = TR_OK};
    (void)snprintf(path, sizeof path, "%s/%s", PROC_FOLDER, name);
    if (tr_machine_read(path, nvml, &m, &err) != TR_OK)
        fail_msg("%s", err.text);
    return m;
}

static void is_named(const char *folder, const char *nvml, const char *expected)
{
    char name[256];
    const tr_machine m = machine(folder, nvml);
    assert_string_equal(tr_machine_name(&m, name, sizeof name), expected);
}

static void cores_sockets_and_memory_are_those_of_the_kernel(void **state)
{
    (void)state;
    const tr_machine m = machine("epyc-two-sockets", NULL);
    assert_string_equal(m.cpu, "AMD EPYC 9654 96-Core Processor");
    assert_string_equal(m.vendor, "AMD");
    assert_near(m.core_count, 192);
    assert_near(m.socket_count, 2);
    assert_near(m.memory_byte, 1585000000.0 * 1024);
    assert_true(m.has_fma && m.has_avx512 && m.has_bf16);
    assert_false(m.has_amx);
    assert_near(m.card_count, 0);
}

static void machines_have_the_names_of_the_catalog(void **state)
{
    (void)state;
    is_named("epyc-two-sockets", NULL, "2xepyc-9654,mem=812GB");
    is_named("ryzen", NULL, "ryzen-7950x,mem=67GB");
    is_named("xeon", NULL, "xeon-8480,mem=270GB");
    is_named("strix-halo", NULL, "strix-halo");
    is_named("desktop", NULL, ""); /* an i9-13900K, which is not there */
    is_named("cloud", NULL, "");
    is_named("arm", NULL, "");
}

static void cards_stand_before_their_host(void **state)
{
    (void)state;
    const tr_machine m = machine("ryzen", fake_nvml);
    assert_near(m.card_count, 2);
    assert_string_equal(m.card, "NVIDIA GeForce RTX 3090");
    assert_near(m.card_memory_byte, 25769803776.0);
    is_named("ryzen", fake_nvml, "2xrtx-3090+ryzen-7950x,mem=67GB");
    is_named("desktop", fake_nvml, "2xrtx-3090");
}

static void a_driver_calls_cards_otherwise(void **state)
{
    static const char *const names[][2] = {{"NVIDIA GeForce RTX 4090", "rtx-4090"},
                                           {"NVIDIA GeForce RTX 4070 Ti SUPER", "rtx-4070-ti-super"},
                                           {"NVIDIA H100 80GB HBM3", "h100-sxm"},
                                           {"NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"},
                                           {"NVIDIA RTX A6000", "rtx-a6000"},
                                           {"NVIDIA L40S", "l40s"},
                                           {"NVIDIA GB10", "dgx-spark"},
                                           {"Tesla T4", "t4"},
                                           {"NVIDIA GeForce RTX 4090 Laptop GPU", "rtx-4090-laptop"},
                                           {"NVIDIA GeForce RTX 4090 D", ""}}; /* another chip */
    char name[256];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tr_machine m = machine("cloud", NULL);
        m.card_count = 1;
        (void)snprintf(m.card, sizeof m.card, "%s", names[i][0]);
        assert_string_equal(tr_machine_name(&m, name, sizeof name), names[i][1]);
    }
}

static void a_card_of_another_size_says_so(void **state)
{
    char name[256];
    (void)state;
    tr_machine m = machine("cloud", NULL);
    m.card_count = 1;
    m.card_memory_byte = 17.0e9;
    (void)snprintf(m.card, sizeof m.card, "NVIDIA GeForce RTX 4060 Ti");
    tr_system system;
    assert_int_equal(tr_machine_system(&m, &system, NULL), TR_OK);
    (void)tr_machine_name(&m, name, sizeof name);
    assert_true(system.chip.memory_byte > 15.5e9 && system.chip.memory_byte < 18.0e9);
}

static void a_card_that_nobody_knows_is_refused_in_words(void **state)
{
    (void)state;
    tr_machine m = machine("ryzen", NULL);
    tr_system system;
    tr_error err = {.status = TR_OK};
    m.card_count = 1;
    (void)snprintf(m.card, sizeof m.card, "NVIDIA GeForce GTX 970");
    assert_int_equal(tr_machine_system(&m, &system, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "GTX 970"));
}

static void a_cpu_that_is_not_in_the_catalog_is_made_of_what_is_known(void **state)
{
    (void)state;
    const tr_machine m = machine("cloud", NULL);
    tr_system system;
    assert_int_equal(tr_machine_system(&m, &system, NULL), TR_OK);
    assert_string_equal(system.name, "this-machine");
    assert_string_equal(system.chip.title, "Intel(R) Xeon(R) Processor @ 2.10GHz");
    assert_near(system.chip.core_count, 2);
    assert_near(system.chip.memory_byte, 24731708.0 * 1024);
    assert_near(system.chip.flop_per_s[TR_DTYPE_FP32], 2 * 2.1e9 * 64);
    assert_near(system.chip.flop_per_s[TR_DTYPE_BF16], 2 * 2.1e9 * 2048);
    assert_near(system.chip.memory_byte_per_s, TR_BANDWIDTH_NOT_KNOWN);
}

static void a_machine_of_many_kinds_is_read(void **state)
{
    (void)state;
    const tr_machine arm = machine("arm", NULL), desktop = machine("desktop", NULL);
    assert_string_equal(arm.cpu, "");
    assert_near(arm.core_count, 4);
    assert_false(arm.has_fma);
    assert_near(desktop.core_count, 24);
    assert_true(desktop.has_fma && !desktop.has_avx512);
}

static void what_is_not_there_is_an_error(void **state)
{
    tr_machine m;
    tr_error err = {.status = TR_OK};
    (void)state;
    assert_int_equal(tr_machine_read(PROC_FOLDER "/none", NULL, &m, &err), TR_EIO);
    m = machine("ryzen", "no-such-library.so"); /* a machine without the driver has no cards */
    assert_near(m.card_count, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_sockets_and_memory_are_those_of_the_kernel),
        cmocka_unit_test(machines_have_the_names_of_the_catalog),
        cmocka_unit_test(cards_stand_before_their_host),
        cmocka_unit_test(a_driver_calls_cards_otherwise),
        cmocka_unit_test(a_card_of_another_size_says_so),
        cmocka_unit_test(a_card_that_nobody_knows_is_refused_in_words),
        cmocka_unit_test(a_cpu_that_is_not_in_the_catalog_is_made_of_what_is_known),
        cmocka_unit_test(a_machine_of_many_kinds_is_read),
        cmocka_unit_test(what_is_not_there_is_an_error),
    };
    fake_nvml = argc > 1 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
