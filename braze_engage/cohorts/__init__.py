"""Braze's partner cohort import: cohorts named, filled and emptied."""
