"""Figures: each function draws what a frame holds.

One enters by `gallery.make` and `gallery.draw`.
"""
