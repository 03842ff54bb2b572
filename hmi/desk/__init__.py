"""The people's door: read models, questions, actions, the socket they travel on."""
