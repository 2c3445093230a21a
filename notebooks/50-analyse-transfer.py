# %% [markdown]
# # Who gains, and is it more than chance?
# *Transfer gains with intervals, language by language, and the choices made on
# development data.*
#
# > **Question** Does intermediate training help, which, where, and how sure is that? ·
# > **Reads** the study's records · **Writes** nothing · **Time** half a minute ·
# > **Next** [51-code-generation](51-code-generation.ipynb)

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
from xitt.analysis import paired_samples, published, results, verdicts
from xitt.report import views
from xitt.report.site import chooser
from xitt.study import profiles

study = profiles.load(profile)
found = results.read(study)
print(f"{len(found.records)} records of '{study['name']}': {study['about']}")
if found.demo:
    print("These are demo records: generated sentences, no finding.")

# %% [markdown]
# ## Scores without intermediate training
# The baseline: mean over each target's languages other than English, in points, with the
# 95% interval over test examples (and over seeds, where there are several).

# %%
shown = ["target", "mean", "low", "high", "n_languages", "n_seeds", "interval"]
baseline = found.scores[found.scores["setting"] == paired_samples.BASELINE]
baseline[shown].round(1)

# %% [markdown]
# ## Transfer gains
# The score after intermediate training minus the baseline's, paired: the same test
# examples, the same seeds, the same bootstrap resamples. `p_holm` is corrected for all
# rows of its family (Holm 1979).

# %%
gains = found.gains
gains[["setting", *shown, "p_holm"]].round(3) if len(
    gains
) else "no setting but the baseline"

# %% [markdown]
# ## Language by language
# The languages whose gain, or loss, remains after the correction over all languages but
# English. Where a cell has one seed nothing is tested; where it was, none is a result, too.

# %%
single = found.language_gains
single = single[single["language"] != "en"]
clear = single[results.clear(single)]
tested = int(single["p_holm"].notna().sum())
print(f"{tested} of {len(single)} cells are tested; {len(clear)} differ from zero")
clear[["setting", "target", "language", "mean", "low", "high", "p_holm"]].round(3).head(
    40
)

# %% [markdown]
# ## Every score and gain
# Choose a target, a setting and an order. Where no kernel answers, as on GitHub and on the
# site, each target's table opens by a click instead; the numbers are the same.

# %%
chooser.show(found)

# %% [markdown]
# ## The best intermediate task for each target
# Chosen on validation data, scored on test data: the second headline of the original.

# %%
found.best.round(2)

# %% [markdown]
# ## Does retrieval gain most?
# The average gain on the retrieval tasks minus that on all other targets, of each setting
# that has every target. The original found retrieval to gain most.

# %%
found.contrast[["setting", "mean", "low", "high", "p_holm"]].round(3)

# %% [markdown]
# ## Beside the published gains
# English counted, as in the original; each published number with its source.

# %%
beside = ["part", "name", "published", "setting", "mean", "low", "high", "source"]
published.frame(found).reindex(columns=beside).round(2)

# %% [markdown]
# ## Which of the original's claims hold here?

# %%
verdicts.frame(found)

# %% [markdown]
# ## Which layer do sentence embeddings come from?
# The layer is fixed in the profile, the same for the baseline and every setting, and it
# has to be chosen on development pairs. This is the choice that they suggest: the layer
# with the best mean over all settings and languages.

# %%
views.layer_choice(found, fixed=study["retrieval"]["layer"])

# %% [markdown]
# ## Exercise
# **Change** `single[results.clear(single)]` into
# `single.sort_values("mean", ascending=False).head(5)`: which cells gained most, whatever
# chance has to do with it?
#
# **Expected** the rows of the folded cell. How many of their intervals hold zero?
#
# **Tolerance** none in the digits shown: what is computed from records differs between
# machines by ten-thousandths of a point at most.

# %% tags=["hide-cell", "expected"]
columns = ["setting", "target", "language", "mean", "low", "high", "p_holm"]
single.sort_values("mean", ascending=False).head(5)[columns].round(3)

# %% [markdown]
# **Next** [51-code-generation](51-code-generation.ipynb): the same question of code.
