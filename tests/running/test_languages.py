"""What is measured of languages: word pieces and distances, by hand and anew."""

import json
from pathlib import Path

import numpy as np
import pytest

from xitt import paths
from xitt.analysis.questions.volume import facts
from xitt.errors import UserError
from xitt.models import encoders
from xitt.running import languages
from xitt.study import profiles

SPACE = 0


def letters(texts):
    """A tokenizer of letters: a is 1, b is 2; a space is SPACE."""
    return [[SPACE if c == " " else ord(c) - 96 for c in text] for text in texts]


@pytest.fixture
def rows(monkeypatch):
    def of(task, source):
        if task == languages.PARALLEL:
            yield "de", {"source": ["abcd", "ab"], "target": ["abc", "a"]}
        else:
            yield "en", {"tokens": [["ab", "c"]]}
            yield "de", {"tokens": [["ad", "de"], ["b"]]}
            yield "zh", {"tokens": [["x", "a"]]}

    monkeypatch.setattr(languages, "_rows", of)


class Row(dict):
    """Rows as a data set has them: columns by name, and a length in rows."""

    def __len__(self):
        return len(next(iter(self.values())))


def test_pieces_are_counted_for_each_piece_of_the_translation(monkeypatch):
    held = Row(source=["abcd", "ab"], target=["abc", "a"])
    monkeypatch.setattr(languages, "_rows", lambda *_: [("de", held)])
    found = languages._premiums(letters, None)
    assert found == {"de": {"premium": 1.5, "premium_n": 2}}


def test_pieces_that_english_has_too_are_counted_as_they_occur(rows):
    found = languages._overlaps(letters, None, SPACE)
    # ad de b: of a d d e b, a and b are among a b c; a space counts for nothing.
    assert found["de"] == {"overlap": 0.4, "overlap_n": 2}
    assert found["zh"]["overlap"] == 0.5
    assert "en" not in found


def test_without_english_there_is_no_overlap(monkeypatch):
    held = [("de", Row(tokens=[["a"]]))]
    monkeypatch.setattr(languages, "_rows", lambda *_: held)
    assert languages._overlaps(letters, None, SPACE) == {}


def test_what_is_measured_of_a_pinned_revision_is_found_by_its_records(
    monkeypatch, tmp_path
):
    class Letters:
        def __call__(self, texts, **options):
            return {"input_ids": letters(texts)}

        def convert_tokens_to_ids(self, piece):
            return SPACE

    held = Row(source=["abcd", "ab"], target=["abc", "a"])
    monkeypatch.setattr(paths, "LANGUAGES", tmp_path)
    monkeypatch.setattr(encoders, "load", lambda name: (None, Letters()))
    monkeypatch.setattr(languages, "_overlaps", lambda *_: {})
    monkeypatch.setattr(
        languages, "_rows", lambda task, _: [("de", held)] * (task == "tatoeba")
    )
    languages.measure({**profiles.load("demo"), "encoder": "lab/tiny@v1"})
    assert facts.languages("lab/tiny").loc["de", "premium"] == 1.5


def test_features_differ_where_both_languages_are_known():
    one, other = np.array([1, 0, -1, 1, 0]), np.array([1, 1, 1, -1, 0])
    assert languages.apart(one, other) == {"distance": 0.3333, "features": 3}
    assert languages.apart(np.array([-1]), np.array([1])) == {}


def test_the_recorded_distances_can_be_derived_again(monkeypatch, tmp_path):
    pytest.importorskip("urielplus", reason="the extra `typology` is not installed")
    before = json.loads(facts.DISTANCES.read_text())
    monkeypatch.setattr(facts, "DISTANCES", tmp_path / "again.json")
    again = json.loads(Path(languages.write_distances()).read_text())
    assert again["languages"] == before["languages"]


def test_every_recorded_measurement_is_of_a_language_and_within_bounds():
    held = json.loads(facts.tokenizer_file("e5-small").read_text())
    for values in held["languages"].values():
        assert 0.3 < values.get("premium", 1.0) < 5
        assert 0 < values.get("overlap", 0.5) < 1


def test_a_study_of_a_language_model_has_no_encoder_to_measure():
    with pytest.raises(UserError, match="small-lm has no encoder"):
        languages.measure(profiles.load("small-lm"))
