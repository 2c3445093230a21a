# %% [markdown]
# # Does the benefit reach code generation?
# *What English intermediate training does to a language model that writes programs from
# problems told in many languages; from records, nothing is trained here.*
#
# > **Question** Does the gain of English intermediate training carry over to writing code,
# > in English and in other languages, and does it go with the gain on understanding? ·
# > **Reads** the records of the study and of the language models that its profile names ·
# > **Writes** `figures/code-languages.csv` (below `runs/demo/` for the demo) ·
# > **Time** half a minute · **Next** [52-source-language](52-source-language.ipynb)

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
from xitt.report.questions.language_models import code as words
from xitt.report.questions.language_models import per_language
from xitt.study import profiles

# %% [markdown]
# What is recorded. Without records the tables below are empty, and that is all that
# they say.

# %%
study = profiles.load(profile)
found = results.read(study)
code = found.code
print(f"{len(code.records)} records of code, by '{study['name']}' and what it names")
if not code.records:
    print("No language model was run on code yet: what follows is empty.")
if any(record["demo"] for record in code.records):
    print("These are demo records: generated sentences, no finding.")

# %% [markdown]
# ## Two measures
# `pass@1`: the share of problems whose program passes all tests at the first try. With 80
# problems its standard error is some points. `loglikelihood_per_token`: of the problem's
# own solution after the prompt, in nats; it moves where no program passes yet. Both are
# paired by problem across settings and languages. Problems whose own solution fails in the
# sandbox are left out of all languages.

# %%
told = words.numbers(found)
for key in ("code/models", "code/protocol", "code/decoding"):
    print(key, "-", told.get(key, ("not recorded",))[0])

# %% [markdown]
# Without intermediate training, language by language.

# %%
plain = code.scores[code.scores["setting"] == "none"]
plain.pivot_table(index=["target", "language"], columns="measure", values="mean").round(
    3
)

# %% [markdown]
# ## Gains
# Of each intermediate task over none, mean over the languages but English (`zero-shot`)
# and with it (`all`); `p_holm` over the settings of a measure.

# %%
columns = ["measure", "setting", "target", "language", "mean", "low", "high", "p_holm"]
means = code.gains[code.gains["language"].isin(["zero-shot", "all"])]
means[columns].round(3)

# %% [markdown]
# The same, language by language: a point is a gain, the line its 95% interval.

# %%
figure, shown = gallery.make(found, "code-gain")
views.picture(figure, width=800)

# %% [markdown]
# ## Beside the gain on understanding
# In the same languages: on the model's own targets of understanding, and on those of the
# encoder study. `rho` is Spearman's correlation over settings and languages; its interval
# resamples both. `within`: with each setting's mean taken off. `between`: of those means.

# %%
figure, shown = gallery.make(found, "code-understanding")
views.picture(figure, width=480)

# %% [markdown]
# In numbers.

# %%
code.agreement.round(2)

# %% [markdown]
# ## What so many problems can show
# The change that is seen with a power of 80%, in one language and in the mean without
# English, in points or nats.

# %%
code.power.round(3)

# %% [markdown]
# ## Verdicts
# By the rules in `xitt/analysis/questions/language_models/verdicts.py`.

# %%
for verdict in verdicts.of_code(found):
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
[path.name for path in per_language.write(found, "code-languages", folder)]

# %% [markdown]
# ## Exercise
# **Change** `["zero-shot", "all"]` into `["en"]` in the cell with the means: what is gained
# in English, where nothing has to be transferred?
#
# **Expected** the rows of the folded cell.
#
# **Tolerance** none in the digits shown: what is computed from records differs between
# machines by ten-thousandths of a point at most.

# %% tags=["hide-cell", "expected"]
code.gains[code.gains["language"] == "en"][columns].round(3)

# %% [markdown]
# **Next** [52-source-language](52-source-language.ipynb): is English the best source?
