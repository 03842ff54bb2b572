"""A handover as a PDF file: A4, the same document as on the screen, number of the page and hash on each page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from hmi.model.text import Lang
from hmi.model.words import say
from ui.theme.typeface import FAMILY

DPI = 300
MARGIN_MM = 14.0
FOOT_PT = 22.0
WORDS_PT, FOOT_WORDS_PT = 8.5, 7.0


class NotWrittenError(OSError):
    """The file could not be written."""


def file_for(data: Path, number: int, moment: datetime) -> Path:
    """Where a print goes: ``exports/handover-NUMBER-DATE.pdf`` in the data folder."""
    return data / "exports" / f"handover-{number:04d}-{moment:%Y%m%d-%H%M%S}.pdf"


def write(file: Path, html: str, sha: str, lang: Lang, title: str) -> int:
    """Write the document; how many pages it has. NotWrittenError, or OSError of the folder, when that fails."""
    file.parent.mkdir(parents=True, exist_ok=True)
    writer = QPdfWriter(str(file))
    writer.setResolution(DPI)
    writer.setTitle(title)
    writer.setCreator("Linekeeper")
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins,
                    QPageLayout.Unit.Millimeter)
    )  # fmt: skip
    document = QTextDocument()
    face = QFont(FAMILY)
    face.setPointSizeF(WORDS_PT)
    document.setDefaultFont(face)
    document.setDocumentMargin(0)
    p = QPainter()
    if not p.begin(writer):
        raise NotWrittenError(f"{file.parent.name}/{file.name}")
    # the document is laid out in points and the painter scaled: QTextDocument measures its fonts on the screen
    scale = DPI / 72.0
    room = QSizeF(writer.width() / scale, writer.height() / scale)
    document.setPageSize(QSizeF(room.width() * _px(1), (room.height() - FOOT_PT) * _px(1)))
    document.setHtml(html)
    pages = document.pageCount()
    p.scale(scale / _px(1), scale / _px(1))
    for n in range(pages):
        if n:
            writer.newPage()
        _page(p, document, n, pages, sha, lang, room)
    done = p.end()
    if not done or not file.exists() or file.stat().st_size == 0:
        raise NotWrittenError(f"{file.parent.name}/{file.name}")
    return pages


def _px(points: float) -> float:
    """Logical pixels of points at the 96 dpi at which Qt measures a document without a device."""
    return points * 96.0 / 72.0


def _page(p: QPainter, document: QTextDocument, n: int, pages: int, sha: str, lang: Lang, room: QSizeF) -> None:
    high = (room.height() - FOOT_PT) * _px(1)
    view = QRectF(0, n * high, room.width() * _px(1), high)
    p.save()
    p.translate(0, -view.top())
    document.drawContents(p, view)
    p.restore()
    face = QFont(FAMILY)
    face.setPixelSize(round(_px(FOOT_WORDS_PT)))
    p.setFont(face)
    p.setPen(QColor("#444444"))
    foot = QRectF(0, room.height() * _px(1) - _px(FOOT_WORDS_PT) * 1.6, view.width(), _px(FOOT_WORDS_PT) * 1.6)
    p.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"SHA-256 {sha}")
    page = say("handover.sheet.page", n=n + 1, all=pages).of(lang)
    p.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, page)
