"""Where rows come from, and in which form they arrive.

A source is the pocket suite, a folder laid out like the Hub, or the Hub. One enters by
`examples.load`, `corpora.load_mining` and `inventory.languages`.
"""
