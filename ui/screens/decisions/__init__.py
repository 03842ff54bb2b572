"""Decision inbox: the nine-part card, its signing, and what came of it."""
