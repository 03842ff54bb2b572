"""The administrator's screen: users, their roles and areas, who may still sign in."""
