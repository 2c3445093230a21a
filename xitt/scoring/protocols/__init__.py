"""How a causal language model is asked, and how its answer is read.

A protocol is a YAML file of this folder: `lm-eval` is what lm-evaluation-harness does,
to the letter; `corrected` mends what is wrong there for some languages. Whatever
differs between tasks and languages stands in the file, and the functions here follow
it. One enters by `tables.get`; kinds of task name their function in `tasks.kinds`.
"""
