"""The screens: each a folder with screen.py (Qt) and presenter.py (rows to what is shown, no Qt)."""
