"""From features to a trained encoder: the loop, its steps, its checkpoints.

One enters by `loop.fit` with `hyperparameters.Hyperparameters`.
"""
