"""What to know before a number is believed: floors, leaks, number formats, power."""
