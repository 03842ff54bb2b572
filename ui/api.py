"""The window's door for plugins and screens: the parts a screen is made of, and nothing else of the window."""

from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.analog import CompactAnalog, MovingAnalog, Scale
from ui.widgets.controls import Button, Choice
from ui.widgets.drawn import Drawn, Pressable
from ui.widgets.label import Caption, ValueLabel
from ui.widgets.live import Live
from ui.widgets.panel import Banner, EmptyState, Ground, KeyValue, Panel, Rule, Section
from ui.widgets.sparkline import Sparkline
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

API_VERSION = 1

__all__ = [
    "API_VERSION", "Banner", "Button", "Caption", "Choice", "Column", "CompactAnalog", "DataTable", "Drawn",
    "EmptyState", "Ground", "KeyValue", "Live", "MovingAnalog", "Panel", "Pressable", "Rule", "Scale", "Section",
    "Size", "Sparkline", "ValueLabel", "look",
]  # fmt: skip
