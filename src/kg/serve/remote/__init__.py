"""Other engines in place of the one here: any service that speaks SPARQL 1.1, with the limits and formats of ours.

`engine` answers queries by asking such services, `publishing` loads a release into them; neither needs the other.
"""
