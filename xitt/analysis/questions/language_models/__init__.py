"""Do models that write gain too: on programs, by the source language, in reasoning?"""
