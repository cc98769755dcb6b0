"""Things of any kind: reading them, embedding them, asking with one; given a Kind and an Encoder."""
