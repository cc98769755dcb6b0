"""How near is near?: the parts of the lesson, from top to bottom."""
