"""The five questions that follow from the experiment, a module or sub-room each."""
