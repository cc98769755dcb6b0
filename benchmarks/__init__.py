"""Side by side with the peers, in one run, on your machine: ``make bench``."""
