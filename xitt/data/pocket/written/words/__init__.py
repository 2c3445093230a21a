"""The words of each language: `xitt.data.pocket.written.wording` says their form."""
