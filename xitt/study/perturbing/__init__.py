"""Perturbed input: a fine-tuned model scored on noisy and code-switched test sets.

`variants` makes the rows, `scoring` scores them with one model and writes the record,
`tuned_models` keeps that model from its fine-tuning until it was scored.
"""
