"""Sentences whose wording follows the numbers, so that the paper cannot misreport them.

Each ends in a full stop; one that needs runs that are not recorded yet is left out.
"""
