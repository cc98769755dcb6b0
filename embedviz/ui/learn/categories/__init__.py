"""From categories to numbers: the parts of the lesson, from top to bottom."""
