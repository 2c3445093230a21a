"""The languages of the pocket suite: one file each, a small grammar and its words.

One enters by `xitt.data.pocket.grammar.realise`, which says how to add one.
"""
