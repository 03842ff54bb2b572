"""The few native inputs (text fields, lists, tables, menus, tool tips) in the theme's colours; all else paints itself.

One palette and one style sheet for the whole application, set when the theme or the language changes, never for state.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from resources import path
from ui.theme.palette import Theme


def palette(theme: Theme) -> QPalette:
    """Qt's palette for a theme."""
    made, role = QPalette(), QPalette.ColorRole
    for which, colour in (
        (role.Window, theme.ground),
        (role.WindowText, theme.text),
        (role.Base, theme.panel),
        (role.AlternateBase, theme.inset),
        (role.Text, theme.text),
        (role.PlaceholderText, theme.second),
        (role.Button, theme.button),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.panel),
        (role.ToolTipText, theme.text),
        (role.Highlight, theme.chosen),
        (role.HighlightedText, theme.text),
        (role.Link, theme.value),
    ):
        made.setColor(which, colour)
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, theme.second)
    return made


def dress(app: QApplication, theme: Theme, font: QFont) -> None:
    """Set palette, font and style sheet of the application."""
    if app.style() is None or app.style().objectName().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(theme))
    app.setFont(font)
    app.setStyleSheet(sheet(theme))


def sheet(theme: Theme) -> str:
    """The style sheet of native inputs; colours by meaning, no state in it."""

    def c(colour: QColor) -> str:
        return colour.name()

    arrow = path("themes", f"drop-{'dark' if theme.dark else 'light'}.png").as_posix()
    return f"""
QLineEdit, QComboBox, QSpinBox, QDateTimeEdit, QPlainTextEdit {{
    background: {c(theme.panel)}; color: {c(theme.text)}; border: 1px solid {c(theme.outline)}; border-radius: 4px;
    padding: 4px 8px; min-height: 24px; selection-background-color: {c(theme.band)};
    selection-color: {c(theme.text)}; }}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus, QPlainTextEdit:focus {{
    border: 3px solid {c(theme.focus)}; padding: 2px 6px; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QComboBox::down-arrow {{ image: url("{arrow}"); width: 10px; height: 6px; }}
QComboBox QAbstractItemView, QMenu {{
    background: {c(theme.panel)}; color: {c(theme.text)}; border: 1px solid {c(theme.outline)};
    selection-background-color: {c(theme.chosen)}; selection-color: {c(theme.text)}; outline: 0; }}
QMenu::item {{ padding: 6px 20px; }}
QMenu::item:selected {{ background: {c(theme.chosen)}; }}
QToolTip {{ background: {c(theme.panel)}; color: {c(theme.text)}; border: 1px solid {c(theme.outline)};
    padding: 6px 8px; }}
QScrollArea, QAbstractScrollArea {{ background: transparent; border: 0; }}
QTableView, QTreeView, QListView {{
    background: {c(theme.panel)}; color: {c(theme.text)}; border: 0; gridline-color: {c(theme.hairline)};
    selection-background-color: {c(theme.chosen)}; selection-color: {c(theme.text)}; outline: 0; }}
QHeaderView {{ background: {c(theme.panel)}; border: 0; }}
QHeaderView::section {{
    background: {c(theme.panel)}; color: {c(theme.second)}; border: 0;
    border-bottom: 1px solid {c(theme.hairline)}; padding: 0 8px; }}
QTableCornerButton::section {{ background: {c(theme.panel)}; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {c(theme.bar)}; border-radius: 4px; margin: 2px; min-height: 32px; min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
