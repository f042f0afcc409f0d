"""What states and organisations do against one another, and what they decide on arms and repairs."""
