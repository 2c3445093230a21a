"""Encoders by name, the heads on them, and what makes their passes quick.

One enters by `encoders.load`, `heads.head_for` and `encoding.encode`.
"""
