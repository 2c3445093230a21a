# %% [markdown]
# # Does it improve reasoning in other languages?
# *Endings, causes, pronouns and sums in many languages, asked of language models by two
# protocols, and of the encoder where it can be trained on choices; and what translations
# their states find; from records.*
#
# > **Question** Does English intermediate training improve zero-shot cross-lingual
# > reasoning, and how far do scores hang on the protocol? · **Reads** the records of the
# > study and of the language models that its profile names,
# > `results/published/small_language_models.csv` · **Writes**
# > `figures/reasoning-languages.csv` (below `runs/demo/` for the demo) · **Time** half a
# > minute · **Next** [55-pretraining-volume](55-pretraining-volume.ipynb)

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
from xitt.report.questions.language_models import per_language, states
from xitt.report.questions.language_models import reasoning as words
from xitt.study import profiles

# %% [markdown]
# What is recorded. Without records the tables below are empty, and that is all that
# they say.

# %%
study = profiles.load(profile)
found = results.read(study)
question = found.reasoning
print(f"{len(question.records)} records of reasoning")
if not question.records:
    print("No reasoning target was run yet: what follows is empty.")
if any(record["demo"] for record in question.records):
    print("These are demo records: generated sentences, no finding.")

# %% [markdown]
# ## Scores, over chance
# Without intermediate training. `lm-eval` is lm-evaluation-harness to the letter;
# `corrected` mends what is wrong in it for a language (premises that lose a letter, spaces
# where a script has none, a Turkish I that becomes i, an English "Answer:"). An encoder is
# trained on a target's English examples, a language model on none.

# %%
figure, shown = gallery.make(found, "reasoning")
views.picture(figure, width=800)

# %% [markdown]
# In numbers; `at_chance`: the interval holds what guessing scores.

# %%
columns = ["model", "target", "measure", "protocol", "mean", "low", "high", "chance"]
plain = question.scores[question.scores["setting"] == "none"]
plain[plain["language"] == "zero-shot"][[*columns, "at_chance"]].round(2)

# %% [markdown]
# ## What the protocol changes
# The corrected protocol less the harness's, paired by item; intervals over items.

# %%
columns = ["target", "language", "mean", "low", "high"]
apart = question.differences
apart = apart[(apart["low"] > 0) | (apart["high"] < 0)]
apart[columns].round(2)

# %% [markdown]
# ## Gains
# Of each intermediate task over none, by the corrected protocol.

# %%
figure, shown = gallery.make(found, "reasoning-gain")
views.picture(figure, width=800)

# %% [markdown]
# In numbers, the mean without English.

# %%
columns = ["model", "measure", "setting", "target", "mean", "low", "high", "p_holm"]
question.gains[question.gains["language"] == "zero-shot"][columns].round(3)

# %% [markdown]
# ## Beside published small models
# By the harness's protocol, without worked examples; where each number was found stands in
# the file.

# %%
beside = question.beside
beside.pivot_table(index=["target", "model"], columns="language", values="value").round(
    1
)

# %% [markdown]
# ## What so many items can show
# The change that is seen with a power of 80%. At chance, or where no problem is solved, a
# missing gain says little; the log-likelihood of the right number has no such floor.

# %%
question.power.round(3)

# %% [markdown]
# What that says of the question, by the rules of
# `xitt/analysis/questions/language_models/verdicts.py`:

# %%
for verdict in verdicts.of_reasoning(found) + verdicts.of_states(found):
    print(f"{verdict.status}: {verdict.claim} ({verdict.here or 'nothing recorded'})")

# %% [markdown]
# ## Do its states find translations?
# The other way round: no question and no answer, but the hidden states of a sentence,
# averaged over its tokens, looked up among those of another language. The original's
# largest gains are there, by an encoder that was never tuned for it. A language model is
# not tuned for it either, so what is found is of a decoder. States share directions that
# tell a language and no meaning; on the right each language's mean is taken away.

# %%
figure, shown = gallery.make(found, "states-layers")
views.picture(figure, width=480)

# %% [markdown]
# At the layer that was fixed beforehand, the mean without English; `trivial`: a guess.

# %%
columns = ["measure", "setting", "target", "mean", "low", "high", "trivial"]
at_layer = found.states.scores
at_layer[at_layer["language"] == "zero-shot"][columns].round(2)

# %% [markdown]
# ## In words
# As the paper has them.

# %%
said = {**words.of(found), **states.of(found)}
Markdown("\n".join(f"- {text}" for text in said.values()) or "Nothing yet.")

# %% [markdown]
# ## For other studies
# Every language, as CSV.

# %%
folder = profiles.folder(study, "figures")
[path.name for path in per_language.write(found, "reasoning-languages", folder)]

# %% [markdown]
# ## Exercise
# **Change** `"zero-shot"` into `"en"` in the table of gains: is it reasoning that fails to
# transfer, or was it not learned in English either?
#
# **Expected** the rows of the folded cell.
#
# **Tolerance** none in the digits shown: what is computed from records differs between
# machines by ten-thousandths of a point at most.

# %% tags=["hide-cell", "expected"]
columns = ["model", "measure", "setting", "target", "mean", "low", "high", "p_holm"]
question.gains[question.gains["language"] == "en"][columns].round(3)

# %% [markdown]
# **Next** [55-pretraining-volume](55-pretraining-volume.ipynb): who gains, and why?
