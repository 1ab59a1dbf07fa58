"""Floor 0: the words every other floor speaks. No I/O but the clock and the environment."""
