# %% [markdown]
# # Write the tables and the paper's numbers
# *From records to LaTeX; the paper looks every number up.*
#
# > **Question** Which numbers stand in the paper, and which records are behind them? ·
# > **Reads** the study's records · **Writes** `paper/tables/*.tex`, `paper/numbers.tex`
# > and `summary.csv` (below `runs/`) · **Time** a quarter of a minute ·
# > **Next** the paper: `make paper`

# %% tags=["parameters"]
profile = "small"  # the study: a name in notebooks/profiles, or a YAML file

# %%
from xitt.analysis import results
from xitt.report import numbers, speed_report
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

# %%
summary.print_summary(found)

# %% [markdown]
# ## Numbers
# A key the paper uses and this file lacks stops the build.

# %%
written = numbers.write(found, paper)
list(numbers.collect(found).items())[:12]

# %% [markdown]
# ## Every score, in long form

# %%
summary.write_summary(found, profiles.runs_folder(study) / "summary.csv")
summary.summary(found).head()
