# xitt: every verb of the compendium. `make` alone prints them.

PROFILE ?= demo
INTERMEDIATES ?=
TARGETS ?=
SEEDS ?=
ON ?= local
JOBS ?= 0
GPU ?=
PRICE ?= 0
MODEL ?= facebook/m2m100_418M
DIRTY ?=
TESTS ?=
export XITT_DIRTY ?= $(DIRTY)

PYTHON ?= python3
BIN := .venv/bin
XITT := $(BIN)/python -m xitt
# A file of tests on each core, four at most; the long ones come first.
AT_ONCE := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# A value for the shell as one word, spaces and quotes in it too.
quoted = '$(subst ','\'',$(1))'
STUDY = --profile $(call quoted,$(PROFILE)) --intermediates $(call quoted,$(INTERMEDIATES)) \
	--targets $(call quoted,$(TARGETS)) --seeds $(call quoted,$(SEEDS))

# Packages of another environment are none of ours.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP

.DEFAULT_GOAL := help
.PHONY: help environment interpreter tex sandbox encoder demo test lab runs status plan figures tables \
	paper read browser verify submission speed translate import manifest languages check-hub \
	notebooks tasks release lock clean

help:  ## print these lines
	@grep -hE '^[a-z-]+:.*## ' $(call quoted,$(strip $(MAKEFILE_LIST))) | \
		sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
		awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: environment encoder tex sandbox  ## the whole experiment on generated data (10 minutes on 2 cores)
	@$(XITT) grid --profile demo-lm --runs-only
	@$(XITT) grid --profile demo
	@$(XITT) summary --profile demo

test: environment encoder sandbox  ## every test [TESTS=tests/scoring]
	@$(BIN)/python -m pytest $(AT_ONCE) $(TESTS)

lab: environment encoder  ## JupyterLab on the notebooks
	@$(BIN)/python -m jupyterlab --notebook-dir notebooks \
		$(if $(filter 0,$(shell id -u)),--allow-root)

runs: environment encoder sandbox  ## a study's grid, what is missing [PROFILE= INTERMEDIATES= TARGETS= SEEDS= ON=local|slurm JOBS= PRICE= DIRTY=1]
	@$(XITT) grid $(STUDY) --on $(call quoted,$(ON)) --jobs $(call quoted,$(JOBS)) \
		--price $(call quoted,$(PRICE))

status: environment  ## done, running, queued, missing, failed and why [PROFILE= VERBOSE=1 JSON=1]
	@$(XITT) status $(STUDY) $(if $(VERBOSE),--verbose) $(if $(JSON),--json)

plan: environment  ## runs, hours, memory, disk and money before anything starts [PROFILE= GPU=A100 PRICE=1.5 JOBS=8 KEEP=1]
	@$(XITT) plan $(STUDY) --gpu $(call quoted,$(GPU)) --price $(call quoted,$(PRICE)) \
		--jobs $(call quoted,$(JOBS)) $(if $(KEEP),--keep)

figures: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
figures: environment  ## redraw the figures from records [PROFILE=small]
	@$(XITT) redraw --profile $(call quoted,$(PROFILE)) --only figures

tables: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
tables: environment  ## rewrite the tables and numbers from records [PROFILE=small]
	@$(XITT) redraw --profile $(call quoted,$(PROFILE)) --only tables

paper: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
paper: environment tex  ## figures, tables, numbers and paper/main.pdf from records [PROFILE=small]
	@$(XITT) redraw --profile $(call quoted,$(PROFILE))
	@$(XITT) typeset --profile $(call quoted,$(PROFILE))

verify: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
verify: environment encoder  ## rebuild from records and compare; rerun one cell [PROFILE=small]
	@$(XITT) verify --profile $(call quoted,$(PROFILE))

read: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
read: environment  ## the paper, the notebooks and every number's records as a site in runs/site [PROFILE=small]
	@$(BIN)/python -c 'import myst_nb, sphinx_book_theme, sphinx_copybutton, pypandoc' 2>/dev/null || \
		{ echo "Installing what the site is built with (once) ..."; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[site]'; }
	@$(XITT) read --profile $(call quoted,$(PROFILE))

# What the tests of tests/browser need: Chromium, where we may install it, and its driver.
browser: environment
	@$(BIN)/python -c 'import axe_playwright_python, playwright, pypdf' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[browser]'
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null && exit 0; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "Installing Chromium for the tests of the site (once) ..."; \
		apt-get update -qq >/dev/null 2>&1; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium >/dev/null 2>&1 || true; \
	fi; \
	command -v chromium >/dev/null || \
		echo "No Chromium here: the tests that need a browser are skipped."

submission: environment  ## predictions of recorded runs in XTREME's layout [PROFILE= INTERMEDIATES= TARGETS= SEEDS=]
	@$(XITT) submission $(STUDY)

# On real pairs where there are some, else on generated ones, which are shorter.
speed: PROFILE := $(if $(filter file,$(origin PROFILE)),$(if $(XITT_MIRROR),small,demo),$(PROFILE))
speed: environment encoder  ## ours against its peers and the machine, 10 minutes [PROFILE=demo]
	@$(XITT) speed --profile $(call quoted,$(PROFILE))

translate: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
translate: environment  ## an intermediate task into other languages [TASK= LANGUAGES= MODEL= PROFILE=small]
	@$(XITT) translate --profile $(call quoted,$(PROFILE)) --task $(call quoted,$(TASK)) \
		--languages $(call quoted,$(LANGUAGES)) --model $(call quoted,$(MODEL))

# XITT_MIRROR, where it is set, is where an import goes; else data/imported.
import: environment  ## data that are not on the Hub, as you hold them [TASK=bucc|ccg|ccg_pmb FROM=folder]
	@$(XITT) import --task $(call quoted,$(TASK)) $(call quoted,$(FROM))

manifest: environment  ## rows and digests of a mirror's files, in its manifest.yaml [FROM=folder]
	@$(XITT) manifest $(call quoted,$(FROM))

# Where urielplus is installed, typological distances are derived anew, too.
languages: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
languages: environment encoder  ## what the tokenizer makes of each language, into results/languages [PROFILE=small]
	@$(XITT) languages --profile $(call quoted,$(PROFILE))

check-hub: environment  ## with network: one row of every Hub data set, every model's outline
	@$(XITT) check-hub

notebooks: environment encoder  ## regenerate notebooks/*.ipynb from the percent scripts, executed
	@$(XITT) publish

tasks: environment  ## rewrite docs/tasks.md, the registry as a table
	@$(XITT) tasks

# Refused before the paper is made rather than after.
release: PROFILE := $(if $(filter file,$(origin PROFILE)),small,$(PROFILE))
release: environment  ## the archive of this version's tag for a deposit, into runs/release [PROFILE=small]
	@$(XITT) release --check
	@$(MAKE) --no-print-directory paper PROFILE=$(call quoted,$(PROFILE))
	@$(XITT) release

# --- what the verbs stand on -------------------------------------------------------

environment: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@echo "Making the environment .venv (once, a few minutes) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "xitt needs Python 3.11 or newer; PYTHON=python3.12 make ... names another" >&2; exit 2; }
	@$(MAKE) --no-print-directory interpreter
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
	@echo "The environment is ready."

# One that has no pip, or whose Python is old or gone, is made anew.
interpreter:
	@$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		$(PYTHON) -m venv --clear .venv || \
		{ echo "xitt needs Python's venv with pip (on Debian: apt-get install python3-venv)" >&2; exit 2; }

encoder: environment
	@$(XITT) encoder

# TeX where it is missing and where we may install it; the paper's PDF needs it, nothing else.
TEX_PACKAGES := texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended latexmk
tex:
	@command -v latexmk >/dev/null && exit 0; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "Installing TeX for the paper's PDF (once, a few minutes) ..."; \
		apt-get update -qq >/dev/null 2>&1; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			$(TEX_PACKAGES) >/dev/null 2>&1 || true; \
	fi; \
	command -v latexmk >/dev/null || \
		echo "No TeX here: everything but the paper's PDF will be made."

# Programs that models write run in it; where it is not, in namespaces of our own making.
sandbox:
	@command -v bwrap >/dev/null && exit 0; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq >/dev/null 2>&1; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			bubblewrap >/dev/null 2>&1 || true; \
	fi

lock: environment  ## write requirements.lock: what pyproject.toml needs, as it is installed
	@$(XITT) lock

clean:  ## remove what is generated and ignored (runs, caches; not the environment)
	@rm -rf runs data .pytest_cache .ruff_cache .snakemake paper/tables paper/figures \
		paper/numbers.tex paper/numbers.json paper/main.pdf
