"""Texts in every script, and rows of them, for the tests of perturbations."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from xitt.data import readers

# One sentence or two of each script, with marks, capitals, numerals and punctuation.
SENTENCES = {
    "en": "Ann's 3 red boats (old ones) left at 10:30, didn't they?",
    "de": "Übrigens: Großmutter hörte 2,5 Stunden lang Straßenlärm.",
    "fr": "L'été dernier, Zoé a vu trois cœurs à l'hôtel « Forêt ».",
    "vi": "Người Việt Nam đã sống ở đó 40 năm rồi.",
    "tr": "Işıl İzmir'de 5 kitap okudu, şimdi eve dönüyor.",
    "ru": "Ёжик нашёл 12 яблок; потом он ушёл домой!",
    "bg": "Иван има 2 кучета и един жълт чадър.",
    "el": "Ο Οδυσσέας είδε 7 πλοία στη θάλασσα.",
    "ka": "ანამ იყიდა 3 წითელი ვაშლი.",
    "ar": "رأى أحمد ٣ سفن في البحر، ثم عاد إلى البيت.",
    "fa": "او ۴ کتاب خرید و به خانه رفت.",
    "ur": "اس نے ۲ ٹوکریاں خریدیں اور گھر چلا گیا۔",
    "he": "דנה ראתה 6 ספינות בים.",
    "hi": "हिन्दी में क्षत्रिय ने ३ पत्र लिखे।",
    "bn": "সে ২টি বই কিনেছে এবং বাড়ি গেছে।",
    "ta": "அவன் 5 புத்தகங்களை வாங்கினான்.",
    "te": "ఆమె 4 పుస్తకాలు కొన్నది.",
    "th": "เขาซื้อหนังสือ ๓ เล่มแล้วกลับบ้านน้ำท่วม",
    "my": "သူ စာအုပ် ၃ အုပ် ဝယ်ခဲ့သည်။",
    "ko": "그는 책 3권을 샀고, 집에 갔다.",
    "ja": "彼は本を三冊買って、カフェで読んだ。",
    "zh": "他买了三本书，然后回家了。",
}
ODD = ["\u0301", "\u094d", "\u200d", "\r\n", "\u00a0", "İ", "ß", "1", "\ufb01",
       "\U0001f469\u200d\U0001f467", "\u1100\u1161"]  # fmt: skip
LANGUAGES = st.sampled_from(sorted(SENTENCES))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """What people write in some scripts, cut anywhere, with odd characters between."""
    odd = st.sampled_from(ODD)
    whole = "".join(draw(st.lists(st.sampled_from(list(SENTENCES.values())) | odd)))
    start = draw(st.integers(0, len(whole)))
    return whole[start : start + draw(st.integers(0, 80))]


def dataset(kind: str, rows: list[dict[str, Any]]):
    """Rows as `examples.load` gives them."""
    from datasets import Dataset
    from datasets.table import InMemoryTable

    rows = [{"id": str(i), **row} for i, row in enumerate(rows)]
    schema = readers.schema(kind)
    return Dataset(InMemoryTable(pa.Table.from_pylist(rows, schema=schema)))


def pairs(*texts: str):
    """Rows of classification with these texts."""
    return dataset(
        "classification", [{"text_a": t, "text_b": "", "label": 0} for t in texts]
    )
