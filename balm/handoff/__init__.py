"""Bringing in a human: stored records, their states, and what the customer is truly told."""
