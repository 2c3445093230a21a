"""Language models that write: likelihoods, texts, and the scores of both."""
