# %% [markdown]
# # English or another language for the intermediate task?
# *The same rows of an intermediate task in English and in its translations; which source
# language helps which target language, in code and elsewhere; from records.*
#
# > **Question** For a language model, which source language of an intermediate task helps
# > code generation and understanding most, and does a source help its own language more? ·
# > **Reads** the records of the study and of the language models that its profile names,
# > `results/languages` · **Writes** `figures/source-languages.csv` (below `runs/demo/` for
# > the demo) · **Time** half a minute · **Next** [54-reasoning](54-reasoning.ipynb)

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

# %%
from IPython.display import Markdown

from xitt.analysis import results
from xitt.analysis.questions.language_models import verdicts
from xitt.report import views
from xitt.report.figures import gallery
from xitt.report.questions.language_models import per_language
from xitt.report.questions.language_models import source_language as words
from xitt.study import profiles

# %% [markdown]
# What is recorded. Without records the tables below are empty, and that is all that
# they say.

# %%
study = profiles.load(profile)
found = results.read(study)
question = found.source_language
print(f"{len(question.records)} records of a task in several languages")
if not question.records:
    print("No task was run in English and another language yet: what follows is empty.")
if any(record["demo"] for record in question.records):
    print("These are demo records: generated sentences, no finding.")

# %% [markdown]
# ## The sources
# A setting such as `mnli@de` trains on the rows that `mnli@en` trains on, in German, with
# the same seeds. `distance`: share of the syntactic features known of both languages in
# which a source differs from English. XTREME-R has no intermediate data in other languages
# and no code; it cannot answer this.

# %%
question.sources.round(2)

# %% [markdown]
# ## Source by target language
# Gain over English, in points or hundredths of a nat; framed: the source's own language.
# Bold: the 95% interval excludes zero.

# %%
figure, shown = gallery.make(found, "source-language")
views.picture(figure, width=800)

# %% [markdown]
# ## The means
# Over the target languages but English: each source over English.

# %%
columns = ["base", "source", "target", "measure", "mean", "low", "high", "p_holm"]
question.matrix[question.matrix["language"] == "zero-shot"][columns].round(3)

# %% [markdown]
# English over no intermediate task:

# %%
columns = ["base", "target", "measure", "mean", "low", "high", "p_holm"]
question.english[question.english["language"] == "zero-shot"][columns].round(3)

# %% [markdown]
# ## Does a source help its own language?
# A source may be good for all languages, and a target language may gain from all sources.
# Over the square of the sources' own languages both cancel in the mean of the diagonal
# less the mean of what is off it.

# %%
columns = ["base", "target", "measure", "sources", "mean", "low", "high", "p_holm"]
question.own[columns].round(3)

# %% [markdown]
# ## What so many items can show
# The change that is seen with a power of 80%. With a handful of sources nothing can be said
# of a dependence on distance or script.

# %%
question.power.round(3)

# %% [markdown]
# What that says of the question, by the rules of
# `xitt/analysis/questions/language_models/verdicts.py`:

# %%
for verdict in verdicts.of_source(found):
    print(f"{verdict.status}: {verdict.claim} ({verdict.here or 'nothing recorded'})")

# %% [markdown]
# ## In words
# As the paper has them.

# %%
Markdown("\n".join(f"- {text}" for text in words.of(found).values()) or "Nothing yet.")

# %% [markdown]
# ## For other studies
# Every language, as CSV.

# %%
folder = profiles.folder(study, "figures")
[path.name for path in per_language.write(found, "source-languages", folder)]

# %% [markdown]
# ## Exercise
# **Change** `question.sources` into `question.sources.sort_values("distance")`: do the
# sources that are far from English come out otherwise in the figure?
#
# **Expected** the order of the folded cell.
#
# **Tolerance** none in the digits shown: what is computed from records differs between
# machines by ten-thousandths of a point at most.

# %% tags=["hide-cell", "expected"]
question.sources.sort_values("distance").round(2)

# %% [markdown]
# **Next** [54-reasoning](54-reasoning.ipynb): endings, causes, pronouns and sums.
