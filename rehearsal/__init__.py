"""Plays Rasa conversation tests through the real pipeline, slots and actions, in one process.

`rasa test` never runs an action, so it cannot see a strategy, a fact or a reply. A rehearsal can.
"""
