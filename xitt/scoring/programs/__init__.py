"""Generated programs: how they are assembled, run apart from everything, and judged."""
