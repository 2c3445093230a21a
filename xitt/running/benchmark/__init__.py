"""How quick it is, beside its peers and the machine.

One enters by `speed.training` and `scaling.measure`.
"""
