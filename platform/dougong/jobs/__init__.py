"""Floor 7: the loop that takes jobs which are due and hands them to actions."""
