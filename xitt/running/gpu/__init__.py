"""A GPU against the CPU, and against its own peak: `python -m xitt check-gpu`.

One enters by `checking.check`.
"""
