# %% [markdown]
# # Train the encoder further on English intermediate tasks
# *Phase two: the backbone meets an English task with plenty of labels.*
#
# > **Question** What does the encoder learn before it meets the target task? ·
# > **Reads** the backbone and the intermediate tasks' data · **Writes** one record, and
# > the trained encoder under `runs/` · **Time** about a minute at demo scale ·
# > **Next** [30-finetune-target](30-finetune-target.ipynb)

# %% tags=["parameters"]
profile = "demo"  # the study: a name in notebooks/profiles, or a YAML file
intermediate = "mnli"  # a task, or multi; with +mlm or +translated behind it
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
from xitt.report import views
from xitt.study import grid, phases, previews, profiles, run_data

study = profiles.load(profile)
run = grid.intermediate(study, intermediate, seed)
run

# %% [markdown]
# ## The data
# `multi` draws each optimizer step from one task, in proportion to the tasks' sizes up to
# a cap. `+mlm` mixes in steps of masked-language modelling on text in many languages;
# `+translated` trains on the task's data in other languages.

# %%
rows = run_data.of_intermediate(run)
previews.sizes(rows)

# %% [markdown]
# ## The training
# A run that is recorded is not repeated; one that was killed continues where its last
# checkpoint stands, with the same steps, to the same bits. Only the encoder is kept: each
# task's head is dropped when the target phase begins.

# %%
record = phases.train_intermediate(run, rows)

# %% [markdown]
# The loss over the steps: it should fall, and not leap.

# %%
views.loss_curve(record)

# %% [markdown]
# ## Did it learn the task?
# Scores on each intermediate task's own validation data.

# %%
views.scores(record)

# %% [markdown]
# ## Exercise
# **Change** `intermediate` into `"squad_v2"`, and run the notebook again, a minute at demo
# scale.
#
# **Expected** the scores of the folded cell, which a record in `results/expected` holds.
#
# **Tolerance** see [00-start-here](00-start-here.ipynb): none on the same kind of
# processor; elsewhere a few answers may change, and the folded cell says by how much.

# %% tags=["hide-cell", "expected"]
wanted = grid.intermediate(profiles.load("demo"), "squad_v2", 13)
views.answer(record, wanted.stem)

# %% [markdown]
# **Next** [30-finetune-target](30-finetune-target.ipynb): what the encoder is then good for.
