# %% [markdown]
# # What do the models learn from, and what are they tested on?
# *Every task's data, from one source, in one form.*
#
# > **Question** Is all the data of this study here, and what does it look like? ·
# > **Reads** the source that the profile names: the pocket suite, a local mirror, or the
# > Hub · **Writes** `data/` · **Time** half a minute at demo scale ·
# > **Next** [20-train-intermediate](20-train-intermediate.ipynb)

# %% tags=["parameters"]
profile = "demo"  # the study: a name in notebooks/profiles, or a YAML file

# %%
import pandas as pd

from xitt.study import previews, profiles, run_data
from xitt.tasks import registry

study = profiles.load(profile)
print(f"Study '{study['name']}': {study['about']}")

# %% [markdown]
# ## The source
# The pocket suite is written by the project itself, from small grammars, into a folder
# laid out like a mirror of the Hub. The loaders below cannot tell one from the other:
# real data is only a different source.

# %%
run_data.prepare(study)

# %% [markdown]
# ## What is there
# One row a task: how many examples are used, in how many languages, and what stands in
# for what. An intermediate task is trained and validated in English. A target task is
# trained in English and tested in every language. BUCC and Tatoeba train nothing.

# %%
inventory = previews.overview(study)
pd.set_option("display.max_colwidth", 60)
inventory

# %% [markdown]
# ## What is left out
# Some data are not on the Hub, for their licence or their form. What a study needs of
# them and nobody has brought yet is left out of its runs; everything else is run.

# %%
previews.left_out(study)

# %% [markdown]
# ## One example of each kind
# Every data set is brought into one of a few forms, whatever its columns were called.

# %%
for name in dict.fromkeys(inventory["task"]):
    print(f"{registry.get(name).title}: {previews.example(study, name)}\n")

# %% [markdown]
# ## The same sentence in every language
# Tatoeba pairs each language with English (a study without it reads none of it).

# %%
previews.parallel(study)

# %% [markdown]
# ## Exercise
# **Change** the cell with the inventory into
# `inventory[inventory["phase"] == "target"]`, and add up how many test sets there are, one
# a task and language.
#
# **Expected** the number in the folded cell.
#
# **Tolerance** none: which rows there are, their order and their samples follow from
# seeds, and are the same on every machine.

# %% tags=["hide-cell", "expected"]
int(inventory.loc[inventory["phase"] == "target", "languages"].sum())

# %% [markdown]
# **Next** [20-train-intermediate](20-train-intermediate.ipynb): phase two, with these data.
