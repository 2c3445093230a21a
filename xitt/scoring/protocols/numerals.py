"""Numbers as people write them: separators of thousands and decimals, other digits."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

_NARROW = "\u00a0\u202f\u2009"  # spaces that keep a number on one line
_SIGNS = {"\u2212": "-", "\u066b": ".", "\u066c": ",", "\uff0c": ",", "\uff0e": "."}


def plain(text: str) -> str:
    """`text` with the digits, separators and minus sign of ASCII.

    >>> plain("১৮ − ３")
    '18 - 3'
    """
    return "".join(map(_ascii, text))


def _ascii(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return " " if char in _NARROW else _SIGNS.get(char, char)


def numbers(text: str, thousands: str) -> list[Decimal]:
    """Every number in a text, from left to right.

    thousands: what the language sets between thousands, `,` (as English), `.` (as
        German) or a space (as French). Another mark, and this one before other than
        three digits, begins a fraction: German 1.000 is a thousand, 1.5 one and a half.

    >>> numbers("1.000 und 1.5", ".")
    [Decimal('1000'), Decimal('1.5')]
    """
    found = _pattern(" " if thousands == " " else "").finditer(plain(text))
    return [_value(match.group(), thousands) for match in found]


@cache
def _pattern(space: str) -> re.Pattern[str]:
    """Groups of three (in India of two and a last three), or digits; a fraction.

    After a space or an apostrophe no fraction begins, so that only three digits go on
    with the number: 1 250 is one, 12 50 are two.
    """
    thousand = rf"(?P<apart>['{space}])\d{{3}}(?:(?P=apart)\d{{3}})*"
    either = r"(?P<mark>[.,])\d{2,3}(?:(?P=mark)\d{2,3})*"
    groups = rf"\d{{1,3}}(?:{thousand}|{either})?"
    return re.compile(rf"(?<!\w)-?(?:{groups}(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)")


def _value(written: str, thousands: str) -> Decimal:
    sign, digits = ("-", written[1:]) if written.startswith("-") else ("", written)
    marks = [c for c in digits if not c.isdigit()]
    last = digits.rpartition(marks[-1])[2] if marks else ""
    several = len(set(marks)) > 1  # 1,234.5: the last mark begins the fraction
    repeated = len(marks) > 1 and not several  # 1.234.567 can only be a whole number
    whole = repeated or (
        len(last) == 3 and marks and marks[-1] in (thousands, " ", "'")
    )
    if not marks or (whole and not several):
        return Decimal(sign + re.sub(r"\D", "", digits))
    return Decimal(sign + re.sub(r"\D", "", digits[: -len(last) - 1]) + "." + last)
