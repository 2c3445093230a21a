"""Rows whose sentences are written out in every language, and filled with numbers."""
