"""The registry: what the study's tasks are, and what a faulty entry says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from xitt.errors import UserError
from xitt.tasks import registry, schema
from xitt.tasks.settings import Setting, parse_setting

NINE = [
    "anli_plus", "mnli", "qqp", "squad_v2", "squad_v1", "hellaswag", "commonsense_qa",
    "cosmos_qa", "ccg",
]  # fmt: skip

# Data sets whose repositories on the Hub hold a loading script.
SCRIPTED = {
    "facebook/mlqa",
    "FloatAI/humaneval-xl",
    "juletxara/xstory_cloze",
    "juletxara/mgsm",
    "md-nishat-008/mHumanEval-Benchmark",
    "Muennighoff/xwinograd",
    "allenai/social_i_qa",
}

# Languages a task has in XTREME (Hu et al. 2020, table 1 and its appendix); English is
# counted where it is scored. BUCC and Tatoeba pair each language with English.
XTREME = {
    "xnli": 15, "paws_x": 7, "udpos": 33, "panx": 40, "xquad": 11, "mlqa": 7,
    "tydiqa": 9, "bucc": 4, "tatoeba": 36,
}  # fmt: skip

ENTRY = {
    "title": "Toy",
    "phase": "target",
    "kind": "classification",
    "metric": "accuracy",
    "labels": ["no", "yes"],
    "languages": ["en"],
    "licence": "none",
    "dataset": "acme/toy",
    "config": "default",
    "splits": {"train": "train"},
    "columns": {"text_a": "text", "label": "label"},
}


@pytest.fixture
def extra(tmp_path, monkeypatch):
    """Registers an entry `toy` through XITT_TASKS; keys of None are left out."""

    def register(**changes) -> None:
        entry = {k: v for k, v in {**ENTRY, **changes}.items() if v is not None}
        path = tmp_path / "more.yaml"
        path.write_text(yaml.safe_dump({"tasks": {"toy": entry}}))
        monkeypatch.setenv("XITT_TASKS", str(path))

    return register


def test_the_nine_intermediate_tasks_and_the_free_stand_in_are_registered():
    assert registry.names("intermediate") == [*NINE, "ccg_pmb", "social_i_qa"]


def test_the_targets_have_as_many_languages_as_in_xtreme():
    targets = registry.names("target", suite="XTREME")
    assert {name: len(registry.get(name).languages) for name in targets} == XTREME


def test_xtreme_has_forty_languages_in_all():
    targets = [registry.get(name) for name in registry.names("target", suite="XTREME")]
    assert len({lang for task in targets for lang in task.languages}) == 40


def test_english_comes_first_where_it_is_scored():
    for name in registry.names("target"):
        languages = registry.get(name).languages
        assert "en" not in languages[1:]
        assert ("en" in languages) == (name not in ("bucc", "tatoeba"))


def test_no_language_is_listed_twice():
    for name in registry.names():
        languages = registry.get(name).languages
        assert len(set(languages)) == len(languages)


def test_multi_mixes_nine_tasks_and_says_what_stands_for_the_licensed_one():
    assert len(registry.multi()) == 9
    stand_ins = [
        registry.get(n).stands_for
        for n in registry.multi()
        if registry.get(n).stands_for
    ]
    assert stand_ins == ["ccg"]
    assert "in place of CCGbank" in registry.get("ccg_pmb").note
    assert registry.get("ccg_pmb").title != registry.get("ccg").title


def test_the_targets_without_a_training_set_are_the_two_retrieval_tasks():
    targets = registry.names("target", suite="XTREME")
    bare = [name for name in targets if "train" not in registry.get(name).splits]
    assert bare == ["bucc", "tatoeba"]


def test_udpos_has_the_seventeen_universal_tags():
    assert len(registry.get("udpos").labels) == 17


# The branch that the Hub converts has no fixed commit. It is read of sets that need a
# loading script, and of those that no public code pins.
def test_every_hub_data_set_has_a_full_id_and_a_pinned_revision():
    for name in registry.names():
        task = registry.get(name)
        for part in (*task.parts, *task.translated):
            if part.on_hub:
                owner, _, rest = part.dataset.partition("/")
                assert owner and rest
                pinned = len(part.revision) == 40 and int(part.revision, 16) >= 0
                # These need a loading script; a converted branch has no fixed commit.
                assert pinned or part.dataset in SCRIPTED
                assert pinned or part.revision == "refs/convert/parquet"


def test_every_task_names_its_licence():
    assert all(registry.get(name).licence for name in registry.names())


def test_paws_x_is_not_read_from_xtreme_whose_english_file_is_broken():
    assert registry.get("paws_x").parts[0].dataset == "google-research-datasets/paws-x"


def test_unknown_task_is_refused_with_the_nearest_name():
    with pytest.raises(UserError, match="unknown task 'xnlo'; did you mean 'xnli'"):
        registry.get("xnlo")


def test_unknown_phase_and_language_are_refused():
    with pytest.raises(UserError, match=r"unknown phase 'targets'.*'target'"):
        registry.names("targets")
    with pytest.raises(UserError, match="unknown language 'xx'"):
        registry.language_name("xx")


def test_languages_have_english_names():
    assert registry.language_name("sw") == "Swahili"
    assert registry.language("zh").iso3 == "cmn"  # as Tatoeba's files call it
    assert not registry.language("th").spaces


# --- settings -------------------------------------------------------------------------


def test_none_trains_nothing():
    assert parse_setting("none") == Setting("none", ())


def test_a_task_and_its_variants_are_read():
    assert parse_setting("mnli").tasks == ("mnli",)
    mixed = parse_setting("squad_v2+mlm")
    assert (mixed.tasks, mixed.mlm, mixed.translated) == (("squad_v2",), True, False)
    assert parse_setting("qqp+translated").translated


def test_a_language_stands_behind_one_task():
    setting = parse_setting("mnli@de + mlm")
    assert setting == Setting("mnli@de+mlm", ("mnli",), mlm=True, lang="de")
    assert setting.reads_translations
    assert not parse_setting("mnli+mlm").reads_translations


def test_the_order_of_variants_does_not_matter():
    setting = parse_setting("multi+translated+mlm")
    assert setting.name == "multi+mlm+translated"
    assert setting.tasks == registry.multi()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mnl", "did you mean 'mnli'"),
        ("xnli", "unknown intermediate setting 'xnli'"),
        ("mnli+mlmm", "unknown variant 'mlmm'; did you mean 'mlm'"),
        ("mnli+mlm+mlm", "repeats a variant"),
        ("none+translated", "nothing to translate"),
        ("mnli@ger", "unknown language 'ger'; did you mean 'de'"),
        ("mnli@", "unknown language ''"),
        ("multi@de", "behind one task alone"),
        ("none@de", "behind one task alone"),
        ("mnli@de+translated", "in one language and in several"),
        ("", "unknown intermediate setting ''"),
    ],
)
def test_a_faulty_setting_is_one_clear_line(text, message):
    with pytest.raises(UserError, match=message) as error:
        parse_setting(text)
    assert "\n" not in str(error.value)


# --- further entries and faulty ones --------------------------------------------------


def test_a_further_file_adds_a_task(extra):
    extra()
    assert registry.get("toy").labels == ("no", "yes")
    assert "toy" in registry.names("target")
    assert "xnli" in registry.names("target")


def test_a_further_file_adds_a_language(tmp_path, monkeypatch):
    path = tmp_path / "more.yaml"
    path.write_text(
        "languages:\n  mt: {name: Maltese, iso3: mlt, script: Latin, family: Semitic}\n"
    )
    monkeypatch.setenv("XITT_TASKS", str(path))
    assert registry.language_name("mt") == "Maltese"


def test_a_holder_of_ccgbank_puts_it_into_the_mixture(tmp_path, monkeypatch):
    path = tmp_path / "more.yaml"
    path.write_text(f"multi: [{', '.join(NINE)}]\n")
    monkeypatch.setenv("XITT_TASKS", str(path))
    assert parse_setting("multi").tasks == tuple(NINE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": None}, "task 'toy' lacks the key 'kind'"),
        ({"licence": None}, "task 'toy' lacks the key 'licence'"),
        ({"dataset": None}, "task 'toy' lacks the key 'dataset'"),
        ({"labels": None}, "task 'toy' lacks the key 'labels'"),
        ({"labels": [True, "yes"]}, "a label reads as True; put it into quotes"),
        ({"metric": None}, "task 'toy' lacks the key 'metric'; known: accuracy"),
        ({"metric": "chunk_f1"}, "unknown metric in .*'toy'"),
        ({"kind": "clasification"}, "'clasification'; did you mean 'classification'"),
        ({"phase": "targets"}, "unknown phase in .*'toy'.* did you mean 'target'"),
        ({"colums": {}}, "unknown key in .*'toy'.*'colums'; did you mean 'columns'"),
        ({"splits": ["train"]}, "task 'toy': 'splits' is a dict"),
        ({"splits": {"dev": "dev"}}, "unknown split in .*'toy'.*'dev'"),
        ({"columns": {"label": "label"}}, "lacks the key 'columns.text_a'"),
        ({"columns": {**ENTRY["columns"], "textb": "x"}}, "'textb'; did you mean"),
        ({"dataset": "toy"}, "dataset is <owner>/<name>, not 'toy'"),
        ({"languages": ["xx"]}, "unknown language in task 'toy'.*'xx'"),
        ({"train_from": "mnly"}, "unknown task in task 'toy'.*did you mean 'mnli'"),
        ({"exclude": {"train": "mnli"}}, "'exclude' names <task>/<split>, not 'mnli'"),
        ({"hold_out": {"of": "train"}}, "'hold_out' is"),
        ({"parts": [{"datset": "a/b"}]}, "part 1.*'datset'; did you mean 'dataset'"),
        ({"translated": {"config": "x"}}, "translated lacks the key 'languages'"),
    ],
)
def test_a_faulty_entry_names_the_entry_and_the_key(extra, changes, message):
    extra(**changes)
    with pytest.raises(UserError, match=message) as error:
        registry.get("toy")
    assert "\n" not in str(error.value)


def test_an_entry_may_not_take_the_name_of_another(tmp_path, monkeypatch):
    path = tmp_path / "more.yaml"
    path.write_text(yaml.safe_dump({"tasks": {"xnli": ENTRY}}))
    monkeypatch.setenv("XITT_TASKS", str(path))
    with pytest.raises(UserError, match="task 'xnli' is there already"):
        registry.get("xnli")


def test_a_further_file_that_is_missing_or_no_yaml_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("XITT_TASKS", str(tmp_path / "none.yaml"))
    with pytest.raises(UserError, match=r"XITT_TASKS names '.*none.yaml'"):
        registry.names()
    path = tmp_path / "bad.yaml"
    path.write_text("tasks: [1, {")
    monkeypatch.setenv("XITT_TASKS", str(path))
    with pytest.raises(UserError, match=r"bad\.yaml is not YAML"):
        registry.names()


def test_the_registry_is_read_again_when_the_file_changes(extra):
    extra(title="First")
    assert registry.get("toy").title == "First"
    extra(title="Second")
    assert registry.get("toy").title == "Second"


def test_a_part_takes_what_it_does_not_say_from_its_task():
    parts = registry.get("anli_plus").parts
    assert [part.dataset for part in parts] == [
        "stanfordnlp/snli",
        "nyu-mll/multi_nli",
        "facebook/anli",
    ]
    assert {tuple(part.columns.items()) for part in parts} == {
        (("text_a", "premise"), ("text_b", "hypothesis"), ("label", "label"))
    }
    assert parts[2].splits["train"] == ("train_r1", "train_r2", "train_r3")


def test_the_registry_ships_with_the_package():
    assert Path(schema.__file__).with_name("tasks.yaml").exists()


def test_a_target_has_noisy_and_switched_variants_with_its_own_labels():
    assert registry.variants("xnli")[:2] == ["xnli_typos", "hinglish_nli"]
    assert registry.variants("panx") == ["panx_typos"]
    assert registry.variants("xquad") == ["multichecklist"]
    assert registry.variants("paws_x") == []
    for name in registry.names("variant"):
        task = registry.get(name)
        assert task.splits == ("test",) and task.by_hand and task.note
        assert task.labels == registry.get(task.variant_of).labels


def test_a_variant_needs_the_labels_of_its_target(extra):
    extra(phase="variant", variant_of="xnli", labels=["yes", "no"], metric="accuracy",
          kind="classification")  # fmt: skip
    with pytest.raises(UserError, match="is a variant of xnli and needs its labels"):
        registry.get("toy")
    extra(phase="variant")
    with pytest.raises(UserError, match="'variant' and the key 'variant_of' go toge"):
        registry.get("toy")
