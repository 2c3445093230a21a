"""Does the gain of English intermediate training survive noise and code-switching?"""
