"""The window around the screens: rail, top strip, footer, right column, navigation, layout."""
