"""A profile becomes runs, and a run becomes a record.

One enters by `profiles.load`, `grid.runs` and `phases.transfer`.
"""
