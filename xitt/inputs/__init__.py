"""Rows become token ids, and token ids become the batches of a step.

One enters by `token_cache.make`, `mixture.mixture` and `collation.collate`.
"""
