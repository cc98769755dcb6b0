"""Finding the top k: the parts of the lesson, from top to bottom."""
