"""What the questions on noise and on pretraining volume say in words."""
