"""What a study asks that no run can do, told before anything trains."""
