"""Floor 8: the command line. One file a noun; each names its verbs once, and `help` is made from them."""
