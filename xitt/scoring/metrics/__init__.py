"""What a score is: one module a family of metrics.

One enters by `named.get` and `bootstrap.summary`.
"""
