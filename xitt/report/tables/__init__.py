"""Tables: each function writes what a frame holds as LaTeX.

One enters by `catalogue.write`.
"""
