"""What was given, promised and paid: amounts and goods, shares of donors, their ranking."""
