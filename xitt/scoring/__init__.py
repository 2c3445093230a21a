"""From a trained encoder to predictions, and from predictions to scores.

One enters by `evaluation.score`, `retrieval_tasks.bitext` and `retrieval_tasks.mining`.
"""
