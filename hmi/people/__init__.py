"""Sign-in, roles and permissions, signatures, the audit chain."""
