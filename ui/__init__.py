"""The face of Linekeeper: PySide6 widgets that know the desk and the words, nothing else of the core."""
