# %% [markdown]
# # Fine-tune on English, score every language
# *Phase three: a new head, English training data, and languages that it never saw.*
#
# > **Question** How well does the encoder transfer, zero-shot, after this intermediate
# > training? · **Reads** the encoder that [20](20-train-intermediate.ipynb) left (or the
# > backbone itself for `none`) and the target tasks' data · **Writes** one record a
# > target, and its predictions under `runs/` · **Time** half a minute a target at demo
# > scale · **Next** [40-perturb-input](40-perturb-input.ipynb)

# %% tags=["parameters"]
profile = "demo"  # the study: a name in notebooks/profiles, or a YAML file
intermediate = "none"  # the intermediate training to start from
targets = "xnli"  # target tasks, comma-separated
seed = 13  # decides the head's start, dropout and the order of the data

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
import pandas as pd

from xitt.report import views
from xitt.study import grid, phases, profiles, rescoring

study = profiles.load(profile)
runs = [grid.target(study, intermediate, name, seed) for name in targets.split(",")]
runs

# %% [markdown]
# ## Training and testing
# Classification, tagging and question answering are trained on English and tested in
# every language that the task has. Retrieval (BUCC, Tatoeba) trains nothing: it compares
# sentence embeddings of the encoder as it is, at every layer. All that a target is scored
# on is read before its training, and a target that fails does not stop those behind it.

# %%
results = phases.each(runs)

# %% [markdown]
# ## Scores
# Test scores in points, one row a target, one column a language.

# %%
pd.DataFrame({record["target"]: views.headline(record) for record in results}).T.round(
    1
)

# %% [markdown]
# ## A closer look at the first target

# %%
views.scores(results[0])

# %% [markdown]
# The loss over its steps.

# %%
views.loss_curve(results[0])

# %% [markdown]
# ## The same score, by `evaluate`
# A run keeps its predictions, so that its scores can be had again without a model: here
# in English, through the interface of the library `evaluate`.

# %%
if results[0]["training"]:  # retrieval keeps pairs, and no labels
    print(rescoring.by_evaluate(runs[0]))

# %% [markdown]
# ## Exercise
# **Change** `targets` into `"udpos"`, and run the notebook again, a minute at demo scale.
#
# **Expected** the scores of the folded cell, which a record in `results/expected` holds.
#
# **Tolerance** see [00-start-here](00-start-here.ipynb): none on the same kind of
# processor; elsewhere a few answers may change, and the folded cell says by how much.

# %% tags=["hide-cell", "expected"]
wanted = grid.target(profiles.load("demo"), "none", "udpos", 13)
views.answer(results[0], wanted.stem)

# %% [markdown]
# **Next** [40-perturb-input](40-perturb-input.ipynb): the same model on noisy input.
