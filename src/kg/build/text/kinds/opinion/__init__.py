"""What surveys ask and find."""
