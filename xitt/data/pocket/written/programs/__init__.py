"""Programming problems of the pocket suite: code once, words in every language."""
