# %% [markdown]
# # Do languages with less pretraining text gain more?
# *Each language's gain against how much of it the encoder was pretrained on, with what
# else could stand behind a correlation.*
#
# > **Question** Does the gain of English intermediate training go with the pretraining
# > volume of the target language? · **Reads** the study's records,
# > `results/published/cc100_volume.csv`, `results/languages` · **Writes** nothing ·
# > **Time** half a minute · **Next** [60-draw-figures](60-draw-figures.ipynb)

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
from xitt.analysis.questions.volume import facts, measures
from xitt.report import views
from xitt.report.figures import gallery
from xitt.report.questions import volume_prose
from xitt.study import profiles

study = profiles.load(profile)
found = results.read(study)
volume = found.volume
print(f"{len(found.records)} records of '{study['name']}': {study['about']}")
if found.demo:
    print("These are demo records: generated sentences, no finding.")

# %% [markdown]
# ## What is known of each language
# GiB of CC-100, on which XLM-R was pretrained (arXiv 1911.02116, Table 6; the two rows of
# Chinese added up; Yoruba has none). An encoder that was pretrained on other text has no
# such table, and CC-100 stands in for it: so for `e5-small`, which descends from XLM-R by
# way of a multilingual MiniLM and was then tuned on sentence pairs.
#
# `premium`: word pieces for each piece of the English translation; `overlap`: share of a
# language's pieces that English text has too; `distance`: share of the syntactic features
# known of both languages in which it differs from English, over so many `features`. The
# last three were measured by `make languages`.

# %%
told = ["gib", "latin", "family", "premium", "overlap", "distance", "features"]
scored = sorted(set(volume.points["language"]))
volume.facts.loc[scored, told].sort_values("gib").round(2)

# %% [markdown]
# What is not used of it, and which languages have no volume:

# %%
print("distances over too few features, not used:", facts.thin())
print("without text in CC-100, left out:", volume.without_volume)

# %% [markdown]
# ## Gain against volume
# A point a language, averaged over the English-only settings of the most seeds, with its
# 95% interval; the line is fitted by least squares, the band is that of its mean.

# %%
figure, shown = gallery.make(found, "gain-by-volume")
views.picture(figure, width=800)

# %% [markdown]
# ## Is there a correlation?
# Spearman's `rho` with its interval over resampled languages; `p` over random orders of
# the languages, `p_holm` corrected over the tasks; `slope` in points a tenfold volume;
# `error` of a language left out, from the line and from the mean of the others;
# `detectable`: the correlation that so many languages show with a power of 80%;
# `reliability`: what share of the differences between languages is more than noise.
# `score_rho` is that of the score without intermediate training, for comparison.

# %%
volume.by_target.round(3)

# %% [markdown]
# Targets in fewer languages than a correlation needs:

# %%
few = [t for t in found.targets if t not in set(volume.by_target["target"])]
print(f"fewer than {measures.LEAST} languages with a volume, not tested: {few}")

# %% [markdown]
# Setting by setting; `p_holm` over all rows.

# %%
columns = ["setting", "target", "n", "rho", "rho_low", "rho_high", "p", "p_holm"]
volume.by_setting[columns].sort_values("p").round(3).head(12)

# %% [markdown]
# ## Given what else differs
# Partial rank correlations given each control, and given all of them.

# %%
partials = volume.partials
partials.pivot(index="target", columns="control", values="rho").round(2) if len(
    partials
) else "no target with enough languages yet"

# %% [markdown]
# ## Regression to the mean
# A gain is a score less the baseline, so a baseline that came out low by chance looks like
# a gain. The slope on the baseline, and the slope on volume once the baseline is in the
# model, as measured; with the baseline of one seed and the gain of the others; and with
# the noise that the records know of taken off (errors in variables).

# %%
volume.slopes.round(3)

# %% [markdown]
# ## All tasks at once
# A mixed model with a random effect of each language, and of each language in each task:
# points a tenfold volume, without the baseline's score in the model, with it, and with
# that of another seed than the gain's.

# %%
volume.pooled.round(3)

# %% [markdown]
# ## In words
# As the paper has them.

# %%
Markdown("\n".join(f"- {text}" for text in volume_prose.of(found).values()))

# %% [markdown]
# ## Exercise
# **Change** `volume.by_target` into the columns of the score, sorted: languages with more
# text score higher; does a gain then close the distance?
#
# **Expected** the rows of the folded cell.
#
# **Tolerance** none in the digits shown: what is computed from records differs between
# machines by ten-thousandths of a point at most.

# %% tags=["hide-cell", "expected"]
columns = ["target", "n", "score_rho", "score_p_holm", "rho", "p_holm"]
volume.by_target[columns].sort_values("score_rho").round(3)

# %% [markdown]
# **Next** [60-draw-figures](60-draw-figures.ipynb): all figures, from the same records.
