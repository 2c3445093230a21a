"""What runs a study: notebooks, the grid's plan, its bill, its verification.

One enters by `commands.VERBS`, which the Makefile calls.
"""
