"""tools/embed_claims.py: what is written as a claim, and what is refused while building."""
import importlib.util
import json
import os
import sys
import tempfile

spec = importlib.util.spec_from_file_location("embed_claims", sys.argv[1])
embed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(embed)

SOURCES = {"name": "sources", "sources": [{"name": "lecture", "title": "t", "source": "s", "date": "2026"}]}
CLAIM = {"id": "L001", "topic": "t", "claim": "c", "where": "lecture 00:03", "reason": "r"}


def made(*claims):
    """The table of these claims, or the refusal."""
    with tempfile.TemporaryDirectory() as folder:
        for name, document in (("sources.json", SOURCES), ("a.json", {"claims": list(claims)})):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                json.dump(document, f)
        sys.argv = ["embed_claims.py", folder, os.path.join(folder, "out.inc")]
        try:
            embed.main()
        except SystemExit as refusal:
            return str(refusal)
        with open(os.path.join(folder, "out.inc"), encoding="ascii") as f:
            return f.read()


def with_check(**check):
    return dict(CLAIM, checks=[{"asks": "step_s", "with": {"batch_seq": 8}, **check}])


PART = dict(CLAIM, id="L001a")
CASES = [
    ("a_claim_becomes_a_row_with_the_date_of_its_source", '"lecture 00:03", "2026"' in made(CLAIM)),
    ("numbers_stay_as_they_are_written", '"1.250e-3", "0.00130"' in made(with_check(says="1.250e-3", gives="0.00130"))),
    ("settings_become_one_text", '"batch_seq=8"' in made(with_check(gives="1"))),
    ("a_second_question_takes_the_settings_of_the_first",
     '"over", "step_s", "batch_seq=9"' in made(with_check(gives="1", over={"with": {"batch_seq": 9}}))),
    ("parts_are_counted_at_their_whole", '"r", 0, 2}' in made(CLAIM, PART, dict(PART, id="L001b"))),
    ("a_part_without_its_whole_is_refused", "with its parts behind it" in made(PART)),
    ("a_whole_with_checks_of_its_own_is_refused", "belong to its parts" in made(with_check(gives="1"), PART)),
    ("a_gap_in_the_ids_is_refused", "L001 and on" in made(dict(CLAIM, id="L002"))),
    ("a_claim_without_a_reason_is_refused", "L001: has" in made({k: v for k, v in CLAIM.items() if k != "reason"})),
    ("an_unknown_source_is_refused", "no source 'tales'" in made(dict(CLAIM, where="tales 1"))),
    ("an_unknown_key_is_refused",
     "unknown ['wiht']" in made(dict(CLAIM, checks=[{"gives": "1", "asks": "a", "wiht": {}}]))),
    ("a_check_that_asks_and_gives_nothing_is_refused", "a check asks one thing" in made(with_check())),
    ("a_check_over_and_less_is_refused", "a check asks one thing" in made(with_check(gives="1", over={}, less={}))),
    ("what_is_no_number_is_refused", "'5%' is not a number" in made(with_check(says="5%", gives="1"))),
    ("a_semicolon_in_a_setting_is_refused", "ends a setting" in made(with_check(gives="1", **{"with": {"a": "b;c"}}))),
]
print(f"1..{len(CASES)}")
for n, (name, holds) in enumerate(CASES, 1):
    print(f"{'ok' if holds else 'not ok'} {n} - {name}")
sys.exit(not all(holds for _, holds in CASES))
