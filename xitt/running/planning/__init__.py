"""What a study will take, before it starts: `budget`, from the work of each run."""
