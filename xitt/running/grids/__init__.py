"""A study's grid of notebooks: its plan, its call, how it stands, what it shows."""
