"""Trends: up to eight tags over five minutes or thirty days, live and recorded in one."""
