"""A deep network with and without shortcuts: how far a gradient reaches, and what training makes of it."""
