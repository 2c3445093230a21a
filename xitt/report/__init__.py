"""Frames become what people read: figures, tables, sentences, numbers, the paper.

One enters by `figures.gallery.make`, `tables.catalogue.write` and `numbers.write`.
"""
