"""Records and predictions in the forms of others: XTREME's, loggers', readers'."""
