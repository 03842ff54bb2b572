"""Runs the migrations on the connection that hmi.store.migration hands over."""

from alembic import context

from hmi.store import (
    alarm_tables,
    loop_tables,
    people_tables,
    quality_tables,
    routes_tables,
    runs_tables,
    shiftlog_tables,
    vision_tables,
)
from hmi.store.plant_tables import metadata

# every table must be known before they are compared
for table in (people_tables.account, alarm_tables.alarm_state, shiftlog_tables.handover, runs_tables.run):
    assert table.metadata is metadata
assert loop_tables.decision.metadata is metadata
assert vision_tables.inspection.metadata is metadata
assert quality_tables.hold.metadata is metadata
assert routes_tables.reroute.metadata is metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
