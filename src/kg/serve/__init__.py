"""The serve half: release -> answers."""
