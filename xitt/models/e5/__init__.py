"""The embedded encoder: its four-bit file, read and written out as a checkpoint.

One enters by `container.parse` and `container.write_checkpoint`.
"""
