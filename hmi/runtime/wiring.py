"""Wiring: the one room that names concrete classes and joins them to a station."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from hmi.desk.live import PLANT_FILE, TABLE_FILE, revision_of
from hmi.desk.rows import ChangeRow, PluginRow
from hmi.desk.server import DeskServer
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.acquisition import Acquisition
from hmi.plant.port import LinkState
from hmi.plant.tagtable import TagTableWriter
from hmi.runtime import plugins, settings
from hmi.runtime.answers import Answers, HistoryState, Station
from hmi.runtime.drivers import DriverHost
from hmi.runtime.meter import Meter
from hmi.runtime.secrets import SecretStore
from hmi.store.history_writer import HistoryTag, HistoryWriter, Retention

log = logging.getLogger("linekeeper.engine")
