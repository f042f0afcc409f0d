"""What the pages of entities show beyond what is said of each: figures, and the description for machines."""
