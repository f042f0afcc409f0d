"""Who stands how towards whom."""
