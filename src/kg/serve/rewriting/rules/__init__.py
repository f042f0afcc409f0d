"""The rules of rewriting: each finds places in a query that can be said in another way, which the engine runs faster.

A rule states when it may be applied and why the two texts have the same answers, by the clauses of SPARQL 1.1 Query
(https://www.w3.org/TR/sparql11-query/), whose section 18 defines what a query means.
"""
