"""An armistice between your ORMs: one database, several descriptions, one audit."""
