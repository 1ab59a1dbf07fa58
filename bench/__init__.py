"""What Dougong costs beside the same two forms written by hand. One rule: only ratios of one run mean anything, and both
sides must give the same rows and sums before anything is timed."""
