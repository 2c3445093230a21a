"""Importers: what people hold of data that are not on the Hub, read into tables.

Each module has `tables(folder)`, which yields `<config>/<split>` and its rows. The
registry's key `importer` names it; `xitt.data.importing` writes what it yields.
"""
