# %% [markdown]
# # Draw the figures
# *From records to figures; nothing is measured here.*
#
# > **Question** What do the results look like? · **Reads** the study's records ·
# > **Writes** `figures/NAME.png` and `.json`, `paper/figures/NAME.pdf` (below `runs/demo/`
# > for the demo) · **Time** a quarter of a minute ·
# > **Next** [70-write-tables](70-write-tables.ipynb)

# %% tags=["parameters"]
profile = "small"  # the study: a name in notebooks/profiles, or a YAML file

# %%
from IPython.display import Image

from xitt import files
from xitt.analysis import results
from xitt.report.figures import gallery, speed_figure
from xitt.study import profiles

study = profiles.load(profile)
found = results.read(study)
folders = profiles.folder(study, "figures"), profiles.folder(study, "paper") / "figures"

# %% [markdown]
# ## Transfer gains, setting by target
# Points gained over no intermediate training, averaged over the languages other than
# English. Bold: the 95% interval excludes zero; a dot: also after Holm's correction.
# Hatched: the baseline is no better than a trivial answer. A dash has not been run.

# %%
picture, written = gallery.draw(found, "transfer-gain", *folders)
Image(str(written[0]), width=640)

# %% [markdown]
# ## Gains by language

# %%
picture, written = gallery.draw(found, "gain-by-language", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# ## Retrieval, layer by layer
# How well sentences find their translations with the embeddings of each layer.

# %%
picture, written = gallery.draw(found, "retrieval-layers", *folders)
Image(str(written[0]), width=480)

# %% [markdown]
# ## Learning curves
# Score and gain by the number of examples of the target task: until when does an
# intermediate task help?

# %%
picture, written = gallery.draw(found, "learning-curves", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# ## Published gains and ours
# A diamond is what Phang et al. (2020) report of XLM-R large; beside it our gain with its
# 95% interval, English counted.

# %%
picture, written = gallery.draw(found, "published-comparison", *folders)
Image(str(written[0]), width=480)

# %% [markdown]
# ## Scores on perturbed input
# What [53-noise-and-code-switching](53-noise-and-code-switching.ipynb) tests.

# %%
picture, written = gallery.draw(found, "robustness-curves", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# ## Gain against pretraining volume
# What [55-pretraining-volume](55-pretraining-volume.ipynb) tests.

# %%
picture, written = gallery.draw(found, "gain-by-volume", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# ## Language models: code
# What [51-code-generation](51-code-generation.ipynb) tests.

# %%
picture, written = gallery.draw(found, "code-gain", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# Beside the gain on understanding, in the same languages:

# %%
picture, written = gallery.draw(found, "code-understanding", *folders)
Image(str(written[0]), width=480)

# %% [markdown]
# ## Language models: source language
# What [52-source-language](52-source-language.ipynb) tests.

# %%
picture, written = gallery.draw(found, "source-language", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# ## Language models: reasoning
# What [54-reasoning](54-reasoning.ipynb) tests.

# %%
picture, written = gallery.draw(found, "reasoning", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# What intermediate training changes:

# %%
picture, written = gallery.draw(found, "reasoning-gain", *folders)
Image(str(written[0]), width=800)

# %% [markdown]
# And how well their own states find translations, layer by layer:

# %%
picture, written = gallery.draw(found, "states-layers", *folders)
Image(str(written[0]), width=480)

# %% [markdown]
# ## Speed
# What [80-measure-speed](80-measure-speed.ipynb) measured last.

# %%
picture, written = speed_figure.draw(*folders)
picture

# %% [markdown]
# ## Exercise
# **Change** nothing: delete `transfer-gain.json` in the folder of the figures, and draw the
# first figure again.
#
# **Expected** a file with the digest of the folded cell.
#
# **Tolerance** none on one kind of processor with the same versions; on another a fourth
# decimal may differ, and with it the digest. The picture itself may differ where Matplotlib
# or a font has another version.

# %% tags=["hide-cell", "expected"]
picture, written = gallery.draw(found, "transfer-gain", *folders)
{path.name: files.sha256(path)[:16] for path in written if path.suffix == ".json"}

# %% [markdown]
# **Next** [70-write-tables](70-write-tables.ipynb): the tables and numbers of the paper.
