"""Noisy and code-switched input: rows of a task in, the same rows perturbed out.

`named` says which perturbations there are, `applying.apply` makes them,
`switching.apply` code-switches by dictionary, `twins.pair` finds the clean row of one
with typos that people made, and `training` perturbs English training data.
"""
