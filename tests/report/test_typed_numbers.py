r"""No number that could turn out otherwise is typed in the paper: \result looks it up.

Figures and words of numbers alike. ALLOWED is what may be typed, with the reason; what
can be checked of it is checked below.
"""

from __future__ import annotations

import re

import pytest

from xitt import paths
from xitt.analysis import paired_samples, verdicts
from xitt.running.benchmark import training
from xitt.study import profiles
from xitt.tasks import registry

# a phrase of the text -> why its number is no finding
ALLOWED = {
    r"[Zz]ero-shot": "a term",
    r"(excludes|is above|from) zero": "no change at all, whatever was measured",
    r"\b95\\%": "the level of every interval, checked below",
    r"\bF1\b|SQuAD v2\.0|and v1\.1|multilingual E5 small|\bmT5\b": "names",
    r"50-analyse-transfer": "the name of a notebook",
    r"Three phases": "the design",
    r"\bnine (tasks together|targets,)|uses nine:|on all nine,|the nine of XTREME":
        "the original's grid, checked below",
    r"all eighteen tasks": "the registry's, checked below",
    r"Two variants mix|two retrieval tasks|step from one task|in one run on":
        "the design",
    r"what the two have in common": "the two variances that the sentence names",
    r"a one-sided test at 5\\%": "the level of the tests of no gain, checked below",
    r"over four neighbours": "a parameter of every profile, checked below",
    r"CC-100": "the name of a corpus",
    r"pass@1": "the name of a measure",
    r"\bbf16\b|\bfp32\b": "names of number formats",
    r"in four bits": "how the package that holds the encoder stores it",
    r"three things about it|Four differences of scale|between the two,|Why the two may":
        "what the sentences after it list",
    r"layer 0 is": "how layers are counted",
    r"four ways": "the contenders of the benchmark, checked below",
    r"two flat searches": "how the peer works",
    r"two versions are in print": "a fact about two cited works",
    r"million tokens": "a unit",
    r"of the two rows": "the two rows that the sentence names",
}  # fmt: skip

WORDS = """zero two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty
    seventy eighty ninety hundreds? thousands? millions? billions? dozens? twice thrice
    double triple quarter"""
COUNTED = "seed|language|target|task|setting|run|record|example|point|epoch|layer|core"
NUMBERS = re.compile(
    rf"[+-]?\d[\d.,]*|\b(?:{'|'.join(WORDS.split())})\b|\bone (?:{COUNTED})s?\b", re.I
)
# What is not text: keys, names of files, lengths, columns.
UNSEEN = (
    r"(?m)(?<!\\)%.*$",
    r"\\(?:result|ifresult|label|ref|url|includegraphics|fittable|figsource|bibliography"
    r"|IfFileExists|input|cite[tp]?(?:\[[^\]]*\])*)\{[^}]*\}",
    r"\\setlength\{[^}]*\}\{[^}]*\}|\\begin\{[^}]*\}(?:\[[^\]]*\])?|\\hskip\S+",
)


def typed(text: str) -> list[str]:
    """The numbers that are typed in the body of a paper, with what is around each."""
    body = text.split(r"\begin{document}")[-1]
    for pattern in UNSEEN:
        body = re.sub(pattern, " ", body)
    for phrase in ALLOWED:
        body = re.sub(phrase, " ", body)
    around = (
        body[max(0, m.start() - 30) : m.end() + 30] for m in NUMBERS.finditer(body)
    )
    return [" ".join(text.split()) for text in around]


def test_no_number_that_could_turn_out_otherwise_is_typed_in_the_paper():
    for name in ("main.tex", "language-models.tex"):
        assert typed((paths.PAPER / name).read_text(encoding="utf-8")) == [], name


@pytest.mark.parametrize(
    "text",
    [
        "a gain of 1.2 points", "over 14 languages", "of five settings", "2,490 pairs",
        "Twelve targets gain", "hundreds of runs", "with one seed", "twice as quick",
    ],
)  # fmt: skip
def test_a_typed_number_is_seen(text):
    (found,) = typed(f"We see {text} here, \\result{{xnli/mnli/gain}}.")
    assert found.startswith("We see") and found.endswith("here, .")


def test_every_phrase_that_is_allowed_is_there():
    names = ("main.tex", "language-models.tex")
    text = "".join((paths.PAPER / name).read_text(encoding="utf-8") for name in names)
    for phrase in ALLOWED:
        for part in phrase.split("|") if "(" not in phrase else [phrase]:
            assert re.search(part, text), part


def test_what_is_allowed_is_true():
    assert (paired_samples.CONFIDENCE, verdicts.LEVEL) == (0.95, 0.05)
    targets, tasks = registry.names("target", suite="XTREME"), registry.multi()
    assert (len(targets), len(tasks), len({*targets, *tasks})) == (9, 9, 18)
    assert len(training.CONTENDERS) == 4
    for name in profiles.names():
        assert profiles.load(name)["retrieval"]["neighbours"] == 4
