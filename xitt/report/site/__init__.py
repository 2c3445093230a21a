"""The reading edition: paper, notebooks, figures, and the records behind numbers."""
