"""What a study will take: runs, tokens, hours, memory, disk, money, before it starts.

How many tokens a run trains on and scores says `work`. Training costs 6 floating-point
operations a token and parameter, and scoring 2 (Kaplan et al. 2020, section 2.1),
embeddings aside. How quickly a model trains, reads and writes comes from records of the
same model on the same hardware, see `rates`; else it is UTILISATION of the
accelerator's bf16 peak. Texts are written a token at a time, and a step of that takes
what one launch after another takes, or what reading the weights takes.

Scoring takes what it took where the target is recorded, by the example. Of other
targets it takes what their tokens say, read and written, at the rates of recorded ones:
these hold also what no token says, as data that are read and programs that are run.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from math import ceil
from typing import Any

import pandas as pd

from xitt import paths
from xitt.analysis import wording
from xitt.errors import unknown
from xitt.running.planning import rates, work
from xitt.running.planning.rates import READING, Rates
from xitt.study import grid, records
from xitt.study.families import models
from xitt.study.profiles import Profile
from xitt.study.run import Run
from xitt.training import cards
from xitt.training.cards import GPU, GPUS, Card

UTILISATION = 0.4
LAUNCH_S = 1e-3  # of a layer, at least, where a token is written: its calls of the GPU
VOCABULARY = 250_002  # of XLM-R
SHAPES = {  # layers and width, so that nothing is fetched to make a plan
    "FacebookAI/xlm-roberta-base": (12, 768),
    "FacebookAI/xlm-roberta-large": (24, 1024),
}
STARTING_MIN = 15  # of a job beside its run: imports, a fetch, tokenising
HOST_GIB = 8  # beside a model: libraries, and the rows of the largest tasks


@dataclass(frozen=True)
class Budget:
    """A study on an accelerator; "" for the hardware that most records name."""

    study: Profile
    gpu: str = ""

    def __post_init__(self) -> None:
        if self.gpu and self.gpu.upper() not in GPUS:
            raise unknown("GPU", self.gpu, GPUS)

    # ------------------------------------------------------------------------- speed

    @cached_property
    def everything(self) -> list[Run]:
        """Every run of the study."""
        return grid.runs(self.study)

    @cached_property
    def recorded(self) -> list[dict[str, Any]]:
        """The records of this model on this hardware; none where none was used."""
        model = models.recorded_as(self.study)
        mine = [each for each in _all_records() if each["encoder"]["id"] == model]
        if self.gpu:
            return [r for r in mine if cards.named(hardware(r)) == self.card]
        names = [hardware(record) for record in mine]
        most = max(set(names), key=names.count) if names else ""
        return [record for record in mine if hardware(record) == most]

    @cached_property
    def rates(self) -> Rates:
        """What the records say of training, reading and writing, see there."""
        runs = {run.target: run for run in self.everything if run.phase == "target"}
        told = {
            name: work.scored(run, _tokens_per_example()) for name, run in runs.items()
        }
        return rates.of(self.recorded, told, self._flops)

    @cached_property
    def speed(self) -> float:
        """Tokens that are trained on a second."""
        if self.rates.trained:
            return self.rates.trained
        if self.rates.read:
            return self.rates.read * READING / self._flops
        return UTILISATION * self.card.peak / (self._flops * self.inner)

    @property
    def reading(self) -> float:
        """Tokens that scoring reads a second."""
        return self.rates.read or self.speed * self._flops / READING

    @property
    def _flops(self) -> int:
        return rates.flops(self.study["training"])

    @property
    def card(self) -> Card:
        """The accelerator that is named, else GPU."""
        return GPUS[self.gpu.upper() or GPU]

    def _to_write(self, scored: work.Scored) -> float:
        """Seconds to write: as recorded, else the steps that several texts share.

        A token that is written takes what one that is read takes, at least.
        """
        if self.rates.written:
            return scored.written / self.rates.written
        layers, _, parameters = self.shape
        step = max(LAUNCH_S * layers, 4 * parameters / self.card.reads)
        texts = max(1, self.study["evaluation"]["token_budget"] // scored.text)
        return max(scored.written / texts * step, scored.written / self.reading)

    def _to_score(self, run: Run) -> float:
        """Seconds that scoring a run takes."""
        scored = work.scored(run, _tokens_per_example())
        if run.target in self.rates.by_example:
            return self.rates.by_example[run.target] * scored.examples
        seconds = scored.read / self.reading
        return seconds + (self._to_write(scored) if scored.written else 0.0)

    @property
    def where(self) -> str:
        """The hardware that the plan is for, in words."""
        if self.recorded:
            return hardware(self.recorded[0])
        return self.gpu.upper() or GPU

    def assumption(self) -> str:
        """In words, what the hours rest on."""
        if not self.recorded:
            return (
                f"at {UTILISATION:.0%} of the bf16 peak of one {self.where} "
                f"({self.card.peak / 1e12:.0f} Tflop/s), {self.speed:,.0f} tokens/s; "
                f"nothing is recorded of this model there"
            )
        count = wording.plural(len(self.recorded), "recorded run")
        said = [f"by {count} of this model on {self.where}", self._of_training()]
        if self.rates.by_example:
            said.append(
                f"scoring as recorded for {', '.join(sorted(self.rates.by_example))}"
            )
        return "; ".join(filter(None, [*said, self._of_tokens()]))

    def _of_training(self) -> str:
        if self.rates.trained:
            count = wording.plural(self.rates.trainings, "training")
            return f"training at {self.speed:,.0f} tokens/s, the median of {count}"
        if self.rates.read:
            how = f"it takes {self._flops / READING:g} times what reading takes"
        else:
            how = f"{UTILISATION:.0%} of the peak of one {self.gpu.upper() or GPU}"
        return f"training at {self.speed:,.0f} tokens/s (none is recorded; {how})"

    def _of_tokens(self) -> str:
        """What scoring takes of targets that are not recorded; "" where all are."""
        targets = {run.target: run for run in self.everything if run.target}
        others = [
            run for name, run in targets.items() if name not in self.rates.by_example
        ]
        if not others:
            return ""
        how = "" if self.rates.read else " (as training says)"
        text = f"other targets at {self.reading:,.0f} tokens/s read{how}"
        told = [work.scored(run, _tokens_per_example()) for run in others]
        if not (writes := [each for each in told if each.written]):
            return text
        speed = sum(x.written for x in writes) / sum(map(self._to_write, writes))
        how = "" if self.rates.written else " at best (none is recorded)"
        return f"{text} and {speed:,.0f} written{how}"

    # ------------------------------------------------------------------------- hours

    def tokens(self, runs: list[Run]) -> dict[str, float]:
        """Trained on by each run, by key; targets that share a training pay once."""
        measured, paid, found = _tokens_per_example(), set(), {}
        for run in runs:
            training = (run.target and run.training_key) or run.key
            found[run.key] = 0.0 if training in paid else work.trained(run, measured)
            paid.add(training)
        return found

    def seconds(self, runs: list[Run]) -> dict[str, float]:
        """Of each run, by key. Texts are taken to be as long as they may be."""
        tokens = self.tokens(runs)
        return {
            run.key: tokens[run.key] / self.speed + self._to_score(run) for run in runs
        }

    def scored(self, runs: list[Run]) -> float:
        """Tokens that runs score."""
        return sum(work.scored(run, _tokens_per_example()).tokens for run in runs)

    def frame(self) -> pd.DataFrame:
        """One row a phase: runs, missing runs, million tokens of these, hours."""
        everything = self.everything
        missing = {run.key for run in grid.missing(self.study)}
        todo = [run for run in everything if run.key in missing]
        seconds, tokens = self.seconds(todo), self.tokens(todo)
        rows = []
        for phase in dict.fromkeys(run.phase for run in everything):
            here = [run for run in todo if run.phase == phase]
            rows.append({
                "phase": phase,
                "runs": sum(run.phase == phase for run in everything),
                "to do": len(here),
                "million tokens trained": round(
                    sum(tokens[run.key] for run in here) / 1e6, 2
                ),
                "million tokens scored": round(self.scored(here) / 1e6, 2),
                "hours": round(sum(seconds[run.key] for run in here) / 3600, 2),
            })  # fmt: skip
        return pd.DataFrame(rows).set_index("phase")

    def backtest(self) -> tuple[float, float, int] | None:
        """Hours foretold for the recorded runs, hours they took, how many they are."""
        done = [run for run in self.everything if run.done]
        took = {run.key: records.read(run.record) for run in done}
        known = {record["key"] for record in self.recorded}
        done = [run for run in done if run.key in known]
        if not done:
            return None
        foretold = sum(self.seconds(done).values()) / 3600
        return foretold, sum(took[run.key]["seconds"] for run in done) / 3600, len(done)

    # ------------------------------------------------------------------------ memory

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Layers, width, and parameters in all."""
        if shape := SHAPES.get(models.recorded_as(self.study)):
            layers, hidden = shape
            return layers, hidden, 12 * layers * hidden**2 + VOCABULARY * hidden
        found = models.of(self.study).identity(models.name(self.study))
        return found["layers"], found["hidden"], found["parameters"]

    @property
    def inner(self) -> int:
        """Parameters besides embeddings."""
        layers, hidden, _ = self.shape
        return 12 * layers * hidden**2

    @property
    def trained(self) -> int:
        """Parameters that training moves: all, or about those of adapters.

        An adapter of rank r beside a projection of n by m has r (n + m) parameters, of
        a square one as wide as the model 2 r / width of what the projection has.
        """
        tuning, hidden = self.study.get("tuning", {"method": "full"}), self.shape[1]
        if tuning["method"] == "full":
            return self.shape[2]
        return round(2 * tuning["rank"] / hidden * self.inner)

    def gpu_memory_gb(self) -> float:
        """Of training, at the most: weights in fp32 and in bf16, gradients and Adam's
        moments in fp32, and what the backward pass needs of a micro-batch.

        The last is 34 bytes a token, layer and unit of width in bf16 (Korthikanti et
        al. 2022, equation 2), without the attention's scores, which are never stored.
        With gradient checkpointing it is a layer's input of 2 bytes for each, and all
        of one layer. Masked LM over the whole vocabulary adds fp32 logits and their
        gradient.
        """
        layers, hidden, parameters = self.shape
        budget = self.study["training"]["token_budget"]
        again = self.study["training"].get("gradient_checkpointing", False)
        kept = 34 + 2 * layers if again else 34 * layers
        total = 6 * parameters + 12 * self.trained + kept * budget * hidden
        exact = self.study["training"].get("mlm_vocabulary") == "full"
        if exact and any("mlm" in name for name in self.study["intermediates"]):
            total += 0.15 * budget * VOCABULARY * 8
        return total / 1e9

    def host_memory_mib(self) -> int:
        """Of a job: weights that are read, a checkpoint that is written, the rest."""
        return int(16 * self.shape[2] / 2**20) + HOST_GIB * 1024

    def disk_gb(self, jobs: int) -> tuple[float, float]:
        """What stays on disk, and what is there beside it while `jobs` are at work.

        What every intermediate run trained stays, in fp32, until `make clean`. A
        checkpoint (of that, with two moments) goes with the end of its run, and is
        there twice while a new one takes the old one's place. A tuned model that is
        kept for perturbed input is there until that is scored, without its embeddings.
        """
        weights, everything = 4 * self.trained / 1e9, self.everything
        kept = sum(run.phase == "intermediate" for run in everything)
        waiting = {
            run.parent.training_key
            for run in everything
            if run.phase == "perturbed" and run.trained_on == "clean" and not run.done
        }
        tuned = len(waiting) if self.study.get("keep_models") else 0
        return weights * kept, 6 * weights * jobs + 4 * self.inner / 1e9 * tuned

    def minutes(self, runs: list[Run]) -> int:
        """What a job asks for: twice the estimate; what is left goes on in the next."""
        needed = STARTING_MIN + 2 * sum(self.seconds(runs).values()) / 60
        return 15 * ceil(needed / 15)


def lines(budget: Budget, price: float, jobs: int) -> list[str]:
    """The plan in words: the frame, and what it rests on; price: of a GPU hour."""
    frame = budget.frame()
    hours = float(frame["hours"].sum())
    stays, beside = budget.disk_gb(jobs)
    said = [
        frame.to_string(),
        f"Hours on one device, {budget.assumption()}.",
        f"GPU memory of a training run: about {budget.gpu_memory_gb():.1f} GB"
        f"{_fits(budget)}.{_with_less(budget)}",
        f"Disk: {stays:.1f} GB of what intermediate runs trained stay until `make "
        f"clean`; of {jobs} runs at a time up to {beside:.1f} GB more, which go again.",
    ]
    if price:
        said.append(f"Money: {hours:,.1f} h x {price:g} = {hours * price:,.2f}.")
    if tested := budget.backtest():
        foretold, took, count = tested
        said.append(
            f"Of the {count} runs recorded there it foretells {foretold:.1f} h; they "
            f"took {took:.1f} h."
        )
    return said


def _with_less(budget: Budget) -> str:
    training = {**budget.study["training"], "gradient_checkpointing": True}
    if training == budget.study["training"]:
        return ""
    less = Budget({**budget.study, "training": training}, budget.gpu)
    return f" With training.gradient_checkpointing: {less.gpu_memory_gb():.1f} GB."


def _fits(budget: Budget) -> str:
    if not budget.gpu:
        return ""
    holds = budget.card.holds
    if budget.gpu_memory_gb() < 0.95 * holds:
        return f", of {holds} of the {budget.gpu.upper()}"
    return (
        f", more than the {holds} of the {budget.gpu.upper()}: lower "
        f"training.token_budget (a step takes as many micro-batches as it needs)"
    )


# ---------------------------------------------------------------------------- records


def hardware(record: dict[str, Any]) -> str:
    """The accelerator that made a record, or the processor where there was none."""
    found = record["hardware"]
    return found.get("accelerator") or f"{found['processor']}, {found['cores']} cores"


@cache
def _all_records() -> tuple[dict[str, Any], ...]:
    folders = sorted(path for path in paths.RECORDS.glob("*") if path.is_dir())
    return tuple(record for folder in folders for record in records.load(folder))


@cache
def _tokens_per_example() -> dict[str, float]:
    """Measured tokens an example, by task, from records that trained on one task."""
    found = defaultdict(list)
    for record in _all_records():
        log = record["training"]
        if log and len(log["by_task"]) == 1:
            (name,) = log["by_task"]
            found[name].append(log["tokens"] / log["examples"])
    return {name: sum(values) / len(values) for name, values in found.items()}
