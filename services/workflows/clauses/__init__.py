"""Reading clauses out of a contract's own text: one module a clause, each finding with the sentence it came from."""
