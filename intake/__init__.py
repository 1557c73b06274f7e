"""Order events in, exceptions out: what events say, which rules they meet, and what that opens and clears."""
