"""Models by name, the heads on encoders, and what makes their passes quick.

One enters by `encoders.load`, `causal.load`, `heads.head_for` and `encoding.encode`.
"""
