# The grid of a study, as Snakemake sees it: which notebook has to run before which.
#
# `python -m xitt grid PROFILE` starts it (see the Makefile). What is recorded is not
# asked for; names of outputs carry content keys, so nothing reruns for a cosmetic edit.
# Shell rules and our runner, because Snakemake's `notebook:` passes no parameters to
# Papermill and would tie the notebooks to Snakemake. What they say goes to the terminal,
# and Snakemake's own words (its stderr) to a log.

import shlex
from pathlib import Path

from xitt import paths
from xitt.running.grids.workflow import Plan
from xitt.study import grid, profiles

PROFILE = str(config["profile"])
study = grid.select(
    profiles.load(PROFILE),
    config.get("intermediates", ""),
    config.get("targets", ""),
    str(config.get("seeds", "")),
)
plan = Plan(study)
THREADS = int(config["threads"])

# What is short, and what needs the network that compute nodes may lack, stays here.
localrules:
    all,
    prepare_data,
    analyse,
    relate_to_volume,
    draw_figures,
    write_tables,
    typeset,


# What reaches a shell is quoted: folders have spaces, quotes and braces.
XITT = f"{shlex.quote(config['python'])} -m xitt"


# The runs are asked for by name: Snakemake leaves a missing input missing where what is
# made of it is there, as it is when a study is widened.
rule all:
    input:
        plan.to_come,
        [] if config.get("runs_only") else plan.typeset,


# Writes the pocket suite, or checks that every file of the real data is there.
rule prepare_data:
    output:
        plan.data,
    shell:
        "{XITT} notebook 10-prepare-data {output:q} profile={PROFILE:q} 2>&1"


rule train_intermediate:
    input:
        ancient(plan.data),
    output:
        plan.pattern("20-train-intermediate"),
    threads: THREADS
    priority: 10  # what the most others wait for goes first
    resources:
        gpu=1,
        runtime=lambda wildcards: plan.minutes(wildcards.stem),
        mem_mb=plan.memory,
    params:
        lambda wildcards: plan.arguments(wildcards.stem),
    shell:
        "{XITT} notebook 20-train-intermediate {output:q} {params} --threads {threads} 2>&1"


rule finetune_target:
    input:
        ancient(plan.data),
        lambda wildcards: [ancient(path) for path in plan.parents(wildcards.stem)],
    output:
        plan.pattern("30-finetune-target"),
    threads: THREADS
    priority: 5  # before what it is scored on besides
    resources:
        gpu=1,
        runtime=lambda wildcards: plan.minutes(wildcards.stem),
        mem_mb=plan.memory,
    params:
        lambda wildcards: plan.arguments(wildcards.stem),
    shell:
        "{XITT} notebook 30-finetune-target {output:q} {params} --threads {threads} 2>&1"


# Nothing is trained here that the fine-tuning kept, see `keep_models` of a profile.
rule perturb_input:
    input:
        ancient(plan.data),
        lambda wildcards: [ancient(path) for path in plan.parents(wildcards.stem)],
    output:
        plan.pattern("40-perturb-input"),
    threads: THREADS
    resources:
        gpu=1,
    params:
        lambda wildcards: plan.arguments(wildcards.stem),
    shell:
        "{XITT} notebook 40-perturb-input {output:q} {params} --threads {threads} 2>&1"


# From here on everything is made of records, within a minute and without a GPU.
rule analyse:
    input:
        plan.evidence,
        plan.sources("50-analyse-transfer", "analysis", "report"),
    output:
        plan.notebook("50-analyse-transfer"),
    shell:
        "{XITT} notebook 50-analyse-transfer {output:q} profile={PROFILE:q} 2>&1"


rule ask_code:
    input:
        plan.evidence,
        plan.sources("51-code-generation", "analysis", "report"),
    output:
        plan.notebook("51-code-generation"),
    shell:
        "{XITT} notebook 51-code-generation {output:q} profile={PROFILE:q} 2>&1"


rule compare_sources:
    input:
        plan.evidence,
        plan.sources("52-source-language", "analysis", "report"),
    output:
        plan.notebook("52-source-language"),
    shell:
        "{XITT} notebook 52-source-language {output:q} profile={PROFILE:q} 2>&1"


rule relate_to_noise:
    input:
        plan.evidence,
        plan.sources("53-noise-and-code-switching", "analysis", "report"),
    output:
        plan.notebook("53-noise-and-code-switching"),
    shell:
        "{XITT} notebook 53-noise-and-code-switching {output:q} profile={PROFILE:q} make_missing=false 2>&1"


rule ask_reasoning:
    input:
        plan.evidence,
        plan.sources("54-reasoning", "analysis", "report"),
    output:
        plan.notebook("54-reasoning"),
    shell:
        "{XITT} notebook 54-reasoning {output:q} profile={PROFILE:q} 2>&1"


rule relate_to_volume:
    input:
        plan.evidence,
        plan.sources("55-pretraining-volume", "analysis", "report"),
    output:
        plan.notebook("55-pretraining-volume"),
    shell:
        "{XITT} notebook 55-pretraining-volume {output:q} profile={PROFILE:q} 2>&1"


rule draw_figures:
    input:
        plan.evidence,
        plan.sources("60-draw-figures", "analysis", "report"),
    output:
        plan.notebook("60-draw-figures"),
    shell:
        "{XITT} notebook 60-draw-figures {output:q} profile={PROFILE:q} 2>&1"


rule write_tables:
    input:
        plan.evidence,
        plan.sources("70-write-tables", "analysis", "report"),
    output:
        plan.notebook("70-write-tables"),
    shell:
        "{XITT} notebook 70-write-tables {output:q} profile={PROFILE:q} 2>&1"


rule typeset:
    input:
        plan.notebook("50-analyse-transfer"),
        plan.notebook("51-code-generation"),
        plan.notebook("52-source-language"),
        plan.notebook("53-noise-and-code-switching"),
        plan.notebook("54-reasoning"),
        plan.notebook("55-pretraining-volume"),
        plan.notebook("60-draw-figures"),
        plan.notebook("70-write-tables"),
        paths.PAPER / "main.tex",
        paths.PAPER / "language-models.tex",
        paths.PAPER / "references.bib",
    output:
        touch(plan.typeset),
    shell:
        "{XITT} typeset --profile {PROFILE:q} 2>&1"
