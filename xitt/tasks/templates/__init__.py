"""Tasks in words: prompts and answers, one file a family of tasks.

`xitt.tasks.verbalisation` reads them, and says what the keys mean.
"""
