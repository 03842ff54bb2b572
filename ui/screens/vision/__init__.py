"""The vision station: the live picture with its verdict, the last parts, the shift in figures, four large buttons."""
