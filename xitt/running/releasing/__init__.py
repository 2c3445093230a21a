"""What a release is made of: one archive, its metadata, the tasks as a table, and the
exact versions; and whether the outputs that readers see are those of its code."""
