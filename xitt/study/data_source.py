"""Where a study's data comes from, and which data it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from xitt import paths
from xitt.errors import UserError
from xitt.study.profiles import Profile
from xitt.tasks import registry


def source(profile: Profile) -> str | Path:
    """Where the study's data comes from, as `xitt.data` takes it.

    The pocket suite stands in a folder named by what it is made of, so that another
    seed, size or grammar is another folder.
    """
    if profile["source"] != "pocket":
        return profile["source"]
    if "pocket" not in profile:
        raise UserError(
            f"profile {profile['name']}: source 'pocket' needs the key 'pocket'"
        )
    from xitt.data import inventory

    return paths.POCKET / inventory.revision(source="pocket", pocket=profile["pocket"])


_known: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)


@contextmanager
def unchanging() -> Iterator[None]:
    """While this lasts no data changes: what is there is looked up once."""
    if _known.get() is not None:
        yield
        return
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def revision(profile: Profile, *names: str, translated: bool = False) -> str:
    """Which data the tasks `names` of the study read, as 16 hex digits."""
    from xitt.data import inventory

    found = source(profile)
    if isinstance(found, Path):
        return found.name
    return _once(
        (found, names, translated),
        lambda: inventory.revision(*names, source=found, translated=translated),
    )


def languages(profile: Profile, task: str, split: str) -> list[str]:
    """The languages of a task's split that the study's source holds."""
    from xitt.data import inventory

    found = source(profile)
    return _once((found, task, split), lambda: inventory.languages(task, split, found))


def _once(key: tuple[Any, ...], look: Callable[[], Any]) -> Any:
    """What `look` finds, asked for once while data are `unchanging`."""
    known = _known.get()
    if known is None:
        return look()
    if key not in known:
        known[key] = look()
    return known[key]


def beside(profile: Profile, task: str) -> tuple[str, ...]:
    """The task, if any, whose files hold the English of another's translations."""
    from xitt.data import translations

    found = source(profile)
    if not translations.needs_another(task, found):
        return ()
    return (translations.english_of(task, found)[0],)


def source_name(profile: Profile, *names: str) -> str:
    """Where the rows of the tasks `names` come from, with `auto` decided.

    `pocket`, `mirror`, `imported` or `hub`; `mirror+hub` where some come from each.
    """
    if profile["source"] != "auto":
        return profile["source"]
    from xitt.data import inventory

    return inventory.origin(names)


def lacking(profile: Profile, *names: str) -> dict[str, str]:
    """Of the tasks `names` those that need data brought by hand, and what to do."""
    from xitt.data import inventory

    if profile["source"] == "pocket":
        return {}
    reasons = {name: inventory.lacking(name, profile["source"]) for name in names}
    return {name: reason for name, reason in reasons.items() if reason}


def variants(profile: Profile, target: str) -> list[str]:
    """The noisy and code-switched test sets of a target that the source holds."""
    names = registry.variants(target)
    return [name for name in names if languages(profile, name, "test")]


def dictionary(profile: Profile) -> list[str]:
    """The entry of the bilingual dictionaries; of the pocket suite they are its own."""
    from xitt.data.perturbations import dictionaries

    return [] if profile["source"] == "pocket" else [dictionaries.TASK]
