"""Data that people bring: importers, where their files go, and who finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_mirror import nli, write

from xitt import paths
from xitt.data import corpora, examples, importing, inventory, sources
from xitt.errors import UserError


@pytest.fixture
def brought(tmp_path, monkeypatch) -> Path:
    """No mirror is set, and nothing has been imported yet."""
    monkeypatch.delenv("XITT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "IMPORTED", tmp_path / "imported")
    return tmp_path / "brought"


def put(folder: Path, inside: str, text: str) -> None:
    path = folder / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def bucc(folder: Path, lang: str = "de", sets=("sample", "training")) -> None:
    for name in sets:
        base = f"bucc2018/{lang}-en/{lang}-en.{name}"
        put(
            folder,
            f"{base}.{lang}",
            f"{lang}-1\tEin \u2028Satz\n{lang}-2\tNoch einer\n",
        )
        put(folder, f"{base}.en", "en-1\tOne\nen-2\tAnother one\nen-3\tNone\n")
        put(folder, f"{base}.gold", f"{lang}-2\ten-2\n")


# --- BUCC -----------------------------------------------------------------------------


def test_the_shared_tasks_files_become_a_corpus_to_mine(brought):
    bucc(brought)
    put(brought, "bucc2018/de-en/de-en.test.de", "de-9\tohne Gold\n")  # as distributed
    assert inventory.languages("bucc", "test", "auto") == []
    written = importing.bring("bucc", brought)
    assert {
        p.relative_to(paths.IMPORTED).as_posix(): n for p, n in written.items()
    } == {
        f"local/bucc2018/de-en/{side}{ending}.parquet": n
        for ending in ("", ".test")
        for side, n in (("de", 2), ("en", 3), ("gold", 1))
    }
    assert inventory.languages("bucc", "test", "auto") == ["de"]
    for split in ("validation", "test"):
        mining = corpora.load_mining("bucc", "de", split, source="auto")
        assert mining.source == ["Ein \u2028Satz", "Noch einer"]
        assert mining.gold == {("de-2", "en-2")}
    assert inventory.origin(["bucc"], "auto") == "imported"


def test_names_as_xtremes_script_leaves_them_are_known_too(brought):
    bucc(brought, "fr", ("dev", "test"))
    importing.bring("bucc", brought)
    assert inventory.languages("bucc", "validation", "auto") == ["fr"]
    assert inventory.languages("bucc", "test", "auto") == ["fr"]


def test_an_import_goes_into_the_mirror_that_is_set(brought, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    monkeypatch.setenv("XITT_MIRROR", str(mirror))
    bucc(brought)
    importing.bring("bucc", brought)
    assert (mirror / "local/bucc2018/de-en/gold.test.parquet").exists()
    assert not paths.IMPORTED.exists()
    assert inventory.languages("bucc", "test", "mirror") == ["de"]


def test_an_import_says_in_a_manifest_what_it_is(brought):
    bucc(brought)
    importing.bring("bucc", brought)
    said = (paths.IMPORTED / "local/bucc2018/manifest.yaml").read_text()
    assert "de-en/de.test.parquet" in said and "imported from brought" in said


def test_a_line_without_a_tab_is_named(brought):
    bucc(brought)
    put(brought, "bucc2018/de-en/de-en.sample.en", "en-1\tOne\nen-2 Another one\n")
    with pytest.raises(UserError, match=r"line 2: no tab .* 'en-2 Another one'"):
        importing.bring("bucc", brought)
    assert not paths.IMPORTED.exists()


@pytest.mark.parametrize("task", ["bucc", "ccg", "ccg_pmb"])
def test_a_folder_without_the_files_says_which_are_wanted(brought, task):
    with pytest.raises(UserError, match="no such folder; get "):
        importing.bring(task, brought)
    brought.mkdir()
    with pytest.raises(UserError, match=f"below {brought}"):
        importing.bring(task, brought)
    assert not paths.IMPORTED.exists()


def test_a_task_that_the_hub_has_is_not_imported(brought):
    with pytest.raises(UserError, match="unknown task to import 'mnli'; known: ccg"):
        importing.bring("mnli", brought)


# --- supertags ------------------------------------------------------------------------

AUTO = (
    "ID=wsj_{section}01.1 PARSER=GOLD NUMPARSE=1\n"
    r"(<T S[dcl] 0 2> (<T NP 0 1> (<L N NNS NNS Prices N>) ) "
    r"(<T S[dcl]\NP 1 2> (<L (S[dcl]\NP)/NP VBD VBD hit (S[dcl]\NP_3)/NP_4>) "
    r"(<T NP 0 2> (<L NP[nb]/N CD CD 1\/2 NP[nb]_9/N_9>) (<L N NN NN -LRB- N>) ) ) )"
    "\n"
)


def test_supertags_of_ccgbank_come_from_its_leaves_and_sections(brought):
    for section in ("00", "02", "21", "22", "23"):
        name = f"ccgbank_1_1/data/AUTO/{section}/wsj_{section}01.auto"
        put(brought, name, AUTO.replace("{section}", section))
    importing.bring("ccg", brought)
    train = examples.load("ccg", "en", "train", source="auto")
    assert len(train) == 2  # 02 and 21; 22 is nobody's
    assert train[0]["tokens"] == ["Prices", "hit", "1/2", "("]
    tags = examples.labels("ccg", "auto")
    assert [tags[i] for i in train[0]["tags"]] == [
        "N", r"(S[dcl]\NP)/NP", "NP[nb]/N", "N",
    ]  # fmt: skip
    assert len(examples.load("ccg", "en", "validation", source="auto")) == 1
    assert len(examples.load("ccg", "en", "test", source="auto")) == 1


def test_a_section_that_is_missing_is_named(brought):
    put(brought, "AUTO/02/wsj_0201.auto", AUTO.replace("{section}", "02"))
    with pytest.raises(UserError, match="no validation section of CCGbank"):
        importing.bring("ccg", brought)


def document(*tokens: tuple[str, str]) -> str:
    tagged = "".join(
        f'<tagtoken xml:id="i{1001 + i}"><tags><tag type="verbnet" n="0">[]</tag>'
        f'<tag type="tok">{token}</tag><tag type="cat">{tag}</tag></tags></tagtoken>'
        for i, (token, tag) in enumerate(tokens)
    )
    return (
        f"<xdrs-output><xdrs><taggedtokens>{tagged}</taggedtokens></xdrs></xdrs-output>"
    )


def test_the_meaning_banks_release_is_split_by_its_parts(brought):
    hi = [("Hi", "s:intj"), (".", "."), ("ø", "np")]
    for part, word in (("00", "Hey"), ("01", "Ho"), ("02", "Hi"), ("05", "Hey"),
                       ("60", "Hoi")):  # fmt: skip
        text = document((word, "s:intj"), *hi[1:])
        put(brought, f"pmb-4.0.0/data/en/gold/p{part}/d0001/en.drs.xml", text)
    put(brought, "pmb-4.0.0/data/en/silver/p02/d0002/en.drs.xml", document(*hi))
    importing.bring("ccg_pmb", brought)
    train = examples.load("ccg_pmb", "en", "train", source="auto")
    assert train["tokens"] == [["Hi", "."]]  # that of part 05 is in part 00 too
    found = examples.load("ccg_pmb", "en", "validation", source="auto")
    assert found["tokens"] == [["Hey", "."]]
    assert examples.load("ccg_pmb", "en", "test", source="auto")["tokens"][0][0] == "Ho"


def test_the_meaning_banks_layers_are_read_by_the_names_of_their_columns(brought):
    for name, part, word in (("train", "02", "Hi"), ("dev", "00", "Hey"),
                             ("test", "01", "Ho")):  # fmt: skip
        text = (
            f"### Generated by the command:\n# newdoc id = p{part}/d0001\n"
            "# tok:gold\ttok:gold\tsem:gold\tcat:gold\trol:gold\n# raw sent = Hi.\n"
            f"{word}\t{word}\tGRE\ts:intj\t[]\n.\t.\tNIL\t.\t[]\n\n"
        )
        put(brought, f"layers/en/gold/{name}.conll", text)
    importing.bring("ccg_pmb", brought)
    (row,) = examples.load("ccg_pmb", "en", "train", source="auto")
    tags = examples.labels("ccg_pmb", "auto")
    assert row["tokens"] == ["Hi", "."]
    assert [tags[i] for i in row["tags"]] == ["s:intj", "."]


# --- file by file ---------------------------------------------------------------------


def test_auto_takes_each_file_from_the_mirror_or_else_from_the_hub(
    brought, tmp_path, monkeypatch
):
    mirror = tmp_path / "mirror"
    write(mirror, "facebook/xnli/de/test", nli(5))
    monkeypatch.setenv("XITT_MIRROR", str(mirror))
    assert inventory.languages("xnli", "test", "mirror") == ["de"]
    assert len(inventory.languages("xnli", "test", "auto")) == 15
    assert inventory.size("xnli", "de", "test", "auto") == 5
    assert inventory.size("xnli", "en", "test", "auto") == 5010  # the registry's number
    assert inventory.origin(["xnli"], "auto") == "mirror+hub"
    assert inventory.origin(["qqp"], "auto") == "hub"
    (slot,) = sources.slots(
        sources.registry.get("xnli"), "fr", "test", sources.root("auto")
    )
    assert slot.path is None
    with pytest.raises(UserError, match="no file"):  # the mirror alone, when asked for
        examples.load("xnli", "fr", "test", source="mirror")


def test_what_is_not_on_the_hub_says_what_to_bring(brought):
    for name, wanted in (("ccg", "LDC2005T13"), ("bucc", "training-gold")):
        reason = inventory.lacking(name, "auto")
        assert wanted in reason and f"make import TASK={name} FROM=folder" in reason
        with pytest.raises(UserError, match=f"make import TASK={name}"):
            inventory.revision(name, source="auto")
    assert inventory.lacking("mnli", "auto") == ""
    assert inventory.lacking("tatoeba", "hub") == ""
