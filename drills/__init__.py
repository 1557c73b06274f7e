"""Drills: a runbook's scenarios, played on the real engine and the real server with the real deadlines, in seconds."""
