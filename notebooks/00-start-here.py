# %% [markdown]
# # Does more training on English help a model in Swahili?
# *The question, what was found, and the way through this compendium.*
#
# > **Question** Does English intermediate-task training improve zero-shot cross-lingual
# > transfer, as Phang et al. (2020, arXiv 2005.13013) found? · **Reads** the study's
# > records · **Writes** nothing · **Time** a minute ·
# > **Next** [10-prepare-data](10-prepare-data.ipynb)

# %% tags=["parameters"]
profile = "small"  # the study: a name in notebooks/profiles, or a YAML file

# %% tags=["setup", "remove-cell"]
import subprocess
import sys
from importlib.util import find_spec

colab = find_spec("google") and find_spec("google.colab")
if colab and not find_spec("xitt"):  # install it and what lacks; upgrade nothing
    python, address = [sys.executable, "-m"], "https://github.com/xitt-authors/xitt"
    install = [*python, "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*install, f"git+{address}@v0.1.0"], check=True)
    subprocess.run([*python, "xitt.running.releasing.lacking"], check=True)

# %% [markdown]
# ## The experiment
# 1. **Backbone.** Take an encoder that was pretrained on text in about a hundred languages.
# 2. **Intermediate phase.** Train it further on an English task that has plenty of labels:
#    inference, question answering, commonsense; one of nine, or all together.
# 3. **Target phase.** Drop that task's head, fine-tune on the English training set of a
#    target task of XTREME, and test in every other language, without an example in it.
#
# The *transfer gain* is the score after all three phases minus the score without the second.

# %%
from IPython.display import Markdown

from xitt.analysis import results, verdicts
from xitt.report import views
from xitt.report.figures import gallery
from xitt.report.prose import gains as sentences
from xitt.study import profiles
from xitt.study.families import models

study = profiles.load(profile)
found = results.read(study)
print(f"Study '{study['name']}': {study['about']}. Model: {models.name(study)}.")
print(f"{len(found.records)} records, settings: {', '.join(found.settings)}")

# %% [markdown]
# ## What was found
# Gains in points, averaged over each target's languages other than English. Computed now,
# from the records. A dash has not been run; where a target is hatched, or a setting has a
# double dagger, the baseline or the intermediate task itself was not learned.

# %%
figure, shown = gallery.make(found, "transfer-gain")
views.picture(figure, width=640)

# %% [markdown]
# In words, as the paper has them:

# %%
Markdown("\n".join(f"- {sentence}" for sentence in sentences.of(found).values()))

# %% [markdown]
# ## What was claimed, and what holds here
# The original's claims, with its average gains on XLM-R large and whole data sets, and
# what these records say, in points with 95% intervals. Each verdict is computed, by a
# rule that `xitt/analysis/verdicts.py` states. A claim that does not hold here may need the scale.

# %%
verdicts.frame(found)

# %% [markdown]
# ## Did I get the same?
# Each notebook ends with an exercise, what to expect of it, and its tolerance:
#
# | what | the same, to the last digit | elsewhere |
# |---|---|---|
# | the pocket suite, the rows drawn of real data, token ids, keys of runs | on every machine | |
# | what is made of records: gains, intervals, tables, numbers, a figure's JSON | on CPUs of one kind, with the same versions | ten-thousandths of a point, so the same digits in tables and text |
# | trainings and scores, also of a run that was killed and goes on | on CPUs of one kind, with the same versions, precision and number of threads | a few answers change, on GPUs from run to run: scores as far apart as two samples of test examples and seeds are |
# | pictures and PDFs | with the same Matplotlib, TeX and fonts | the same to the eye |
# | seconds, and what is made of them | nowhere | ratios within a few hundredths on one machine |
#
# A record says its processor, threads, precision and versions. `make verify` compares all
# of this, and makes one run again.

# %% [markdown]
# ## The way through
# | notebook | does |
# |---|---|
# | [10-prepare-data](10-prepare-data.ipynb) | makes the data available, and shows it |
# | [20-train-intermediate](20-train-intermediate.ipynb) | phase two, for one setting |
# | [30-finetune-target](30-finetune-target.ipynb) | phase three, for one setting |
# | [40-perturb-input](40-perturb-input.ipynb) | the same models on perturbed input |
# | [50-analyse-transfer](50-analyse-transfer.ipynb) | gains, intervals, tests |
# | [51-code-generation](51-code-generation.ipynb) | gains of models that write programs |
# | [52-source-language](52-source-language.ipynb) | English or another source language |
# | [53-noise-and-code-switching](53-noise-and-code-switching.ipynb) | gains on it |
# | [54-reasoning](54-reasoning.ipynb) | gains in reasoning |
# | [55-pretraining-volume](55-pretraining-volume.ipynb) | gains against pretraining text |
# | [60-draw-figures](60-draw-figures.ipynb) | the figures |
# | [70-write-tables](70-write-tables.ipynb) | the tables and numbers of the paper |
#
# 20, 30 and 40 run by themselves at demo scale; `make demo` runs the whole grid.

# %% [markdown]
# ## Exercise
# **Change** `"transfer-gain"` into `"gain-by-language"` in the cell that draws, and read off
# what each setting brought to Swahili.
#
# **Expected** the rows of the folded cell, as far as the setting and the target have been
# run.
#
# **Tolerance** none in the digits shown: what is computed from records differs between
# machines by ten-thousandths of a point at most.

# %% tags=["hide-cell", "expected"]
gains = found.language_gains
gains[gains["language"] == "sw"][["setting", "target", "mean", "low", "high"]].round(1)

# %% [markdown]
# **Next** [10-prepare-data](10-prepare-data.ipynb): what the models learn from.
