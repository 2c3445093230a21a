"""What the questions say in words: noise, pretraining volume, language models."""
