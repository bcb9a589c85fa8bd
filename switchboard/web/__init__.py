"""The web as this application reads it: guarded, bounded and as text."""
