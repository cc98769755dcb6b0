"""Skip-gram from inside: the parts of the lesson, from top to bottom."""
