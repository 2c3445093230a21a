"""The two families of model that a study may have, an encoder or a causal one.

`models` is light; `training` chooses between the two modules that train them, which
have the same functions: `classifying` and `answering`.
"""
