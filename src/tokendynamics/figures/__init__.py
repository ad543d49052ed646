"""The still figures, a file a chapter, in one style."""
