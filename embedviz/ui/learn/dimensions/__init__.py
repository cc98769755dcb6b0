"""Too many dimensions, too few: the parts of the lesson, from top to bottom."""
