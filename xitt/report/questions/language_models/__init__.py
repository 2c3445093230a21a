"""Sentences and numbers about language models, for the paper's text and notebooks."""
