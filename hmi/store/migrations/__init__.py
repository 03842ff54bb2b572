"""The forward migrations of plant.db, run by hmi.store.migration."""
