# %% [markdown]
# # Write the tables and the paper's numbers
# *From records to LaTeX; the paper looks every number up.*
#
# > **Question** Which numbers stand in the paper, and which records are behind them? ·
# > **Reads** the study's records · **Writes** `paper/tables/*.tex`, `paper/numbers.tex`
# > and `summary.csv` (below `runs/`) · **Time** a quarter of a minute ·
# > **Next** [80-measure-speed](80-measure-speed.ipynb)

# %% tags=["parameters"]
profile = "small"  # the study: a name in notebooks/profiles, or a YAML file

# %%
from xitt.analysis import results
from xitt.report import numbers, speed_report
from xitt.report.site import readme
from xitt.report.tables import catalogue, summary
from xitt.study import profiles

study = profiles.load(profile)
found = results.read(study)
paper = profiles.folder(study, "paper")

# %% [markdown]
# ## Tables
# Bare `tabular` bodies; captions are written in the paper.

# %%
for path in catalogue.write(found, paper) + speed_report.write(paper):
    print(path.name, f"{len(path.read_text().splitlines())} lines")

# %% [markdown]
# The short table, as `make demo` prints it:

# %%
summary.print_summary(found)

# %% [markdown]
# ## Numbers
# A key the paper uses and this file lacks stops the build. The README that stands beside
# the figures has a few of the sentences, too.

# %%
written = numbers.write(found, paper)
readme.write(found, profiles.folder(study, "figures").parent / "README.md")
list(numbers.collect(found).items())[:12]

# %% [markdown]
# ## Every score, in long form

# %%
summary.write_summary(found, profiles.runs_folder(study) / "summary.csv")
summary.summary(found).head()

# %% [markdown]
# ## Exercise
# **Change** the last line of the cell with the numbers: look up one of them, such as
# `numbers.collect(found)["count/records"]`, and the records that it is made of
# (`xitt.report.site.provenance.behind`).
#
# **Expected** the folded cell: how many numbers the paper can look up, and that one.
#
# **Tolerance** none in the digits shown: what is computed from records differs between
# machines by ten-thousandths of a point at most.

# %% tags=["hide-cell", "expected"]
every = numbers.collect(found)
print(f"{len(every)} numbers; records: {every['count/records'].text}")

# %% [markdown]
# **Next** [80-measure-speed](80-measure-speed.ipynb): what all this costs.
