"""Chapter 4, many heads: a small transformer written out, its four tasks, and what attention to and within segments does."""
