"""What people hold and what they say."""
