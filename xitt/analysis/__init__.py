"""Records become frames: scores, gains, their intervals, and verdicts on claims.

One enters by `results.read`, whose frames everything in the report is made of.
"""
