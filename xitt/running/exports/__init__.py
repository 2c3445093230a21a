"""Records and predictions in the forms of others: XTREME's files, loggers' runs."""
