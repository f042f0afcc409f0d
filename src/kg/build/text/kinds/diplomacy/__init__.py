"""Relations between states, recognition, borders."""
