"""The checks of `amends doctor`: each looks at one thing and says what it means and how to mend it."""
