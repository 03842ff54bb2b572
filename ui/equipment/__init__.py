"""What a station is called, which of its tags matter most and what its state says: shared by the screens, no Qt."""
