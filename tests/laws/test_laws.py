"""Each law against a small tree or object that breaks it: a law that cannot fail proves nothing."""
import os
import subprocess
import sys
import tempfile

import house
import law_call_circles
import law_data
import law_docs
import law_equations
import law_exports
import law_forbidden_calls
import law_include_direction
import law_no_writable_globals
import law_tree
import law_units


class Tree:
    """A throw-away tree of files: Tree({"src/base/a.c": "..."}).root."""

    def __init__(self, text_of):
        self.dir = tempfile.TemporaryDirectory()
        self.root = self.dir.name
        for path, text in text_of.items():
            full = os.path.join(self.root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)

    def library(self, *sources):
        """Of x.c, y.c, ..."""
        a = os.path.join(self.root, "liba.a")
        for name, source in zip("xyz", sources):
            c, o = (os.path.join(self.root, name + end) for end in (".c", ".c.o"))
            with open(c, "w", encoding="utf-8") as f:
                f.write(source)
            subprocess.run([*CC, "-std=c11", "-fPIC", "-O1", "-fno-builtin", "-c", c, "-o", o], check=True)
            subprocess.run(["ar", "rcs", a, o], check=True)
        return a

    def shared(self, source):
        c, so = os.path.join(self.root, "y.c"), os.path.join(self.root, "liby.so")
        with open(c, "w", encoding="utf-8") as f:
            f.write(source)
        subprocess.run([*CC, "-shared", "-fPIC", c, "-o", so], check=True)
        return so


CC = (sys.argv[1:] or ["cc"])
CASES = []


def case(f):
    CASES.append(f)
    return f


def expect(violations, *words):
    """As many violations as words, each holding its word."""
    if len(violations) != len(words):
        return [f"expected {len(words)} violations, got {len(violations)}: {violations}"]
    return [f"expected {w!r} in {v!r}" for v, w in zip(violations, words) if w not in v]


def direction(path, text):
    tree = Tree({path: text})
    return law_include_direction.check(tree.root)


@case
def an_upward_include_is_caught():
    return expect(direction("src/base/a.c", '#include "model/x.h"\n'), "base may not include model")


@case
def an_upward_include_of_a_public_header_is_caught():
    return expect(direction("src/model/a.c", "#include <tokenroof/step.h>\n"), "model may not include step")


@case
def model_and_chip_do_not_see_each_other():
    return (expect(direction("src/chip/a.c", '#include "model/x.h"\n'), "chip may not include model")
            + expect(direction("src/model/a.c", '#include "chip/x.h"\n'), "model may not include chip"))


@case
def price_and_life_do_not_see_each_other():
    return (expect(direction("src/price/a.c", '#include "life/x.h"\n'), "price may not include life")
            + expect(direction("src/life/a.c", '#include "price/x.h"\n'), "life may not include price"))


@case
def the_core_runs_no_experiment():
    return expect(direction("src/claims/a.c", '#include "lab/lab.h"\n'), "claims may not include lab")


@case
def figure_sees_only_base():
    return (expect(direction("src/figure/a.c", '#include "base/x.h"\n#include "step/x.h"\n'),
                   "figure may not include step"))


@case
def a_native_room_in_the_core_is_caught():
    return expect(direction("src/ask/a.c", '#include "io/json.h"\n'), "ask may not include io")


@case
def the_command_line_reaches_core_rooms_by_public_headers_only():
    return expect(direction("src/cli/a.c", '#include "io/json.h"\n#include "base/fail.h"\n'), "public header only")


@case
def an_include_in_a_comment_is_no_include():
    return expect(direction("src/base/a.c", '/*\n#include "model/x.h"\n*/\n// #include "chip/x.h"\n'))


@case
def a_room_nobody_declared_is_caught():
    return expect(direction("src/cellar/a.c", "\n"), "cellar is not in the table")


@case
def a_public_header_pointing_up_is_caught():
    return expect(direction("include/tokenroof/base.h", "#include <tokenroof/step.h>\n"), "base may not include step")


@case
def the_table_has_no_cycle():
    rooms = list(house.MAY_INCLUDE)
    return [f"{a} and {b} reach each other" for a in rooms for b in rooms
            if a < b and a in house.reach(b) and b in house.reach(a)]


@case
def writable_globals_are_caught_and_constant_tables_are_not():
    tree = Tree({})
    lib = tree.library("int counter = 3; static int hits; int common_one;\n"
                    "static const char *const names[] = {\"a\", \"b\"};\n"
                    "const char *name(int i) { hits++; static int calls; calls += hits; return names[(i + calls) & 1]; }\n")
    bad = sorted(law_no_writable_globals.check(lib))
    return expect(bad, "calls", "common_one", "counter", "hits")


@case
def an_export_without_a_declaration_and_the_reverse_are_caught():
    t = Tree({"include/tokenroof/base.h": "TR_API int tr_a(void);\nTR_API double\n tr_b(int);\n"})
    so = t.shared("int tr_a(void){return 1;} int tr_hidden_not(void){return 2;}")
    return expect(law_exports.check(t.root, so), "tr_b is declared", "tr_hidden_not is exported")


@case
def a_public_function_without_TR_API_is_caught():
    t = Tree({"include/tokenroof/base.h": "#define TR_API\nTR_API int tr_a(void);\nint tr_b(void);\n"
                                          "typedef int (*tr_c)(void);\n"})
    return expect(law_exports.undeclared_prototypes(t.root), "tr_b is declared without TR_API")


BOOK = ("# Equations\n## R1 The step rule\nformula: t = max(a, b)\nmeaning: m\nderivation: d\nsource: s\n"
        "caveats: none\ntest: test_step.c it_holds\n")


@case
def an_undocumented_equation_is_caught():
    t = Tree({"docs/equations.md": BOOK, "src/step/a.c": "/* [R1] why */\n/* [R2] why */ int x[R3];\n"})
    return expect(law_equations.check_both_ways(t.root), "[R2] has no section")


@case
def an_equation_nobody_computes_is_caught():
    t = Tree({"docs/equations.md": BOOK, "src/step/a.c": "int x;\n"})
    return expect(law_equations.check_both_ways(t.root), "R1 is named nowhere")


@case
def an_equation_without_its_test_is_caught():
    none = Tree({"docs/equations.md": BOOK})
    other = Tree({"docs/equations.md": BOOK, "tests/unit/test_step.c": "static void it_breaks(void **state) {}\n"})
    good = Tree({"docs/equations.md": BOOK, "tests/unit/test_step.c": "static void it_holds(void **state) {}\n"})
    return (expect(law_equations.check_tests(none.root), "no file test_step.c")
            + expect(law_equations.check_tests(other.root), "has no test it_holds")
            + expect(law_equations.check_tests(good.root)))


@case
def a_section_that_lacks_a_field_or_wraps_is_caught():
    t = Tree({"docs/equations.md": BOOK.replace("source: s\n", "source: s\nand more\n").replace("caveats: none\n", "")})
    return expect(law_equations.sections(t.root)[1], "each on one line", "no 'caveats:'")


@case
def a_double_without_a_unit_is_caught():
    t = Tree({"include/tokenroof/step.h":
              "typedef struct tr_a { double step_s; double latency; const double *kv_byte, *bad[3]; int n; } tr_a;\n"
              "TR_API double tr_speed(double batch_seq, double length);\n"
              "TR_API double tr_floor_s(const double *flop_per_s, size_t n);\n"})
    return expect(law_units.check(t.root), "tr_a.latency", "tr_a.bad", "tr_speed returns", "tr_speed(length)")


@case
def a_double_without_a_unit_is_caught_in_a_room_s_own_header_too():
    t = Tree({"src/life/a.h": "typedef struct tr_a { double step_s, wait; } tr_a;\ndouble tr_rest(double x_s,\n"
                              "               double often);\n", "src/step/a.h": "double tr_later(double x);\n"})
    return expect(law_units.check(t.root), "tr_a.wait", "tr_rest returns", "tr_rest(often)")


@case
def the_unit_must_be_the_last_word():
    return [w for w in ("step_s", "token_per_s_per_seq", "usd_per_hour", "low_s", "kv_byte_per_token") if not law_units.ok(w)] \
        + [w for w in ("s_step", "seconds", "byte_total", "usd_per_hour_low", "gbps", "time_ms", "bytes") if law_units.ok(w)]


@case
def forbidden_calls_are_caught():
    tree = Tree({})
    lib = tree.library("#include <stdio.h>\n#include <stdlib.h>\n#include <math.h>\n#include <time.h>\n"
                    "double f(double x) { if (x > 9) abort(); printf(\"%g\", x); void *p = malloc(3); free(p);\n"
                    "  return pow(x, 2.5) + (double)time(0) + (getenv(\"A\") != 0) + floor(x); }\n")
    return expect(law_forbidden_calls.check("step", lib, {}), "abort", "free", "getenv", "malloc", "pow", "printf", "time") \
        + expect(law_forbidden_calls.check("step", lib, {"step/x": {"malloc", "free", "pow", "abort", "time"}}),
                 "getenv", "printf")


@case
def files_that_call_each_other_in_a_circle_are_caught_and_a_mended_circle_is_struck_off():
    x, y, z = "void b(void); void a(void) { b(); }", "void c(void); void b(void) { c(); }", "void c(void) { }"
    back = "void a(void); static void (*const all[])(void) = {a}; void c(void) { all[0](); }"   # by a table
    chain, ring = Tree({}), Tree({})
    straight, round_ = chain.library(x, y, z), ring.library(x, y, back)
    return (expect(law_call_circles.check("step", straight, set()))
            + expect(law_call_circles.check("step", round_, set()), "x.c calls y.c (b)", "y.c calls z.c (c)",
                     "z.c calls x.c (a)")
            + expect(law_call_circles.check("step", round_, {"x", "y"}), "y.c calls z.c", "z.c calls x.c")
            + expect(law_call_circles.check("step", round_, {"x", "y", "z"}))
            + expect(law_call_circles.check("step", straight, {"x"}), "x.c is in no circle"))


@case
def a_file_name_that_stands_twice_is_caught():
    t = Tree({"src/base/a.c": "", "src/model/a.c": "", "include/tokenroof/b.h": "", "src/model/c.h": ""})
    was, law_tree.SAME_NAME = law_tree.SAME_NAME, {"c.h"}
    bad = law_tree.names(t.root)
    law_tree.SAME_NAME = was
    return expect(bad, "src/model/a.c: its name is taken by src/base/a.c", "c.h is one file's name by now")


@case
def long_files_machine_paths_and_leftovers_are_caught():
    mark = "TO" + "DO"
    t = Tree({"src/base/a.c": "/* base/a.c -- a file */\n" + "int x;\n" * 700,
              "src/base/b.c": "int first;\n" + "x" * 121 + "\n",
              "README.md": "see /" + "work/main\n", "docs/a.md": mark + ": later\n"})
    return (expect(law_tree.lengths(t.root)[0], "701 lines")
            + expect(law_tree.widths(t.root), "121 columns")
            + expect(law_tree.purposes(t.root), "src/base/b.c:1")
            + expect(law_tree.machine_paths(t.root), "README.md:1")
            + expect(law_tree.later(t.root), "docs/a.md:1"))


@case
def documents_that_lie_are_caught():
    t = Tree({"README.md": "See `src/base/a.c`, `src/gone.c`, `tests/cli/TOPIC/CASE.cmd` and [it](docs/no.md).\n"
                           "```sh\nscripts/none --fast  # quick\n```\n"
                           "```console\n$ build/tokenroof hello\nhello\n$ build/tokenroof bye\nhello\n```\n",
              "src/base/a.c": ""})
    program = os.path.join(t.root, "say")
    with open(program, "w", encoding="utf-8") as f:
        f.write('#!/bin/sh\necho "$1"\n')
    os.chmod(program, 0o755)
    said = [bad for _, bad in law_docs.transcripts(t.root, program)]
    return (expect(law_docs.paths(t.root), "src/gone.c does not exist", "docs/no.md leads nowhere")
            + expect(law_docs.scripts_exist(t.root), "scripts/none is no command")
            + ([] if [bool(s) for s in said] == [False, True] else [f"transcripts: {said}"]))


@case
def numbers_without_source_or_date_are_caught():
    t = Tree({"data/chips/a.json": '{"name": "a", "x": 1, "price": {"usd": 2, "source": "list", "date": "2026-08"}}',
              "data/chips/b.json": '{"name": "c", "x": [1], "source": "sheet", "date": "2026-08-22"}',
              "data/chips/d.json": '{"x": 1, "x": 2}',
              "data/chips/e.json": '{"source": "sheet", "date": "Aug 2026", "n": {"x": 3, "source": "other"}}',
              "data/chips/f.json": '{"source": "sheet", "date": "2026", "x": NaN}'})
    return expect(law_data.check(t.root), "a.json: x: a number without", "b.json: its name is 'c'",
                  "stands twice", "e.json: .date: 'Aug 2026'", "n: has a source and no date", "NaN is not a number")


if __name__ == "__main__":
    tap = house.Tap()
    for f in CASES:
        tap.case(f.__name__, f())
    tap.done()
