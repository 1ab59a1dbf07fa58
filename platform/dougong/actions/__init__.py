"""One verb a file: authorise, one transaction, compose the floors below. Transactions begin here and nowhere else."""
