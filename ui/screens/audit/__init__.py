"""The record of who did what, when and why: filters, a check of the chain, a signed export; and all commands."""
