"""What a CNN sees: the parts of the lesson, from top to bottom."""
