"""Template compare: a picture against its golden sample, by signed distance and local topology."""
